"""The templates that themes bring, read before anybody asks for them: one that breaks takes its theme out."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError
from jinja2.meta import find_referenced_templates

from bookwidget.theming.lookup import ThemeLoader
from bookwidget.theming.themes import Theme, ThemeError, Themes


def check_overrides(themes: Themes, environment: Environment) -> Themes:
    """The same themes but for those with a template that cannot be read. A theme without templates costs nothing."""
    problems = [problem for theme in themes.found.values() for problem in template_problems(theme, environment)]
    return themes.without(problems) if problems else themes


def templates_of(folder: Path) -> list[Path]:
    """The templates that lie in a widget's or a theme's folder."""
    return sorted(path for path in (folder / "templates").rglob("*") if path.is_file())


def template_problems(theme: Theme, environment: Environment) -> Iterator[ThemeError]:
    """Of each file the first: what Jinja cannot read, or what it leads to that is not there."""
    for path in templates_of(theme.folder):
        name = f"{theme.name}:{path.relative_to(theme.folder / 'templates').as_posix()}"
        wrong = broken(path, name, environment)
        if wrong:
            yield ThemeError(path, wrong[1], wrong[0], theme=theme.name)


def broken(path: Path, name: str, environment: Environment) -> tuple[int, str] | None:
    """Line and reason; None for a template that can be read. `name` is its full one, as `lookup` has it."""
    try:
        source = path.read_text("utf-8")
        environment.compile(source, name)
    except TemplateSyntaxError as error:
        return error.lineno, error.message or "cannot be read"
    except (UnicodeDecodeError, OSError) as error:
        return 0, str(error)
    loader = environment.loader
    for wanted in find_referenced_templates(environment.parse(source)):
        if wanted and isinstance(loader, ThemeLoader) and loader.find(environment.join_path(wanted, name)) is None:
            before = source[: source.find(wanted)]
            return before.count("\n") + 1, f"there is no template {wanted!r}"
    return None

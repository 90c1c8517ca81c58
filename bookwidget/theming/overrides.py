"""The templates that themes bring, read before anybody asks for them: one that breaks takes its theme out."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates

from bookwidget.theming.lookup import ThemeLoader
from bookwidget.theming.markup import tree_of
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


def lost(path: Path, name: str, environment: Environment) -> Iterator[tuple[int, str]]:
    """Line and reason of what never gets onto the page, of which Jinja says nothing: blocks that the template has not
    which this one extends, what stands outside of its blocks, elements in the title.
    """
    tree = tree_of(path, environment)
    offered = blocks_above(tree, name, environment)
    if offered is None:
        return
    is_below = False
    for node in tree.body:
        is_below = is_below or isinstance(node, nodes.Extends)
        if isinstance(node, nodes.Output) and is_below:
            yield from outside(node)
        elif isinstance(node, nodes.Block) and node.name not in offered:
            yield node.lineno, f"there is no block {node.name!r}, only {', '.join(sorted(offered))}"
        elif isinstance(node, nodes.Block) and node.name == "title":
            for said in node.find_all(nodes.TemplateData):
                if "<" in said.data:
                    yield said.lineno, "the block title is words for the browser's tab: it takes no elements"


def outside(output: nodes.Output) -> Iterator[tuple[int, str]]:
    for one in output.nodes:
        said = one.data if isinstance(one, nodes.TemplateData) else "{{ … }}"
        if said.strip():
            lines_above = said[: len(said) - len(said.lstrip())].count("\n")
            yield one.lineno + lines_above, "what stands outside of the blocks is not shown"


def blocks_above(tree: nodes.Template, name: str, environment: Environment) -> set[str] | None:
    """Of the templates that it extends; None where it extends none, or one that only the page knows."""
    above, loader = tree.find(nodes.Extends), environment.loader
    if above is None or not isinstance(above.template, nodes.Const) or not isinstance(loader, ThemeLoader):
        return None
    wanted = environment.join_path(above.template.value, name)
    path = loader.find(wanted)
    if path is None:
        return None
    higher = tree_of(path, environment)
    return {one.name for one in higher.find_all(nodes.Block)} | (blocks_above(higher, wanted, environment) or set())

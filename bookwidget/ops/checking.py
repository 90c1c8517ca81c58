"""`bookwidget theme check` and `widget check`: all that can be seen of a theme or a widget without running it."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, TemplateSyntaxError
from jinja2.meta import find_referenced_templates

from bookwidget import HERE, Parts
from bookwidget.ops.catalogues import KEYWORDS, LANGUAGES, METHODS, OPTIONS, is_complete
from bookwidget.theming.findings import Finding
from bookwidget.theming.lookup import SHIPPED, ThemeLoader
from bookwidget.theming.markup import asked, assigned, check_template, tree_of
from bookwidget.theming.overrides import broken, lost, templates_of
from bookwidget.theming.sheets import check_pairs, check_sheet, palettes
from bookwidget.theming.themes import FALLBACK, RESERVED, Theme
from bookwidget.theming.values import check_values, line_of_token
from bookwidget.web.discovery import Manifest
from bookwidget.web.rendering import Frame

EVERY_PAGE = {"frame", "formats", "now", "say"}
"""What `rendering.render` gives to each page."""
GENERIC = {"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "ui-rounded", "ui-serif", "inherit"}
FONTS = ("--bw-font-text", "--bw-font-title")


SOME = "*"


@dataclass
class Contexts:
    """What the Python code of a folder gives to templates, as far as the source says it."""

    given: dict[str, set[str]] = field(default_factory=dict)
    """By template: the keywords of `render("…", …)`; under `SOME` those of templates whose name the source has not."""
    loose: set[str] = field(default_factory=set)
    """Templates that get `**something` as well."""
    anything: set[str] = field(default_factory=set)
    """Every keyword and every text of the code: what `**something` may hold."""

    @classmethod
    def read(cls, folder: Path, slug: str = "") -> "Contexts":
        made = cls()
        for path in folder.rglob("*.py"):
            if "tests" in path.relative_to(folder).parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                made._take(node, slug)
        return made

    def _take(self, node: ast.AST, slug: str) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            self.anything.add(node.value)
        if not isinstance(node, ast.Call):
            return
        named = {one.arg for one in node.keywords if one.arg}
        self.anything |= named
        first = node.args[0] if node.args else None
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "render" and first is not None:
            name = str(first.value).removeprefix(f"{slug}/") if isinstance(first, ast.Constant) else SOME
            self.given.setdefault(name, set()).update(named)
            if len(named) < len(node.keywords):
                self.loose.add(name)

    def of(self, name: str) -> set[str]:
        """The names that a page has whose template this is; everything, where no `render` names it."""
        if name in self.given and name not in self.loose:
            return self.given[name]
        return self.given.get(name, set()) | self.anything


@cache
def shared_contexts() -> Contexts:
    """Of the product's own code for the frame."""
    return Contexts.read(HERE / "web")


def check_theme(name: str, parts: Parts) -> list[Finding]:
    """`KeyError` for a theme that is nowhere."""
    problem = parts.themes.problem(name)
    if problem is not None:
        return [Finding(problem.path, problem.line, "manifest", problem.reason)]
    theme = parts.themes.found[name]
    looks = palettes(parts.themes, name)
    findings = [*check_fonts(theme), *check_values(theme), *check_pairs(theme.folder / "tokens.css", looks)]
    for sheet in sorted((theme.folder / "static").rglob("*.css")):
        findings += check_sheet(sheet, looks, tokens_only=False)
    for path in templates_of(theme.folder):
        findings += check_override(theme, path, parts)
    return sorted([*findings, *untranslated(theme.folder, parts)])


def check_widget(slug: str, parts: Parts) -> list[Finding]:
    """`KeyError` for a widget that is nowhere."""
    widget = parts.widgets[slug]
    looks = palettes(parts.themes, *parts.themes.found)
    findings: list[Finding] = []
    for sheet in sorted((widget.folder / "static").rglob("*.css")):
        findings += check_sheet(sheet, looks, tokens_only=True)
    known = names_of_widget(widget, parts.templates)
    for path in templates_of(widget.folder):
        name = path.relative_to(widget.folder / "templates").as_posix()
        findings += check_file(path, f"{FALLBACK}:{slug}/{name}", parts.templates, known[name])
    return sorted([*findings, *untranslated(widget.folder, parts)])


def check_fonts(theme: Theme) -> Iterator[Finding]:
    """A stack that ends in no generic family leaves devices without that font to chance."""
    sheet = theme.folder / "tokens.css"
    for token in FONTS:
        last = theme.tokens.get(token, "serif").split(",")[-1].strip().strip("\"'")
        if last not in GENERIC and not last.startswith("var("):
            reason = f"{token} ends in {last!r}: add a family that all devices have, such as serif"
            yield Finding(sheet, line_of_token(theme, token), "token", reason)


def check_override(theme: Theme, path: Path, parts: Parts) -> Iterator[Finding]:
    """A template of a theme has the names that the one has which it replaces."""
    name = path.relative_to(theme.folder / "templates").as_posix()
    slug, _slash, file = name.partition("/")
    widget = parts.widgets.get(slug) if file else None
    loader = parts.templates.loader
    shipped = loader.find(f"{RESERVED}:{name}") if isinstance(loader, ThemeLoader) else None
    if shipped is None:
        known = names_used(f"{RESERVED}:", parts.templates) | shared_contexts().anything
    elif widget:
        known = names_of_widget(widget, parts.templates)[file]
    else:
        known = names_used(f"{RESERVED}:{name}", parts.templates) | shared_contexts().of(name)
    yield from check_file(path, f"{theme.name}:{name}", parts.templates, known)


def check_file(path: Path, name: str, templates: Environment, known: set[str]) -> Iterator[Finding]:
    wrong = broken(path, name, templates)
    if wrong:
        yield Finding(path, wrong[0], "template", wrong[1])
        return
    yield from (Finding(path, line, "template", reason) for line, reason in lost(path, name, templates))
    yield from check_template(path, templates, known | EVERY_PAGE | set(templates.globals), frozenset(Frame._fields))


def names_of_widget(widget: Manifest, templates: Environment) -> dict[str, set[str]]:
    """By template of the widget: what its own page gives it, and all templates that lead to it have or make."""
    contexts, folder = Contexts.read(widget.folder, widget.slug), widget.folder / "templates"
    files = [path.relative_to(folder).as_posix() for path in templates_of(widget.folder)]
    known: dict[str, set[str]] = {file: set() for file in files}
    shown: set[str] = set()
    for root in files:
        reached = reached_from(f"{RESERVED}:{widget.slug}/{root}", templates)
        mine = {one: made for one, made in reached.items() if one.startswith(f"{widget.slug}/")}
        known[root] |= asked_by([one for one in reached if one not in mine], templates)
        if root in contexts.given:
            for one, made in mine.items():
                file = one.partition("/")[2]
                known[file] |= contexts.of(root) | made
                shown.add(file)
    shared = shared_contexts().given[SOME]  # pages that a widget only lends a template, as that of one booking
    unknown = contexts.anything | made_anywhere(folder, templates) | shared
    return {file: names if file in shown else names | unknown for file, names in known.items()}


def made_anywhere(folder: Path, templates: Environment) -> set[str]:
    names: set[str] = set()
    for path in folder.rglob("*.html"):
        names |= assigned(tree_of(path, templates))
    return names


def reached_from(name: str, templates: Environment) -> dict[str, set[str]]:
    """The templates that this one extends, includes or imports, and so on; what was made on the way to each."""
    loader, found = templates.loader, dict[str, set[str]]()
    waiting: list[tuple[str, set[str]]] = [(name, set())]
    while waiting and isinstance(loader, ThemeLoader):
        here, made = waiting.pop()
        path = loader.find(here)
        if path is None or made <= found.get(here, {""}):
            continue
        tree = tree_of(path, templates)
        made = found[here] = found.get(here, set()) | made | assigned(tree)
        for wanted in find_referenced_templates(tree):
            if wanted:
                waiting.append((templates.join_path(wanted, here), made))
    return {one.partition(":")[2].removeprefix(SHIPPED): made for one, made in found.items()}


def asked_by(names: Iterable[str], templates: Environment) -> set[str]:
    """What these templates, as shipped, ask their page for."""
    loader = templates.loader
    paths = [loader.find(f"{RESERVED}:{name}") for name in names] if isinstance(loader, ThemeLoader) else []
    return {word for path in paths if path for word in asked(tree_of(path, templates))}


def names_used(name: str, templates: Environment) -> set[str]:
    """What a shipped template and all that it leads to ask for or make."""
    reached = reached_from(name, templates)
    return asked_by(reached, templates) | {word for made in reached.values() for word in made}


def untranslated(folder: Path, parts: Parts) -> Iterator[Finding]:
    """Messages without words in a language that the product speaks."""
    messages = [(message, folder / name, line) for name, line, message, _notes, _context in extracted(folder)]
    for language in LANGUAGES:
        known = said(language, [HERE, folder, *(widget.folder for widget in parts.widgets.values())])
        for message, path, line in messages:
            if message not in known:
                shown = message if isinstance(message, str) else message[0]
                yield Finding(path, line, "translation", f"no words in {language} for {shown!r}")


def extracted(folder: Path) -> list[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    """A file that Jinja or Python cannot read has no messages; that is another finding."""
    try:
        return list(extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS))
    except (SyntaxError, TemplateSyntaxError):
        return []


def said(language: str, folders: Iterable[Path]) -> set[str | tuple[str, ...]]:
    """The messages that have words."""
    files = [path for folder in folders for path in (folder / "translations" / language / "LC_MESSAGES").glob("*.po")]
    return {message for path in files for message in complete_in(path, path.stat().st_mtime_ns)}


@lru_cache(maxsize=64)
def complete_in(path: Path, _changed: int) -> frozenset[str | tuple[str, ...]]:
    with path.open("rb") as file:
        complete = [one.id for one in read_po(file) if is_complete(one)]
    return frozenset(one if isinstance(one, str) else tuple(one) for one in complete)

"""What is wrong with a template of a widget or a theme: names that no page gives it, styles and scripts inside, words
that nobody can translate.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes
from jinja2.meta import find_undeclared_variables

from bookwidget.theming.findings import Finding

CODE = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"alt", "aria-label", "aria-description", "placeholder", "title"}
"""Attributes that people read or hear."""
HANDLER = re.compile(r"on[a-z]+")


def check_template(path: Path, environment: Environment, known: set[str], frame: frozenset[str]) -> Iterator[Finding]:
    """`known`: the names that its pages have; `frame`: the attributes of `frame`. The file can be read by Jinja."""
    source = path.read_text("utf-8")
    tree = tree_of(path, environment)
    yield from check_names(path, tree, known, frame)
    for call in tree.find_all(nodes.Call):
        for keyword in call.kwargs:
            if keyword.key == "style" or HANDLER.fullmatch(keyword.key):
                yield Finding(path, keyword.lineno, "inline", f"{keyword.key}= becomes an attribute that pages refuse")
    page = Markup(path)
    page.feed(without_code(source))
    page.close()
    yield from page.findings


def check_names(path: Path, tree: nodes.Template, known: set[str], frame: frozenset[str]) -> Iterator[Finding]:
    missing = asked(tree) - known
    lines: dict[str, int] = {}
    for name in tree.find_all(nodes.Name):
        if name.name in missing:
            lines.setdefault(name.name, name.lineno)
    for word, line in lines.items():
        yield Finding(path, line, "context", f"no page gives {word!r} to this template")
    for got in tree.find_all(nodes.Getattr):
        if isinstance(got.node, nodes.Name) and got.node.name == "frame" and got.attr not in frame:
            yield Finding(path, got.lineno, "context", f"there is no frame.{got.attr}")


@lru_cache(maxsize=512)
def _tree(path: Path, environment: Environment, _changed: int) -> nodes.Template:
    return environment.parse(path.read_text("utf-8"))


def tree_of(path: Path, environment: Environment) -> nodes.Template:
    """The file as Jinja reads it: once, however many templates lead to it. `TemplateSyntaxError`."""
    return _tree(path, environment, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def assigned(tree: nodes.Template) -> frozenset[str]:
    """The names that a template makes itself; what it includes has them too."""
    stored = {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    imported = {one.target for one in tree.find_all(nodes.Import)}
    named = {one if isinstance(one, str) else one[1] for node in tree.find_all(nodes.FromImport) for one in node.names}
    return frozenset(stored | macros | imported | named)


@lru_cache(maxsize=512)
def asked(tree: nodes.Template) -> frozenset[str]:
    """The names that a template expects of its page."""
    return frozenset(find_undeclared_variables(tree))


def without_code(source: str) -> str:
    """The HTML around the code, each line still where it was."""
    return CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)


class Markup(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.findings = path, list[Finding]()
        self._inside = ""

    def find(self, kind: str, message: str) -> None:
        self.findings.append(Finding(self.path, self.getpos()[0], kind, message))  # type: ignore[arg-type]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style":
            self.find("inline", "pages refuse <style>: put it into a file of static/")
        if tag == "script" and "src" not in given:
            self.find("inline", "pages refuse a script without src: put it into a file of static/")
        for name, value in attrs:
            if name == "style" or HANDLER.fullmatch(name):
                self.find("inline", f"pages refuse the attribute {name}: use a class, or a script of static/")
            if name in ("href", "src", "action") and (value or "").strip().lower().startswith("javascript:"):
                self.find("inline", f"{name} with javascript: does nothing")
            if name in SPOKEN and value and LETTERS.search(value):
                self.find("translation", f'write {name}="{{{{ _("{value.strip()}") }}}}", so that it can be translated')
        self._inside = tag if tag in ("style", "script") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        is_class = all(word.startswith("bw-") for word in words.split())
        if not self._inside and not is_class and LETTERS.search(words):
            shown = words if len(words) < 60 else f"{words[:57]}…"
            self.find("translation", f'write {{{{ _("{shown}") }}}}, so that it can be translated')

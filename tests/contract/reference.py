"""Rows of docs/settings.md and docs/messages.md: every setting and every message that there is, as the code has them.
`make reference` writes them.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

from bookwidget.config import BARE_NAMES, Config
from bookwidget.kernel.text import Text
from bookwidget.notices.kinds import KINDS
from bookwidget.notices.variables import variables_of
from bookwidget.tenancy.settings import REGISTRY, Setting

ROOT = Path(__file__).parents[2]


def installation() -> Iterator[str]:
    """Of `Config`: the words stand below each field."""
    [made] = ast.parse(inspect.getsource(Config)).body
    assert isinstance(made, ast.ClassDef)
    body = made.body
    words = {
        one.target.id: ast.literal_eval(after.value)
        for one, after in pairwise(body)
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }  # fmt: skip
    for one in fields(Config):
        name = one.name.upper() if one.name.upper() in BARE_NAMES else f"BOOKWIDGET_{one.name.upper()}"
        value = "" if one.default in ("", ()) else f"`{one.default}`"
        yield f"| `{name}` | {value} | {' '.join(words[one.name].split())} |"


def of_businesses() -> Iterator[str]:
    for one in sorted(REGISTRY.values(), key=lambda one: one.name):
        yield f"| `{one.name}` | {shown(one)} | {cell(one.title)}: {cell(one.help)} |"


def shown(setting: Setting[object]) -> str:
    value = setting.default
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"`{value}`" if value != "" else ""


def messages() -> Iterator[str]:
    for kind in KINDS.values():
        named = ", ".join(f"`{name}`" for name in variables_of(kind))
        needed = "always" if kind.is_needed else ""
        yield f"| `{kind.key}` | {cell(kind.title)} | {cell(kind.way)} | {needed} | {named} |"


def cell(text: Text) -> str:
    return str(text).replace("|", "\\|")


PARTS: dict[tuple[str, str], Callable[[], Iterator[str]]] = {
    ("settings.md", "installation"): installation,
    ("settings.md", "businesses"): of_businesses,
    ("messages.md", "messages"): messages,
}


def wanted(document: str, part: str) -> str:
    """The document as it should be."""
    text = (ROOT / "docs" / document).read_text("utf-8")
    before, start, rest = text.partition(f"<!-- {part} -->\n")
    table, end, after = rest.partition(f"<!-- end of {part} -->")
    heading = "".join(table.splitlines(keepends=True)[:2])
    rows = "".join(f"{row}\n" for row in PARTS[document, part]())
    return f"{before}{start}{heading}{rows}{end}{after}"


if __name__ == "__main__":
    for document, part in PARTS:
        (ROOT / "docs" / document).write_text(wanted(document, part), "utf-8")

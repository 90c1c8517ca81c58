"""What docs/templates.md says of the pages of widgets: which template is given which names, and what they are."""

import re
from collections.abc import Mapping
from pathlib import Path

from bookwidget.ops.checking import EVERY_PAGE

__all__ = ["EVERY_PAGE", "KEPT", "Contexts", "documented", "meanings", "told"]

Contexts = dict[str, set[str]]
"""Names by template, without those that every page has."""

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/templates.md"
KEPT = "instance/templates.md"
"""Where the rows are kept as they should be, to be copied."""
ROW = re.compile(r"^\| `([\w/]+\.html)` \| (.*) \|$", re.MULTILINE)
MEANING = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)


def documented() -> Contexts:
    rows = ROW.findall(DOCUMENT.read_text("utf-8"))
    return {template: set(re.findall(r"`(\w+)`", names)) for template, names in rows}


def meanings() -> dict[str, str]:
    return dict(MEANING.findall(DOCUMENT.read_text("utf-8")))


def told(given: Contexts) -> Contexts:
    """What the document says; where that is otherwise, the rows as they should be are kept."""
    found = documented()
    if found != given:
        (ROOT / KEPT).parent.mkdir(exist_ok=True)
        (ROOT / KEPT).write_text(rows_of(given), "utf-8")
    return found


def rows_of(given: Mapping[str, set[str]]) -> str:
    named = ((one, ", ".join(f"`{name}`" for name in sorted(names)) or "–") for one, names in sorted(given.items()))
    return "".join(f"| `{template}` | {names} |\n" for template, names in named)

"""Every kind of event that code records has words for the history."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bookwidget.console.history import KINDS
from bookwidget.console.trail import GROUPS
from bookwidget.theming.i18n import translate
from tests.contract.tour import all_words

SOURCE = Path(__file__).parents[2] / "bookwidget"
KIND = re.compile(r"[a-z_]+\.[a-z_]+")
RECORDERS = {"record", "put_on_record"}


def texts(node: ast.AST | None) -> set[str]:
    """The constants in it that look like the name of an event."""
    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)] if node else []
    return {text for text in found if isinstance(text, str) and KIND.fullmatch(text)}


def name_of(node: ast.Assign | ast.keyword) -> str | None:
    return node.arg if isinstance(node, ast.keyword) else getattr(node.targets[0], "id", "")


def kinds_in(tree: ast.AST) -> Iterator[str]:
    """Given to a recorder, or by a name `kind` or `CHANGED` that one gets."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RECORDERS and len(node.args) > 1:
            yield from texts(node.args[1])
        elif isinstance(node, ast.Assign | ast.keyword) and name_of(node) in ("kind", "CHANGED"):
            yield from texts(node.value)
        elif isinstance(node, ast.arguments):
            defaults = zip(node.kwonlyargs, node.kw_defaults, strict=True)
            yield from (kind for one, value in defaults if one.arg == "kind" for kind in texts(value))


def test_every_kind_of_event_has_words_and_a_group() -> None:
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        if RECORDERS & {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
        }:
            found |= set(kinds_in(tree))
    assert len(found) > 40
    assert found - KINDS.keys() == set(), "say in console/history.py what these are called"
    grouped = [kind for group in GROUPS.values() for kind in group.kinds]
    assert sorted(grouped) == sorted(KINDS), "say in console/trail.py where these belong"
    german = all_words().translations("de")
    assert len({translate(words, german) for words in KINDS.values()}) == len({str(words) for words in KINDS.values()})

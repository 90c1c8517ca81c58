"""docs/protocol.md and the two scripts name the same messages, headers, attributes and events."""

import re

import pytest

from tests.embed.service import ROOT

DOCUMENT = (ROOT / "docs/protocol.md").read_text()
LOADER = (ROOT / "embed.js").read_text()
FRAME = (ROOT / "bookwidget/web/static/frame.js").read_text()


def heard(script: str) -> set[str]:
    """Types that a script acts on: the keys of its `hear` table."""
    table = script[script.index("const hear = {") :]
    return set(re.findall(r"^    (\w+)(?:\(|:)", table[: table.index("\n  };")], re.MULTILINE))


def sent(script: str) -> set[str]:
    return set(re.findall(r'\b(?:send\(\w+, |tell\()"(\w+)"', script))


def documented(direction: str) -> set[str]:
    rows = re.findall(r"^\| `(\w+)` \| (up|down|both) \|", DOCUMENT, re.MULTILINE)
    return {name for name, way in rows if way in {direction, "both"}}


@pytest.mark.parametrize(("direction", "sender", "hearer"), [("up", FRAME, LOADER), ("down", LOADER, FRAME)])
def test_each_message_is_documented_sent_and_heard(direction: str, sender: str, hearer: str) -> None:
    assert documented(direction) == sent(sender) == heard(hearer) != set()


def dashed(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "-" + letter.group().lower(), name)


def test_each_attribute_of_the_page_is_documented() -> None:
    used = {"data-" + dashed(name) for name in re.findall(r"\bfacts\.(\w+)", FRAME)}
    used |= set(re.findall(r"\[(data-[\w-]+)", FRAME))
    written = DOCUMENT[DOCUMENT.index("## What the server states") :]
    assert used == set(re.findall(r"`\[?(data-[\w-]+)", written))


def test_each_attribute_of_the_snippet_is_documented() -> None:
    names = set(re.findall(r"\bwords\.(\w+)|dataset\.(\w+)", LOADER))
    taken = re.findall(r"const \{ ([\w, ]+) \} = widget\.place\.dataset", LOADER)
    used = {name for pair in names for name in pair if name} | {n for group in taken for n in group.split(", ")}
    used -= {"code"}  # the card's own
    section = DOCUMENT[DOCUMENT.index("## What an owner writes") : DOCUMENT.index("## The envelope")]
    assert {"data-" + dashed(name) for name in used} == set(re.findall(r"\bdata-[a-z-]+[a-z]", section))


def test_each_header_is_documented() -> None:
    answered = {"X-Bookwidget-" + name for name in re.findall(r'header\("(\w+)"\)', FRAME)}
    used = answered | set(re.findall(r'"(X-Bookwidget(?:-\w+)?)"', FRAME)) | {"Authorization"}
    section = DOCUMENT[DOCUMENT.index("## Requests by script") :]
    assert used == set(re.findall(r"^\| `([\w-]+)` \| (?:request|answer)", section, re.MULTILINE))


def test_each_event_of_the_loader_is_documented() -> None:
    for name in set(re.findall(r'emit\(widget, "(\w+)"', LOADER)):
        assert f"`bookwidget:{name}`" in DOCUMENT

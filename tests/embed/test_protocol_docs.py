"""docs/protocol.md and the two scripts name the same messages, headers, attributes and events."""

import re

import pytest

from tests.embed.service import ROOT

DEEDS = ("made", "moved", "cancelled", "restored", "postponed", "resumed", "transferred")
DOCUMENT = (ROOT / "docs/protocol.md").read_text()
LOADER = (ROOT / "embed.js").read_text()
TYPES = (ROOT / "embed.d.ts").read_text()
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
    used |= {name.removeprefix("data-") for name in re.findall(r"\[(data-[\w-]+)\]", LOADER)}
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


def events_of_the_templates() -> set[str]:
    """Written out, or made of a deed that `news_of` knows."""
    pages = "".join(
        path.read_text() for folder in ("widgets", "bookwidget/web") for path in (ROOT / folder).rglob("*.html")
    )
    return set(re.findall(r'"status", "(\w+\.[a-z_]+)', pages)) | {f"booking.{deed}" for deed in DEEDS}


def test_the_types_name_what_there_is() -> None:
    events = events_of_the_templates() | set(re.findall(r'emit\(widget, "(\w+)"', LOADER))
    assert set(re.findall(r'"bookwidget:([\w.]+)"', TYPES)) == events
    api = LOADER[LOADER.index("const api = {") :]
    calls = set(re.findall(r"^    (\w+)[(,:]", api[: api.index("};")], re.MULTILINE))
    assert set(re.findall(r'"(\w+)"', " ".join(re.findall(r"\(name: ([^,)]+)", TYPES)))) == calls
    options = TYPES[TYPES.index("interface PlaceOptions") : TYPES.index("export interface Bookwidget ")]
    named = set(re.findall(r"^  (\w+)\?:", options, re.MULTILINE))
    words = set(re.findall(r"\bwords\.(\w+)|place\.dataset\.(\w+)", LOADER))
    assert named == {name for pair in words for name in pair if name} - {"bookwidget"} | {"minHeight", "maxHeight"}


def test_the_examples_use_what_is_documented() -> None:
    """docs/embed.md has each way of putting a widget on a page, in attributes and commands that there are."""
    text = (ROOT / "docs/embed.md").read_text()
    examples = "".join(re.findall(r"^```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    for way in ("<script", 'data-bookwidget="', "<book-widget", "data-bookwidget-open", "data-float"):
        assert way in examples, way
    assert [name for name in re.findall(r"\bdata-[\w-]+", examples) if name not in DOCUMENT] == []
    assert set(re.findall(r'bookwidget\("(\w+)"', examples)) <= set(re.findall(r'\("(\w+)"', DOCUMENT))

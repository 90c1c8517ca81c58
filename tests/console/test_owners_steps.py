"""docs/owners.md, walked: the buttons that its first steps name are on the pages; its pictures are there."""

import re
from html import unescape
from pathlib import Path

from tests.console.signing_up import PASSWORD, link_in, mails, sign_up, stranger
from tests.web_fixtures import Visitor, Web

DOCS = Path(__file__).parents[2] / "docs"
STEP = re.compile(r"^\d+\. \*\*([^*]+)\.\*\* (.*)$", re.MULTILINE)
NAMED = re.compile(r"[Pp]ress (?:\"([^\"]+)\"|what)")


def steps() -> dict[str, str]:
    """Title and words of each numbered step of the first section."""
    section = (DOCS / "owners.md").read_text("utf-8").split("## From nothing")[1].split("\n## ")[0]
    return dict(STEP.findall(section))


def buttons(html: str) -> set[str]:
    found = re.findall(r"<(?:button|summary)[^>]*>(.*?)</(?:button|summary)>", html, re.DOTALL)
    return {" ".join(unescape(re.sub(r"<[^>]+>", " ", words)).split()) for words in found}


def test_the_steps_of_the_owners_document_name_buttons_that_are_there(web: Web) -> None:
    told, visitor = steps(), stranger(web)
    pages = {"Sign up": visitor.get("/signup/").text}
    sign_up(visitor)
    [mail] = mails(web)
    visitor.send(link_in(mail), password=PASSWORD)
    console = Visitor(web.app, "/console/start/")
    console.client = visitor.client
    pages["Trade"] = console.get("trade").text
    console.send("trade", trade="beauty")
    for title, path in (("Look", "look"), ("Place", "home"), ("First service", "service"), ("Website", "site")):
        pages[title] = console.get(path).text
    console.send("service")
    console.send("site", origin="https://harbour.example/page")
    pages["Snippet"] = console.get("snippet").text
    assert list(told) == [
        "Sign up", "Confirm your email", "Trade", "Look", "Place", "First service", "Website", "Snippet",
        "Look at your page",
    ]  # fmt: skip
    tried = 0
    for title, html in pages.items():
        for name in filter(None, NAMED.findall(told[title])):
            assert name in buttons(html), f"step {title}: no button {name}"
            tried += 1
    assert tried >= 7


def test_every_picture_of_the_documents_is_there_and_none_is_left_over() -> None:
    texts = [path.read_text("utf-8") for path in (DOCS.parent / "README.md", *DOCS.glob("*.md"))]
    shown = {name for text in texts for name in re.findall(r"pictures/([\w-]+\.png)", text)}
    there = {path.name: path.stat().st_size for path in (DOCS / "pictures").glob("*.png")}
    assert shown == set(there)
    assert sum(there.values()) < 1_500_000

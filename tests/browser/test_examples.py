"""The examples of docs/embed.md on one page of a business, as they stand there."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bookwidget.accounts import passwords
from tests.browser.chromium import Chromium
from tests.browser.stage import Stage, raise_stage
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

TEXT = (Path(__file__).parents[2] / "docs/embed.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```(html|js)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
SERVICE = "01a206bbe1437562b4d6fdb5a1ce8918"


@pytest.fixture
def stage(tmp_path: Path, cheap_hashes: None) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hasher.hash(PASSWORD))
    yield raised
    raised.stop()


def page_of(stage: Stage) -> str:
    """All of them with space between, so that each is at hand when it is looked for."""
    parts = [f"<script>{text}</script>" if kind == "js" else f"<div>{text}</div>" for kind, text in EXAMPLES]
    page = "<style>book-widget, div > div, section { min-height: 320px; display: block }</style>" + "".join(parts)
    page = page.replace("https://widgets.example", "{service}").replace("harbour-yoga", "yoga")
    return page.replace(SERVICE, stage.yoga.ids["massage"].hex)


def test_the_examples_of_the_document_work(stage: Stage, fresh_chromium: Callable[..., Chromium]) -> None:
    stage.pages.write("/examples", page_of(stage))
    browser = fresh_chromium()
    browser.viewport(1280, 3000)  # each place is near the window, so each frame is asked for
    browser.open(stage.page("yoga", "/examples"))

    for place in ('[data-bookwidget="yoga/bookings"]', "book-widget"):
        browser.frame(f"{place} iframe")
        assert browser.text("h1") == "Log in to your bookings"
    browser.frame("[lang=de] iframe")
    assert browser.text("h1") == "Bei Ihren Buchungen anmelden"
    book_as_sam(browser)
    for opener, seen in (
        ("Book a class", "What would you like"),
        ("Book now", "What would"),
        ("Book the sound", "Mass"),
    ):
        browser.top()
        browser.js("[...document.links].find((link) => link.text.startsWith(arguments[0])).click()", opener)
        browser.frame("dialog iframe")
        assert browser.text("h1").startswith(seen)
    browser.top()
    assert browser.js("return getComputedStyle(document.querySelector('[data-float]')).position") == "fixed"
    assert [one for one in browser.console_errors() if "elsewhere" not in one] == []


def book_as_sam(browser: Chromium) -> None:
    """What the page knows of Sam stands in the form, three pages later, and is in no address."""
    browser.frame("[data-prefill] iframe")
    browser.click("main a[href*='/book/']")
    browser.click("label:has(input[name=slot])")
    browser.click("main form .bw-btn--main")
    for name, value in (("given_name", "Sam"), ("family_name", "Vale"), ("email", "sam@example.com")):
        assert browser.see(f"document.querySelector('main [name={name}]')?.value") == value
    assert browser.js("return document.querySelector('[name=phone]').value") == ""
    assert "Sam" not in browser.js("return location.href + document.referrer")

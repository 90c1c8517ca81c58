"""What people have set in their system: less motion, colours of their own, text further apart; and what a screen reader
is told.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bookwidget.accounts import passwords
from tests.browser.chromium import Chromium
from tests.browser.hands import Hands
from tests.browser.journeys import prepare
from tests.browser.stage import Stage, raise_stage
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

PAGES = ("bookings/", "bookings/?tab=past", "book/", "book/{massage}", "profile/", "profile/people")
MOVING = """
const slow = (one) => Math.max(...getComputedStyle(one)[arguments[0]].split(",").map(parseFloat)) > .01;
return [...document.querySelectorAll("*")].filter(slow).map((one) => one.outerHTML.slice(0, 80));
"""
UNSEEN = """
const alike = (one) => {
  const style = getComputedStyle(one), lined = style.textDecorationLine.includes("underline");
  const edged = style.borderTopStyle !== "none" && parseFloat(style.borderTopWidth) > 0
    && style.borderTopColor !== "rgba(0, 0, 0, 0)";
  return !lined && !edged && style.color === getComputedStyle(document.body).color
    && !one.closest("nav, .bw-head, .bw-pop, summary") && !one.matches("[type=radio], [type=checkbox]")
    && one.getBoundingClientRect().width > 4;
};
return [...document.querySelectorAll("main a, main button, main input:not([type=hidden]), main select, main textarea")]
  .filter(alike).map((one) => one.outerHTML.slice(0, 160));
"""
SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
SPACE = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(arguments[0]);
document.adoptedStyleSheets = [sheet];
const cut = (one) => getComputedStyle(one).overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1
  && one.clientWidth > 4;
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
return [...(wide > 0 ? [`the page by ${wide} px`] : []),
  ...[...document.querySelectorAll("main *")].filter(cut).map((one) => one.outerHTML.slice(0, 120))];
"""


LARGE = "html { font-size: 200% !important }"


@pytest.fixture
def stage(tmp_path: Path, cheap_hashes: None) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hasher.hash(PASSWORD))
    prepare(raised)
    yield raised
    raised.stop()


@pytest.fixture
def browser(stage: Stage, fresh_chromium: Callable[..., Chromium]) -> Chromium:
    """Ada is logged in on the business's hosted page, on a phone."""
    started = fresh_chromium()
    started.viewport(360, 800)
    hands = Hands(started, stage)
    started.open(at(stage, "bookings/"))
    hands.type("input[name=email]", "ada@example.com")
    hands.type("input[name=password]", PASSWORD)
    hands.press("main form button")
    hands.there(".bw-who")
    return started


def at(stage: Stage, page: str) -> str:
    named = {name: id.hex for name, id in stage.yoga.ids.items()}
    return f"{stage.service_origin}/w/yoga/0/{page.format(**named)}"


def test_what_the_system_asks_for_is_done(browser: Chromium, stage: Stage) -> None:
    faults: list[Any] = []
    for page in PAGES:
        browser.open(at(stage, page))
        browser.prefer(prefers_reduced_motion="reduce")
        for rule in ("transitionDuration", "animationDuration"):
            faults += [(page, "moves", one) for one in browser.js(MOVING, rule)]
        browser.prefer(forced_colors="active")
        faults += [(page, "cannot be told from text", one) for one in browser.js(UNSEEN)]
        browser.prefer()
        faults += [(page, "cut when spaced", one) for one in browser.js(SPACE, SPACED)]
        browser.viewport(640, 800)  # half of 1280, which is what a browser's zoom of 200 % leaves
        faults += [(page, "cut at 200 %", one) for one in browser.js(SPACE, "")]
        browser.viewport(1280, 800)
        faults += [(page, "cut with text of 200 %", one) for one in browser.js(SPACE, LARGE)]
        browser.viewport(360, 800)
    assert not faults, "\n".join(map(str, faults))


def test_what_a_screen_reader_is_told(browser: Chromium, stage: Stage) -> None:
    """Roles and names, in the order of reading; words inside of what has a name are left out."""
    told = told_at(browser, at(stage, "bookings/"))
    assert told[:8] == [
        "RootWebArea: My bookings · Yoga", "link: Skip to content", "link: Yoga",
        "DisclosureTriangle: Ada Account menu", "navigation: Sections", "link: My bookings",
        "link: Book", "link: Profile",
    ]  # fmt: skip
    first = told.index("article: Massage")
    assert told[first : first + 5] == [
        "article: Massage", "heading: Massage", "link: Massage", "link: Reschedule : Massage",
        "DisclosureTriangle: Options: Massage",
    ]  # fmt: skip
    told = told_at(browser, at(stage, "book/{massage}"))
    assert [line for line in told if line.split(":")[0] in ("list", "heading", "navigation")][:4] == [
        "navigation: Sections", "list: Steps", "heading: Massage", "navigation: With whom",
    ]  # fmt: skip
    assert "radio: 09:30 Tomas Reyl" in told


def told_at(browser: Chromium, url: str) -> list[str]:
    browser.open(url)
    return [line for line in browser.told() if not line.startswith("StaticText")]

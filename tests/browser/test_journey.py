"""The main job in real browsers, on a page of another site with third-party cookies blocked, with and without script.

One journey an engine, whole: log in inside the frame, see one's bookings, move one, cancel one, edit the profile,
load the page again, log out and stay out. Afterwards the logs and the host page's addresses are searched for
anything personal.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select

from bookwidget.accounts import passwords
from bookwidget.events.models import Event
from tests.browser.drivers import Browser
from tests.browser.stage import Stage, private_words, raise_stage
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

ENGINES = ("chromium", "firefox", "firefox-noscript")
EVENTS_OF_KIND = select(Event.id).where(Event.kind == bindparam("kind"))
FRAME, PLAIN = "#place iframe", "#place"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hashed(PASSWORD))
    yield raised
    raised.stop()


@pytest.fixture(params=ENGINES)
def browser(
    request: pytest.FixtureRequest,
    fresh_chromium: Callable[..., Browser],
    fresh_firefox: Callable[..., Browser],
) -> Browser:
    engine, _, script = request.param.partition("-")
    return {"chromium": fresh_chromium, "firefox": fresh_firefox}[engine](script=script != "noscript")


def enter(browser: Browser, stage: Stage, slug: str = "yoga") -> None:
    """The business's page with the booking list in it: with the loader, or as a bare iframe where script is off."""
    browser.open(stage.page(slug, "/" if browser.scripted else "/plain"))
    browser.frame(FRAME if browser.scripted else PLAIN)


def log_in(browser: Browser, password: str = PASSWORD) -> None:
    browser.fill("input[name=email]", "ada@example.com")
    browser.fill("input[name=password]", password)
    browser.click("main form button")


def is_signed_in(browser: Browser, timeout: float = 8) -> bool:
    return browser.there(".bw-who", timeout)


def test_L1_the_main_job(browser: Browser, stage: Stage, logged: io.StringIO) -> None:
    enter(browser, stage)
    wrong_then_right_password(browser)
    sees_own_bookings(browser)
    moves_one(browser, stage)
    cancels_one(browser)
    edits_the_profile(browser)
    enter(browser, stage)
    assert is_signed_in(browser), "loading the host page again keeps the sign-in"
    another_tenants_page_sees_nobody(browser, stage)
    enter(browser, stage)
    logs_out_and_stays_out(browser, stage)
    hosts = [request.full_path for request in stage.hosts.requests]
    assert not private_words(stage.yoga).search("\n".join(hosts))
    assert not private_words(stage.yoga).search(logged.getvalue())
    assert '"event": "request"' in logged.getvalue(), "the log was really watched"
    assert [e for e in browser.console_errors() if stage.hosts.origin("yoga") in e.split(" ")[0]] == []


def wrong_then_right_password(browser: Browser) -> None:
    assert browser.there("input[name=password]")
    log_in(browser, "not the password")
    assert "do not belong together" in browser.text("[role=alert]")
    assert browser.attribute("input[name=email]", "value") == "ada@example.com"
    log_in(browser)
    assert is_signed_in(browser)


def sees_own_bookings(browser: Browser) -> None:
    listed = browser.text("main")
    assert "Slow Flow" in listed
    assert "Massage" in listed


def moves_one(browser: Browser, stage: Stage) -> None:
    browser.click("li:has(a[href*='/move']) a[href*='/move']")
    assert browser.there("input[type=radio][name=slot]")
    browser.click("label:has(input[type=radio][name=slot])")
    browser.click("main form[action*='/move'] button")
    assert browser.there("[role=status]")
    assert events(stage, "booking.moved") == 1


def cancels_one(browser: Browser) -> None:
    browser.click("article a[href*='/bookings/']")
    browser.click("a[href*='/cancel']")
    browser.click("main form[action*='/cancel'] button")
    assert "cancelled" in browser.text("[role=status]").lower()
    browser.click("a[href*='tab=cancelled']")
    assert browser.there("article.bw-card, .bw-list li")


def edits_the_profile(browser: Browser) -> None:
    browser.click(".bw-nav a[href*='/profile/']")
    browser.fill("input[name=given_name]", "Augusta")
    browser.click("form[action*='/details'] button")
    assert "saved" in browser.text("[role=status]")
    assert browser.text(".bw-head .bw-menu summary").find("Augusta") >= 0


def another_tenants_page_sees_nobody(browser: Browser, stage: Stage) -> None:
    enter(browser, stage, "other")
    assert browser.there("input[name=password]")
    assert not is_signed_in(browser, 0.5)


def logs_out_and_stays_out(browser: Browser, stage: Stage) -> None:
    assert is_signed_in(browser)
    browser.click(".bw-head summary")
    browser.click("form[action*='/sign-out'] button")
    assert browser.there("input[name=password]")
    if browser.scripted:
        browser.back()
        assert browser.there("input[name=password]")
    assert not is_signed_in(browser, 0.5)
    enter(browser, stage)
    assert browser.there("input[name=password]")


def events(stage: Stage, kind: str) -> int:
    with stage.services.database.session(stage.yoga.tenant_id) as session:
        return len(session.rows(EVENTS_OF_KIND, {"kind": kind}).all())

"""The owner's whole way in one browser: from sign-up to a snippet in a blank page, where somebody books and cancels."""

from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from bookwidget.accounts import passwords
from tests.browser.drivers import Browser
from tests.browser.letters import link_in, post_office
from tests.browser.stage import Stage, raise_stage
from tests.console.signing_up import PASSWORD
from tests.factories import PASSWORD as KNOWN_PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hashed(KNOWN_PASSWORD))
    yield raised
    raised.stop()


def test_from_sign_up_to_a_cancelled_booking(stage: Stage, fresh_chromium: Callable[..., Browser]) -> None:
    browser = fresh_chromium()
    browser.open(f"{stage.service_origin}/signup/")
    browser.fill("input[name=email]", "noor@harbour.example")
    browser.fill("input[name=business]", "Harbour Hair")
    browser.click("main form button")
    assert "mailbox" in browser.text("h1")
    with post_office(stage) as post:
        browser.open(link_in(post.one_to("noor@harbour.example"), "/signup/confirm/"))
    browser.fill("input[name=password]", PASSWORD)
    browser.click("main form button")
    browser.click("button[name=trade][value=beauty]")
    browser.click(".bw-btn--swatch:last-of-type")
    browser.there(".bw-btn--swatch[aria-pressed=true]")
    browser.click("main .bw-foot .bw-btn--main")
    for field in ("locale", "minutes"):
        assert browser.there(f"[name={field}]")
        browser.click("main form .bw-foot .bw-btn--main")
    browser.fill("input[name=origin]", stage.hosts.origin("blank") + "/page")
    browser.click("main form .bw-foot .bw-btn--main")
    snippet = unescape(browser.text("#loader"))
    assert "harbour-hair/book" in snippet
    stage.pages.write("/page", snippet)
    browser.open(stage.page("blank", "/page"))
    browser.frame("iframe")
    books_and_cancels(browser)


def books_and_cancels(browser: Browser) -> None:
    """As a guest, in the frame; next week, because what begins soon cannot be cancelled."""
    browser.click("main a[href*='/book/']")
    browser.click(".bw-steppers a:last-of-type")
    browser.click("label:has(input[name=slot])")
    browser.click("main form .bw-btn--main")
    browser.fill("input[name=given_name]", "Sam")
    browser.fill("input[name=email]", "sam@example.com")
    browser.click("button[name=do][value=review].bw-btn")
    browser.click("button[name=do][value=confirm]")
    assert "booked" in browser.text("[role=status]")
    browser.click("main a[href*='/cancel']")
    browser.click("main form[action*='/cancel'] .bw-btn--bad")
    assert "cancelled" in browser.text("[role=status]")

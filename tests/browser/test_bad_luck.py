"""What goes wrong without anybody's fault: storage that throws, cookies that vanish, a clock that is wrong.

The log-in window's own troubles stand in `test_popup.py`, sign-ins that end while typing in `test_modes.py`.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bookwidget.accounts import passwords
from bookwidget.accounts.signing_in import GRACE
from tests.browser.drivers import Browser
from tests.browser.firefox import ALL_THIRD_PARTY
from tests.browser.modes import MODES, Journey, write_pages
from tests.browser.rows import age_tokens
from tests.browser.stage import Stage, raise_stage
from tests.browser.steps import SAVE
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SLOW_FETCH = """
  const real = window.fetch;
  window.fetch = async (url, options) => {
    const answer = await real(url, options);
    await new Promise((done) => setTimeout(done, 1500));
    options.signal?.throwIfAborted();
    return answer;
  };
"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"


@pytest.fixture
def stage(tmp_path: Path, cheap_hashes: None) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hasher.hash(PASSWORD))
    write_pages(raised)
    yield raised
    raised.stop()


@pytest.fixture
def j(stage: Stage, fresh_chromium: Callable[..., Browser]) -> Journey:
    return Journey(fresh_chromium(), stage, MODES[0])


def without_cookies(environ: dict[str, Any]) -> None:
    """As if the browser had begun to refuse them."""
    environ.pop("HTTP_COOKIE", None)


def half_fill_profile(j: Journey) -> None:
    j.signed_in("/one")
    j.browser.click(".bw-nav a[href*='/profile/']")
    j.browser.fill("input[name=given_name]", "Augusta")


def sends_it_after_all(j: Journey) -> None:
    j.browser.click(SAVE)
    j.log_in("#sign-in")
    assert j.browser.see(f"!document.querySelector('#sign-in') && document.querySelector(\"{SAVE}\").offsetHeight")
    assert j.browser.js("return document.querySelector('input[name=given_name]').value") == "Augusta"
    j.browser.click(SAVE)
    assert "saved" in j.browser.text("[role=status]")


def test_cookies_that_vanish_between_two_clicks(j: Journey) -> None:
    half_fill_profile(j)
    j.browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    sends_it_after_all(j)


def test_cookies_that_are_refused_from_now_on(j: Journey) -> None:
    """The frame goes on with a token, in the page that began with a cookie."""
    half_fill_profile(j)
    j.stage.meddle = without_cookies
    sends_it_after_all(j)
    j.browser.click(".bw-nav a[href*='/bookings/']")
    assert j.is_in()


def test_storage_that_is_full(stage: Stage, fresh_firefox: Callable[..., Browser]) -> None:
    """It can be read and not written: the token stays in memory for this page."""
    j = Journey(fresh_firefox(cookie_behavior=ALL_THIRD_PARTY), stage, MODES[3])
    j.enter("/one")
    assert j.is_out()
    j.browser.js(FULL)
    j.log_in()
    assert j.is_in()
    j.browser.click(".bw-nav a[href*='/profile/']")
    assert j.browser.there("input[name=given_name]")


@pytest.mark.parametrize("days", [-1, 1])
def test_a_browser_whose_clock_is_a_day_off(stage: Stage, fresh_firefox: Callable[..., Browser], days: int) -> None:
    """Here it is the service's clock that differs: to a browser that is the same."""
    stage.ahead -= timedelta(days=days)
    j = Journey(fresh_firefox(cookie_behavior=ALL_THIRD_PARTY), stage, MODES[3])
    half_fill_profile(j)
    stage.ahead += timedelta(minutes=31)
    sends_it_after_all(j)


def test_no_script_of_ours_reads_the_clock() -> None:
    for script in ("embed.js", "bookwidget/web/static/frame.js", "bookwidget/web/static/popup.js"):
        assert not re.search(r"\bDate\b", (ROOT / script).read_text()), script


def test_a_visitor_who_goes_on_before_the_answer_keeps_the_token_in_it(
    stage: Stage, fresh_firefox: Callable[..., Browser]
) -> None:
    j = Journey(fresh_firefox(cookie_behavior=ALL_THIRD_PARTY), stage, MODES[3])
    j.signed_in("/one")
    assert age_tokens(stage.yoga, stage.yoga.now) == 1
    j.browser.js(SLOW_FETCH)
    before = len(stage.service.requests)
    j.browser.click(".bw-nav a[href*='/bookings/']")
    time.sleep(0.5)
    assert len(stage.service.requests) == before + 1, "answered, and the frame has not heard it yet"
    j.browser.click(".bw-nav a[href*='/profile/']")
    assert j.browser.there("input[name=given_name]")
    stage.ahead += GRACE + timedelta(seconds=1)
    j.browser.click(".bw-nav a[href*='/bookings/']")
    assert j.browser.see("document.querySelector('h1').textContent === 'My bookings'")
    assert j.is_in()

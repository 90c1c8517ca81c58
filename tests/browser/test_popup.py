"""What can go wrong with the log-in window: blocked, closed, left open, wrong digits, wrong clocks, strangers' codes.

The way through it in every engine is in `test_modes.py`.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bookwidget.accounts import passwords
from tests.browser.drivers import Browser
from tests.browser.stage import Stage, raise_stage
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

LINK, CODE = "[data-popup]", "[data-code] input[name=code]"
SHOWN = "!document.querySelector('[data-code]').hidden"
BLOCK = "window.was = window.open; window.open = () => null"


@pytest.fixture
def stage(tmp_path: Path, cheap_hashes: None) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hasher.hash(PASSWORD))
    yield raised
    raised.stop()


@pytest.fixture
def browser(fresh_chromium: Callable[..., Browser], stage: Stage) -> Browser:
    """In the frame, where nobody is logged in."""
    browser = fresh_chromium()
    browser.open(stage.page("yoga"))
    browser.frame("#place iframe")
    assert browser.there(LINK)
    return browser


def into_window(browser: Browser) -> str:
    """The one window that is not the first; gives the first."""
    until = time.monotonic() + 8
    while len(browser.windows()) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    first, second = browser.windows()
    browser.window(second)
    return first


def back(browser: Browser, first: str) -> None:
    browser.window(first)
    browser.frame("#place iframe")


def log_in_there(browser: Browser) -> None:
    browser.fill("input[name=email]", "ada@example.com")
    browser.fill("input[name=password]", PASSWORD)
    browser.click("main form button")


def digits(browser: Browser) -> str:
    """Of the window's last page; the window stays."""
    return browser.text(".bw-digits")


def type_code(browser: Browser, code: str) -> None:
    browser.fill(CODE, code)
    browser.click("[data-code] button")


def is_in(browser: Browser) -> bool:
    return browser.there(".bw-who")


def test_a_window_that_was_blocked_opens_as_a_tab_at_the_next_click(browser: Browser, stage: Stage) -> None:
    browser.js(BLOCK)
    assert browser.js(f"return {SHOWN}") is False
    browser.click(LINK)
    assert browser.see(SHOWN, 1)
    assert "No window?" in browser.text("#window-code-hint")
    browser.click("a[href*='/-/popup']")
    first = into_window(browser)
    assert browser.js("return opener") is None
    log_in_there(browser)
    code = digits(browser)
    assert "Do not tell it to anybody" in browser.text("main")
    browser.close_window()
    back(browser, first)
    type_code(browser, code)
    assert is_in(browser)


def test_a_window_that_was_closed_leaves_a_way_on(browser: Browser) -> None:
    browser.click(LINK)
    first = into_window(browser)
    browser.close_window()
    back(browser, first)
    assert browser.see(SHOWN, 7)
    browser.click(LINK)
    first = into_window(browser)
    log_in_there(browser)
    back(browser, first)
    assert is_in(browser)
    assert len(browser.windows()) == 1, "it closes by itself"


def test_five_wrong_codes_and_a_way_on(browser: Browser) -> None:
    browser.js(BLOCK)
    browser.click(LINK)
    browser.click("a[href*='/-/popup']")
    first = into_window(browser)
    log_in_there(browser)
    right = digits(browser).replace(" ", "")
    browser.close_window()
    back(browser, first)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for attempt in range(5):
        type_code(browser, wrong)
        words = "five times" if attempt == 4 else "not the code"
        assert browser.see(f"document.querySelector('#window-code-error')?.textContent.includes('{words}')")
        assert browser.see("document.activeElement.name === 'code'")
    type_code(browser, right)
    assert browser.see("document.querySelector('#window-code-error').textContent.includes('expired')")
    browser.js("window.open = window.was")
    browser.click(LINK)
    first = into_window(browser)
    log_in_there(browser)
    back(browser, first)
    assert is_in(browser)


def test_left_open_for_an_hour(browser: Browser, stage: Stage) -> None:
    """The window's form still works; digits that it had shown do not."""
    browser.js(BLOCK)
    browser.click(LINK)
    browser.click("a[href*='/-/popup']")
    first = into_window(browser)
    stage.ahead += timedelta(hours=1)
    log_in_there(browser)
    shown = digits(browser)
    stage.ahead += timedelta(hours=1)
    back(browser, first)
    type_code(browser, shown)
    assert "expired" in browser.text("#window-code-error")


@pytest.mark.parametrize("days", [-1, 1])
def test_the_browsers_clock_does_not_matter(browser: Browser, stage: Stage, days: int) -> None:
    stage.ahead -= timedelta(days=days)
    browser.open(stage.page("yoga"))
    browser.frame("#place iframe")
    browser.click(LINK)
    first = into_window(browser)
    log_in_there(browser)
    back(browser, first)
    assert is_in(browser)
    browser.open(stage.page("yoga"))
    browser.frame("#place iframe")
    assert is_in(browser)


def test_codes_from_anywhere_but_the_window_are_not_heard(browser: Browser, stage: Stage) -> None:
    browser.js("document.addEventListener('submit', () => (document.body.dataset.sent = 1))")
    browser.top()
    browser.js("const f = document.querySelector('iframe').contentWindow; f.postMessage({code: 'x'.repeat(32)}, '*')")
    browser.frame("#place iframe")
    browser.click(LINK)
    first = into_window(browser)
    browser.js("opener.postMessage({code: 5}, location.origin); opener.postMessage({}, location.origin)")
    back(browser, first)
    browser.top()
    browser.js(
        "for (const origin of [location.origin, 'null', arguments[0]]) for (const source of [window, null])"
        " document.querySelector('iframe').contentWindow.postMessage({code: 'y'.repeat(32)}, '*')",
        stage.service_origin,
    )
    browser.frame("#place iframe")
    time.sleep(0.5)
    assert browser.js("return document.body.dataset.sent || ''") == ""
    assert stage.service.asked("POST", "redeem") == []


def test_a_page_that_opens_the_window_itself_gets_nothing(browser: Browser, stage: Stage) -> None:
    """A challenge of the host page's own, with the customer signed in at our address."""
    browser.open(stage.service_origin + "/w/yoga/0/login/")
    log_in_there(browser)
    assert is_in(browser)
    browser.open(stage.page("yoga"))
    challenge = "A" * 43 + "="
    browser.js(
        "addEventListener('message', ({data}) => (document.body.dataset.heard = JSON.stringify(data)));"
        "const b = document.createElement('button'); b.id = 'steal'; document.body.append(b);"
        "b.onclick = () => open(arguments[0])",
        f"{stage.service_origin}/w/yoga/0/-/popup?challenge={challenge}",
    )
    browser.click("#steal")
    first = into_window(browser)
    assert browser.see("!location.pathname.includes('popup')"), "the hosted page, without any code"
    assert not browser.there("form[action*='popup']", 0)
    browser.window(first)
    assert "code" not in str(browser.js("return document.body.dataset.heard"))


def test_without_script_the_link_is_the_hosted_page(fresh_chromium: Callable[..., Browser], stage: Stage) -> None:
    browser = fresh_chromium(script=False)
    browser.open(stage.page("yoga", "/plain"))
    browser.frame("#place")
    browser.click(LINK)
    into_window(browser)
    browser.fill("input[name=email]", "ada@example.com")
    browser.fill("input[name=password]", PASSWORD)
    browser.click("main form button")
    assert is_in(browser)

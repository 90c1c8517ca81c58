"""Dialogs, floating links, the element, the queue, and what is left behind; and scripts of different ages together."""

from collections.abc import Callable

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Chromium
from tests.browser.servers import Server, Wsgi
from tests.embed.service import ADDRESS, PASSWORD, ROOT
from tests.embed.stage import DIV, Stage

pytestmark = pytest.mark.browser

OPENER = '<a id="o" data-bookwidget-open="shop/bookings" data-title="Book" data-close="Zu" href="/elsewhere">Book</a>'
QUEUE = (
    "<script>window.bookwidget = window.bookwidget"
    " || function () { (bookwidget.q = bookwidget.q || []).push(arguments) };"
    ' bookwidget("open", "shop/bookings"); bookwidget("constructor")</script>'
)
COUNT = """
window.listening = 0;
const shared = EventTarget.prototype, { addEventListener: add, removeEventListener: remove } = shared;
const counts = (target) => target === window || target === document || target === undefined;
shared.addEventListener = function (...all) { listening += counts(this); return add.apply(this || window, all) };
shared.removeEventListener = function (...all) { listening -= counts(this); return remove.apply(this || window, all) };
"""
CYCLE = """
const place = document.querySelector("#d");
for (let i = 0; i < 100; i++) { bookwidget("mount", place); bookwidget("unmount", place); }
return [document.querySelectorAll("iframe").length, place.textContent, listening];
"""


@pytest.fixture
def stage(fresh_chromium: Callable[..., Chromium], serve: Callable[[Wsgi], Server]) -> Stage:
    return Stage(fresh_chromium(), serve)


def keys(stage: Stage, *pressed: str) -> None:
    assert isinstance(stage.browser, Chromium)
    chain = ActionChains(stage.browser.driver, duration=0)
    chain.send_keys(*pressed)
    chain.perform()  # type: ignore[no-untyped-call]


def test_a_link_opens_a_dialog_which_escape_closes_outside_and_inside(stage: Stage) -> None:
    browser = stage.open(OPENER)
    browser.see("window.bookwidget?.loaded")
    for inside in (False, True):
        browser.click("#o")
        assert browser.see("document.querySelector('dialog[open] iframe')")
        assert browser.js("return document.querySelector('dialog button').ariaLabel") == "Zu"
        browser.frame("dialog iframe")
        assert browser.text("h2") == "Log in"
        if inside:
            browser.click("[name=email]")
        else:
            browser.top()
            assert browser.js("return document.activeElement.localName") == "button"
        keys(stage, Keys.ESCAPE)
        browser.top()
        assert browser.see("!document.querySelector('dialog')")
        assert browser.js("return document.activeElement.id") == "o"
    browser.js("document.querySelector('#o').removeAttribute('data-bookwidget-open')")
    browser.click("#o")
    assert browser.see("location.pathname === '/elsewhere'"), "without the loader's attribute it is a plain link"


def test_one_dialog_at_a_time_and_none_for_what_is_no_widget(stage: Stage) -> None:
    browser = stage.open(DIV)
    browser.see("window.bookwidget?.loaded")
    browser.js("for (const name of ['', '//evil.test', 'shop', 'a/b/../c', 'javascript:1/x']) bookwidget('open', name)")
    assert browser.js("return document.querySelectorAll('dialog').length") == 0
    browser.js("bookwidget('open', 'shop/bookings'); bookwidget('open', 'shop/bookings')")
    assert browser.see("document.querySelectorAll('dialog').length === 1")
    browser.click("dialog button")
    assert browser.see("!document.querySelector('dialog')")
    assert browser.js("return document.querySelectorAll('iframe').length") == 1


def test_an_element_a_floating_link_and_a_queue(stage: Stage) -> None:
    stage.host.headers["Content-Security-Policy"] = f"frame-src {stage.host.service}"
    floating = OPENER.replace("<a ", "<a data-float ")
    browser = stage.open(f'{QUEUE}<book-widget id="e" name="shop/bookings"></book-widget>{floating}')
    assert browser.see("document.querySelector('dialog[open] iframe')"), "what was asked for early is done"
    browser.js("bookwidget('close')")
    browser.frame("#e iframe")
    assert browser.text("h2") == "Log in"
    browser.top()
    assert browser.js("return getComputedStyle(document.querySelector('#o')).position") == "fixed"
    left = "return document.querySelector('#o').getBoundingClientRect().left"
    assert browser.js(left) > 100
    assert browser.js(f"document.documentElement.dir = 'rtl'; {left}") == 16, "the end of an Arabic line"
    browser.js(
        "const late = document.createElement('book-widget'); late.setAttribute('name', 'shop/bookings');"
        " document.body.prepend(late)"
    )
    assert browser.see("document.querySelector('book-widget:not(#e) iframe')")


def test_a_hundred_mounts_leave_nothing_behind(stage: Stage) -> None:
    stage.host.headers["Content-Security-Policy"] = f"frame-src {stage.host.service}"
    browser = stage.open(f"<script>{COUNT}</script>{DIV}")
    browser.see("document.querySelector('#d iframe')")
    before = browser.js("bookwidget('unmount', document.querySelector('#d')); return listening")
    assert before > 0
    assert browser.js(CYCLE) == [0, "Loading", before]


@pytest.mark.parametrize("old", ["/embed.js", "/static/frame.js"])
def test_the_first_loader_and_the_first_frame_work_with_todays(stage: Stage, old: str) -> None:
    stage.service.scripts[old] = ROOT / "tests/embed/first" / old.rpartition("/")[2]
    browser = stage.open(DIV)
    browser.js("window.told = []; addEventListener('bookwidget:booking.noted', e => told.push(e.detail))")
    browser.frame("#d iframe")
    browser.fill("[name=email]", ADDRESS)
    browser.fill("[name=password]", PASSWORD)
    browser.click("#log-in")
    assert browser.text("#who") == ADDRESS
    browser.fill("[name=note]", "hello")
    browser.click("#send")
    assert browser.text("#notes li") == "hello"
    browser.top()
    assert browser.see("told.length === 1")
    assert browser.see("document.querySelector('#d iframe').title === 'My bookings'")
    assert [line for line in browser.console_errors() if "401" not in line] == []

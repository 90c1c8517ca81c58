"""frame.js in real browsers, inside a page of another site: the forms, the sign-in layers, the small duties."""

from collections.abc import Callable

import pytest

from tests.browser.drivers import Browser
from tests.browser.servers import Server, Wsgi
from tests.embed.service import ADDRESS, FRAME_COOKIE, PASSWORD
from tests.embed.stage import DIV, Stage

pytestmark = pytest.mark.browser
AT_ONCE = "const box = document.querySelector('{}'); for (let i = 0; i < 3; i++) box.click()"


def log_in(browser: Browser) -> None:
    browser.fill("[name=email]", ADDRESS)
    browser.fill("[name=password]", PASSWORD)
    browser.click("#log-in")
    assert browser.text("#who") == ADDRESS


@pytest.fixture(params=["cookie", "bearer", "memory"])
def layered(
    request: pytest.FixtureRequest,
    fresh_chromium: Callable[..., Browser],
    fresh_firefox: Callable[..., Browser],
    serve: Callable[[Wsgi], Server],
) -> Stage:
    """Each way a sign-in can be kept: a partitioned cookie, sessionStorage, or nothing but memory."""
    makers: dict[str, Callable[[], Browser]] = {
        "cookie": fresh_chromium,
        "bearer": lambda: fresh_firefox(cookie_behavior=1),
        "memory": lambda: fresh_chromium(storage=False),
    }
    stage = Stage(makers[request.param](), serve)
    stage.layer = request.param
    return stage


def test_sign_in_write_be_refused_sign_in_again_and_leave(layered: Stage) -> None:
    browser, service = layered.open(DIV + DIV.replace('"d"', '"e"')), layered.service
    browser.frame("#d iframe")
    browser.fill("[name=email]", ADDRESS)
    browser.fill("[name=password]", "wrong")
    browser.click("#log-in")
    assert browser.text(".error") == "Email or password is wrong."
    assert browser.js("return document.activeElement.name") == "password"
    log_in(browser)
    assert browser.js("return document.activeElement.localName") == "h1"
    used = layered.server.requests[-1]
    assert (FRAME_COOKIE in used.cookies) == (layered.layer == "cookie")
    assert ("Authorization" in used.headers) == (layered.layer != "cookie")
    browser.frame("#e iframe")
    assert browser.text("#who") == ADDRESS, "the second widget follows"

    browser.frame("#d iframe")
    browser.click("#send")
    assert browser.text(".error") == "Write something."
    assert browser.js("return document.activeElement.name") == "note"
    service.sign_ins.clear()
    browser.fill("[name=note]", "do not lose me")
    browser.click("#send")
    browser.fill("#sign-in [name=email]", ADDRESS)
    browser.fill("#sign-in [name=password]", "wrong")
    browser.click("#log-in")
    assert browser.text("#sign-in .error") == "Email or password is wrong."
    assert "Footer" not in browser.text("#sign-in")
    browser.fill("#sign-in [name=password]", PASSWORD)
    browser.click("#log-in")
    assert browser.see("!document.querySelector('#sign-in') && document.querySelector('#send').offsetHeight")
    assert browser.js("return document.querySelector('[name=note]').value") == "do not lose me"
    assert browser.js("return document.activeElement.id") == "send"
    browser.click("#send")
    assert browser.text("#notes") == "do not lose me"
    assert browser.js("return document.activeElement.textContent") == "Noted"

    browser.click("#next")
    assert browser.text("#more") == "More"
    browser.back()
    assert browser.there("#next")
    browser.click("summary")
    browser.click("#out")
    assert browser.text("h2") == "Log in"
    browser.frame("#e iframe")
    assert browser.text("h2") == "Log in", "the second widget follows out"


def test_the_sign_in_outlives_a_reload_of_the_host_page(layered: Stage) -> None:
    browser = layered.open(DIV)
    browser.frame("#d iframe")
    log_in(browser)
    browser = layered.open(DIV)
    browser.frame("#d iframe")
    if layered.layer == "memory":
        assert browser.text("h2") == "Log in", "nothing can be kept where all storage is refused"
    else:
        assert browser.text("#who") == ADDRESS


@pytest.fixture
def signed_in(fresh_chromium: Callable[..., Browser], serve: Callable[[Wsgi], Server]) -> Stage:
    stage = Stage(fresh_chromium(), serve)
    browser = stage.open(DIV)
    browser.frame("#d iframe")
    log_in(browser)
    return stage


def test_three_clicks_are_one_request(signed_in: Stage) -> None:
    browser = signed_in.browser
    browser.fill("[name=note]", "once")
    browser.js(AT_ONCE.format("#send"))
    assert browser.text("#notes") == "once"
    assert signed_in.service.notes == ["once"]


def test_a_form_that_meets_no_network_keeps_its_values_and_can_be_sent_again(signed_in: Stage) -> None:
    browser = signed_in.browser
    browser.fill("[name=note]", "typed with care")
    signed_in.server.stop()
    browser.click("#send")
    assert browser.text("form [role=alert]") == "No connection. What you typed is still here."
    assert browser.js("return document.querySelector('[name=note]').value") == "typed with care"
    signed_in.server.start()
    browser.click("#send")
    assert browser.text("#notes") == "typed with care"
    assert not browser.there("[role=alert]", timeout=0)


def test_a_form_that_was_taken_and_led_to_the_sign_in_is_not_kept(signed_in: Stage) -> None:
    browser = signed_in.browser
    browser.fill("[name=note]", "close my account")
    browser.click("#send")
    assert browser.text("h2") == "Log in"
    assert not browser.js("return document.querySelector('#sign-in, #send')")


def test_logging_out_twice_shows_the_sign_in_as_a_page(signed_in: Stage) -> None:
    browser = signed_in.browser
    signed_in.service.sign_ins.clear()
    browser.click("summary")
    browser.click("#out")
    assert browser.text("footer") == "Footer"
    assert not browser.js("return document.querySelector('#sign-in, #send')")


def test_dialog_forms_stay_the_browsers_own(signed_in: Stage) -> None:
    browser, before = signed_in.browser, len(signed_in.server.requests)
    browser.js("document.querySelector('dialog').showModal()")
    browser.click("#close")
    assert browser.js("return document.querySelector('dialog').open") is False
    assert len(signed_in.server.requests) == before


def test_menus_close(signed_in: Stage) -> None:
    browser = signed_in.browser
    tall = "return document.getElementById('root').offsetHeight"
    closed = browser.js(tall)
    browser.click("summary")
    assert browser.js(tall) > closed
    browser.fill("[name=note]", "a click elsewhere")
    browser.click("[name=note]")
    assert browser.see("!document.querySelector('details').open")
    browser.click("summary")
    browser.js("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
    assert browser.see("!document.querySelector('details').open")
    assert browser.js("return document.activeElement.localName") == "summary"


def test_a_lower_limit_of_the_host_lets_the_frame_scroll(signed_in: Stage) -> None:
    signed_in.service.paragraphs = 40
    browser = signed_in.open(DIV.replace("data-title", 'data-max-height="500" data-title'))
    browser.frame("#d iframe")
    assert browser.see("innerHeight === 500 && document.documentElement.style.overflow === ''")
    browser.js("document.querySelector('#next').scrollIntoView()")
    assert browser.js("return scrollY") > 0


def test_the_next_page_is_brought_into_view(signed_in: Stage) -> None:
    signed_in.service.paragraphs = 80
    browser = signed_in.open(DIV)
    browser.frame("#d iframe")
    browser.click("#next")
    assert browser.there("#more")
    browser.top()
    assert browser.see("document.querySelector('iframe').getBoundingClientRect().top >= 0")


def test_back_from_the_browsers_memory_asks_again(signed_in: Stage) -> None:
    browser = signed_in.browser
    browser.top()
    browser.open(signed_in.shop.origin("other") + "/")
    signed_in.service.sign_ins.clear()
    browser.back()
    browser.frame("#d iframe")
    assert browser.text("h2") == "Log in"
    assert not browser.there("#who", timeout=0)

"""embed.js in Browser, on a page of another site that allows nothing inline."""

import json
from collections.abc import Callable

import pytest

from tests.browser.drivers import Browser
from tests.browser.servers import Server, Wsgi
from tests.embed.service import ADDRESS, PASSWORD
from tests.embed.stage import DIV, IFRAME, LINK, Stage

pytestmark = pytest.mark.browser


@pytest.fixture(params=["chromium", "firefox"])
def stage_anywhere(
    request: pytest.FixtureRequest,
    fresh_chromium: Callable[..., Browser],
    fresh_firefox: Callable[..., Browser],
    serve: Callable[[Wsgi], Server],
) -> Stage:
    return Stage(fresh_chromium() if request.param == "chromium" else fresh_firefox(), serve)


@pytest.fixture
def stage(fresh_chromium: Callable[..., Browser], serve: Callable[[Wsgi], Server]) -> Stage:
    return Stage(fresh_chromium(), serve)


def heights(browser: Browser) -> list[int]:
    browser.top()
    return list(browser.js("return [...document.querySelectorAll('iframe')].map(f => f.offsetHeight)"))


def test_three_forms_are_upgraded_fitted_and_leave_a_clean_console(stage: Stage) -> None:
    browser = stage.open(IFRAME + DIV + LINK)
    assert browser.see("document.querySelectorAll('iframe[style*=height]').length === 3")
    for css in ("#f", "#d iframe", "p > iframe"):
        browser.frame(css)
        assert browser.text("h2") == "Log in"
        inside = browser.js("return document.getElementById('root').offsetHeight")
        assert browser.see(f"innerHeight >= {inside} && innerHeight < {inside} + 5"), css
    browser.top()
    titles = browser.js("return [...document.querySelectorAll('iframe')].map(f => f.title)")
    assert titles == ["Bookings", "My bookings", "Bookings"]
    assert browser.js("return getComputedStyle(document.querySelector('#a')).display") == "none"
    own = [line for line in browser.console_errors() if "401" not in line]
    assert own == []
    assert stage.server.asked("GET", "embed.js") == ["/embed.js"]


def test_nothing_on_the_host_page_jumps_beyond_the_reserved_height(stage: Stage) -> None:
    browser = stage.open('<div data-bookwidget="shop/bookings" data-min-height="400"></div><p id="after">x</p>')
    browser.frame("iframe")
    assert browser.text("h2")
    browser.top()
    shift = """return new Promise((done) => new PerformanceObserver((list) => done(
      list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe(
      {type: 'layout-shift', buffered: true}) || setTimeout(done, 500, 0))"""
    assert browser.js(shift) <= 0.05
    assert heights(browser) == [400]


def test_sibling_widgets_share_the_sign_in_and_events_carry_ids_only(stage: Stage) -> None:
    browser = stage.open(DIV + IFRAME)
    browser.js(
        "window.told = []; for (const name of ['ready', 'session', 'booking.noted'])"
        " addEventListener('bookwidget:' + name, e => told.push([name, e.detail, e.target.id]))"
    )
    browser.frame("#d iframe")
    browser.fill("[name=email]", ADDRESS)
    browser.fill("[name=password]", PASSWORD)
    browser.click("#log-in")
    assert browser.text("#who") == ADDRESS
    browser.frame("#f")
    assert browser.text("#who") == ADDRESS
    browser.fill("[name=note]", "hello")
    browser.click("#send")
    assert browser.text("#notes li") == "hello"
    browser.top()
    assert browser.see("told.some(([name]) => name === 'booking.noted')")
    told = browser.js("return told")
    assert ["booking.noted", {"booking": "b1"}, "f"] in told
    assert ["session", {"state": "in"}, "d"] in told
    assert ADDRESS not in json.dumps(told)


def listen_for_id(browser: Browser) -> str:
    """What the loader calls the first widget of the page."""
    browser.top()
    browser.js("addEventListener('message', e => window.id = e.data?.id || window.id)")
    browser.js("frames[0].postMessage({ns: 'bookwidget', v: 1, type: 'ping', data: {}}, '*')")
    return str(browser.see("window.id"))


HOSTILE = """
  window.errors = 0;
  addEventListener('error', () => errors++);
  const [origin] = arguments, ns = 'bookwidget', frame = document.querySelector('iframe');
  const types = ['hello', 'ready', 'size', 'title', 'scroll', 'session', 'event', 'fail', 'init', 'config', 'ping',
                 'constructor', 'toString', '__proto__', 'hasOwnProperty', 7, null];
  const bad = [null, undefined, 7, 'x', [], {}, {ns}, {ns, v: 1}, {ns, v: 99, type: 'init', data: {id: 'y'}},
               {ns, v: 1, type: 'init', data: {id: 5}}, {tenant: 'shop', token: {}}, {tenant: 'shop', token: 'no'},
               {ns, v: 1, id: 'x', type: 'hello', data: {min: 99, max: 99}}];
  for (const type of types) for (const data of [null, 1, [], {}, {h: 9e9}, {h: '5'}, {state: 'sideways'}, {code: 1}])
    bad.push({ns, v: 1, id: 'x', type, data});
  for (const message of bad) {
    postMessage(message, '*');
    frame.contentWindow.postMessage(message, '*');
    for (const source of [window, frame.contentWindow, null])
      for (const from of [location.origin, 'null', '', origin + '.evil.test'])
        dispatchEvent(new MessageEvent('message', {data: message, origin: from, source}));
    for (const source of [window, null]) dispatchEvent(new MessageEvent('message', {data: message, origin, source}));
  }
  for (let i = 0; i < 10000; i++) {
    postMessage({ns, v: 1, id: 'x', type: 'size', data: {h: i}}, '*');
    frame.contentWindow.postMessage({ns, v: 1, id: '', type: 'session', data: {state: 'sideways'}}, '*');
  }
"""
HOSTILE_INSIDE = """
  const types = ['hello', 'ready', 'size', 'title', 'scroll', 'session', 'event', 'fail', 'constructor',
                 '__proto__', 7];
  for (const data of [null, 1, [], {}, {h: 5.5}, {h: '5'}, {h: NaN}, {state: 'x'}, {name: 'A.b', ids: {}}, {min: 'a'},
                      {name: {toString: 1}, ids: 1}, {y: '1'}, {code: {}}, {title: 5}, {h: 777}, {min: 99, max: 99}])
    for (const type of types) for (const v of [0, 1, 2, '1'])
      for (const id of ['', arguments[0], {}]) {
        const allowed = v === 1 && (data?.max === 99 || (id && (type === 'ready' || data?.h === 777)));
        if (!allowed) parent.postMessage({ns: 'bookwidget', v, id, type, data}, '*');
      }
"""


def test_hostile_messages_change_nothing(stage: Stage) -> None:
    browser = stage.open(DIV)
    browser.frame("#d iframe")
    assert browser.text("h2")
    browser.top()
    name = listen_for_id(browser)
    before, asked = heights(browser), len(stage.server.requests)
    browser.js(HOSTILE, stage.host.service)
    browser.frame("#d iframe")
    browser.js(HOSTILE_INSIDE, name)
    assert browser.js("return new Promise(done => setTimeout(done, 1500, document.querySelector('h2').textContent))")
    browser.top()
    assert browser.js("return errors") == 0
    assert heights(browser) == before
    browser.frame("#d iframe")
    browser.js("document.getElementById('root').style.height = '555px'")
    browser.top()
    assert browser.see("document.querySelector('iframe').offsetHeight === 555"), "the two still understand each other"
    assert len(stage.server.requests) == asked
    assert not browser.js("return document.querySelector('[role=alert]')")
    assert [line for line in browser.console_errors() if "401" not in line] == []


def test_a_growing_frame_stops_itself_and_scrolls(stage: Stage) -> None:
    browser = stage.open(DIV)
    browser.js(
        "window.codes = []; window.sizes = 0; addEventListener('bookwidget:fail', e => codes.push(e.detail.code));"
        "addEventListener('message', e => sizes += e.data.type === 'size')"
    )
    browser.frame("#d iframe")
    assert browser.text("h2")
    browser.js(
        "const grow = () => document.getElementById('root').append(document.createElement('p'), 'more');"
        "const timer = setInterval(grow, 10); setTimeout(clearInterval, 4500, timer)"
    )
    browser.top()
    assert browser.see("codes.includes('loop')")
    assert browser.js("return sizes") <= 21, "it stopped itself, before the loader did"
    frozen = heights(browser)
    browser.frame("#d iframe")
    assert browser.see("document.documentElement.style.overflow === ''"), "it scrolls by itself again"
    assert heights(browser) == frozen


def test_a_frame_that_grows_without_end_is_stopped_by_the_loader(stage: Stage) -> None:
    browser = stage.open(IFRAME)
    browser.frame("#f")
    assert browser.text("h2")
    name = listen_for_id(browser)
    browser.js("window.codes = []; addEventListener('bookwidget:fail', e => codes.push(e.detail.code))")
    browser.frame("#f")
    browser.js(
        "let h = 500; const timer = setInterval(() => parent.postMessage({ns: 'bookwidget', v: 1,"
        "id: arguments[0], type: 'size', data: {h: h += 10}}, '*'), 20); setTimeout(clearInterval, 2500, timer)",
        name,
    )
    browser.top()
    assert browser.see("codes.includes('loop')")
    assert heights(browser)[0] <= 500 + 31 * 10


def test_service_down_shows_a_card_and_retry_recovers_when_it_is_back(stage: Stage) -> None:
    browser = stage.open("")
    stage.server.stop()
    browser.js(
        "const div = document.createElement('div'); div.id = 'd'; div.dataset.bookwidget = 'shop/bookings';"
        "div.dataset.error = 'Nicht erreichbar.'; div.dataset.retry = 'Nochmal'; document.body.append(div)"
    )
    assert browser.see("document.querySelector('#d [role=alert]')", timeout=10)
    card = "document.querySelector('[role=alert]').shadowRoot"
    assert browser.js(f"return {card}.textContent") == "Nicht erreichbar.NochmalOpen in a new tab"
    assert browser.js(f"return {card}.querySelector('a').href") == stage.host.service + "/p/shop/"
    assert browser.js(f"return getComputedStyle({card}.querySelector('button')).borderTopStyle") == "solid"
    assert browser.js("return getComputedStyle(document.querySelector('iframe')).display") == "none"
    assert heights(browser) == [0]
    browser.js(f"{card}.querySelector('button').focus(); {card}.querySelector('button').click()")
    assert browser.see("document.querySelector('[role=alert]').ariaBusy === 'true'")
    assert browser.see("document.querySelector('[role=alert]').ariaBusy !== 'true'", timeout=10), "failed again"
    assert browser.js(f"return {card}.activeElement?.localName") == "button"

    stage.server.start()
    browser.js(f"{card}.querySelector('button').click()")
    assert browser.see("!document.querySelector('[role=alert]')", timeout=10)
    browser.frame("#d iframe")
    assert browser.text("h2") == "Log in"


def test_service_that_stops_while_a_frame_is_open_is_noticed_at_the_next_link(stage_anywhere: Stage) -> None:
    stage = stage_anywhere
    browser = stage.open(DIV)
    browser.frame("#d iframe")
    browser.fill("[name=email]", ADDRESS)
    browser.fill("[name=password]", PASSWORD)
    browser.click("#log-in")
    assert browser.text("#who")
    stage.server.stop()
    browser.js("document.querySelector('#next').click()")  # a driver's own click waits for a page
    browser.top()
    assert browser.see("document.querySelector('#d [role=alert]')", timeout=25)
    stage.server.start()
    browser.js("document.querySelector('[role=alert]').shadowRoot.querySelector('button').click()")
    browser.frame("#d iframe")
    assert browser.text("#who", timeout=10) == ADDRESS


def test_host_that_is_not_allowed_gets_the_card(stage: Stage) -> None:
    stage.service.allowed = "https://somebody-else.test"
    browser = stage.open(DIV)
    assert browser.see("document.querySelector('#d [role=alert]')?.dataset.code === 'timeout'", timeout=10)


def test_plain_iframe_on_a_page_without_referrer_comes_at_the_second_attempt(stage: Stage) -> None:
    stage.host.headers = {"Referrer-Policy": "no-referrer"}
    browser = stage.open(IFRAME)
    browser.frame("#f", timeout=10)
    assert browser.there("h2", timeout=10)
    browser.top()
    assert browser.see("document.querySelector('#f').style.height")
    assert not browser.js("return document.querySelector('[role=alert]')")


def test_unmount_leaves_the_page_as_it_was(stage: Stage) -> None:
    browser = stage.open(DIV + LINK + IFRAME)
    assert browser.see("document.querySelectorAll('iframe[style*=height]').length === 3")
    browser.js("for (const id of ['d', 'a', 'f']) bookwidget('unmount', document.getElementById(id))")
    assert browser.js("return document.querySelector('#d').innerHTML") == "<p>Loading</p>"
    assert browser.js("return document.querySelectorAll('iframe').length") == 1
    assert (
        browser.js("return document.querySelector('#f').style.cssText + document.querySelector('#a').style.cssText")
        == ""
    )
    browser.js("document.body.append('a change of the page')")
    assert (
        browser.js(
            "return new Promise(done => setTimeout(() => done(document.querySelectorAll('iframe').length), 200))"
        )
        == 1
    )

    browser.js("for (const id of ['d', 'f']) bookwidget('mount', document.getElementById(id))")
    assert browser.see("document.querySelector('#f').style.height && document.querySelector('#d iframe')", timeout=2)
    browser.js("document.querySelector('#d').remove(); bookwidget('nonsense'); bookwidget('mount', null)")
    script = """for (let i = 0; i < 100; i++) { const d = document.createElement('div');
      d.dataset.bookwidget = 'shop/bookings'; document.body.append(d); bookwidget('mount', d); d.remove() }
      return new Promise(done => setTimeout(() => done(document.querySelectorAll('iframe').length), 300))"""
    assert browser.js(script) == 1


def test_the_scheme_follows_the_host_page(stage: Stage) -> None:
    browser = stage.browser
    browser.scheme("dark")
    stage.open(DIV)
    browser.frame("#d iframe")
    seen = "document.documentElement.style.colorScheme === '{}'"
    assert browser.see(seen.format("light")), "a page that says nothing is a light page, whatever the system prefers"
    assert browser.js("return matchMedia('(prefers-color-scheme: light)').matches"), "and was light from the start"
    browser.top()
    browser.js("document.body.style.background = '#123'")
    browser.frame("#d iframe")
    assert browser.see(seen.format("dark"))
    browser.top()
    browser.js("document.documentElement.style.colorScheme = 'light'")
    browser.frame("#d iframe")
    assert browser.see(seen.format("light"))

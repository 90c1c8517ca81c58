"""A host page that means harm. What it can do nobody can stop: cover the frame, lead it elsewhere, draw one of its own;
that is what the log-in window with its address bar is for. What it cannot do stands here: read, act, or be handed
anything.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bookwidget.accounts import passwords
from tests.browser.drivers import Browser
from tests.browser.firefox import ALL_THIRD_PARTY
from tests.browser.modes import MODES, OTHER, PLACE, Journey, place, write_pages
from tests.browser.rows import sign_ins
from tests.browser.stage import LOADER, Stage, private_words, raise_stage
from tests.browser.steps_popup import back_in_frame, log_in_there, open_window
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

YOGA = place("place", "yoga/bookings")
LISTEN = """<script>
  const heard = [];
  addEventListener("message", ({ data }) => {
    heard.push(JSON.stringify(data));
    document.body.dataset.heard = heard.join("\\n");
  });
</script>"""
ROOT = Path(__file__).parents[2]
SCRIPTS = ("embed.js", "bookwidget/web/static/frame.js", "bookwidget/web/static/popup.js")
CHALLENGE = "A" * 43 + "="


@pytest.fixture
def stage(tmp_path: Path, cheap_hashes: None) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hasher.hash(PASSWORD))
    write_pages(raised)
    yield raised
    raised.stop()


@pytest.fixture
def j(stage: Stage, fresh_chromium: Callable[..., Browser]) -> Journey:
    """Somebody in Chromium with third-party cookies blocked."""
    return Journey(fresh_chromium(), stage, MODES[0])


def frame(more: str = "", id: str = "place") -> str:
    return f'<iframe id="{id}" width="600" height="700" {more} src="{{service}}/w/yoga/bookings"></iframe>'


def enter(j: Journey, body: str, css: str = "#place", **headers: str) -> None:
    j.stage.pages.write("/hostile", body, **headers)
    j.browser.open(j.stage.page("yoga", "/hostile"))
    j.browser.frame(css)


ODD = """
  const ns = "bookwidget", frame = document.querySelector("iframe").contentWindow;
  const cyclic = {ns, v: 1, id: "", type: "session"};
  cyclic.data = cyclic;
  const huge = "x".repeat(5e6), deep = [];
  let inner = deep;
  for (let i = 0; i < 500; i++) inner.push(inner = []);
  const odd = [cyclic, huge, deep, {ns, v: 1, type: huge, data: {}},
    {ns, v: 1, type: "init", data: []}, {ns, v: 1, type: "init", data: {id: {}}}, {ns: [ns], v: "1"}, new Date(), /x/,
    new Map([["ns", ns]]), new Uint8Array(9), {tenant: "yoga", token: "x.y"}, {code: "y".repeat(32)},
    {get ns() { return ns; }, get v() { return 1; }, get type() { return "session"; }, get data() { return null; }}];
  for (const data of [{}, {state: {}}, {state: ["out"]}, {state: "OUT"}, {scheme: "url(x)"}, {scheme: 1, lang: 1}])
    for (const type of ["session", "config", "init", "ping", "redeem", "visit", "__proto__", "hasOwnProperty"])
      frame.postMessage({ns, v: 1, id: arguments[0], type, data}, "*");
  for (const message of odd) { frame.postMessage(message, "*"); postMessage(message, "*"); }
  frame.postMessage({ns, v: 1, type: "init", data: {id: huge}}, "*");
"""


def test_odd_messages_with_the_frames_own_id_do_nothing(j: Journey) -> None:
    """The page hears every message of the frame, so it knows the frame's name and may use it."""
    j.stage.pages.write("/listening", LISTEN + YOGA + LOADER)
    j.signed_in("/listening")
    j.browser.js("addEventListener('error', () => (document.body.dataset.broken = 1))")
    j.browser.top()
    id = j.browser.see("JSON.parse(heard.findLast((text) => text.includes('size'))).id")
    before = len(j.stage.service.requests)
    j.browser.js(ODD, id)
    time.sleep(1)
    j.main()
    assert j.is_in(0)
    assert j.browser.js("return document.body.dataset.broken || ''") == ""
    assert j.browser.js("return document.documentElement.dataset.scheme") in ("light", "dark")
    assert [r.path for r in j.stage.service.requests[before:]] == []


def test_a_page_that_says_out_makes_the_frame_ask_and_nothing_else(j: Journey) -> None:
    j.stage.pages.write("/listening", LISTEN + YOGA + LOADER)
    j.signed_in("/listening")
    j.browser.top()
    id = j.browser.see("JSON.parse(heard.findLast((text) => text.includes('size'))).id")
    before, rows = len(j.stage.service.requests), sign_ins(j.stage.yoga)
    j.browser.js(
        "document.querySelector('iframe').contentWindow.postMessage("
        "{ns: 'bookwidget', v: 1, id: arguments[0], type: 'session', data: {state: 'out'}}, '*')",
        id,
    )
    time.sleep(1)
    j.main()
    assert j.is_in()
    assert {(r.method, r.path.rsplit("/", 2)[-2]) for r in j.stage.service.requests[before:]} == {("GET", "bookings")}
    assert sign_ins(j.stage.yoga) == rows


SIBLING = """<script>
  for (const message of [{code: "y".repeat(32)}, {tenant: "yoga", token: "x.y"},
      {ns: "bookwidget", v: 1, id: "", type: "init", data: {id: "mine"}},
      {ns: "bookwidget", v: 1, id: "", type: "session", data: {state: "out"}},
      {ns: "bookwidget", v: 1, id: "", type: "size", data: {h: 9}},
      {ns: "bookwidget", v: 1, type: "hello", data: {}}]) {
    parent.postMessage(message, "*");
    for (let i = 0; i < parent.length; i++) parent[i].postMessage(message, "*");
  }
  document.title = "done";
</script>"""


def test_a_strangers_frame_beside_ours_is_not_heard(j: Journey) -> None:
    j.stage.pages.write("/stranger", SIBLING)
    stranger = f'<iframe id="stranger" src="{j.stage.page("evil", "/stranger")}"></iframe>'
    j.stage.pages.write("/beside", YOGA + LOADER + stranger)
    j.signed_in("/beside")
    before = len(j.stage.service.requests)
    j.browser.top()
    height = j.browser.js("return document.querySelector('#place iframe').style.height")
    j.browser.js("const stranger = document.getElementById('stranger'); stranger.src = stranger.src")
    j.browser.frame("#stranger")
    assert j.browser.see("document.title === 'done'")
    time.sleep(0.5)
    j.browser.top()
    assert j.browser.js("return document.querySelector('#place iframe').style.height") == height
    j.main()
    assert j.is_in(0)
    assert [r.path for r in j.stage.service.requests[before:]] == []
    j.browser.js("document.getElementById('root').style.minHeight = '2000px'")
    j.browser.top()
    assert j.browser.see(f"document.querySelector('#place iframe').style.height !== '{height}'"), "its own page is"


def test_what_a_host_page_hears_and_reads(stage: Stage, fresh_chromium: Callable[..., Browser]) -> None:
    """In the mode in which tokens and codes travel by messages: nothing personal, no token, no code."""
    j = Journey(fresh_chromium(storage=False), stage, MODES[1])
    both = YOGA + place("second", "yoga/profile")
    stage.pages.write("/listening", LISTEN + both + LOADER)
    j.signed_in("/listening")
    j.second()
    assert j.is_in(), "the token went from frame to frame"
    j.log_out()
    j.main()
    assert j.is_out()
    open_window(j)
    log_in_there(j)
    back_in_frame(j)
    assert j.is_in()
    j.browser.top()
    heard = j.browser.js("return document.body.dataset.heard")
    assert '"session"' in heard
    assert not private_words(stage.yoga).search(heard)
    for token in j.tokens():
        assert token.removeprefix("Bearer ") not in heard
    for word in ("token", "code", "verifier", "challenge"):
        assert f'"{word}"' not in heard
    reads = """const view = document.querySelector("iframe").contentWindow, found = [];
      for (const read of [() => view.document, () => view.location.href, () => view.sessionStorage, () => view.name,
          () => view.origin, () => view.document.forms, () => frames[0].frameElement])
        try { found.push(String(read())); } catch (error) { found.push(error.name); }
      return found;"""
    assert set(j.browser.js(reads)) <= {"SecurityError", "TypeError"}


OWN_PAGES = ("/w/yoga/0/bookings/", f"/w/yoga/0/-/popup?challenge={CHALLENGE}", "/login", "/console/login", "/console/")


def test_pages_of_our_own_address_cannot_be_framed(j: Journey) -> None:
    for inside in OWN_PAGES:
        enter(j, f'<iframe id="place" src="{{service}}{inside}"></iframe>')
        assert j.browser.see("location.protocol === 'chrome-error:'"), inside
        assert not j.browser.there("form, .bw", 0)


def test_an_allowed_page_inside_a_strangers_page_shows_nothing(j: Journey) -> None:
    """`frame-ancestors` holds for every page around, so a stranger cannot wrap the business's site and cover it."""
    j.stage.pages.write("/wrapped", frame())
    j.stage.pages.write(
        "/wrapping", f'<iframe id="outer" width="900" height="900" src="{j.stage.page("yoga", "/wrapped")}"></iframe>'
    )
    j.browser.open(j.stage.page("yoga", "/wrapped"))
    j.browser.frame("#place")
    assert j.is_out(), "by itself it does"
    j.browser.open(j.stage.page("evil", "/wrapping"))
    j.browser.frame("#outer")
    j.browser._enter_frame(j.browser._find("#place"))  # one deeper than the facade goes
    time.sleep(1)
    assert not j.browser.js("return !!document.querySelector('form, .bw')")


def test_a_sandbox_too_narrow_to_log_in_lets_nobody_in(j: Journey) -> None:
    """Without forms nothing is sent; without an origin of its own (`Origin: null`) it is refused."""
    for sandbox in ("", "allow-scripts allow-same-origin allow-popups", "allow-scripts allow-forms allow-popups"):
        enter(j, frame(f'sandbox="{sandbox}"'))
        assert j.browser.there("h1")
        j.browser.js("document.querySelector('form[action*=\"/login/\"] button').click()")
        time.sleep(0.5)
    enter(j, frame('sandbox="allow-forms"'))
    j.log_in()
    assert "not possible" in j.browser.text("h1")
    posts = [request for request in j.stage.service.requests if request.method == "POST"]
    assert {request.headers.get("Origin") for request in posts} == {"null"}
    assert sign_ins(j.stage.yoga) == 0


def test_a_sandbox_without_windows_still_lets_people_in(j: Journey) -> None:
    enter(j, frame('sandbox="allow-scripts allow-forms allow-same-origin"'))
    j.browser.click("[data-popup]")
    assert j.browser.see("!document.querySelector('[data-code]').hidden"), "it says what to do where no window comes"
    assert len(j.browser.windows()) == 1
    j.log_in()
    assert j.is_in()


def test_a_credentialless_frame_stands_apart(j: Journey) -> None:
    j.signed_in("/one")
    body = frame() + frame("credentialless", "apart")
    enter(j, body)
    assert j.is_in()
    j.browser.frame("#apart")
    assert j.is_out(), "it has none of the other's sign-in"
    j.log_in()
    assert j.is_in()
    enter(j, body, "#apart")
    assert j.is_out(), "and keeps nothing"


POLICIES = ("no-referrer", "origin", "same-origin", "strict-origin", "unsafe-url", "no-referrer-when-downgrade")


def test_no_referrer_policy_keeps_people_out_or_tells_on_them(j: Journey) -> None:
    for number, policy in enumerate(POLICIES):
        j.stage.pages.write(
            "/secret-path", frame(f'data-bookwidget referrerpolicy="{policy}"') + LOADER, Referrer_Policy=policy
        )
        j.browser.open(j.stage.page("yoga", "/secret-path?q=secret"))
        j.browser.frame("#place")
        assert j.browser.there(".bw-who, input[name=password]", 12), policy
        if number == 0:
            j.log_in()
        assert j.is_in(), policy
    assert not [r.full_path for r in j.stage.service.requests if "secret" in r.full_path], "its address stays its own"


def test_a_window_of_our_name_that_the_page_opened_before_gives_it_nothing(j: Journey) -> None:
    """The frame's window has a name, so a page can have one of that name ready; ours then is another one."""
    ready = "document.getElementById('ready').onclick = () => (window.theirs = open('about:blank', 'bookwidget:yoga'))"
    j.stage.pages.write("/hostile", f'{LISTEN}<button id="ready">x</button><script>{ready}</script>{YOGA}{LOADER}')
    j.enter("/hostile")
    j.browser.top()
    first = j.browser.windows()[0]
    j.browser.click("#ready")
    theirs = next(handle for handle in j.browser.windows() if handle != first)
    j.browser.window(first)
    j.main()
    open_window(j)
    log_in_there(j)
    j.browser.window(theirs)
    assert j.browser.js("return location.href") == "about:blank"
    j.browser.close_window()
    j.browser.window(first)
    j.main()
    assert j.is_in()
    j.browser.top()
    assert '"code"' not in j.browser.js("return document.body.dataset.heard")


def test_a_page_that_takes_our_window_over_gets_no_code(j: Journey) -> None:
    """Being the frame's parent, it may lead the frame's window elsewhere; not to a challenge of its own."""
    j.browser.open(j.stage.service_origin + "/w/yoga/0/login/")
    j.log_in()
    assert j.is_in()
    j.stage.pages.write("/hostile", LISTEN + YOGA + LOADER + '<button id="take">x</button>')
    j.enter("/hostile")
    first = j.browser.windows()[0]
    open_window(j)
    second = next(handle for handle in j.browser.windows() if handle != first)
    j.browser.window(first)
    url = f"{j.stage.service_origin}/w/yoga/0/-/popup?challenge={CHALLENGE}"
    j.browser.js("document.getElementById('take').onclick = () => open(arguments[0], 'bookwidget:yoga')", url)
    j.browser.click("#take")
    time.sleep(1)
    for handle in j.browser.windows():
        j.browser.window(handle)
        assert "challenge=" + "A" * 20 not in j.browser.js("return location.href")
        assert handle == first or not j.browser.js("return !!document.querySelector('.bw-digits')")
    assert second
    j.browser.window(first)
    assert '"code"' not in j.browser.js("return document.body.dataset.heard")


def test_no_script_of_ours_posts_to_just_anybody() -> None:
    for script in SCRIPTS:
        sent = re.findall(r"postMessage\((.+)\)", (ROOT / script).read_text())
        assert sent, script
        assert not [call for call in sent if re.search(r"""["']\*["']""", call)]


def test_the_token_of_another_tenant_opens_nothing(stage: Stage, fresh_firefox: Callable[..., Browser]) -> None:
    """Firefox with behaviour 1 shares sessionStorage between the frames of two tenants in one tab."""
    j = Journey(fresh_firefox(cookie_behavior=ALL_THIRD_PARTY), stage, MODES[3])
    j.signed_in("/apart")
    j.browser.frame(OTHER)
    assert j.is_out()
    j.browser.js("sessionStorage.setItem('bookwidget:other', sessionStorage.getItem('bookwidget:yoga'))")
    before = len(stage.service.requests)
    j.enter("/apart")
    j.browser.frame(OTHER)
    assert j.is_out()
    sent = [
        r for r in stage.service.requests[before:] if r.path.startswith("/w/other/") and "Authorization" in r.headers
    ]
    assert sent, "it was really tried"
    j.browser.frame(PLACE)
    assert j.is_in()

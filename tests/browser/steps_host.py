"""Steps that concern the host page: hostile, wrong, silent, restless; and what the console uploads."""

import time
from pathlib import Path

from tests.browser.modes import MEMORY, PLACE, Journey
from tests.factories import PASSWORD

ATTACK = """
  const ns = "bookwidget", frames = [...document.querySelectorAll("iframe")];
  const types = ["hello", "init", "ping", "config", "session", "ready", "size", "title", "event", "fail", "bye",
    "scroll", "constructor", "__proto__", "toString", "nope"];
  const values = [null, 1, "x", [], {}, {h: 1e9}, {h: "5"}, {h: NaN}, {state: "sideways"}, {id: 5}, {id: ""},
    {min: 99, max: 99}, {code: "loop"}, {name: "a.b", ids: null}, {y: -1}];
  const messages = [null, undefined, 7, "x", [], {}, {ns}, {ns, v: 1}, {code: "x"}, {tenant: "yoga", token: "x.y"},
    ...types.flatMap((type) => values.flatMap((data) =>
      [{ns, v: 99, id: "x", type, data}, {ns: "else", v: 1, id: "x", type, data}, {ns, v: 1, id: "x", type, data}]))];
  const known = (m) => !m || m.v !== 1 || m.ns !== ns || !["init", "ping"].includes(m.type); // those two it may send
  for (const message of messages) {
    postMessage(message, "*");
    if (known(message)) for (const frame of frames) frame.contentWindow.postMessage(message, "*");
    for (const source of [window, frames[0].contentWindow, null]) for (const origin of [location.origin, "null", ""])
      dispatchEvent(new MessageEvent("message", {data: message, origin, source}));
    dispatchEvent(new MessageEvent("message", {data: message, origin: "{service}", source: window}));
  }
  for (let i = 0; i < 2000; i++) {
    postMessage({ns, v: 1, id: "x", type: "size", data: {h: i}}, "*");
    frames[0].contentWindow.postMessage({ns, v: 1, id: "x", type: "session", data: {state: "out"}}, "*");
  }
"""
HEIGHTS = "return [...document.querySelectorAll('iframe')].map((frame) => frame.style.height).join()"
FACTS = "return [document.body.dataset.errors, document.querySelectorAll('[role=alert]').length]"
GROW = """
  const grow = setInterval(() => {
    const line = document.createElement("p");
    line.textContent = "more";
    document.getElementById("root").append(line);
  }, 10);
  setTimeout(clearInterval, 4000, grow);
"""
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def still(j: Journey, script: str, seconds: float = 4) -> object:
    """The script's value, once it has stood for half a second."""
    until, last = time.monotonic() + seconds, j.browser.js(script)
    while time.monotonic() < until:
        time.sleep(0.5)
        last, before = j.browser.js(script), last
        if last == before:
            break
    return last


def hostile_messages(j: Journey) -> None:
    j.stage.pages.write("/attack", "<script>function attack() {" + ATTACK + "}</script>")
    body, headers = j.stage.pages.others["/watched"]
    j.stage.pages.write("/hostile", j.stage.pages.others["/attack"][0] + body, **headers)
    j.signed_in("/hostile")
    j.second()
    assert j.is_in()
    j.browser.top()
    heights, before = still(j, HEIGHTS), len(j.stage.service.requests)
    j.browser.js("attack()")
    time.sleep(1)
    assert j.browser.js(FACTS) == ["0", 0]
    assert still(j, HEIGHTS) == heights
    assert [r.full_path for r in j.stage.service.requests[before:]] == []
    j.main()
    assert j.is_in(0)
    j.browser.click(".bw-tabs a[href*='tab=past']")
    assert j.browser.see("location.search.includes('past')"), "and it works"


def growing_content(j: Journey) -> None:
    j.enter("/watched")
    assert j.browser.there("h1")
    j.browser.js(GROW)
    j.browser.top()
    assert j.browser.see("document.body.dataset.fail === 'loop'", 6)
    time.sleep(0.3)  # the loader may still have the last height to apply
    height = j.browser.js(HEIGHTS)
    time.sleep(1)
    assert j.browser.js(HEIGHTS).split(",")[0] == height.split(",")[0]
    j.main()
    assert j.browser.see("document.documentElement.style.overflow === ''"), "it scrolls by itself"


def host_not_on_the_list(j: Journey) -> None:
    j.browser.open(j.stage.page("evil", "/one"))
    assert j.browser.see("document.querySelector('.bookwidget-card')?.dataset.code === 'timeout'", 12)
    assert j.browser.js("return document.querySelector('iframe').style.display") == "none"


def no_referrer(j: Journey) -> None:
    j.browser.open(j.stage.page("yoga", "/silent"))
    j.browser.frame("#place")
    assert j.browser.there("input[name=password], .bw-who", 10)
    j.browser.top()
    assert j.browser.see("parseInt(document.querySelector('#place').style.height) > 100")
    assert not j.browser.there("[role=alert]", 0)


def unmount_and_mount(j: Journey) -> None:
    j.signed_in("/one")
    j.browser.top()
    j.browser.js("window.bookwidget('unmount', document.getElementById('place'))")
    assert j.browser.js("return document.querySelectorAll('iframe').length") == 0
    j.browser.js("window.bookwidget('mount', document.getElementById('place'))")
    assert j.browser.see("parseInt(document.querySelector('iframe').style.height) > 330")
    j.browser.frame(PLACE)
    assert j.is_out() if j.mode.layer == MEMORY else j.is_in()


def file_chooser(j: Journey) -> str | None:
    """The console's logo, chosen from a disk; the first file is no picture and refused."""
    if j.mode.layer == MEMORY:
        return "no console without cookies"
    folder = Path(j.stage.services.config.instance)
    (folder / "logo.txt.png").write_text("this is no picture")
    (folder / "logo.png").write_bytes(DOT)
    j.browser.open(j.stage.service_origin + "/console/login")
    j.browser.fill("input[name=email]", "owner@yoga.example")
    j.browser.fill("input[name=password]", PASSWORD)
    j.browser.click("main form button")
    assert j.browser.there(".bw-who")
    j.browser.open(j.stage.service_origin + "/console/branding/")
    j.browser.fill("input[type=file]", str(folder / "logo.txt.png"))
    j.browser.click("form[enctype] button")
    assert j.browser.there("#logo-error")
    j.browser.fill("input[type=file]", str(folder / "logo.png"))
    j.browser.click("form[enctype] button")
    assert j.browser.see("document.querySelector('.bw-logo img')?.naturalWidth === 1")
    return None

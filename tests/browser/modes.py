"""Five ways in which browsers treat a widget's frame, and somebody who walks through it in one of them."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import Site
from tests.browser.drivers import Browser
from tests.browser.firefox import ALL_THIRD_PARTY
from tests.browser.rows import forget_attempts
from tests.browser.stage import LOADER, STRICT, Stage, leave_alone
from tests.factories import PASSWORD

COOKIE, BEARER, MEMORY = "cookie", "bearer", "bearer, memory only"
PLACE, SECOND, OTHER = "#place iframe", "#second iframe", "#other iframe"
EMAIL = "ada@example.com"


@dataclass(frozen=True)
class Mode:
    """An engine with one setting; `layer` is how a sign-in is kept there."""

    name: str
    title: str
    layer: str
    start: Callable[[pytest.FixtureRequest], Browser]


MODES = (
    Mode("chromium", "Chromium, third-party blocked", COOKIE, lambda r: r.getfixturevalue("fresh_chromium")()),
    Mode(
        "chromium-nothing",
        "Chromium, all cookies and storage blocked",
        MEMORY,
        lambda r: r.getfixturevalue("fresh_chromium")(storage=False),
    ),
    Mode("firefox-5", "Firefox, behaviour 5", COOKIE, lambda r: r.getfixturevalue("fresh_firefox")()),
    Mode(
        "firefox-1",
        "Firefox, behaviour 1",
        BEARER,
        lambda r: r.getfixturevalue("fresh_firefox")(cookie_behavior=ALL_THIRD_PARTY),
    ),
    Mode("webkit", "WebKitGTK, ITP", BEARER, lambda r: r.getfixturevalue("fresh_webkit")()),
)


def place(id: str, widget: str) -> str:
    return f'<div id="{id}" data-bookwidget="{widget}"></div>'


WATCH = """<script>
  const facts = document.body.dataset;
  facts.errors = facts.sizes = 0;
  addEventListener("error", () => facts.errors++);
  addEventListener("bookwidget:fail", ({ detail }) => (facts.fail = detail.code));
</script>"""


def write_pages(stage: Stage) -> None:
    """The host pages of the journey; the other tenant allows yoga's page too."""
    stage.other.add(Site(id=uuid7(), origin=stage.hosts.origin("yoga"), created_at=stage.other.now))
    both = place("place", "yoga/bookings") + place("second", "yoga/profile")
    for path, body in {
        "/two": both,
        "/apart": place("place", "yoga/bookings") + place("other", "other/bookings"),
        "/one": place("place", "yoga/bookings"),
    }.items():
        stage.pages.write(path, body + LOADER, Content_Security_Policy=STRICT)
    stage.pages.write("/strict-opener", both + LOADER, Cross_Origin_Opener_Policy="same-origin")
    stage.pages.write("/watched", WATCH + both + LOADER)
    stage.pages.write("/elsewhere", "<h1>Elsewhere</h1>")
    frame = '<iframe id="place" title="Bookings" data-bookwidget src="{service}/w/yoga/bookings"></iframe>'
    stage.pages.write("/silent", frame + LOADER, Referrer_Policy="no-referrer")


class Journey:
    """A visitor in one browser. Steps may come in any order: each arranges what it needs."""

    def __init__(self, browser: Browser, stage: Stage, mode: Mode) -> None:
        self.browser, self.stage, self.mode = browser, stage, mode

    @property
    def keeps_cookies(self) -> bool:
        return self.mode.layer == COOKIE

    def enter(self, path: str = "/two", host: str = "yoga") -> None:
        self.browser.open(self.stage.page(host, path))
        self.browser.frame(PLACE)

    def log_in(self, within: str = "", password: str = PASSWORD) -> None:
        forget_attempts(self.stage.yoga)
        self.browser.fill(f"{within} input[name=email]", EMAIL)
        self.browser.fill(f"{within} input[name=password]", password)
        self.browser.click(f"{within} form[action*='/login/'] button")

    def is_in(self, timeout: float = 8) -> bool:
        return self.browser.there(".bw-who", timeout)

    def is_out(self, timeout: float = 8) -> bool:
        """The sign-in is there, to be seen, and nobody's name."""
        visible = "getComputedStyle(document.querySelector('input[name=password]')).visibility === 'visible'"
        try:
            self.browser.see(f"!document.querySelector('.bw-who') && {visible}", timeout)
        except AssertionError:
            return False
        return True

    def signed_in(self, path: str = "/two") -> None:
        """On a fresh host page, signed in."""
        self.enter(path)
        self.browser.see("document.querySelector('.bw-who, input[name=password]')")
        self.browser.see("document.documentElement.style.visibility !== 'hidden'")
        if not self.is_in(0):
            self.log_in()
        assert self.is_in()
        self.browser.see("document.getElementById('root').offsetHeight <= innerHeight + 1")  # nothing moves any more

    def signed_out(self, path: str = "/two") -> None:
        """On a fresh host page, signed out."""
        self.enter(path)
        self.browser.see("document.querySelector('.bw-who, input[name=password]')")
        self.browser.see("document.documentElement.style.visibility !== 'hidden'")
        if self.is_in(0):
            self.log_out()
        assert self.is_out()

    def tidy(self) -> None:
        """One window, and a service that is left alone; after a step that failed."""
        self.stage.meddle = leave_alone
        first, *others = self.browser.windows()
        for other in others:
            self.browser.window(other)
            self.browser.close_window()
        self.browser.window(first)
        self.browser.top()

    def second(self) -> None:
        self.browser.frame(SECOND)

    def main(self) -> None:
        self.browser.frame(PLACE)

    def log_out(self) -> None:
        self.browser.click(".bw-head summary")
        self.browser.click("form[action*='/sign-out'] button")

    def posts(self, part: str) -> int:
        return len(self.stage.service.asked("POST", part))

    def tokens(self) -> list[str]:
        """Bearer tokens as they came to the service, without repeats."""
        sent = [request.headers.get("Authorization", "") for request in self.stage.service.requests]
        return list(dict.fromkeys(token for token in sent if token))

"""Steps of layers 4 and 1: the log-in window with its codes, and the tenant's own host name."""

import time

from bookwidget.tenancy.hosts import add_host
from tests.browser.modes import COOKIE, EMAIL, MEMORY, Journey, place
from tests.browser.rows import end_sign_ins, forget_attempts
from tests.browser.stage import LOADER
from tests.browser.steps import SAVE, layer, layer_seen
from tests.factories import PASSWORD

OPEN = "[data-popup]"
OWN_HOST = "book.yoga"


def open_window(j: Journey, within: str = "") -> None:
    """From the frame into the window that the click opens."""
    before = set(j.browser.windows())
    j.browser.click(f"{within} {OPEN}")
    until = time.monotonic() + 8
    while not (opened := set(j.browser.windows()) - before) and time.monotonic() < until:
        time.sleep(0.05)
    assert opened, "a window opens"
    j.browser.window(opened.pop())
    assert j.browser.see("document.querySelector('main button')")


def log_in_there(j: Journey, *, stay: bool = False) -> None:
    forget_attempts(j.stage.yoga)
    assert j.browser.js("return location.origin") in (j.stage.service_origin, j.stage.service.origin(OWN_HOST))
    assert j.browser.js("return location.host") in j.browser.text("main"), "it says what the address bar shows"
    j.browser.fill("input[name=email]", EMAIL)
    j.browser.fill("input[name=password]", PASSWORD)
    if stay:
        j.browser.click("input[name=stay]")
    j.browser.click("main form button")


def back_in_frame(j: Journey) -> None:
    """The window closes by itself."""
    until = time.monotonic() + 8
    while len(j.browser.windows()) > 1 and time.monotonic() < until:
        time.sleep(0.05)
    (first,) = j.browser.windows()
    j.browser.window(first)
    j.main()


def by_window(j: Journey) -> None:
    j.signed_out()
    open_window(j)
    log_in_there(j, stay=True)
    back_in_frame(j)
    assert j.is_in()
    j.second()
    assert j.is_in(), "the second widget follows"
    j.main()
    assert layer(j) == j.mode.layer


def one_tap(j: Journey) -> str | None:
    j.signed_out()
    open_window(j)
    asks = j.browser.there("input[name=password]", 0)
    assert asks == (j.mode.layer == MEMORY)
    if asks:
        log_in_there(j)
    else:
        assert "Continue as Ada Byron" in j.browser.text("main form button")
        j.browser.click("main form button")
    back_in_frame(j)
    assert j.is_in()
    return "asks each time" if asks else None


def window_over_a_form(j: Journey) -> None:
    """The sign-in ended while typing, and the visitor chooses the window."""
    j.signed_in()
    j.browser.click(".bw-nav a[href*='/profile/']")
    j.browser.fill("input[name=family_name]", "Lovelace")
    end_sign_ins(j.stage.yoga)
    j.browser.click(SAVE)
    open_window(j, "#sign-in")
    log_in_there(j)
    back_in_frame(j)
    assert j.browser.see(f"!document.querySelector('#sign-in') && document.querySelector(\"{SAVE}\").offsetHeight")
    assert j.browser.see("document.querySelector('input[name=family_name]').value") == "Lovelace"
    j.browser.fill("input[name=family_name]", "Byron")
    j.browser.click(SAVE)
    assert "saved" in j.browser.text("[role=status]")


def six_digits(j: Journey) -> str | None:
    """A host page whose opener policy cuts the window off: what the window shows is typed into the frame."""
    j.signed_out("/strict-opener")
    first = j.browser.windows()[0]
    open_window(j)
    if j.browser.name == "webkit":  # it calls such a window cross-site, as it does one that a stranger opened
        assert j.browser.see("location.pathname.endsWith('/0/login/')")
        j.browser.close_window()
        j.browser.window(first)
        return "hosted page instead"
    log_in_there(j)
    digits = j.browser.text(".bw-digits")
    j.browser.close_window()
    j.browser.window(first)
    j.main()
    wrong = f"{(int(digits.replace(' ', '')) + 1) % 10**6:06}"
    j.browser.fill("[data-code] input[name=code]", wrong)
    j.browser.click("[data-code] button")
    assert "not the code" in j.browser.text("#window-code-error")
    j.browser.fill("[data-code] input[name=code]", digits)
    j.browser.click("[data-code] button")
    assert j.is_in()
    return None


def own_host(j: Journey) -> str:
    """Layer 1: the tenant's own host name, of the same site as its pages. An ordinary cookie, in every engine."""
    add_host(
        j.stage.services.database,
        j.stage.yoga.tenant_id,
        f"{OWN_HOST}.localhost",
        public_url=j.stage.service_origin,
        now=j.stage.yoga.now,
    )
    own = j.stage.service.origin(OWN_HOST)
    j.stage.pages.write("/own", (place("place", "yoga/bookings") + LOADER).replace("{service}", own))
    j.signed_out("/own")
    assert j.browser.js("return location.origin") == own
    j.log_in()
    assert j.is_in()
    found = layer_seen(j)
    assert found == (MEMORY if j.mode.layer == MEMORY else COOKIE)
    if found == COOKIE:
        j.enter("/own")
        assert j.is_in(), "a reload keeps it"
    j.log_out()
    assert j.is_out()
    return found

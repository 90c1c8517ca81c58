"""The steps of the journey through a widget in a frame, in any engine. A step gives what the table shows; None: yes."""

import time
from collections.abc import Callable
from contextlib import suppress

from tests.browser.modes import BEARER, COOKIE, MEMORY, OTHER, PLACE, Journey
from tests.browser.rows import age_tokens, end_sign_ins
from tests.browser.stage import leave_alone

Step = Callable[[Journey], str | None]
THREE_CLICKS = "const button = document.querySelector('{}'); for (let i = 0; i < 3; i++) button.click()"
SAVE = "form[action*='/details'] button"
LISTS_CLASSES = "document.querySelector('main').textContent.includes('Slow Flow')"
SEEN = """
  if (document.documentElement.style.visibility === "hidden") return "hidden";
  if (document.querySelector(".bw-who")) return "list";
  return document.querySelector("input[name=password]") ? "sign-in" : "hidden";
"""
FOCUSED = "document.activeElement.getAttribute('role') === '{}'"
STORAGE = "try { sessionStorage.length; return true } catch { return false }"


def wrong_password(j: Journey) -> None:
    j.enter()
    assert j.is_out()
    j.log_in(password="not the password")
    assert "do not belong together" in j.browser.text("[role=alert]")
    assert j.browser.see(FOCUSED.format("alert"))
    assert j.browser.see("document.querySelector('input[name=email]').value") == "ada@example.com"


def sign_in_by_form(j: Journey) -> None:
    j.log_in()
    assert j.is_in()
    assert j.browser.see("document.activeElement.localName === 'h1'")


def layer(j: Journey) -> str:
    """What the service saw after the sign-in, not what the page says."""
    found = layer_seen(j)
    assert found == j.mode.layer
    return found


def layer_seen(j: Journey) -> str:
    request = [r for r in j.stage.service.requests if r.path.endswith(("/bookings/", "/profile/"))][-1]
    by_cookie = any(name.startswith("__Host-bw-frame-") for name in request.cookies)
    by_token = "Authorization" in request.headers
    assert by_cookie != by_token
    return COOKIE if by_cookie else BEARER if j.browser.js(STORAGE) else MEMORY


def second_widget_follows_in(j: Journey) -> None:
    j.second()
    assert j.is_in()
    assert j.browser.see("document.querySelector('input[name=given_name]').value") == "Ada"
    j.main()


def get_form_and_back(j: Journey) -> None:
    j.browser.click(".bw-fold summary")
    j.browser.fill(".bw-filter input[name=q]", "Massage")
    j.browser.click(".bw-filter button")
    assert j.browser.see(
        "location.search.includes('q=Massage') && !document.querySelector('main').textContent.includes('Slow Flow')"
    )
    j.browser.back()
    assert j.browser.see(f"!location.search && {LISTS_CLASSES}")


def cancel(j: Journey) -> None:
    j.browser.click("article a[href*='/bookings/']")
    j.browser.click("a[href*='/cancel']")
    j.browser.click("main form[action*='/cancel'] button")
    assert "cancelled" in j.browser.text("[role=status]").lower()
    assert j.browser.see(FOCUSED.format("status"))


def expired_while_typing(j: Journey) -> None:
    j.browser.click(".bw-nav a[href*='/profile/']")
    j.browser.fill("input[name=given_name]", "Augusta")
    end_sign_ins(j.stage.yoga)
    j.browser.click(SAVE)
    j.log_in("#sign-in")
    assert j.browser.see(f"!document.querySelector('#sign-in') && document.querySelector(\"{SAVE}\").offsetHeight")
    assert j.browser.see("document.querySelector('input[name=given_name]').value") == "Augusta"
    j.browser.click(SAVE)
    assert "saved" in j.browser.text("[role=status]")
    assert j.browser.see(FOCUSED.format("status"))
    assert j.browser.see("document.querySelector('input[name=given_name]').value") == "Augusta"


def three_clicks(j: Journey) -> str:
    before = j.posts("/details")
    j.browser.fill("input[name=given_name]", "Ada")
    j.browser.js(THREE_CLICKS.format(SAVE.replace("'", '"')))
    assert j.browser.see("document.querySelector('.bw-head .bw-menu summary').textContent.includes('Ada')")
    time.sleep(0.5)  # what a second POST would need to come
    assert j.posts("/details") - before == 1
    return "1 POST"


def renewal(j: Journey) -> str | None:
    if j.keeps_cookies:
        return "no token"
    assert age_tokens(j.stage.yoga, j.stage.yoga.now), "there is one"
    known = j.tokens()
    for widget in ("bookings", "profile"):  # the first answer brings the new one, the second request uses it
        j.browser.click(f".bw-nav a[href*='/{widget}/']")
        assert j.browser.there(f".bw-nav a[href*='/{widget}/'][aria-current]")
    assert j.is_in()
    assert len(j.tokens()) == len(known) + 1
    return None


def reload(j: Journey) -> str:
    j.enter()
    if j.mode.layer == MEMORY:
        assert j.is_out()
        return "signs in again"
    assert j.is_in()
    return "still in"


def slow_probe(j: Journey) -> str:
    """Nothing wrong is seen while the service thinks for two seconds about whether cookies come back."""

    def slow(environ: dict[str, object]) -> None:
        if str(environ["PATH_INFO"]).endswith("/-/probe"):
            time.sleep(2)

    j.stage.meddle, seen = slow, []
    j.enter("/one")
    until = time.monotonic() + 3
    while time.monotonic() < until or not set(seen) - {"hidden"}:
        with suppress(Exception):  # between two documents; or Firefox answers nothing there
            j.main()
            seen += [state for state in [j.browser.js(SEEN)] if state]
        assert time.monotonic() < until + 8
        time.sleep(0.1)
    j.stage.meddle = leave_alone
    order = [state for state in dict.fromkeys(seen) if state != "hidden"]
    assert order == (["sign-in"] if j.mode.layer == MEMORY else ["list"]), seen
    return f"hidden, then {order[0]}" if "hidden" in seen else order[0]


def second_tab(j: Journey) -> str:
    """A cookie reaches it, and its log-out the first tab; a token stays where it is."""
    j.signed_in()
    first = j.browser.windows()[0]
    j.browser.new_tab()
    try:
        j.enter()
        if j.keeps_cookies:
            assert j.is_in()
            j.log_out()
        assert j.is_out()
    finally:
        j.browser.close_window()
        j.browser.window(first)
    j.main()
    j.browser.click(".bw-nav a[href*='/profile/']")
    assert j.is_out() if j.keeps_cookies else j.browser.there("input[name=given_name]")
    return "in and out together" if j.keeps_cookies else "signs in for itself"


def asleep(j: Journey) -> None:
    """A closed laptop: the sign-in ends while the page stands there; the next touch asks."""
    j.signed_in()
    end_sign_ins(j.stage.yoga)
    j.browser.click("article a[href*='/bookings/']")
    assert j.is_out()


def sign_out(j: Journey) -> None:
    j.signed_in()
    j.browser.click(".bw-nav a[href*='/profile/']")
    assert j.browser.there("input[name=given_name]")
    j.log_out()
    assert j.is_out()
    j.second()
    assert j.is_out(), "the second widget follows"
    j.main()
    j.browser.back()
    time.sleep(1)
    assert j.is_out(), "Back shows nothing"


def other_tenant(j: Journey) -> None:
    j.signed_in("/apart")
    j.browser.frame(OTHER)
    assert j.is_out()
    assert "Other" in j.browser.text("main")
    j.browser.frame(PLACE)
    assert j.is_in(), "and it disturbs nobody"


def away_and_back(j: Journey) -> None:
    j.signed_in()
    j.browser.top()
    j.browser.open(j.stage.page("yoga", "/elsewhere"))
    end_sign_ins(j.stage.yoga)
    j.browser.back()
    j.main()
    assert j.is_out()

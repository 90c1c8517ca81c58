"""Signing in and out over HTTP, and what Flask-Login sees of it.

Flask-Login loads by `request_loader` only. `login_user` and its remember cookie are never used: that cookie
cannot be partitioned, and its session cookie would be one more layer.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Request, abort, make_response, redirect
from flask.sessions import SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import LoginManager, UserMixin, login_required

from bookwidget.accounts.actions import Browser, portal_is_open, sign_out
from bookwidget.accounts.signing_in import LIFETIME, Kind, SignedIn
from bookwidget.web.current import g, request
from bookwidget.web.files import reader_of_file
from bookwidget.web.frames import kind_for_this_browser, set_frame_cookie
from bookwidget.web.menu import base_of, front_url
from bookwidget.web.services import services
from bookwidget.web.visits import is_fetched, is_plain_loopback, place

OWN_PATH = re.compile(r"(?!-/)(?:[\w-][\w.-]*/)*(?:[\w-][\w.-]*)?(?:\?[!-\[\]-~]*)?", re.ASCII)
"""Below the frame's base: no empty segment, none that browsers take for a step upwards, and none of the helpers."""


class Person(UserMixin):
    """Who is signed in, as Flask-Login knows them."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.signed_in = signed_in
        self.id = signed_in.person_id.hex


class NoSession(SessionInterface):
    """Nothing is kept in a cookie of Flask's. Flask-Login looks into it and finds nothing; a write raises."""

    def open_session(self, app: Flask, request: Request) -> None:
        """None: Flask makes one that refuses writes."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """There is nothing to save."""


def init_app(app: Flask) -> None:
    app.session_interface = NoSession()
    manager = LoginManager()
    app.login_manager = manager  # type: ignore[attr-defined]  # `init_app` would look for a cookie to set after each page
    manager.session_protection = None

    @manager.request_loader
    def load(request: Request) -> Person | None:
        found = g.get("place")
        return Person(found.signed_in) if found and found.signed_in else None

    @manager.unauthorized_handler
    def ask_to_sign_in() -> ResponseReturnValue:
        """The sign-in form in place of the page, at the page's own address.

        401, but not for what the frame shows: browsers would print that as an error of the host page.
        """
        here = request.full_path.rstrip("?") if request.method == "GET" else f"/{request.path.strip('/')}/"
        form = services().sign_in_page
        response = make_response(form(here, None) if form else "")
        in_frame = is_fetched() or request.headers.get("Sec-Fetch-Dest") == "iframe"
        response.status_code = 200 if in_frame and request.method == "GET" else 401
        return response


def needs_sign_in(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """For views that are a signed-in customer's only."""

    @wraps(view)
    def guarded(*values: Any, **named: Any) -> ResponseReturnValue:
        here, form = place(), services().sign_in_page
        here.reader = reader_of_file()
        if here.signed_in and not portal_is_open(here.tenant):
            return form("", None) if form else abort(403)
        if here.reader or here.signed_in:
            return view(*values, **named)
        return login_required(view)(*values, **named)  # type: ignore[no-any-return]

    return guarded


def go_on(next_url: str) -> Response:
    """To the next page. A script would not see the headers of a 303, so it is told the address in one of a 200."""
    if is_fetched():
        response = make_response("", 200)
        response.headers["X-Bookwidget-Go"] = next_url
        return response
    return make_response(redirect(next_url, 303))


def signed_in(secret_text: str, next_url: str) -> Response:
    """The answer to a successful sign-in: the browser gets what it keeps, and goes on."""
    return keep(go_on(own_path(next_url)), secret_text)


def keep(response: Response, secret_text: str) -> Response:
    """Gives the browser the secret of a new sign-in, in the way that fits it."""
    kind = kind_for_this_browser()
    name, age = place().cookie_name(kind), int(LIFETIME[kind].total_seconds())
    if kind is Kind.BEARER:
        response.headers["X-Bookwidget-Token"] = secret_text
    elif kind is Kind.HOSTED:
        set_first_party(response, name, secret_text, max_age=age)
    else:
        set_frame_cookie(response, name, secret_text, max_age=age)
    return response


def signed_out(next_url: str) -> Response:
    here = place()
    person = here.signed_in or abort(401)
    sign_out(here.scope(), person.sign_in_id)
    response = go_on(next_url)
    if person.kind is Kind.BEARER:
        response.headers["X-Bookwidget-Token"] = ""
    elif person.kind in (Kind.HOSTED, Kind.CONSOLE):
        set_first_party(response, here.cookie_name(person.kind), "", max_age=0)
    else:
        set_frame_cookie(response, here.cookie_name(person.kind), "", max_age=0)
    return response


def set_first_party(response: Response, name: str, value: str, *, max_age: int) -> None:
    """A cookie of pages at our own address. Without Secure only on plain loopback, where Safari needs it so."""
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=not is_plain_loopback(), httponly=True, samesite="Lax"
    )


def own_path(path: str | None) -> str:
    """An address inside this very frame, or its front page: a form may not send people elsewhere.

    Nor to the frame's own helpers: a redirect of ours would make a stranger's link to the log-in window our own.
    """
    base = base_of(place())
    is_own = path and path.startswith(base) and OWN_PATH.fullmatch(path.removeprefix(base))
    return path if is_own and path else front_url()


def browser() -> Browser:
    """What this request tells of the browser that signs in."""
    here = place()
    return Browser(
        kind=kind_for_this_browser(),
        device=device(),
        address=address(),
        site=here.parent,
        sign_in_id=here.signed_in.sign_in_id if here.signed_in else None,
    )


def device() -> str:
    """What the browser calls itself, for the list of sign-ins."""
    return request.user_agent.string[:200]


def address() -> str:
    """The client's address for rate limits; never logged, stored as a digest."""
    return request.remote_addr or ""

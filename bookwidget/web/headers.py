"""Headers of every answer, and one log line for each: the rule, never the address, which may hold a token."""

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from werkzeug.datastructures import Headers

from bookwidget.logs import log
from bookwidget.web.current import g, request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

YEAR = "max-age=31536000"

BARE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'"
)
"""Of pages that hold nothing of anybody's: any page may frame them."""
FIRST_PARTY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of the console and the platform's sign-in."""

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail styles itself as mails do, and can do nothing else."""
LINKS_OPEN_OUTSIDE = '<base target="_blank">'
"""Stands before a mail in a frame."""

KEEPS_OPENER = {"popup"}
"""Blueprints of the log-in window. With any opener policy it could not reach the frame that opened it, and what was
cut once stays cut, so that goes for their errors and redirects too.
"""


WHOLE = {200, 401, 403, 404, 422}
"""What has a body that is sent."""
LEADS = {"location", "content-location"}
"""Headers with an address, which Werkzeug completes."""
STANDING = {"X-Content-Type-Options": "nosniff", "Permissions-Policy": "camera=(), geolocation=(), microphone=()"}
WHERE_NONE_IS = {"Content-Security-Policy": BARE_POLICY, "Referrer-Policy": "strict-origin"}
"""What an answer has that says nothing of its own."""


def put(response: Response, always: Mapping[str, str], unless_there: Mapping[str, str]) -> None:
    """Sets headers, whose values are ours: nothing in them can begin another header.

    Werkzeug looks through all of them for each, raises where it finds none, and searches each value for the end of a
    line, which costs a tenth of a page. So its list is changed in one go.
    """
    listed = response.headers._list
    there = {name.lower() for name, _value in listed}
    listed += [(name, value) for name, value in {**unless_there, **always}.items() if name.lower() not in there]
    for name in always:
        if name.lower() in there:
            response.headers[name] = always[name]


class Answer(Response):
    """A response of the service's."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """As they are, where Werkzeug would change nothing: it copies and checks each once more."""
        names = {name.lower() for name, _value in self.headers._list}
        is_whole = self.status_code in WHOLE and "content-length" in names
        return self.headers if is_whole and names.isdisjoint(LEADS) else super().get_wsgi_headers(environ)

    def get_app_iter(self, environ: "WSGIEnvironment") -> Iterable[bytes]:
        """The list of what is sent, where nothing waits for its end; Werkzeug puts two iterators around it."""
        has_all = self.status_code in WHOLE and environ["REQUEST_METHOD"] != "HEAD" and not self._on_close
        body = self.response
        if has_all and type(body) is list and len(body) == 1 and type(body[0]) is bytes:
            return body
        return super().get_app_iter(environ)


def given(response: Response, name: str) -> str | None:
    """The value of a header, named in small letters. Werkzeug raises where there is none."""
    return next((value for there, value in response.headers._list if there.lower() == name), None)


def first_party(response: Response) -> Response:
    """For pages at our own address that nobody may frame."""
    response.headers["Content-Security-Policy"] = FIRST_PARTY_POLICY
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    @app.url_value_preprocessor
    def start_clock(endpoint: str | None, values: dict[str, Any] | None) -> None:
        """Before anything else: a blueprint may answer 404 as early as this."""
        g.started = time.perf_counter()

    @app.after_request
    def secure(response: Response) -> Response:
        opener = {} if request.blueprint in KEEPS_OPENER else {"Cross-Origin-Opener-Policy": "same-origin"}
        always = {**STANDING, "Strict-Transport-Security": YEAR} if request.is_secure else STANDING
        put(response, always, {**WHERE_NONE_IS, **opener})
        log.info(
            "request",
            method=request.method,
            rule=str(request.url_rule),
            status=response.status_code,
            ms=round((time.perf_counter() - g.started) * 1000, 1),
        )
        return response

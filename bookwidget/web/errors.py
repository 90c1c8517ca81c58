"""What people see when something cannot be: the domain's errors and HTTP's, as small translated pages."""

import errno
import traceback

from flask import Blueprint, Flask, make_response
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException

from bookwidget.kernel.errors import Denied, Missing, Refused, TooMany
from bookwidget.kernel.text import Text, _
from bookwidget.logs import log
from bookwidget.tenancy.database import DatabaseBusy
from bookwidget.web.current import g, request
from bookwidget.web.desk import enter_console
from bookwidget.web.product import is_product_page, render_product
from bookwidget.web.rendering import render_bare, with_local_times

TITLES = {
    400: _("This request could not be understood"),
    401: _("Please log in first"),
    403: _("This is not possible"),
    404: _("Nothing here"),
    405: _("This is not possible"),
    413: _("This file is too large"),
    422: _("This is not possible"),
    429: _("Too many attempts"),
    500: _("Something went wrong"),
    503: _("Too busy at the moment"),
}
HINTS = {
    403: _("The page may have been open for too long. Go back, reload it and try again."),
    404: _("The address may be misspelled, or the page is gone."),
    413: _("Choose a smaller file."),
    429: _("Wait a little and try again."),
    500: _("It is not your fault, and nothing was changed. Please try again."),
    503: _("Please try again in a moment. Nothing was changed."),
}


MISTAKES_SHOWN = "MISTAKES_SHOWN"
"""Setting of the application: who makes a widget or a theme reads on the page where and why it failed."""
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
MOST_RESENT = 20_000
"""Signs of a form that the page of a failure takes along."""


def page(status: int, reason: Text | None = None, *, resend: list[tuple[str, str]] | None = None) -> Response:
    """A neutral page: it holds nothing of anybody's, so any page may frame it. At our own addresses in our look.
    With what was just sent, it has a button that sends that again.
    """
    title, hint = TITLES.get(status, TITLES[500]), reason or HINTS.get(status)
    if is_product_page():
        if status < 500 and g.get("place") is None:
            enter_console()  # an address that no view has: the way back depends on who asks
        return render_product("platform/error.html", status=status, title=title, hint=hint, resend=resend)
    html = render_bare("error.html", title=title, hint=hint, status=status, resend=resend)
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def unavailable(*, resend: list[tuple[str, str]] | None = None) -> Response:
    """It was not done, and may work in a moment."""
    response = page(503, resend=resend)
    response.headers["Retry-After"] = "5"
    return response


def sent_form() -> list[tuple[str, str]] | None:
    """What this request would have written, for sending it once more: without script nothing else keeps what was typed.
    None for what cannot be kept so: files, secrets, and too much.
    """
    fields = list(request.form.items(multi=True))
    is_secret = request.files or any("password" in name for name, _value in fields)
    size = sum(len(name) + len(value) for name, value in fields)
    return None if request.method != "POST" or is_secret or size > MOST_RESENT else fields


def in_frame(blueprint: Blueprint) -> None:
    """The domain's errors as HTTP answers."""

    @blueprint.errorhandler(Missing)
    def missing(error: Missing) -> Response:
        return page(404)

    @blueprint.errorhandler(Denied)
    def denied(error: Denied) -> Response:
        return page(403, with_local_times(g.place.formats, error.reason))

    @blueprint.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return page(422, with_local_times(g.place.formats, error.reason))

    @blueprint.errorhandler(TooMany)
    def too_many(error: TooMany) -> Response:
        response = page(429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response


def init_app(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.code is not None and error.code < 400:
            return make_response(error.get_response())
        return page(error.code or 500)

    @app.errorhandler(DatabaseBusy)
    def database_busy(error: DatabaseBusy) -> Response:
        problem = getattr(error.orig, "sqlite_errorname", type(error.orig).__name__)
        log.warning("database", rule=str(request.url_rule), problem=problem)
        return unavailable(resend=sent_form())

    @app.errorhandler(OSError)
    def no_space(error: OSError) -> Response:
        """A large file is written to the disk while it comes in."""
        if error.errno not in NO_SPACE:
            return mistake_of_ours(error)
        log.error("disk", rule=str(request.url_rule), problem=errno.errorcode[error.errno])
        return unavailable()

    @app.errorhandler(Exception)
    def mistake_of_ours(error: Exception) -> Response:
        log.exception("mistake", rule=str(request.url_rule))
        if app.config.get(MISTAKES_SHOWN):
            return Response(traceback.format_exc(limit=-6), 500, mimetype="text/plain")
        return page(500)

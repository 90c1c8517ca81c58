"""A customer's bookings for calendar programs, under a secret address. No page, no cookie, no frame."""

from datetime import timedelta

from flask import Blueprint, make_response
from flask.wrappers import Response

from bookwidget.accounts.limits import Limit, count_attempt
from bookwidget.bookings.actions import read_feed
from bookwidget.kernel.errors import Missing
from bookwidget.web import errors
from bookwidget.web.current import request
from bookwidget.web.services import services
from bookwidget.web.signing import address
from bookwidget.web.visits import HOSTED, enter_tenant, place

blueprint = Blueprint("feed", __name__)
errors.in_frame(blueprint)

FEED = Limit("feed", 120, timedelta(hours=1))
"""Of one address of a feed: calendars ask every few minutes at most."""
FEED_GUESSES = Limit("feed guesses", 60, timedelta(hours=1))
"""Of one client, for what is no feed."""


@blueprint.get("/feed/<tenant>/<secret>.ics")
def feed(tenant: str, secret: str) -> Response:
    """The calendar; 304 for who has it already, 404 for what is no feed (any more), 429 for who asks too often."""
    here = enter_tenant(tenant, HOSTED)
    scope = here.scope()
    count_attempt(scope.session, FEED, secret, here.now)
    try:
        found = read_feed(scope, secret)
    except Missing:
        count_attempt(scope.session, FEED_GUESSES, address(), here.now)
        raise
    response = make_response(found.data)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="bookings.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.add_etag()
    response.make_conditional(request)
    return response


def feed_url(secret: str) -> str:
    """What a calendar program is given."""
    return f"{services().config.public_url}/feed/{place().tenant.slug}/{secret}.ics"

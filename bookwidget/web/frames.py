"""What every answer inside a frame carries: who may frame it, what it may load, how it leaves our origin."""

from typing import Any
from urllib.parse import urljoin

from flask import Response, make_response
from werkzeug.wrappers import Response as BaseResponse

from bookwidget.accounts.signing_in import Kind, renew
from bookwidget.web.current import g, request
from bookwidget.web.headers import put
from bookwidget.web.rendering import render_bare
from bookwidget.web.visits import Place, is_fetched, origin_of, own_origin, place, tenant_of_host

PROBE = "__Host-bw-probe"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)


REDIRECTS = range(300, 400)
ON_EVERY_ANSWER = {
    "Referrer-Policy": "strict-origin",
    "Cache-Control": "no-store",
    "Vary": "Authorization, Cookie, Accept-Encoding",
}


def finish(response: Response) -> Response:
    """After every request of a widget's blueprint."""
    found: Place | None = g.get("place")
    if found is None or "visit" not in vars(found):
        return response
    if response.status_code in REDIRECTS:
        response = leave_by_link(response)
    if response.status_code != 304:
        renew_bearer(response)
    if not found.is_hosted and PROBE not in request.cookies:
        set_frame_cookie(response, PROBE, "1", max_age=30 * 86400)
    ancestors = found.parent or "'none'"
    policy = {"Content-Security-Policy": POLICY.format(ancestors=ancestors)}
    put(response, ON_EVERY_ANSWER, policy)  # a file has a policy of its own
    return response


def leave_by_link(response: Response) -> Response:
    """A redirect off our origin would load a stranger inside the frame: a page with a link takes its place."""
    url = response.location and urljoin(request.url, response.location)
    if not url or place().is_hosted or origin_of(url) == own_origin():
        return response
    answer = make_response(render_bare("leave.html", url=url))
    answer.headers["X-Bookwidget-Leave"] = url
    return answer


def renew_bearer(response: Response) -> None:
    here = place()
    person = here.signed_in
    is_due = person and is_fetched() and person.is_due_for_renewal(here.now)
    if person and is_due and not response.headers.get("X-Bookwidget-Token"):
        token = renew(here.scope(), person.sign_in_id)
        if token:
            response.headers["X-Bookwidget-Token"] = token


def set_frame_cookie(response: BaseResponse, name: str, value: str, *, max_age: int) -> None:
    """A cookie for a frame of another site, one jar for each host site. At the business's own host name the page
    around is of the same site, where the ordinary kind works in every browser; elsewhere that one does not come back.
    """
    if tenant_of_host() is None:
        kind: dict[str, Any] = {"samesite": "None", "partitioned": True}
    else:
        kind = {"samesite": "Lax"}
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, **kind)


def cookie_comes_back() -> bool:
    """Whether this browser keeps our cookie in this frame; the server sees it, the client is never asked."""
    return place().is_hosted or PROBE in request.cookies


def kind_for_this_browser() -> Kind:
    """How a sign-in of this request is to be kept."""
    if place().is_hosted:
        return Kind.HOSTED
    return Kind.BEARER if is_fetched() and not cookie_comes_back() else Kind.FRAME

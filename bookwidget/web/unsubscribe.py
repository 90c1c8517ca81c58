"""One click out of a kind of mail (RFC 8058): looking changes nothing, the button does, and mail programs press it too.

They send no Origin and know no guard: the signed address itself says for whom and of what, and can do nothing else.
"""

from flask import Blueprint, make_response
from flask.wrappers import Response

from bookwidget.notices.wishes import read_unsubscribe, unsubscribe
from bookwidget.web import errors
from bookwidget.web.current import request
from bookwidget.web.rendering import render_bare
from bookwidget.web.services import services
from bookwidget.web.visits import HOSTED, enter_tenant

blueprint = Blueprint("unsubscribe", __name__)
errors.in_frame(blueprint)


@blueprint.route("/unsubscribe/<tenant>/<token>", methods=["GET", "POST"])
def one_click(tenant: str, token: str) -> Response:
    """404 for what is no link of this business's."""
    here = enter_tenant(tenant, HOSTED)
    scope = here.scope()
    found = read_unsubscribe(services().tokens, scope.tenant.id, token)
    if request.method == "POST":
        unsubscribe(scope, found)
    html = render_bare(
        "unsubscribe.html", is_done=request.method == "POST", title=found.kind.title, business=scope.tenant.name,
        bookings_url=f"{services().config.public_url}/w/{tenant}/0/profile/messages",
    )  # fmt: skip
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response

"""The addresses that snippets and people name, and the frame's own helpers."""

import re
from datetime import timedelta

from flask import Blueprint, Request, abort, make_response, redirect
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from bookwidget.tenancy.actions import note_refused_site
from bookwidget.tenancy.store import SITE_OF_ORIGIN
from bookwidget.web.current import g, request
from bookwidget.web.frames import cookie_comes_back
from bookwidget.web.guard import PlainForm
from bookwidget.web.menu import is_on
from bookwidget.web.rendering import render_bare
from bookwidget.web.services import services
from bookwidget.web.signing import needs_sign_in, own_path, signed_out
from bookwidget.web.visits import HOSTED, Place, enter_tenant, origin_of, own_origin, tenant_of_host
from bookwidget.web.widgets import in_frame

blueprint = Blueprint("entry", __name__)
helpers = in_frame(Blueprint("frame", __name__, url_prefix="/w/<tenant>/<site>/-"))

PAGE = re.compile(r"[\w-]{1,80}(/[\w-]{1,80}){0,4}")
"""Of a widget, below its own address."""
LANGUAGE = re.compile(r"([a-z]{2,3})(?=[-_]|$)")
REFUSED_EVERY = timedelta(hours=1)
"""A refused origin is written down at most this often for each widget."""


@blueprint.get("/w/<tenant>/<widget>")
@blueprint.get("/w/<tenant>/<widget>/")
def enter(tenant: str, widget: str) -> ResponseReturnValue:
    """What a snippet names: answers with the widget's address for the page that frames it."""
    here = enter_tenant(tenant, HOSTED)
    found = services().widgets.get(widget)
    if not here.tenant.is_active or found is None or not is_on(found, here.tenant):
        abort(404)
    site = site_of_request(here, request)
    if site is None:
        return refuse(here, widget)
    page = request.args.get("page", "")
    page = page if PAGE.fullmatch(page) else ""
    response = make_response(redirect(f"/w/{tenant}/{site}{language_asked(here)}/{widget}/{page}", 303))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Referer, Sec-Fetch-Dest"
    return response


def language_asked(here: Place) -> str:
    """What follows the site in the address, so that links and forms keep it with script off, too: `.de`, or nothing."""
    asked = LANGUAGE.match(request.args.get("lang", "").lower())
    here.wish = asked[1] if asked else ""
    return f".{here.wish}" if here.locale_of_page else ""


def site_of_request(here: Place, request: Request) -> str | None:
    """The id of the site that frames us; None if its origin is not on the tenant's list.

    The origin is only claimed (a script can write `?o=`, a page can hide its referrer). That is enough: the
    answer's `frame-ancestors` is that very origin, so a page that lies blocks itself.
    """
    if request.headers.get("Sec-Fetch-Dest") == "document":
        return HOSTED
    origin = origin_of(request.args.get("o")) or origin_of(request.referrer)
    if not origin and "Sec-Fetch-Dest" not in request.headers:
        return HOSTED
    if origin == own_origin():
        return "preview"
    found = here.session.rows(SITE_OF_ORIGIN, {"origin": origin}).scalar_one_or_none()
    here.session.rollback()
    return found.hex if found else None


def refuse(here: Place, widget: str) -> Response:
    """A neutral card with a way out. It holds nothing of anybody's, so any page may show it."""
    origin = origin_of(request.args.get("o")) or origin_of(request.referrer)
    if origin:
        note_refused_site(here.scope(), origin[:300], widget, every=REFUSED_EVERY)
    html = render_bare("refused.html", business=here.tenant.name, url=f"/w/{here.tenant.slug}/{HOSTED}/{widget}/")
    response = make_response(html, 403)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/")
def front_door() -> ResponseReturnValue:
    """A business's own host name leads to its portal, ours to the two doors: customers, and businesses."""
    tenant_id = tenant_of_host()
    if tenant_id is None:
        return redirect("/login", 303)
    g.place = Place(tenant_id, HOSTED)
    return redirect(f"/p/{g.place.tenant.slug}/", 303)


def front_page(tenant: str, site: str) -> str:
    """The first page of a signed-in customer."""
    first = next(widget for widget in services().widgets.values() if widget.sign_in)
    return f"/w/{tenant}/{site}/{first.slug}/"


@blueprint.get("/p/<tenant>/")
def portal(tenant: str) -> ResponseReturnValue:
    """The hosted portal."""
    here = enter_tenant(tenant, HOSTED)
    if not here.tenant.is_active:
        abort(404)
    return redirect(front_page(tenant, HOSTED), 303)


@helpers.get("/probe")
def probe() -> ResponseReturnValue:
    """Whether the probe cookie that an earlier answer set came back."""
    return {"cookies": cookie_comes_back()}


@helpers.route("/sign-out", methods=["GET", "POST"])
@needs_sign_in
def sign_out() -> ResponseReturnValue:
    if request.method == "GET":
        return redirect(own_path(None), 303)
    form = PlainForm()
    form.check_guard()
    return signed_out(f"/w/{g.place.tenant.slug}/{g.place.site}/login/")

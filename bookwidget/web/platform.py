"""The platform's sign-in: booker or business? A booker has no account here, only at the businesses."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from wtforms import StringField

from bookwidget.kernel.text import _
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.platform import SLUG, find_tenant
from bookwidget.web.current import request
from bookwidget.web.guard import Form
from bookwidget.web.product import render_product
from bookwidget.web.services import services

blueprint = Blueprint("platform", __name__)

HOSTED_PATH = re.compile(r"/[wp]/([^/]+)")
UNKNOWN = _("There is no business with this name. Copy the name from a link in one of their emails, or ask them.")


class BookerForm(Form):
    """Only looks something up, so it is sent by GET and needs no guard."""

    business = StringField(_("Name of the business in the address"))


@blueprint.get("/login")
def log_in() -> ResponseReturnValue:
    """Shows both doors; with `?business=` goes to that business's hosted page."""
    form = BookerForm(formdata=request.args)
    if not form.business.data:
        return render_product("platform/login.html", form=form, may_sign_up=services().config.sign_up)
    slug = slug_in(form.business.data)
    if slug and has_portal(slug):
        return redirect(f"/p/{slug}/", 303)
    form.refuse("business", UNKNOWN)
    return render_product("platform/login.html", status=422, form=form, may_sign_up=services().config.sign_up)


def slug_in(typed: str) -> str:
    """What people type or paste: a slug, the business's name, or the address of a page of ours. Empty if none."""
    typed = typed.strip()[:300]
    in_address = HOSTED_PATH.match(urlsplit(typed).path) if "/" in typed and "[" not in typed else None
    slug = in_address[1] if in_address else re.sub(r"[\s_]+", "-", typed.lower())
    return slug if SLUG.fullmatch(slug) and len(slug) <= 40 else ""


def has_portal(slug: str) -> bool:
    tenant_id = find_tenant(services().database, slug)
    if tenant_id is None:
        return False
    with services().database.session(tenant_id) as session:
        return facts_of(session).is_active

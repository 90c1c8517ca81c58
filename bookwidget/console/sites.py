"""The list of websites that may show the widgets, and the ones that tried and were refused."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.console.forms import SiteForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.theming.i18n import listed, spoken
from bookwidget.web.desk import desk
from bookwidget.web.guard import Form, PlainForm
from bookwidget.web.services import services
from bookwidget.web.sites import (
    add_site,
    allow_refused,
    allowed_sites,
    dismiss_refused,
    find_site,
    refused_origins,
    remove_site,
)


def sites() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.SITES_CHANGE)
    if request.method == "GET":
        return show_sites()
    form = SiteForm()
    form.check_guard()
    try:
        added = add_site(here.scope(), form.origin.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_sites(form, status=422)
    return redirect(url_for(".sites", added=added.id.hex), 303)


def sites_remove(site: str) -> ResponseReturnValue:
    """GET asks, POST removes."""
    here = desk()
    here.require(Permission.SITES_CHANGE)
    if request.method == "GET":
        return show("site_remove.html", site=find_site(here.scope(), parse_uuid(site)), form=PlainForm(formdata=None))
    PlainForm().check_guard()
    remove_site(here.scope(), parse_uuid(site))
    return redirect(url_for(".sites", removed=1), 303)


def sites_allow(refused: str) -> ResponseReturnValue:
    here = desk()
    here.require(Permission.SITES_CHANGE)
    if request.method == "GET":
        return redirect(url_for(".sites"), 303)
    PlainForm().check_guard()
    try:
        added = allow_refused(here.scope(), parse_uuid(refused))
    except Refused as problem:
        form = SiteForm(formdata=None)
        form.refuse("", problem.reason)
        return show_sites(form, status=422)
    is_from_embed = "embed" in request.form
    way: dict[str, Any] = {name: request.form.get(name) for name in ("widget", "host", "width") if is_from_embed}
    return redirect(url_for(".embed" if is_from_embed else ".sites", added=added.id.hex, **way), 303)


def sites_dismiss(refused: str) -> ResponseReturnValue:
    here = desk()
    here.require(Permission.SITES_CHANGE)
    if request.method == "GET":
        return redirect(url_for(".sites"), 303)
    PlainForm().check_guard()
    dismiss_refused(here.scope(), parse_uuid(refused))
    return redirect(url_for(".sites"), 303)


def show_sites(form: Form | None = None, *, status: int = 200) -> ResponseReturnValue:
    scope = desk().scope()
    allowed = allowed_sites(scope)
    added = parse_uuid(request.args.get("added", ""))
    return show(
        "sites.html", status=status, form=form or SiteForm(formdata=None), allowed=allowed,
        refused=refused_origins(scope), added=next((site.origin for site in allowed if site.id == added), ""),
        removed="removed" in request.args, titles=titles,
    )  # fmt: skip


def titles(slugs: Sequence[str]) -> str:
    """What the owner knows the widgets by, for a sentence; a slug stays where there is no such widget any more."""
    known = services().widgets
    named = sorted(spoken().gettext(known[slug].title) if slug in known else slug for slug in slugs)
    return listed(named, "standard")

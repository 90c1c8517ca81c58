"""What every page of the console shares: its menu, and its way into the product's look."""

from functools import partial
from typing import Any

from flask import request, url_for
from flask.wrappers import Response

from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.web.desk import desk
from bookwidget.web.product import NavItem, render_product
from bookwidget.web.rendering import say

MENU = (
    ("bookings", _("Bookings"), Permission.BOOKING_READ),
    ("customers", _("Customers"), Permission.BOOKING_READ),
    ("questions", _("Questions"), Permission.CATALOG_CHANGE),
    ("services", _("Services"), Permission.CATALOG_CHANGE),
    ("hours", _("Hours"), Permission.CATALOG_CHANGE),
    ("settings", _("Settings"), Permission.SETTINGS_CHANGE),
    ("branding", _("Branding"), Permission.BRANDING_CHANGE),
    ("sites", _("Sites"), Permission.SITES_CHANGE),
    ("embed", _("Embed"), None),
)
"""Endpoint, title, and what one must be allowed to see it; None: every member."""


def menu() -> list[NavItem]:
    """The pages that this member may see. A page below one of them counts as that one."""
    current = (request.endpoint or "").removeprefix("console.").partition("_")[0]
    return [
        NavItem(title, url_for(f"console.{endpoint}"), endpoint == current)
        for endpoint, title, permission in MENU
        if permission is None or desk().may(permission)
    ]


def show(name: str, *, status: int = 200, **page: Any) -> Response:
    """A page of the console; `tenant` and `formats` are always there."""
    here = desk()
    return render_product(
        f"console/{name}", status=status, nav=menu(), tenant=here.tenant, formats=here.formats, now=here.now,
        say=partial(say, here.formats), **page,
    )  # fmt: skip

"""What every page of the console shares: its menu, and its way into the product's look."""

from functools import partial
from typing import Any

from flask import request, url_for
from flask.wrappers import Response

from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.web.desk import desk
from bookwidget.web.product import NavArea, NavItem, render_product
from bookwidget.web.rendering import say

MENU = (
    (_("Bookings"), (
        ("today", _("Today"), Permission.BOOKING_READ),
        ("calendar", _("Calendar"), Permission.BOOKING_READ),
        ("bookings", _("Bookings"), Permission.BOOKING_READ),
        ("waiting", _("Waiting lists"), Permission.BOOKING_READ),
        ("customers", _("Customers"), Permission.BOOKING_READ),
        ("closures", _("Closure requests"), Permission.BOOKING_READ),
        ("imports", _("Import"), Permission.CUSTOMERS_IMPORT),
    )),
    (_("Offer"), (
        ("services", _("Services"), Permission.CATALOG_CHANGE),
        ("dates", _("Dates"), Permission.BOOKING_READ),
        ("hours", _("Hours"), Permission.CATALOG_CHANGE),
        ("providers", _("People"), Permission.CATALOG_CHANGE),
        ("locations", _("Locations"), Permission.CATALOG_CHANGE),
        ("questions", _("Questions"), Permission.CATALOG_CHANGE),
    )),
    (_("Website"), (
        ("embed", _("Embed"), None),
        ("portal", _("Portal"), Permission.SETTINGS_CHANGE),
        ("branding", _("Branding"), Permission.BRANDING_CHANGE),
        ("sites", _("Sites"), Permission.SITES_CHANGE),
        ("hosts", _("Own address"), Permission.SITES_CHANGE),
        ("messages", _("Messages"), Permission.SETTINGS_CHANGE),
    )),
    (_("Business"), (
        ("settings", _("Settings"), Permission.SETTINGS_CHANGE),
        ("team", _("Team"), Permission.TEAM_CHANGE),
        ("numbers", _("Numbers"), Permission.NUMBERS_READ),
        ("history", _("History"), Permission.HISTORY_READ),
    )),
)  # fmt: skip
"""Areas, and in each of them endpoint, title, and what one must be allowed to see it; None: every member."""


def menu() -> list[NavArea]:
    """The areas and pages that this member may see. A page below one of them counts as that one."""
    current = (request.endpoint or "").removeprefix("console.").partition("_")[0]
    areas = []
    for area, pages in MENU:
        items = [
            NavItem(title, url_for(f"console.{endpoint}"), endpoint == current)
            for endpoint, title, permission in pages
            if permission is None or desk().may(permission)
        ]
        if items:
            areas.append(NavArea(area, items))
    return areas


def show(name: str, *, status: int = 200, **page: Any) -> Response:
    """A page of the console; `tenant` and `formats` are always there."""
    here = desk()
    return render_product(
        f"console/{name}", status=status, nav=menu(), tenant=here.tenant, formats=here.formats, now=here.now,
        say=partial(say, here.formats), **page,
    )  # fmt: skip

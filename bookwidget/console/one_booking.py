"""The pages of one booking that customers have too. The scope is a member's, so the rules for customers do not bind;
what is over or cancelled does.
"""

from typing import Any

from flask import Blueprint
from flask.wrappers import Response

from bookwidget.bookings.actions import read_booking, read_for_desk
from bookwidget.console.bookings import OWN_PAGE, changes_in, opened_at, show_one
from bookwidget.console.changing import staff
from bookwidget.console.pages import show
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.one_booking.pages import PAGES, guarded

HERE = {"cancel", "cancel-ticket", "move", "move-all", "resume", "transfer", "undo"}
"""Their names among `PAGES`. Each that shows something has a template of its own here: `booking_<name>.html`."""


def open_booking(code: str) -> Opened:
    scope = staff()
    return opened_at(scope, read_booking(scope, code))


def draw(name: str, *, status: int = 200, **page: Any) -> Response:
    """A shared page in the console's look; in place of the booking's own page the one that staff have."""
    if name == OWN_PAGE:
        return show_one(page["opened"].booking.code, trouble=page["trouble"], status=status)
    changes = changes_in(read_for_desk(page["opened"].scope, page["opened"].booking.code)) if status != 200 else []
    return show(f"booking_{name.removeprefix('one_booking/')}", status=status, changes=changes, **page)


def register(blueprint: Blueprint) -> None:
    for page in PAGES:
        if page.name in HERE:
            rule, endpoint = f"/bookings/<code>/{page.name}{page.below}", f"bookings_{page.name}"
            blueprint.add_url_rule(rule, endpoint, guarded(page, open_booking), methods=page.methods)

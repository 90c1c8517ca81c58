"""Why can she not cancel? What the rules let a booking's customer do at some time, and one exception to them."""

from datetime import timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import (
    OVERRIDABLE,
    DeskBooking,
    allow_anyway,
    explain_for_customer,
    read_for_desk,
    withdraw_override,
)
from bookwidget.console.bookings import show_one
from bookwidget.console.forms import AskForm, OverrideForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm

PERMISSIONS = {
    Permission.BOOKING_READ: _("See the booking"),
    Permission.BOOKING_CANCEL: _("Cancel"),
    Permission.BOOKING_MOVE: _("Reschedule"),
    Permission.BOOKING_TRANSFER: _("Transfer tickets"),
    Permission.BOOKING_POSTPONE: _("Postpone"),
    Permission.BOOKING_UNDO: _("Undo the cancellation"),
    Permission.BOOKING_RESUME: _("Resume"),
    Permission.BOOKING_NOTE: _("Write a note"),
    Permission.BOOKING_RATE: _("Rate the booking"),
}
USUAL = timedelta(days=1)
"""How long an exception holds unless staff say otherwise."""


def bookings_rules(code: str) -> ResponseReturnValue:
    """GET explains, POST allows one thing anyway."""
    here = desk()
    here.require(Permission.BOOKING_READ)
    scope, form = here.scope(), OverrideForm()
    if request.method == "GET":
        return show_rules(read_for_desk(scope, code), prefilled(code))
    form.check_guard()
    try:
        allow_anyway(
            scope, code, permission_of(form), reason=form.reason.data or "", until=form.until.at(here.tenant.zone)
        )
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_rules(read_for_desk(scope, code), form, status=422)
    except Denied as denied:
        return show_one(code, trouble=denied.reason, status=403)
    return redirect(url_for(".bookings_rules", code=code, saved=1), 303)


def bookings_withdraw(code: str) -> ResponseReturnValue:
    here = desk()
    here.require(Permission.BOOKING_READ)
    if request.method == "GET":
        return redirect(url_for(".bookings_rules", code=code), 303)
    PlainForm().check_guard()
    try:
        withdraw_override(here.scope(), code)
    except Denied as denied:
        return show_one(code, trouble=denied.reason, status=403)
    return redirect(url_for(".bookings_rules", code=code), 303)


def permission_of(form: OverrideForm) -> Permission:
    """What was chosen; `Refused("permission", …)` for what is none."""
    try:
        return Permission(form.permission.data or "")
    except ValueError as error:
        raise Refused("permission", _("Choose one of the listed values.")) from error


def prefilled(code: str) -> OverrideForm:
    """Ends tomorrow, or when the booking starts."""
    here, form = desk(), OverrideForm(formdata=None)
    starts_at = read_for_desk(here.scope(), code).booking.starts_at
    form.until.fill(min(here.now + USUAL, starts_at), here.tenant.zone)
    return form


def show_rules(found: DeskBooking, form: OverrideForm, *, status: int = 200) -> ResponseReturnValue:
    here, asked, zone = desk(), AskForm(request.args), desk().tenant.zone
    at = asked.at.at(zone)
    if at is None:
        if asked.at.data:
            asked.refuse("at", _("This is not a time. Write it like 2026-11-24T18:30."))
        else:
            asked.at.fill(here.now, zone)
    booking = found.booking
    answers = explain_for_customer(here.scope(), booking.code, at or here.now)
    return show(
        "booking_rules.html", status=status, found=found, booking=booking, asked=asked, form=form, answers=answers,
        at=at or here.now, titles=PERMISSIONS,
        choices=[(one.value, PERMISSIONS[one]) for one in OVERRIDABLE[booking.kind]],
        can_allow=booking.status != "cancelled" and booking.starts_at > here.now, saved="saved" in request.args,
    )  # fmt: skip

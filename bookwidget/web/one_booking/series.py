"""This date of a series or all later ones: what the pages of cancelling and moving offer besides."""

from flask import redirect
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import SeriesChoice, cancel_series, move_series, plan_cancel, plan_move
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.web.current import request
from bookwidget.web.one_booking.forms import CancelForm, MoveAllForm, MoveForm
from bookwidget.web.one_booking.new_time import chosen_key, note_version, version_of
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.rendering import render

ALL = "all"


def later_dates(opened: Opened) -> SeriesChoice | None:
    """What cancelling all later ones would do; None where there is nothing to choose."""
    if not opened.is_whole_series:
        return None
    plan = plan_cancel(opened.scope, opened.booking.code)
    return plan if len(plan.going) + len(plan.staying) > 1 else None


def cancel_all(opened: Opened, form: CancelForm) -> ResponseReturnValue:
    """Raises what `cancel_series` raises."""
    if not opened.is_whole_series:
        raise Missing
    reason, seen = form.reason.data or "", form.seen.data or ""
    cancel_series(opened.scope, opened.booking.code, reason=reason, seen=seen)
    return opened.done("cancelled")


def wants_all() -> bool:
    return request.form.get("which") == ALL


def go_to_review(opened: Opened, form: MoveForm) -> ResponseReturnValue:
    """All later dates are shown before any of them moves."""
    return redirect(opened.page("move-all", slot=chosen_key(form)), 303)


def move_all(opened: Opened, form: MoveAllForm) -> ResponseReturnValue:
    if not opened.is_whole_series:
        raise Missing
    scope, code, key = opened.scope, opened.booking.code, chosen_key(form)
    if request.method == "POST":
        try:
            move_series(scope, code, key, moves=version_of(form), seen=form.seen.data or "")
            return opened.done("moved")
        except Refused as refused:
            form.refuse("slot", refused.reason)
    plan = None
    try:
        plan = plan_move(scope, code, key)
    except Refused as refused:
        if not form.slot.errors:
            form.refuse("slot", refused.reason)
    note_version(form, opened.booking)
    return render(
        "one_booking/move_all.html",
        status=422 if form.errors else 200,
        opened=opened,
        booking=opened.booking,
        form=form,
        plan=plan,
        key=key,
    )

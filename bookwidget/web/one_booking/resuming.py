"""Resuming what was cancelled, and postponing: each asks for a new time."""

from datetime import date, timedelta
from functools import partial

from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import (
    MoveChoices,
    plan_postpone,
    postpone_booking,
    postpone_series,
    resume_booking,
    slots_to_postpone_to,
    slots_to_resume_at,
)
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.text import Text, _
from bookwidget.web.current import request
from bookwidget.web.one_booking.forms import MoveForm, PostponeForm
from bookwidget.web.one_booking.new_time import chosen_key, day_in_address, show_new_time, version_of
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.rendering import render
from bookwidget.web.visits import place

NO_DATE: Text = _("This is not a date. Write it like 2026-11-24.")


def resume(opened: Opened, form: MoveForm) -> ResponseReturnValue:
    scope, code = opened.scope, opened.booking.code
    if request.method == "POST":
        try:
            resume_booking(scope, code, chosen_key(form), moves=version_of(form))
            return opened.done("resumed")
        except Refused as refused:
            form.refuse("slot", refused.reason)
    usual = place().formats.local(max(opened.booking.starts_at, place().now)).date()
    return show_new_time(opened, form, "resume", partial(slots_to_resume_at, scope, code), usual)


def postpone(opened: Opened, form: PostponeForm) -> ResponseReturnValue:
    """A series goes on after a day; a single booking, or one that a mail's link opened, gets a time on it."""
    booking = opened.booking
    if request.method != "POST" and booking.may_postpone.reason:  # a second click is answered like the first
        raise Denied(booking.may_postpone.reason)
    if opened.is_whole_series:
        return postpone_all(opened, form)
    if request.method == "POST":
        try:
            postpone_booking(opened.scope, booking.code, chosen_key(form), moves=version_of(form))
            return opened.done("postponed")
        except Refused as refused:
            form.refuse("slot", refused.reason)
    return show_days(opened, form)


def show_days(opened: Opened, form: PostponeForm) -> ResponseReturnValue:
    """The chosen day's times, once a day is chosen."""
    booking, typed = opened.booking, request.args.get("from", "")
    local = place().formats.local
    earliest = max(local(booking.starts_at).date(), local(place().now).date()) + timedelta(days=1)
    find = partial(slots_to_postpone_to, opened.scope, booking.code)
    if typed and day_in_address("from") is None:
        form.refuse("day", NO_DATE)

    def found(day: date, days: int) -> MoveChoices:
        try:
            return find(day, days)
        except Refused as refused:
            form.refuse("day", refused.reason)
            return find(earliest, days)

    return show_new_time(opened, form, "postpone", found, earliest, earliest=earliest, typed=typed)


def postpone_all(opened: Opened, form: PostponeForm) -> ResponseReturnValue:
    """Shows what falls away, and when it goes on; the button does it."""
    scope, code = opened.scope, opened.booking.code
    typed = (request.form if request.method == "POST" else request.args).get("from", "")
    plan, day = None, None
    try:
        day = date.fromisoformat(typed) if typed else None
        if day and request.method == "POST":
            postpone_series(scope, code, day, seen=form.seen.data or "")
            return opened.done("postponed")
    except ValueError:
        form.refuse("day", NO_DATE)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
    try:
        plan = plan_postpone(scope, code, day) if day and not form.day.errors else None
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
    earliest = place().formats.local(opened.booking.starts_at).date() + timedelta(days=1)
    return render(
        "one_booking/postpone_series.html",
        status=422 if form.errors else 200,
        opened=opened,
        booking=opened.booking,
        form=form,
        plan=plan,
        typed=typed,
        earliest=earliest,
    )

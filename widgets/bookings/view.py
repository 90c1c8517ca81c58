"""A customer's bookings: the list, one with all its details, cancelling and moving it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import wraps

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import (
    BookingDetails,
    ListQuery,
    Tab,
    cancel_booking,
    list_bookings,
    minutes_to_undo,
    move_booking,
    read_booking,
    read_calendar,
    slots_to_move_to,
    undo_cancel,
)
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.text import Text
from bookwidget.schedule.actions import TimeKey, parse_slot_key
from bookwidget.web import PlainForm, Widget, file_answer, place, render

from . import waiting
from .forms import CancelForm, FilterForm, MoveForm
from .showing import TAB_TITLES, by_month, history, make_choice, next_booking, noon, week_around

CLASS_DAYS, APPOINTMENT_DAYS = 28, 7
"""How many days a page of other times covers."""


def register(widget: Widget) -> None:
    widget.page("/", listing)
    waiting.register(widget)
    widget.page("/<code>", details)
    widget.page("/<code>/cancel", cancel, methods=("GET", "POST"))
    widget.page("/<code>/calendar", calendar)
    widget.page("/<code>/undo", undo, methods=("GET", "POST"))
    widget.page("/<code>/move", move, methods=("GET", "POST"))


def listing() -> ResponseReturnValue:
    form = FilterForm(request.args)
    form.validate()
    here, scope = place(), place().scope()
    query = asked_for(form)
    try:
        page = list_bookings(scope, query)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        query = replace(query, first_day=None, last_day=None)
        page = list_bookings(scope, query)
    kept = {field.name: typed for field in form if (typed := request.args.get(field.name, "").strip())}
    return render(
        "list.html",
        status=422 if form.errors else 200,
        form=form,
        page=page,
        titles=TAB_TITLES,
        months=by_month(page.rows, here.formats, here.now),
        next_booking=None if kept else next_booking(page),
        kept=kept,
        news=news(),
        undo_form=PlainForm(),
        left=waiting.just_left(),
    )


def asked_for(form: FilterForm) -> ListQuery:
    """The query in the address. What is not right in it is left out, and said beside its field."""
    try:
        tab = Tab(request.args.get("tab", ""))
    except ValueError:
        tab = Tab.UPCOMING
    text = "" if form.q.errors else form.q.data or ""
    page = request.args.get("page", 1, type=int)
    return ListQuery(tab, text, form.first_day.data, form.last_day.data, page)


def news() -> tuple[str, BookingDetails] | None:
    """What has just been done to which booking. It is said only while it is true, whoever wrote the address."""
    for deed in ("cancelled", "moved", "restored"):
        if code := request.args.get(deed):
            try:
                booking = read_booking(place().scope(), code)
            except Missing:
                return None
            return (deed, booking) if (booking.status == "cancelled") == (deed == "cancelled") else None
    return None


def stays_readable(view: Callable[[str], ResponseReturnValue]) -> Callable[[str], ResponseReturnValue]:
    """Where a change is not allowed (any more), the booking is shown with the reason, under status 403."""

    @wraps(view)
    def readable(code: str) -> ResponseReturnValue:
        try:
            return view(code)
        except Denied as denied:
            return show(read_booking(place().scope(), code), trouble=denied.reason, status=403)

    return readable


def details(code: str) -> ResponseReturnValue:
    return show(read_booking(place().scope(), code))


def calendar(code: str) -> ResponseReturnValue:
    """A file for the customer's own calendar program."""
    found = read_calendar(place().scope(), code)
    return file_answer(found.data, f"{code}.ics", f"text/calendar; charset=utf-8; method={found.method}")


def show(booking: BookingDetails, *, trouble: Text | None = None, status: int = 200) -> ResponseReturnValue:
    answers = () if booking.may_undo.allowed else (booking.may_move, booking.may_cancel)
    return render(
        "details.html",
        status=status,
        booking=booking,
        trouble=trouble,
        undo_form=PlainForm(),
        reasons=[answer.reason for answer in answers if answer.reason and answer.reason != trouble],
        history=history(booking, place().tenant.name),
    )


@stays_readable
def cancel(code: str) -> ResponseReturnValue:
    form, scope = CancelForm(), place().scope()
    if request.method == "POST":
        form.check_guard()
        try:
            cancel_booking(scope, code, reason=form.reason.data or "")
            return redirect(url_for(".listing", cancelled=code), 303)
        except Refused as refused:
            form.refuse(refused.field, refused.reason)
    booking = read_booking(scope, code)
    if booking.may_cancel.reason:
        raise Denied(booking.may_cancel.reason)
    return render(
        "cancel.html",
        status=422 if form.reason.errors else 200,
        booking=booking,
        form=form,
        undo_minutes=minutes_to_undo(scope, booking),
    )


@stays_readable
def undo(code: str) -> ResponseReturnValue:
    form, scope = PlainForm(), place().scope()
    if request.method == "GET":
        return show(read_booking(scope, code))
    form.check_guard()
    try:
        undo_cancel(scope, code)
    except Refused as refused:
        return show(read_booking(scope, code), trouble=refused.reason, status=422)
    return redirect(url_for(".listing", restored=code), 303)


@stays_readable
def move(code: str) -> ResponseReturnValue:
    form = MoveForm()
    if request.method == "GET":
        return show_choices(code, form, request.args.get("slot", ""))
    form.check_guard()
    key, made_for = form.slot.data or "", form.moves.data
    try:
        move_booking(place().scope(), code, key, moves=-1 if made_for is None else made_for)
    except Refused as refused:
        form.refuse("slot", refused.reason)
        return show_choices(code, form, key, status=422)
    return redirect(url_for(".listing", moved=code), 303)


def show_choices(code: str, form: MoveForm, key: str, *, status: int = 200) -> ResponseReturnValue:
    here, scope = place(), place().scope()
    booking = read_booking(scope, code)
    is_class = booking.kind == "class"
    usual_first = here.formats.local(here.now).date() if is_class else week_around(booking, here.formats)
    first = day_in_address("from") or usual_first
    choices = slots_to_move_to(scope, code, first, CLASS_DAYS if is_class else APPOINTMENT_DAYS)
    chosen_at = time_of(key)
    day = here.formats.local(chosen_at).date() if chosen_at else day_in_address("day")
    choice = make_choice(choices, here.formats, here.now, day=day, key=key, chosen_at=chosen_at)
    form.moves.data, form.moves.raw_data = booking.moves, None  # what was sent may be older
    return render(
        "move.html",
        status=status,
        form=form,
        booking=choices.booking,
        choices=choices,
        choice=choice,
        noon=lambda day: noon(day, here.formats),
    )


def day_in_address(name: str) -> date | None:
    """A day of the query; addresses are typed by anybody."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def time_of(key: str) -> datetime | None:
    """When the slot is that a key names, where the key itself says so."""
    try:
        parsed = parse_slot_key(key)
    except Refused:
        return None
    return parsed.starts_at if isinstance(parsed, TimeKey) else None

"""Choosing another time for a booking: to move, to postpone or to resume it."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import BookingDetails, MoveChoices, slot_start
from bookwidget.tenancy.scope import Scope
from bookwidget.web.current import request
from bookwidget.web.one_booking.forms import CancelForm, MoveForm
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.rendering import render
from bookwidget.web.times import choose_times, noon
from bookwidget.web.visits import place

CLASS_DAYS, APPOINTMENT_DAYS = 28, 7
"""How many days a page of other times covers."""


def show_new_time(
    opened: Opened,
    form: MoveForm,
    page: str,
    find: Callable[[date, int], MoveChoices],
    usual: date,
    **more: Any,
) -> ResponseReturnValue:
    """The template `page`, with the times that `find` gives for the days of the address, or from the `usual` one."""
    times = new_time(opened.scope, opened.booking, form, find, usual)  # may find what is wrong with the form
    status = 422 if form.errors else 200
    return render(
        f"one_booking/{page}.html", status=status, opened=opened, link=partial(opened.page, page), **times, **more
    )


def new_time(
    scope: Scope, booking: BookingDetails, form: MoveForm, find: Callable[[date, int], MoveChoices], usual: date
) -> dict[str, Any]:
    """What a template of times is given besides where its links lead."""
    here = place()
    is_class, key = booking.kind == "class", chosen_key(form)
    start = slot_start(scope, key) if key else None
    choices = find(day_in_address("from") or usual, CLASS_DAYS if is_class else APPOINTMENT_DAYS)
    own_day = here.formats.local(booking.starts_at).date()
    day = here.formats.local(start).date() if start else day_in_address("day") or max(own_day, choices.first_day)
    gone = start if form.slot.errors else None
    note_version(form, choices.booking)
    return {
        "booking": choices.booking,
        "form": form,
        "choice": choose_times(choices, here.formats, here.now, by_date=is_class, day=day, key=key, gone=gone),
        "noon": lambda day: noon(day, here.formats),
    }


def chosen_key(form: MoveForm) -> str:
    """Of the time that was sent, or that the address names."""
    return (form.slot.data or "") if request.method == "POST" else request.args.get("slot", "")


def version_of(form: MoveForm) -> int:
    """Of the booking that the form was made for; what is no number fits none."""
    return -1 if form.moves.data is None else int(form.moves.data)


def note_version(form: MoveForm | CancelForm, booking: BookingDetails) -> None:
    """The page is made for the booking as it is; what was sent may be older."""
    form.moves.data, form.moves.raw_data = booking.moves, None


def day_in_address(name: str) -> date | None:
    """A day of the query; addresses are typed by anybody."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None

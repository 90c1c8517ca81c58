"""Postponing: nothing takes place before a day that the customer chooses."""

from datetime import date, timedelta

from bookwidget.bookings.changing import (
    check_version,
    choices_for,
    locked,
    move_to,
    put_on_record,
    require,
    stands_at,
)
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.results import BookingDetails, MoveChoices
from bookwidget.catalog.actions import read_service
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.actions import find_slot, parse_slot_key
from bookwidget.schedule.rules import local_day
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

ONLY_LATER: Text = _("Choose a day after the one that is booked.")
FARTHEST = timedelta(days=732)
"""From now: what is postponed for longer is better cancelled."""


def slots_to_postpone_to(scope: Scope, code: str, day: date, days: int = 7) -> MoveChoices:
    """Free times from `day` on, which is put inside the days that can be booked.

    Raises `Missing`, `Denied`, `Refused("day", …)` for a day that is no postponement.
    """
    booking = read_booking(scope, code)
    require(booking.may_postpone)
    check_later(scope, booking, day)
    return choices_for(scope, booking, day, days)


def postpone_booking(scope: Scope, code: str, slot_key: str, *, moves: int | None) -> BookingDetails:
    """Gives a booking a time on a later day. The same again changes nothing.

    `moves` as in `move_booking`. Raises `Missing`, `Denied`, `Refused("slot" or "day", …)`. Event:
    `booking.postponed`.
    """
    key = parse_slot_key(slot_key)
    with writing(scope.session):
        booking = locked(scope, code)
        if booking.status != "cancelled" and stands_at(booking, key):
            return booking
        require(booking.may_postpone)
        check_version(booking, moves)
        service = read_service(scope, booking.service_id)
        slot = find_slot(scope, service, key, ignoring_occurrence=booking.occurrence_id)
        check_later(scope, booking, local_day(slot.starts_at, scope.tenant.zone))
        move_to(scope, booking, service, key)
        return put_on_record(scope, "booking.postponed", booking)


def check_later(scope: Scope, booking: BookingDetails, day: date) -> None:
    if day <= local_day(booking.starts_at, scope.tenant.zone):
        raise Refused("day", ONLY_LATER)
    if day > local_day(scope.now + FARTHEST, scope.tenant.zone):
        raise Refused("day", _("This is too far ahead. Please choose an earlier day."))

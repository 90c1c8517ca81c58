"""Resuming: what was cancelled is active again, at a new time. The same booking, its code and its tickets."""

from datetime import date

from bookwidget.bookings import store
from bookwidget.bookings.booking import take_place
from bookwidget.bookings.changing import (
    check_version,
    choices_for,
    locked,
    places_of,
    put_on_record,
    require,
    settle,
    stands_at,
)
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.results import BookingDetails, MoveChoices
from bookwidget.catalog.actions import read_service
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import TimeKey, find_slot, lock_occurrences, lock_providers, parse_slot_key
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing


def slots_to_resume_at(scope: Scope, code: str, first_day: date, days: int = 7) -> MoveChoices:
    """Free times for all places of a cancelled booking, the one it had too. Raises `Missing`, `Denied`."""
    booking = read_booking(scope, code)
    require(booking.may_resume)
    return choices_for(scope, booking, first_day, days)


def resume_booking(scope: Scope, code: str, slot_key: str, *, moves: int | None) -> BookingDetails:
    """Makes a cancelled booking active again at this slot. The same again changes nothing.

    `moves` as in `move_booking`. Raises `Missing`, `Denied`, `Refused("slot", …)`. Event: `booking.resumed`.
    """
    key = parse_slot_key(slot_key)
    with writing(scope.session):
        booking = locked(scope, code)
        if booking.status != "cancelled" and stands_at(booking, key):
            return booking
        require(booking.may_resume)
        check_version(booking, moves)
        service = read_service(scope, booking.service_id)
        places = places_of(booking.tickets)
        # What undoing kept so long has lapsed, and is given back by these: it may be the very place that is wanted.
        if isinstance(key, TimeKey):
            lock_providers(scope, booking.provider_id, key.provider_id)
        else:
            lock_occurrences(scope, key.occurrence_id, *places)
        wanted = sum(places.values())
        slot = find_slot(scope, service, key)
        if slot.places_left < wanted:
            raise Refused("slot", _("There are not enough places left. Please choose another time."))
        location = scope.session.rows(store.LOCATION, {"occurrence": booking.occurrence_id}).scalar_one()
        target = take_place(scope, service, key, wanted, location)
        scope.session.rows(store.RESUME, {"booking": booking.id})
        settle(scope, booking, target, slot.starts_at, slot.ends_at)
        return put_on_record(scope, "booking.resumed", booking)

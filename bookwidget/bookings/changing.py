"""Moving; and what every change of a booking needs: its lock, its places, its facts."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bookwidget.bookings import store
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.policy import Answer
from bookwidget.bookings.results import BookingDetails, Day, HeldTicket, MoveChoices
from bookwidget.bookings.rules import is_code, is_there_already
from bookwidget.catalog.actions import ServiceFacts, read_service
from bookwidget.events.record import record
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.actions import (
    Slot,
    TimeKey,
    bounds_for,
    change_places,
    find_slot,
    lock_providers,
    make_private_occurrence,
    parse_slot_key,
    release_private_occurrence,
    slots_between,
)
from bookwidget.schedule.rules import DAY, OccurrenceKey, days_between, local_day
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_DAYS = 31
CHANGED_MEANWHILE: Text = _("This booking has changed in the meantime. Please check it and choose a time.")
LOOK_AGAIN: Text = _("This booking has changed in the meantime. Please look at it again.")
Place = tuple[UUID, datetime, datetime]
"""An occurrence and its times."""


def slots_to_move_to(scope: Scope, code: str, first_day: date, days: int = 7) -> MoveChoices:
    """Where all places of a booking can go, on so many local days (1 to 31) from `first_day`, which is put
    inside the days that can be booked. Raises `Missing`, `Denied`.
    """
    booking = read_booking(scope, code)
    require(booking.may_move)
    return choices_for(scope, booking, first_day, days)


def choices_for(scope: Scope, booking: BookingDetails, first_day: date, days: int) -> MoveChoices:
    """Free times that hold all places of a booking, other than its own time if it has one."""
    service = read_service(scope, booking.service_id)
    return times_for(scope, booking, service, first_day, days, places=len(booking.tickets))


def times_for(
    scope: Scope, booking: BookingDetails, service: ServiceFacts, first_day: date, days: int, *, places: int
) -> MoveChoices:
    """Where so many tickets of a booking can go: free times of this service."""
    own = booking.occurrence_id if booking.status != "cancelled" else None
    bounds, zone = bounds_for(scope, service), scope.tenant.zone
    today, days = local_day(bounds.earliest, zone), min(max(1, days), MAX_DAYS)
    first = max(today, min(first_day, bounds.last_day))
    last = first + (days - 1) * DAY
    by_day: dict[date, list[Slot]] = defaultdict(list)
    for slot in slots_between(scope, service, first, last, ignoring_occurrence=own):
        if slot.places_left >= places and not (own and stands_at(booking, parse_slot_key(slot.key))):
            by_day[local_day(slot.starts_at, zone)].append(slot)
    return MoveChoices(
        booking,
        tuple(Day(day, tuple(by_day[day])) for day in days_between(first, last)),
        first,
        max(today, first - days * DAY) if first > today else None,
        last + DAY if last < bounds.last_day else None,
    )


def move_booking(scope: Scope, code: str, slot_key: str, *, moves: int | None) -> BookingDetails:
    """Moves all live tickets to another slot of the same service: there taken and here freed, or neither.

    `moves` is what the form was made for; None does not compare. Moving to where the booking stands changes
    nothing. Raises `Missing`, `Denied`, `Refused("slot", …)`. Event: `booking.moved`.
    """
    key = parse_slot_key(slot_key)
    with writing(scope.session):
        booking = locked(scope, code)
        if booking.status != "cancelled" and stands_at(booking, key):
            return booking
        require(booking.may_move)
        check_version(booking, moves)
        move_to(scope, booking, read_service(scope, booking.service_id), key)
        return put_on_record(scope, "booking.moved", booking)


def check_version(booking: BookingDetails, moves: int | None) -> None:
    """`Refused("slot", …)` for a form that was made before the booking's last move."""
    if moves is not None and moves != booking.moves:
        raise Refused("slot", CHANGED_MEANWHILE)


def check_seen(booking: BookingDetails, moves: int | None) -> None:
    """The same where no time is chosen: `Refused("", …)`."""
    if moves is not None and moves != booking.moves:
        raise Refused("", LOOK_AGAIN)


def move_to(scope: Scope, booking: BookingDetails, service: ServiceFacts, key: OccurrenceKey | TimeKey) -> None:
    """All live tickets, from here to there; `Refused("slot", …)` if it cannot be had."""
    settle(scope, booking, *change_place(scope, booking, service, key, booking.tickets))


def settle(scope: Scope, booking: BookingDetails, target: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """The booking stands at this occurrence, whose places are taken already."""
    scope.session.rows(store.MOVE_TICKETS, {"booking": booking.id, "target": target})
    values = {"booking": booking.id, "target": target, "start": starts_at, "end": ends_at}
    scope.session.rows(store.MOVE, values)


def put_on_record(scope: Scope, kind: str, before: BookingDetails, **more: Any) -> BookingDetails:
    """The event of a booking that is somewhere else now, and the booking as it is."""
    after = read_booking(scope, before.code)
    record(
        scope,
        kind,
        booking_id=before.id,
        customer_id=before.customer_id,
        before=place_facts(before),
        after={**place_facts(after), **more},
    )
    return read_booking(scope, before.code)


def locked(scope: Scope, code: str) -> BookingDetails:
    """The booking as it is once nobody else can change it; `Missing` for strangers."""
    if not is_code(code) or scope.session.rows(store.LOCK, {"code": code}).one_or_none() is None:
        raise Missing
    return read_booking(scope, code)


def require(answer: Answer) -> None:
    if not answer.allowed:
        raise Denied(answer.reason or _("This is not possible."))


def change_place(
    scope: Scope,
    booking: BookingDetails,
    service: ServiceFacts,
    key: OccurrenceKey | TimeKey,
    tickets: Iterable[HeldTicket],
) -> Place:
    """Takes the new places of these tickets of a booking and frees the old ones."""
    if isinstance(key, TimeKey):
        lock_providers(scope, booking.provider_id, key.provider_id)
    places = places_of(tickets)
    wanted = sum(places.values())
    slot = find_slot(scope, service, key, ignoring_occurrence=booking.occurrence_id)
    if slot.places_left < wanted:
        raise Refused("slot", _("There are not enough places left. Please choose another time."))
    if isinstance(key, OccurrenceKey):
        changes = {occurrence: -count for occurrence, count in places.items()}
        changes[key.occurrence_id] = changes.get(key.occurrence_id, 0) + wanted
        change_places(scope, changes)
        return key.occurrence_id, slot.starts_at, slot.ends_at
    release_private_occurrence(scope, booking.occurrence_id)
    location = scope.session.rows(store.LOCATION, {"occurrence": booking.occurrence_id}).scalar_one()
    target = make_private_occurrence(scope, service, key.provider_id, location, key.starts_at)
    return target, slot.starts_at, slot.ends_at


def places_of(tickets: Iterable[HeldTicket]) -> dict[UUID, int]:
    """How many places they take at which occurrence."""
    return Counter(ticket.occurrence_id for ticket in tickets)


def stands_at(booking: BookingDetails, key: OccurrenceKey | TimeKey) -> bool:
    return is_there_already(key, booking.occurrence_id, booking.provider_id, booking.starts_at)


def place_facts(booking: BookingDetails) -> dict[str, Any]:
    """Where and when a booking is, as an event keeps it."""
    return {
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "service": booking.service,
        "provider": booking.provider,
        "location": booking.location,
    }

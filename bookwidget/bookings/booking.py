"""Making a booking."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from bookwidget.bookings import store
from bookwidget.bookings.changing import place_facts
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.bookings.offering import stop_waiting
from bookwidget.bookings.policy import may_book_for
from bookwidget.bookings.results import BookingDetails, NewTicket
from bookwidget.bookings.rules import checked_text
from bookwidget.bookings.where import MAX_ADDRESS, Where
from bookwidget.catalog.actions import ServiceFacts, list_ticket_types, read_service
from bookwidget.events.record import record
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import booking_code, uuid7
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import (
    OccurrenceKey,
    TimeKey,
    find_slot,
    make_private_occurrence,
    parse_slot_key,
    take_seats,
)
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_TICKETS = 50
MAX_NOTE = 2000
MAX_ATTENDEE = 160


def book(
    scope: Scope,
    service_id: UUID,
    slot_key: str,
    tickets: Sequence[NewTicket] = (NewTicket(),),
    *,
    customer_id: UUID | None = None,
    location_id: UUID | None = None,
    visit_address: str = "",
    note: str = "",
) -> BookingDetails:
    """A confirmed booking for the customer who acts; staff name the customer. `location_id`, or the customer's own
    address as `visit_address`, is for appointments.

    Raises `Missing`, `Denied`, `Refused("slot" or "tickets" or "note", …)`. Event: `booking.made`.
    """
    key, where = parse_slot_key(slot_key), Where(location_id, visit_address)
    with writing(scope.session):
        booking = new_booking(scope, service_id, key, tickets, customer_id=customer_id, where=where, note=note)
        return stored(scope, booking, tickets)


def new_booking(
    scope: Scope,
    service_id: UUID,
    key: OccurrenceKey | TimeKey,
    tickets: Sequence[NewTicket],
    *,
    customer_id: UUID | None,
    where: Where,
    note: str,
) -> Booking:
    """A booking whose places are taken, not stored yet. Raises what `book` raises."""
    owner = customer_id or scope.actor.id
    if owner is None or not may_book_for(scope.actor, owner):
        raise Denied(_("Please log in to book."))
    words, address = (
        checked_text("note", note, MAX_NOTE),
        clean_line(where.address, "visit_address", longest=MAX_ADDRESS),
    )
    service = read_service(scope, service_id)
    if not service.is_active or not scope.session.rows(store.CUSTOMER, {"customer": owner}).all():
        raise Missing
    price = price_of(scope, service, tickets)
    slot = find_slot(scope, service, key)
    return Booking(
        id=uuid7(),
        code=booking_code(),
        customer_id=owner,
        service_id=service.id,
        occurrence_id=take_place(scope, service, key, len(tickets), where.location_id),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status="confirmed",
        price=price,
        note=words,
        visit_address=address,
        created_at=scope.now,
    )


def stored(
    scope: Scope, booking: Booking, tickets: Sequence[NewTicket], more: Mapping[str, Any] = MappingProxyType({})
) -> BookingDetails:
    """Writes the booking, its tickets and its event, which tells `more` where there is more to tell."""
    scope.session.add(booking)
    ids = sorted(uuid7() for _ticket in tickets)  # those of one millisecond are in no order by themselves
    for ticket, price, id in zip(tickets, shares(scope, booking, tickets), ids, strict=True):
        scope.session.add(ticket_of(booking, ticket, price, id))
    scope.session.flush()
    made = read_booking(scope, booking.code)
    waited = {"from_waiting_list": True} if stop_waiting(scope, booking) else {}
    facts = {**place_facts(made), **waited, **more}
    record(scope, "booking.made", booking_id=booking.id, customer_id=booking.customer_id, after=facts)
    return read_booking(scope, booking.code)


def shares(scope: Scope, booking: Booking, tickets: Sequence[NewTicket]) -> list[int]:
    """What each ticket costs; together it is what the booking does."""
    if len(tickets) == 1:
        return [booking.price]
    return prices_of(scope, read_service(scope, booking.service_id), tickets)


def price_of(scope: Scope, service: ServiceFacts, tickets: Sequence[NewTicket]) -> int:
    """Minor units for all tickets; `Refused("tickets", …)` for a number or a kind that is not offered."""
    return sum(prices_of(scope, service, tickets))


def prices_of(scope: Scope, service: ServiceFacts, tickets: Sequence[NewTicket]) -> list[int]:
    """Minor units for each ticket; `Refused("tickets", …)` for a number or a kind that is not offered."""
    most = MAX_TICKETS if service.is_class else 1
    if not 1 <= len(tickets) <= most:
        raise Refused("tickets", _("Choose a number of places from 1 to %(most)s.", most=most))
    prices = {kind.id: kind.price for kind in list_ticket_types(scope, service.id)}
    if any(ticket.ticket_type_id not in {None, *prices} for ticket in tickets):
        raise Refused("tickets", _("Choose one of the ticket types."))
    return [prices[ticket.ticket_type_id] if ticket.ticket_type_id else service.price for ticket in tickets]


def take_place(
    scope: Scope, service: ServiceFacts, key: OccurrenceKey | TimeKey, places: int, location_id: UUID | None
) -> UUID:
    """Claims the slot; the occurrence's id."""
    if isinstance(key, TimeKey):
        return make_private_occurrence(scope, service, key.provider_id, location_id, key.starts_at)
    take_seats(scope, key.occurrence_id, places)
    return key.occurrence_id


def ticket_of(booking: Booking, ticket: NewTicket, price: int, id: UUID) -> Ticket:
    return Ticket(
        id=id,
        booking_id=booking.id,
        occurrence_id=booking.occurrence_id,
        ticket_type_id=ticket.ticket_type_id,
        attendee=checked_text("tickets", ticket.attendee, MAX_ATTENDEE),
        is_child=ticket.is_child,
        age=ticket.age,
        price=price,
    )

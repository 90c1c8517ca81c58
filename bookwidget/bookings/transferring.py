"""Transferring tickets of a class to another date of the same or of another class: the other face of moving.

All tickets of a booking go together, and the booking with them. Some of them go into a booking of their own, so that
every booking stands at one date, under one policy, in one tab.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bookwidget.bookings import settings as choices
from bookwidget.bookings import store
from bookwidget.bookings.asking import copy_answers
from bookwidget.bookings.changing import (
    CHANGED_MEANWHILE,
    Place,
    change_place,
    check_version,
    locked,
    place_facts,
    require,
    settle,
    stands_at,
    times_for,
)
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.models import Booking
from bookwidget.bookings.notes import copy_accepted
from bookwidget.bookings.policy import binds_value
from bookwidget.bookings.results import BookingDetails, HeldTicket, MoveChoices
from bookwidget.catalog.actions import (
    ServiceFacts,
    TicketTypeFacts,
    cheapest_ticket_types,
    list_services,
    list_ticket_types,
    read_service,
)
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import booking_code, uuid7
from bookwidget.kernel.money import Money
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import OccurrenceKey, Slot, find_slot, parse_slot_key
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing


@dataclass(frozen=True)
class Transfer:
    """What is asked for: which tickets go where, and as what."""

    slot_key: str
    tickets: tuple[UUID, ...] = ()
    """Empty: all of the booking."""
    kinds: Mapping[UUID, UUID | None] = field(default_factory=dict)
    """By ticket: a ticket type of the target, or None for its standard one. Left out: what comes closest."""


@dataclass(frozen=True)
class TicketChange:
    """What becomes of one ticket."""

    ticket: HeldTicket
    kind_id: UUID | None
    kind: str
    """Name of the new type; empty: the standard one."""
    price: Money


@dataclass(frozen=True)
class TransferOffer:
    """Where the tickets would go, as what, and for how much. Nothing has changed yet."""

    booking: BookingDetails
    service: ServiceFacts
    slot: Slot
    location: str
    kinds: tuple[TicketTypeFacts, ...]
    """The target's ticket types; its standard one stands beside them."""
    changes: tuple[TicketChange, ...]
    old_price: Money
    price: Money
    is_too_dear: bool
    """The business lets tickets go only to those of equal or lower value."""

    @property
    def difference(self) -> Money:
        """More than 0: to be paid."""
        return self.price - self.old_price


def services_to_transfer_to(scope: Scope, code: str, tickets: Sequence[UUID] = ()) -> tuple[ServiceFacts, ...]:
    """The booking's own class, then the others that take these tickets (none named: all), by name.

    Raises `Missing`, `Denied`, `Refused("tickets", …)`.
    """
    booking = read_booking(scope, code)
    require(booking.may_transfer)
    own = read_service(scope, booking.service_id)
    leaving = chosen(booking, tickets)
    most = value_of(leaving, booking).amount if is_bound(scope, booking, own) else None
    cheapest = cheapest_ticket_types(scope)

    def is_open(service: ServiceFacts) -> bool:
        least = min(service.price, cheapest.get(service.id, service.price)) * len(leaving)
        return takes_transfers(scope, service) and (most is None or least <= most)

    others = (service for service in list_services(scope) if service.id != own.id)
    return (own, *(service for service in others if is_open(service)))


def slots_to_transfer_to(
    scope: Scope, code: str, service_id: UUID, first_day: date, days: int = 28, *, tickets: Sequence[UUID] = ()
) -> MoveChoices:
    """Dates of a class with room for these tickets (none named: all), like `slots_to_move_to`.

    Raises `Missing`, `Denied`, `Refused("tickets", …)`.
    """
    booking = read_booking(scope, code)
    require(booking.may_transfer)
    service = read_service(scope, service_id)
    if service.id != booking.service_id and not takes_transfers(scope, service):
        raise Missing
    return times_for(scope, booking, service, first_day, days, places=len(chosen(booking, tickets)))


def offer_transfer(scope: Scope, code: str, wanted: Transfer) -> TransferOffer:
    """What a transfer would change, for the review. Raises what `transfer_tickets` raises."""
    booking = read_booking(scope, code)
    require(booking.may_transfer)
    return offer_for(scope, booking, wanted)


def transfer_tickets(
    scope: Scope, code: str, wanted: Transfer, *, moves: int | None, price: int | None
) -> BookingDetails:
    """Transfers all of these tickets or none of them; the booking in which they are now. Going where they are
    changes nothing.

    `moves` is what the form was made for and `price` (minor units) the new one that it showed; None does not compare.
    Raises `Missing`, `Denied`, `Refused("slot" or "tickets" or "kinds", …)`. Event: `booking.transferred`.
    """
    key = class_key(wanted)
    with writing(scope.session):
        booking = locked(scope, code)
        if booking.status != "cancelled" and stands_at(booking, key):
            return booking
        gone_to = already_gone(scope, booking, wanted, key)
        if gone_to is not None:
            return gone_to
        require(booking.may_transfer)
        check_version(booking, moves)
        offer = offer_for(scope, booking, wanted)
        if offer.is_too_dear:
            raise Refused("kinds", _("Tickets can go only to those of equal or lower value."))
        if price is not None and price != offer.price.amount:
            raise Refused("kinds", _("The price has changed in the meantime. Please check it."))
        leaving = [change.ticket for change in offer.changes]
        place = change_place(scope, booking, offer.service, key, leaving)
        moved = carry_over(scope, offer, place)
        record(
            scope,
            "booking.transferred",
            booking_id=moved.id,
            customer_id=booking.customer_id,
            before=facts(booking, offer.old_price, [ticket.kind for ticket in leaving]),
            after=facts(moved, offer.price, [change.kind for change in offer.changes]),
        )
        return read_booking(scope, moved.code)


def offer_for(scope: Scope, booking: BookingDetails, wanted: Transfer) -> TransferOffer:
    key, leaving = class_key(wanted), chosen(booking, wanted.tickets)
    row = scope.session.rows(store.PUBLISHED, {"occurrence": key.occurrence_id}).one_or_none()
    if row is None:
        raise Refused("slot", _("Choose one of the dates."))
    own = read_service(scope, booking.service_id)
    service = own if row.service_id == own.id else read_service(scope, row.service_id)
    if service is not own and not takes_transfers(scope, service):
        raise Refused("slot", _("Choose one of the dates."))
    slot = find_slot(scope, service, key, ignoring_occurrence=booking.occurrence_id)
    if slot.places_left < len(leaving):
        raise Refused("slot", _("There are not enough places left. Please choose another time."))
    kinds = list_ticket_types(scope, service.id)
    changes = tuple(change_of_ticket(ticket, wanted, service, kinds) for ticket in leaving)
    old, new = (value_of(tickets, booking) for tickets in (leaving, changes))
    is_too_dear = new.amount > old.amount and is_bound(scope, booking, own)
    return TransferOffer(booking, service, slot, row.location, kinds, changes, old, new, is_too_dear)


def carry_over(scope: Scope, offer: TransferOffer, place: Place) -> BookingDetails:
    """Writes down where the tickets are now; the booking that they are in."""
    booking, changes = offer.booking, offer.changes
    if len(changes) == len(booking.tickets):
        into, code = booking.id, booking.code
        settle(scope, booking, *place)
        values = {"booking": booking.id, "service": offer.service.id, "amount": offer.price.amount}
        scope.session.rows(store.REPLACE, values)
    else:
        into, code = split_off(scope, offer, place)
    for change in changes:
        values = {"of": change.ticket.id, "into": into, "target": place[0], "kind": change.kind_id}
        scope.session.rows(store.TRANSFER_TICKET, {**values, "amount": change.price.amount})
    return read_booking(scope, code)


def split_off(scope: Scope, offer: TransferOffer, place: Place) -> tuple[UUID, str]:
    """A booking of their own for the tickets that leave: its id and code. It counts as moved as often as the old one,
    was booked when that was, and has the same answers and agreements.
    """
    booking, (occurrence_id, starts_at, ends_at) = offer.booking, place
    scope.session.rows(store.SPLIT, {"booking": booking.id, "amount": offer.old_price.amount})
    own = Booking(
        id=uuid7(),
        code=booking_code(),
        customer_id=booking.customer_id,
        service_id=offer.service.id,
        occurrence_id=occurrence_id,
        starts_at=starts_at,
        ends_at=ends_at,
        status=booking.status,
        price=offer.price.amount,
        note=booking.note,
        moves=booking.moves + 1,
        created_at=booking.created_at,
        split_from_id=booking.id,
    )
    scope.session.add(own)
    scope.session.flush()
    copy_answers(scope, booking.id, own.id)
    copy_accepted(scope, booking.id, own.id)
    return own.id, own.code


def change_of_ticket(
    ticket: HeldTicket, wanted: Transfer, service: ServiceFacts, kinds: Sequence[TicketTypeFacts]
) -> TicketChange:
    """`Refused("kinds", …)` for a type that the service has not."""
    kind_id = wanted.kinds.get(ticket.id, nearest_kind(ticket, kinds))
    price = Money(service.price, ticket.price.currency)
    if kind_id is None:
        return TicketChange(ticket, None, "", price)
    for kind in kinds:
        if kind.id == kind_id:
            return TicketChange(ticket, kind.id, kind.name, Money(kind.price, price.currency))
    raise Refused("kinds", _("Choose one of the ticket types."))


def nearest_kind(ticket: HeldTicket, kinds: Sequence[TicketTypeFacts]) -> UUID | None:
    """The same type, one of the same name, one for children for a child; else the standard one."""
    same = [kind.id for kind in kinds if kind.id == ticket.kind_id]
    named = [kind.id for kind in kinds if kind.name == ticket.kind]
    childrens = [kind.id for kind in kinds if kind.is_child and ticket.is_child]
    return next(iter([*same, *named, *childrens]), None)


def chosen(booking: BookingDetails, ids: Sequence[UUID]) -> tuple[HeldTicket, ...]:
    """The live tickets with these ids, or all; `Refused("tickets", …)` if one of them is no longer there."""
    found = tuple(ticket for ticket in booking.tickets if not ids or ticket.id in ids)
    if not found or len(found) < len(set(ids)):
        raise Refused("tickets", CHANGED_MEANWHILE)
    return found


def already_gone(scope: Scope, booking: BookingDetails, wanted: Transfer, key: OccurrenceKey) -> BookingDetails | None:
    """The booking into which exactly these tickets went before, by the first of two clicks."""
    if not wanted.tickets:
        return None
    values = {"booking": booking.id, "target": key.occurrence_id, "tickets": list(wanted.tickets)}
    rows = scope.session.rows(store.GONE_TO, values).all()
    if len(rows) == 1 and rows[0][1] == len(set(wanted.tickets)):
        return read_booking(scope, rows[0][0])
    return None


def class_key(wanted: Transfer) -> OccurrenceKey:
    key = parse_slot_key(wanted.slot_key)
    if not isinstance(key, OccurrenceKey):
        raise Refused("slot", _("Choose one of the dates."))
    return key


def takes_transfers(scope: Scope, service: ServiceFacts) -> bool:
    """Whether tickets of other classes may come here. Staff are not bound."""
    is_welcome = scope.actor.is_staff or scope.tenant.settings.for_service(service.settings)[choices.TRANSFER_TARGET]
    return service.is_class and service.is_active and is_welcome


def is_bound(scope: Scope, booking: BookingDetails, own: ServiceFacts) -> bool:
    """Whether the tickets may go only to those of equal or lower value; their own class decides."""
    return binds_value(booking.may_transfer, scope.tenant.settings.for_service(own.settings))


def value_of(tickets: Iterable[HeldTicket | TicketChange], booking: BookingDetails) -> Money:
    """Of all of them together: what one costs more another may cost less."""
    return Money(sum(ticket.price.amount for ticket in tickets), booking.price.currency)


def facts(booking: BookingDetails, price: Money, kinds: Sequence[str]) -> dict[str, Any]:
    """Where the transferred tickets were or are, as the event keeps it; `price` (minor units) is theirs alone."""
    return {
        **place_facts(booking),
        "code": booking.code,
        "price": price.amount,
        "places": len(kinds),
        "kinds": [kind for kind in kinds if kind],
    }

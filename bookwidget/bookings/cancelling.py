"""Cancelling. It locks the booking, then reads, decides and writes in one transaction.

For some minutes the places stay kept by a hold, so that undoing restores the very same booking and nobody else
can have them meanwhile. When it has lapsed, whoever takes a place gives them back first: no worker is needed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from bookwidget.bookings import settings as choices
from bookwidget.bookings import store
from bookwidget.bookings.changing import check_seen, locked, place_facts, places_of, require
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.results import BookingDetails, HeldTicket
from bookwidget.bookings.rules import checked_text
from bookwidget.catalog.actions import read_service
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Missing
from bookwidget.schedule.actions import (
    change_places,
    hold_for_undo,
    lock_occurrences,
    lock_providers,
    release_private_occurrence,
)
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_REASON = 500


def cancel_booking(scope: Scope, code: str, *, reason: str = "", moves: int | None = None) -> BookingDetails:
    """Cancels all of a booking and frees its places, at once or when undoing is over. What is cancelled already is
    answered as it is. `moves` is what the form was made for; None does not compare.

    Raises `Missing`, `Denied`, `Refused("reason", …)`, `Refused("", …)` if the booking has moved since. Event:
    `booking.cancelled`.
    """
    why = checked_text("reason", reason, MAX_REASON)
    with writing(scope.session):
        booking = locked(scope, code)
        if booking.status == "cancelled":
            return booking
        require(booking.may_cancel)
        check_seen(booking, moves)
        drop(scope, booking, why)
        return read_booking(scope, code)


def cancel_ticket(
    scope: Scope, code: str, ticket_id: UUID, *, reason: str = "", moves: int | None = None
) -> BookingDetails:
    """Cancels one ticket of several, for good: its place is free at once and the price falls by the ticket's. With the
    last one the booking is cancelled. What is cancelled already is answered as it is. `moves` as in `cancel_booking`.

    Raises `Missing`, `Denied`, `Refused("reason" or "", …)`. Event: `booking.ticket_cancelled`, or `booking.cancelled`.
    """
    why = checked_text("reason", reason, MAX_REASON)
    with writing(scope.session):
        booking = locked(scope, code)
        if not scope.session.rows(store.TICKET, {"of": ticket_id, "booking": booking.id}).all():
            raise Missing
        ticket = next((one for one in booking.tickets if one.id == ticket_id), None)
        if ticket is None or booking.status == "cancelled":
            return booking
        require(booking.may_cancel)
        check_seen(booking, moves)
        if len(booking.tickets) > 1:
            cancel_one(scope, booking, ticket, why)
        else:
            drop(scope, booking, why)
        return read_booking(scope, code)


def cancel_one(scope: Scope, booking: BookingDetails, ticket: HeldTicket, why: str) -> None:
    fee = booking.may_cancel.fee(ticket.price.amount)
    change_places(scope, {ticket.occurrence_id: -1})
    scope.session.rows(store.CANCEL_TICKET, {"of": ticket.id, "fee": fee})
    scope.session.rows(store.CHEAPEN, {"booking": booking.id, "amount": ticket.price.amount})
    left = booking.price - ticket.price
    record(
        scope,
        "booking.ticket_cancelled",
        booking_id=booking.id,
        customer_id=booking.customer_id,
        before={
            **place_facts(booking),
            "price": booking.price.amount,
            "places": len(booking.tickets),
            "ticket": str(ticket.id),
            "attendee": ticket.name,
        },
        after={"reason": why, **fee_facts(booking, fee), "price": left.amount, "places": len(booking.tickets) - 1},
    )


def fee_facts(booking: BookingDetails, fee: int) -> dict[str, int]:
    """What cancelling costs now, as an event keeps it."""
    return {"fee": fee, "fee_percent": booking.may_cancel.fee_percent}


def drop(
    scope: Scope,
    booking: BookingDetails,
    why: str,
    *,
    kind: str = "booking.cancelled",
    together: UUID | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Cancels a locked booking, inside the caller's write transaction. `together` names a cancellation of several;
    `kind` is that of the event, which tells `more` where there is more to tell.
    """
    places = places_of(booking.tickets)
    until, hold_id = undo_until(scope, booking), None
    if until is not None and len(places) == 1:
        hold_id = keep_places(scope, booking, places, until)
    else:
        until = None
        free_places(scope, booking, places)
    fee = booking.may_cancel.fee(booking.price.amount)
    values = {"booking": booking.id, "at": scope.now, "by": scope.actor.kind.value, "why": why, "fee": fee}
    scope.session.rows(store.CANCEL, {**values, "undo_until": until, "undo_hold": hold_id, "together": together})
    record(
        scope,
        kind,
        booking_id=booking.id,
        customer_id=booking.customer_id,
        before={**place_facts(booking), "price": booking.price.amount},
        after={"reason": why, **fee_facts(booking, fee), **more},
    )


def undo_until(scope: Scope, booking: BookingDetails) -> datetime | None:
    """When undoing ends; None where it is not offered. Never later than the start."""
    if scope.actor.kind is not ActorKind.CUSTOMER or booking.is_occurrence_cancelled:
        return None
    settings = scope.tenant.settings.for_service(read_service(scope, booking.service_id).settings)
    until = min(scope.now + timedelta(minutes=settings[choices.UNDO_MINUTES]), booking.starts_at)
    return until if until > scope.now else None


def minutes_to_undo(scope: Scope, booking: BookingDetails) -> int:
    """How long a cancellation made now could be undone; 0: not at all."""
    until = undo_until(scope, booking)
    return 0 if until is None else (until - scope.now) // timedelta(minutes=1)


def keep_places(scope: Scope, booking: BookingDetails, places: dict[UUID, int], until: datetime) -> UUID:
    """The hold that has the booking's places from now on."""
    [(occurrence_id, count)] = places.items()
    if booking.kind == "appointment":
        lock_providers(scope, booking.provider_id)
    else:
        lock_occurrences(scope, occurrence_id)
    return hold_for_undo(scope, occurrence_id, count, until)


def free_places(scope: Scope, booking: BookingDetails, places: dict[UUID, int]) -> None:
    if booking.kind == "appointment":
        release_private_occurrence(scope, booking.occurrence_id)
    else:
        change_places(scope, {occurrence: -count for occurrence, count in places.items()})

"""Staff book for a customer: one whom they know, or a new one."""

from collections.abc import Sequence
from uuid import UUID

from bookwidget.accounts.customers import put_new_customer
from bookwidget.accounts.guests import Guest, cleaned
from bookwidget.bookings.booking import new_booking, stored
from bookwidget.bookings.holding import code_of
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.results import BookingDetails, NewTicket
from bookwidget.bookings.where import Where
from bookwidget.kernel.errors import Missing
from bookwidget.schedule.actions import parse_slot_key
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing


def book_for(
    scope: Scope,
    service_id: UUID,
    slot_key: str,
    tickets: Sequence[NewTicket],
    *,
    customer: UUID | Guest,
    where: Where,
    note: str,
    booking_id: UUID,
) -> BookingDetails:
    """A confirmed booking for somebody. Notice and horizon do not bind staff; the number of places does.

    `booking_id` is the form's: sent twice, it is one booking, and one new customer. Raises `Missing`,
    `Refused("slot", "tickets", "note", "visit_address" or a field of the new customer, …)`. Events: `customer.added`
    for a new one, `booking.made`.
    """
    if not scope.actor.is_staff:
        raise Missing
    key = parse_slot_key(slot_key)
    with writing(scope.session):
        code = code_of(scope, booking_id)
        if code is not None:
            return read_booking(scope, code)
        owner = customer if isinstance(customer, UUID) else put_new_customer(scope, cleaned(scope, customer))
        booking = new_booking(scope, service_id, key, tickets, customer_id=owner, where=where, note=note)
        booking.id = booking_id
        return stored(scope, booking, tickets)

"""Booking the same once more: the booking that the address names fills the form, for who may read it."""

from uuid import UUID

from flask import request

from bookwidget.bookings.actions import (
    Details,
    details_again,
    open_by_link,
    read_booking,
    read_booking_token,
)
from bookwidget.kernel.errors import Denied, Missing
from bookwidget.web import place, services

from .forms import DetailsForm, Person


def key() -> str:
    """What the address says: the code of a booking of one's own, or the token of a mail's link."""
    return request.args.get("again", "")


def wanted(service_id: UUID) -> Details | None:
    """What the form was filled with then; None for another service, and for what is not there for this visitor."""
    if not key():
        return None
    try:
        if place().signed_in:
            scope = place().scope()
            booking = read_booking(scope, key())
        else:
            scope, booking = open_by_link(
                place().scope(), read_booking_token(services().tokens, place().tenant.id, key())
            )
    except (Missing, Denied):
        return None
    return details_again(scope, booking) if booking.service_id == service_id else None


def places(service_id: UUID) -> int:
    """As many as then."""
    old = wanted(service_id)
    return len(old.tickets) if old else 1


def people(old: Details, places: int) -> list[Person]:
    """Those who came then, as far as so many places are kept."""
    tickets = list(old.tickets)[:places]
    rows = [
        Person(
            number,
            ticket.attendee,
            ticket.is_child,
            "" if ticket.age is None else str(ticket.age),
            ticket.ticket_type_id.hex if ticket.ticket_type_id else "",
        )
        for number, ticket in enumerate(tickets)
    ]
    return rows + [Person(number) for number in range(len(rows), places)]


def form(old: Details) -> DetailsForm:
    return DetailsForm(formdata=None, note=old.note, where=old.where, visit_address=old.visit_address)

"""Who came: staff's mark on a ticket, which wins over what is assumed without one."""

from uuid import UUID

from bookwidget.bookings import store_desk
from bookwidget.bookings.changing import locked, require
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.results import BookingDetails
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MARKS = ("", "attended", "absent")
"""Empty: no mark, so the rule decides (`rules.marked`)."""


def mark_attendance(scope: Scope, code: str, ticket_id: UUID, mark: str, *, was: str | None = None) -> BookingDetails:
    """Says of one live ticket whether its attendee came. The mark that stands already is no change.

    `was` is the mark that the page showed; None does not compare. Raises `Missing`, `Denied`, `Refused("mark", …)`
    also if somebody else has marked it meanwhile. Event: `booking.attendance_marked`.
    """
    if mark not in MARKS:
        raise Refused("mark", _("Choose one of the listed values."))
    with writing(scope.session):
        booking = locked(scope, code)
        require(booking.policy(Permission.BOOKING_MARK))
        ticket = {"of": booking.id, "ticket": ticket_id}
        before = scope.session.rows(store_desk.MARK, ticket).one_or_none()
        if before is None:
            raise Missing
        if before.attendance == mark:
            return booking
        if was is not None and was != before.attendance:
            raise Refused("mark", _("Somebody else has marked it in the meantime. Please look at it again."))
        scope.session.rows(store_desk.SET_MARK, {**ticket, "mark": mark})
        record(
            scope,
            "booking.attendance_marked",
            booking_id=booking.id,
            customer_id=booking.customer_id,
            before={"attendance": before.attendance},
            after={"ticket": str(ticket_id), "attendee": before.attendee, "attendance": mark},
        )
        return read_booking(scope, code)

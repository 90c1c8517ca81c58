"""Staff let a customer do one thing with one booking, although the business's rules say no.

Reality still binds: nobody cancels or moves what is over or cancelled. What was allowed stands in the booking's row,
so the policy needs no statement more; why it was allowed stands in the event.
"""

from datetime import datetime

from bookwidget.bookings import store_desk
from bookwidget.bookings.changing import locked, require
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.policy import OVERRIDABLE
from bookwidget.bookings.results import BookingDetails
from bookwidget.bookings.rules import checked_text
from bookwidget.events.record import record
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_REASON = 500


def allow_anyway(
    scope: Scope, code: str, permission: Permission, *, reason: str, until: datetime | None
) -> BookingDetails:
    """Allows the customer to cancel, move, transfer or postpone this booking until an instant, at the latest its
    start. A new permission takes the place of the one before; what stands already is answered as it is.

    Raises `Missing`, `Denied`, `Refused("permission" or "reason" or "until", …)`. Event: `booking.override_given`.
    """
    why = checked_text("reason", reason, MAX_REASON)
    if not why:
        raise Refused("reason", _("Please fill this in."))
    with writing(scope.session):
        booking = locked(scope, code)
        require(booking.policy(Permission.BOOKING_OVERRIDE))
        if permission not in OVERRIDABLE[booking.kind]:
            raise Refused("permission", _("Choose one of the listed values."))
        if until is None or until <= scope.now:
            raise Refused("until", _("Choose a time that is still to come."))
        end = min(until, booking.starts_at)
        if booking.override and (booking.override.permission, booking.override.until) == (permission, end):
            return booking
        values = {"of": booking.id, "permission": permission.value, "end": end}
        scope.session.rows(store_desk.OVERRIDE, values)
        record(
            scope,
            "booking.override_given",
            booking_id=booking.id,
            customer_id=booking.customer_id,
            after={"permission": permission.value, "until": end.isoformat(), "reason": why},
        )
        return read_booking(scope, code)


def withdraw_override(scope: Scope, code: str) -> BookingDetails:
    """The rules alone decide again. Without an override the booking is answered as it is.

    Raises `Missing`, `Denied`. Event: `booking.override_withdrawn`.
    """
    with writing(scope.session):
        booking = locked(scope, code)
        require(booking.policy(Permission.BOOKING_OVERRIDE))
        if booking.override is None:
            return booking
        scope.session.rows(store_desk.OVERRIDE, {"of": booking.id, "permission": "", "end": None})
        record(
            scope,
            "booking.override_withdrawn",
            booking_id=booking.id,
            customer_id=booking.customer_id,
            before={"permission": booking.override.permission.value},
        )
        return read_booking(scope, code)

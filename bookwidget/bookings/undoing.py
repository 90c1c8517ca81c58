"""Undoing a cancellation: of one booking, or of all dates of a series that one press cancelled."""

from collections.abc import Mapping
from uuid import UUID

from bookwidget.bookings import store, store_series
from bookwidget.bookings.changing import locked, place_facts, require
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.results import BookingDetails
from bookwidget.bookings.series import QUIET, ask_for_dates, times_of
from bookwidget.bookings.series_reading import in_locked_series
from bookwidget.events.record import record
from bookwidget.schedule.actions import claim_hold, lock_providers
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing


def undo_cancel(scope: Scope, code: str) -> BookingDetails:
    """Takes a cancellation back: the same booking, tickets and places. What one press cancelled comes back together.
    What is not cancelled is answered as it is.

    Raises `Missing`, `Denied`, `Refused("slot", …)`. Event: `booking.restored`, for each date.
    """
    with writing(scope.session):
        seen = read_booking(scope, code)
        if seen.series_id and seen.cancelled_with:
            restore_together(scope, code, seen.series_id, seen.cancelled_with)
        else:
            restore_one(scope, code)
        return read_booking(scope, code)


def restore_one(scope: Scope, code: str) -> None:
    booking = locked(scope, code)
    if booking.status == "cancelled":
        require(booking.may_undo)
        restore(scope, booking, {})


def restore_together(scope: Scope, code: str, series_id: UUID, together: UUID) -> None:
    """All that can still be undone; the series goes on as before."""
    series_id = in_locked_series(scope, code).series_id or series_id
    of_it = {"series": series_id, "together": together}
    scope.session.rows(store_series.LOCK_TOGETHER, of_it).all()
    booking = read_booking(scope, code)
    if booking.cancelled_with != together:
        return  # somebody was faster
    require(booking.may_undo)
    all_of_it = [read_booking(scope, row.code) for row in scope.session.rows(store_series.TOGETHER, of_it).all()]
    back = [one for one in all_of_it if one.may_undo.allowed]
    lock_providers(scope, *(one.provider_id for one in back))
    first_day = scope.session.rows(store_series.FIRST_TOGETHER, of_it).scalar_one()
    scope.session.rows(store_series.REOPEN, {"of": series_id, "together": together})
    scope.session.rows(store_series.GO_ON_FROM, {"of": series_id, "together": together, "day": first_day})
    others = [one for one in back if one.id != booking.id]
    restore(
        scope,
        booking,
        {
            "others": [str(one.id) for one in others],
            "dates": [times_of(one.starts_at, one.ends_at) for one in others],
        },
    )
    for one in others:
        restore(scope, one, QUIET)
    ask_for_dates(scope, series_id, scope.now, undone=together)


def restore(scope: Scope, booking: BookingDetails, more: Mapping[str, object]) -> None:
    claim_hold(scope, scope.session.rows(store.UNDO_HOLD, {"booking": booking.id}).scalar_one())
    scope.session.rows(store.RESTORE, {"booking": booking.id})
    record(
        scope,
        "booking.restored",
        booking_id=booking.id,
        customer_id=booking.customer_id,
        after={**place_facts(booking), **more},
    )

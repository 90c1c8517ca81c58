"""This date of a series and all later ones: cancelling them, or postponing the series to a day."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bookwidget.bookings import store_series as store
from bookwidget.bookings.cancelling import MAX_REASON, drop
from bookwidget.bookings.changing import require
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.postponing import check_later
from bookwidget.bookings.results import BookingDetails
from bookwidget.bookings.rules import checked_text
from bookwidget.bookings.series import QUIET, SeriesFacts, times_of
from bookwidget.bookings.series_reading import (
    SeriesChoice,
    choice,
    later_rows,
    locked_series,
    noon_or,
    series_of,
)
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.actions import lock_providers
from bookwidget.schedule.rules import day_starts_at
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

CHANGED: Text = _("Something has changed in the meantime. Please look at the dates again.")
YEARS_AHEAD = timedelta(days=5 * 366)
"""So far a rhythm is followed to find its next date."""


def plan_cancel(scope: Scope, code: str) -> SeriesChoice:
    """What cancelling this and all later dates would do now. Raises `Missing`."""
    return cancel_choice(scope, *series_of(scope, code))


def cancel_choice(scope: Scope, booking: BookingDetails, series: SeriesFacts) -> SeriesChoice:
    return choice(booking, later_rows(scope, series, booking.starts_at), lambda row: row.may_cancel)


def cancel_series(scope: Scope, code: str, *, reason: str = "", seen: str | None) -> SeriesChoice:
    """Cancels this date and all later ones, as far as each may be, and makes no new ones; what was done.

    `seen` is what the form was made for; None does not compare. The same again changes nothing. Raises `Missing`,
    `Denied`, `Refused("reason" or "which", …)`. Events: a `booking.cancelled` each, of which the first tells of all.
    """
    why = checked_text("reason", reason, MAX_REASON)
    with writing(scope.session):
        booking, series = locked_series(scope, code)
        plan = cancel_choice(scope, booking, series)
        if not plan.going and series.ends_before is not None:
            return plan
        if not plan.going:
            raise Denied(plan.staying[0][1] if plan.staying else _("This booking has already been cancelled."))
        check_seen(plan, seen)
        together = uuid7()
        day = scope.session.rows(store.DAY_OF, {"series": series.id, "booking": booking.id}).scalar_one()
        scope.session.rows(store.END, {"of": series.id, "day": day, "together": together})
        drop_all(scope, plan, why, together, {})
        return plan


def plan_postpone(scope: Scope, code: str, day: date) -> SeriesChoice:
    """What postponing a series to `day`, from this date on, would do now. Raises `Missing`, `Denied`,
    `Refused("day", …)`.
    """
    booking, series = series_of(scope, code)
    return postpone_choice(scope, booking, series, day)


def postpone_choice(scope: Scope, booking: BookingDetails, series: SeriesFacts, day: date) -> SeriesChoice:
    require(booking.may_postpone)
    check_later(scope, booking, day)
    until = day_starts_at(day, scope.tenant.zone)
    rows = [one for one in later_rows(scope, series, booking.starts_at) if one.row.starts_at < until]
    following = series.days(day, day + YEARS_AHEAD)
    next_at = noon_or(scope, following[0], series.minute) if following else None
    return choice(booking, rows, lambda row: row.may_postpone, day, next_at=next_at)


def postpone_series(scope: Scope, code: str, day: date, *, seen: str | None) -> SeriesChoice:
    """Nothing of the series takes place from this date on before `day`; then it follows its old rhythm.

    `seen` as in `cancel_series`. Raises `Missing`, `Denied`, `Refused("day" or "which", …)`. Events: a
    `booking.postponed` for each date that is dropped, of which the first tells of all.
    """
    with writing(scope.session):
        booking, series = locked_series(scope, code)
        if booking.status == "cancelled" and series.resumes_on == day:
            return choice(booking, (), lambda row: row.may_postpone, day)
        plan = postpone_choice(scope, booking, series, day)
        check_seen(plan, seen)
        together = uuid7()
        scope.session.rows(store.POSTPONE, {"of": series.id, "day": day, "together": together})
        more = {"resumes_on": day.isoformat(), "next_at": plan.next_at.isoformat() if plan.next_at else ""}
        drop_all(scope, plan, "", together, more, kind="booking.postponed")
        return plan


def check_seen(plan: SeriesChoice, seen: str | None) -> None:
    if seen is not None and seen != plan.seen:
        raise Refused("which", CHANGED)


def drop_all(
    scope: Scope,
    plan: SeriesChoice,
    why: str,
    together: UUID,
    more: dict[str, Any],
    *,
    kind: str = "booking.cancelled",
) -> None:
    """The first event tells of all, so that one mail does."""
    first, *others = [read_booking(scope, row.code) for row in plan.going]
    lock_providers(scope, *(one.provider_id for one in (first, *others)))
    told = {
        **more,
        "others": [str(one.id) for one in others],
        "dates": dates_of(others),
        "staying": dates_of(row for row, _why in plan.staying),
    }
    drop(scope, first, why, kind=kind, together=together, more=told)
    for one in others:
        drop(scope, one, why, kind=kind, together=together, more={**more, **QUIET})


def dates_of(rows: Any) -> list[dict[str, str]]:
    return [times_of(row.starts_at, row.ends_at) for row in rows]

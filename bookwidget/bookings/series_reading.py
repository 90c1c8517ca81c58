"""A series as its customer sees it, and which of its dates a change would touch."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bookwidget.bookings import store_series as store
from bookwidget.bookings.listing import facts_of_row, read_booking
from bookwidget.bookings.policy import Answer
from bookwidget.bookings.results import BookingDetails, BookingRow
from bookwidget.bookings.series import SeriesFacts, read_facts
from bookwidget.bookings.series_rules import Kind, Rhythm, words_of_rhythm
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.ids import digest
from bookwidget.kernel.text import Text
from bookwidget.schedule.rules import DAY, existing_instant, local_day, wall_time
from bookwidget.tenancy.scope import Scope

SHOWN = 5
FAR = 3660 * DAY
"""Further than any rhythm is followed."""


@dataclass(frozen=True)
class LeftOut:
    """A day of a series without a booking."""

    at: datetime
    why: str
    """`taken`, `closed` or `no_time`."""


@dataclass(frozen=True)
class SeriesDetails:
    """What a booking's page tells of its series."""

    words: Text
    """How it repeats."""
    times: int | None
    until: datetime | None
    """On its last day, if one was named."""
    is_ended: bool
    """No further dates will be made."""
    resumes_at: datetime | None
    """On the day to which it is postponed, which is still to come."""
    next: tuple[BookingRow, ...]
    """The next dates that are booked."""
    left_out: tuple[LeftOut, ...]
    """Days to come that were left out."""


@dataclass(frozen=True)
class SeriesRow:
    """One live date of a series."""

    row: BookingRow
    occurrence_id: UUID
    provider_id: UUID
    day: date
    """Of the rhythm."""


@dataclass(frozen=True)
class SeriesChoice:
    """What changing this date and all later ones would do."""

    booking: BookingDetails
    going: tuple[BookingRow, ...]
    staying: tuple[tuple[BookingRow, Text], ...]
    """What stays as it is, and why."""
    seen: str
    """Names all this; a form sends it back."""
    next_at: datetime | None = None
    """Of a postponement: when the rhythm goes on; None: never."""


def read_series(scope: Scope, booking: BookingRow) -> SeriesDetails | None:
    """None for a booking that does not repeat."""
    if booking.series_id is None:
        return None
    series, today = read_facts(scope, booking.series_id), local_day(scope.now, scope.tenant.zone)
    rows = later_rows(scope, series, scope.now)
    days = scope.session.rows(store.DAYS, {"series": series.id, "since": today})
    known = {row.day: row.left_out for row in days}
    left_out = sorted((day, why) for day, why in known.items() if why)
    is_ended = all(day in known for day in series.days(today + DAY, today + FAR))
    is_postponed = series.postponed_with is not None and (series.resumes_on or today) > today
    return SeriesDetails(
        words_of_rhythm(series.rhythm, series.first_day),
        series.times,
        noon_or(scope, series.last_day, series.minute) if series.last_day else None,
        is_ended,
        noon_or(scope, series.resumes_on, series.minute) if is_postponed and series.resumes_on else None,
        tuple(one.row for one in rows[:SHOWN]),
        tuple(LeftOut(noon_or(scope, day, series.minute), why) for day, why in left_out),
    )


def noon_or(scope: Scope, day: date, minute: int) -> datetime:
    """The instant of a date; noon of the day where the clock does not show it."""
    zone = scope.tenant.zone
    instant = existing_instant(wall_time(day, minute), zone) or existing_instant(wall_time(day, 720), zone)
    return instant or scope.now


def later_rows(scope: Scope, series: SeriesFacts, since: datetime) -> list[SeriesRow]:
    """The live dates from an instant on, in order, in one statement."""
    rows: Iterable[Any] = scope.session.rows(store.LATER, {"series": series.id, "since": since}).all()
    return [
        SeriesRow(
            BookingRow(*facts_of_row(scope, row, row.customer_id, ())),
            row.occurrence_id,
            row.provider_id,
            row.day,
        )
        for row in rows
    ]


def series_of(scope: Scope, code: str) -> tuple[BookingDetails, SeriesFacts]:
    """`Missing` for strangers, and for a booking that does not repeat."""
    booking = read_booking(scope, code)
    if booking.series_id is None:
        raise Missing
    return booking, read_facts(scope, booking.series_id)


def locked_series(scope: Scope, code: str) -> tuple[BookingDetails, SeriesFacts]:
    """The same once nobody else can change the series, nor this date nor a later one."""
    booking = in_locked_series(scope, code)
    scope.session.rows(store.LOCK_LATER, {"series": booking.series_id, "since": booking.starts_at}).all()
    return series_of(scope, code)


def in_locked_series(scope: Scope, code: str) -> BookingDetails:
    """The booking once its series is locked. Whoever was faster may have put it into another one, which is newer: so
    nobody waits in a circle. A booking that does not repeat is given back as it is.
    """
    locked, booking = None, read_booking(scope, code)
    while booking.series_id != locked:
        locked = booking.series_id
        scope.session.rows(store.LOCK, {"series": locked}).all()
        booking = read_booking(scope, code)
    return booking


def choice(
    booking: BookingDetails,
    rows: Iterable[SeriesRow],
    decide: Callable[[BookingRow], Answer],
    *more: object,
    next_at: datetime | None = None,
) -> SeriesChoice:
    """Each date is decided by the policy by itself."""
    going, staying = [], []
    for one in rows:
        answer = decide(one.row)
        if answer.allowed:
            going.append(one.row)
        elif answer.reason:
            staying.append((one.row, answer.reason))
    facts = [*((row.code, row.starts_at) for row in going), "stay", *(row.code for row, _why in staying), *more]
    return SeriesChoice(booking, tuple(going), tuple(staying), digest(facts), next_at)


def rhythm_words(facts: dict[str, Any]) -> Text:
    """How it repeats, from what an event keeps (`series.rhythm_facts`)."""
    rhythm = Rhythm(Kind(facts["kind"]), facts["every"])
    return words_of_rhythm(rhythm, date.fromisoformat(facts["first_day"]))

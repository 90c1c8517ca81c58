"""What repeats: beginning a series, making its dates ahead, reading it. Its dates are ordinary bookings.

The lock of a series comes before those of its bookings, then providers, occurrences and holds as ever.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.bookings import settings as choices
from bookwidget.bookings import store_series as store
from bookwidget.bookings.booking import new_booking, stored
from bookwidget.bookings.models import Booking, Series, SeriesDate
from bookwidget.bookings.results import BookingDetails, NewTicket
from bookwidget.bookings.series_rules import Kind, Rhythm, check_rhythm, days_of
from bookwidget.bookings.where import Where
from bookwidget.catalog.actions import ServiceFacts, read_service
from bookwidget.events.record import enqueue, record
from bookwidget.events.store import is_asked_for
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import booking_code, digest, uuid7
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import TimeKey, lock_providers, make_private_occurrence, parse_slot_key, read_diary
from bookwidget.schedule.rules import DAY, MINUTE, existing_instant, local_day, wall_time
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

EXTEND = "series.extend"
"""The kind of the job that makes the next dates of one series."""
LOOK_AGAIN = timedelta(days=7)
"""At the latest: the business may have changed how far ahead dates are made."""
QUIET = {"quiet": True}
"""Stands in an event that sends no mail of its own, because another one tells of it."""


@dataclass(frozen=True)
class SeriesFacts:
    """A series as read once for an action."""

    id: UUID
    customer_id: UUID
    service_id: UUID
    provider_id: UUID
    location_id: UUID | None
    kind: str
    every: int
    times: int | None
    last_day: date | None
    first_day: date
    minute: int
    price: int
    attendee: str
    is_child: bool
    age: int | None
    visit_address: str
    ends_before: date | None
    ended_with: UUID | None
    resumes_on: date | None
    postponed_with: UUID | None

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(Kind(self.kind), self.every, self.times, self.last_day)

    def days(self, since: date, until: date) -> list[date]:
        """Both included; without what was cancelled for good, and what was postponed."""
        since = max(since, self.resumes_on or since)
        until = min(until, self.ends_before - DAY) if self.ends_before else until
        return days_of(self.rhythm, self.first_day, since, until)


@dataclass(frozen=True)
class SeriesPlan:
    """The dates after the first that would be booked now."""

    dates: "tuple[PlannedDate, ...]"
    seen: str
    """Names them; a form sends it back."""


@dataclass(frozen=True)
class PlannedDate:
    """A day of a rhythm, and whether it can be had."""

    day: date
    starts_at: datetime
    """On a day without this clock time: as if it had it."""
    left_out: str
    """`taken`, `closed`, `no_time`, or empty: it can be had."""

    def facts(self) -> dict[str, str]:
        """As an event keeps it."""
        return {"starts_at": self.starts_at.isoformat(), "why": self.left_out}


def may_repeat(scope: Scope, service: ServiceFacts) -> bool:
    """Whether this actor may book it as a series."""
    settings = scope.tenant.settings.for_service(service.settings)
    return not service.is_class and (scope.actor.is_staff or settings[choices.REPEAT_ALLOWED])


def plan_series(scope: Scope, service_id: UUID, slot_key: str, rhythm: Rhythm) -> SeriesPlan:
    """The dates after the slot's own that would be made now. Raises `Missing`, `Denied`, `Refused`."""
    key, service = parse_slot_key(slot_key), read_service(scope, service_id)
    if not isinstance(key, TimeKey) or not may_repeat(scope, service):
        raise Denied(_("This cannot be booked as a series."))
    dates = later_dates(scope, service, key, rhythm)
    return SeriesPlan(tuple(dates), digest(dates))


def later_dates(scope: Scope, service: ServiceFacts, key: TimeKey, rhythm: Rhythm) -> list[PlannedDate]:
    first_day = local_day(key.starts_at, scope.tenant.zone)
    check_rhythm(rhythm, first_day)
    days = days_of(rhythm, first_day, first_day + DAY, last_made(scope, service))
    return plan(scope, service, key.provider_id, minute_of(scope, key.starts_at), days)


def plan(
    scope: Scope, service: ServiceFacts, provider_id: UUID, minute: int, days: Sequence[date]
) -> list[PlannedDate]:
    """Whether each of the days can be had, as it is now."""
    if not days:
        return []
    zone, diary = scope.tenant.zone, read_diary(scope, service, provider_id, days[0], days[-1])
    planned = []
    for day in days:
        wall = wall_time(day, minute)
        starts_at = existing_instant(wall, zone)
        left_out = diary.hindrance(starts_at) if starts_at else "no_time"
        planned.append(PlannedDate(day, starts_at or wall.replace(tzinfo=zone).astimezone(UTC), left_out))
    return planned


def start_series(
    scope: Scope,
    service_id: UUID,
    slot_key: str,
    rhythm: Rhythm,
    *,
    ticket: NewTicket | None = None,
    customer_id: UUID | None = None,
    location_id: UUID | None = None,
    visit_address: str = "",
    note: str = "",
) -> BookingDetails:
    """Books the slot and what follows from it by the rhythm; the first date. Arguments and errors like those of
    `book`, and `Refused("repeat…", …)`. Events: a `booking.made` for each date, of which the first tells of all.
    """
    key, ticket, where = parse_slot_key(slot_key), ticket or NewTicket(), Where(location_id, visit_address)
    with writing(scope.session):
        first = new_booking(scope, service_id, key, (ticket,), customer_id=customer_id, where=where, note=note)
        return stored(scope, first, (ticket,), begun(scope, first, key, ticket, rhythm, where=where))


def begun(
    scope: Scope,
    first: Booking,
    key: object,
    ticket: NewTicket,
    rhythm: Rhythm,
    *,
    where: Where,
    seen: str | None = None,
) -> dict[str, Any]:
    """Makes the series of a booking that is being made, and its dates so far; what its event tells of them.

    `Refused("repeat", …)` if the dates are no longer those that were `seen`; None does not compare.
    """
    service = read_service(scope, first.service_id)
    if not isinstance(key, TimeKey) or not may_repeat(scope, service):
        raise Denied(_("This cannot be booked as a series."))
    lock_providers(scope, key.provider_id)
    dates = later_dates(scope, service, key, rhythm)
    if seen not in (None, digest(dates)):
        raise Refused("repeat", _("The free dates have changed in the meantime. Please look at them again."))
    series = series_from(scope, first, key, ticket, rhythm)
    first.series_id, series.location_id = series.id, where.location_id
    scope.session.add_all([series, SeriesDate(series_id=series.id, day=series.first_day, booking_id=first.id)])
    scope.session.flush()
    facts = read_facts(scope, series.id)
    others = make_dates(scope, facts, service, dates)
    look_again(scope, facts, service)
    return {
        "series": str(series.id),
        "repeats": rhythm_facts(facts),
        "others": [str(booking.id) for booking in others],
        "dates": [times_of(booking.starts_at, booking.ends_at) for booking in others],
        "left_out": [date.facts() for date in dates if date.left_out],
    }


def series_from(scope: Scope, first: Booking, key: TimeKey, ticket: NewTicket, rhythm: Rhythm) -> Series:
    """The row of a series that begins with this booking."""
    return Series(
        id=uuid7(),
        customer_id=first.customer_id,
        service_id=first.service_id,
        provider_id=key.provider_id,
        rhythm=rhythm.kind.value,
        every=rhythm.every,
        times=rhythm.times,
        last_day=rhythm.last_day,
        first_day=local_day(key.starts_at, scope.tenant.zone),
        minute=minute_of(scope, key.starts_at),
        price=first.price,
        attendee=ticket.attendee.strip(),
        is_child=ticket.is_child,
        age=ticket.age,
        visit_address=first.visit_address,
        created_at=scope.now,
    )


def make_dates(scope: Scope, series: SeriesFacts, service: ServiceFacts, dates: Iterable[PlannedDate]) -> list[Booking]:
    """Books those that can be had, and notes all as dealt with. The provider is locked, and `dates` are as of now."""
    made = []
    for planned in dates:
        booking = None if planned.left_out else make_date(scope, series, service, planned.starts_at)
        scope.session.add(
            SeriesDate(
                series_id=series.id,
                day=planned.day,
                booking_id=booking.id if booking else None,
                left_out=planned.left_out,
            )
        )
        if booking:
            made.append(booking)
    scope.session.flush()
    return made


def make_date(scope: Scope, series: SeriesFacts, service: ServiceFacts, starts_at: datetime) -> Booking:
    place = make_private_occurrence(scope, service, series.provider_id, series.location_id, starts_at)
    booking = Booking(
        id=uuid7(),
        code=booking_code(),
        customer_id=series.customer_id,
        service_id=service.id,
        occurrence_id=place,
        starts_at=starts_at,
        ends_at=starts_at + service.minutes * MINUTE,
        status="confirmed",
        price=series.price,
        series_id=series.id,
        visit_address=series.visit_address,
        created_at=scope.now,
    )
    stored(scope, booking, (NewTicket(series.attendee, series.is_child, series.age),), {**QUIET})
    return booking


def extend_series(scope: Scope, series_id: UUID) -> None:
    """Makes the dates that have come near enough, inside the caller's write transaction. Each day once only, however
    often it is called. Events: `booking.made`, which sends no mail, and `series.date_left_out`, which does.
    """
    if scope.session.rows(store.LOCK, {"series": series_id}).one_or_none() is None:
        return
    series = read_facts(scope, series_id)
    service = read_service(scope, series.service_id)
    today = local_day(scope.now, scope.tenant.zone)
    rows = scope.session.rows(store.DAYS, {"series": series.id, "since": today})
    known = {row.day for row in rows}
    if service.is_active:
        lock_providers(scope, series.provider_id)
        days = [day for day in series.days(today + DAY, last_made(scope, service)) if day not in known]
        dates = plan(scope, service, series.provider_id, series.minute, days)
        make_dates(scope, series, service, dates)
        for planned in dates:
            if planned.left_out:
                after = {"service": service.name, "repeats": rhythm_facts(series), **planned.facts()}
                record(scope, "series.date_left_out", customer_id=series.customer_id, after=after)
    look_again(scope, series, service)


def look_again(scope: Scope, series: SeriesFacts, service: ServiceFacts) -> None:
    """Asks for the job that makes the next dates, unless there will be none."""
    horizon = last_made(scope, service)
    following = series.days(horizon + DAY, horizon + 2 * 366 * DAY)
    if following:
        ask_for_dates(scope, series.id, scope.now + min(LOOK_AGAIN, max(DAY, following[0] - horizon)))


def ask_for_dates(scope: Scope, series_id: UUID, due_at: datetime, *, undone: UUID | None = None) -> None:
    """Of two that ask for the same day one is enough. `undone` is the cancellation that was taken back: the job of
    that day may have come by in between, and found nothing to do.
    """
    key = f"{series_id.hex}:{undone.hex if undone else due_at.date().isoformat()}"
    if not is_asked_for(scope.session, EXTEND, key):
        enqueue(scope.session, EXTEND, key, {"series": str(series_id)}, now=scope.now, due_at=due_at)


def read_facts(scope: Scope, series_id: UUID) -> SeriesFacts:
    row = scope.session.rows(store.SERIES, {"series": series_id}).one_or_none()
    if row is None:
        raise Missing
    return SeriesFacts(*row)


def last_made(scope: Scope, service: ServiceFacts) -> date:
    """The last local day whose dates are made by now."""
    days = scope.tenant.settings.for_service(service.settings)[choices.SERIES_DAYS]
    return local_day(scope.now, scope.tenant.zone) + days * DAY


def minute_of(scope: Scope, instant: datetime) -> int:
    local = instant.astimezone(scope.tenant.zone)
    return local.hour * 60 + local.minute


def times_of(starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    """A date as an event keeps it."""
    return {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}


def rhythm_facts(series: SeriesFacts) -> dict[str, Any]:
    """The rhythm as an event keeps it; `rhythm_of` reads it back."""
    return {"kind": series.kind, "every": series.every, "first_day": series.first_day.isoformat()}

"""Moving this date of a series and all later ones to another weekday, clock time or provider.

What is moved becomes a series of its own from there on, so that the past keeps the rhythm it had.
"""

from dataclasses import dataclass
from datetime import date, datetime

from bookwidget.bookings import store
from bookwidget.bookings import store_series as series_store
from bookwidget.bookings.changing import (
    check_version,
    put_on_record,
    require,
    settle,
    stands_at,
)
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.models import Series, SeriesDate
from bookwidget.bookings.results import BookingDetails, BookingRow
from bookwidget.bookings.series import QUIET, SeriesFacts, ask_for_dates, last_made, minute_of, times_of
from bookwidget.bookings.series_reading import SeriesRow, later_rows, locked_series, series_of
from bookwidget.bookings.series_rules import Rhythm, days_from, days_of, rest_of, words_of_rhythm
from bookwidget.catalog.actions import ServiceFacts, read_service
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import digest, uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.actions import (
    TimeKey,
    bounds_for,
    lock_providers,
    make_private_occurrence,
    parse_slot_key,
    read_diary,
    release_private_occurrence,
)
from bookwidget.schedule.claims import JUST_TAKEN
from bookwidget.schedule.rules import DAY, MINUTE, existing_instant, local_day, wall_time
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

WHY = {
    "taken": _("The new time is taken."),
    "closed": _("Nobody is there at the new time."),
    "no_time": _("The clock does not show the new time on that day."),
    "over": _("The series ends before."),
}


@dataclass(frozen=True)
class Step:
    """One date, and where it would go."""

    one: SeriesRow
    day: date
    starts_at: datetime


@dataclass(frozen=True)
class SeriesMove:
    """What moving this date and all later ones would do."""

    booking: BookingDetails
    words: Text
    """How it would repeat."""
    going: tuple[tuple[BookingRow, datetime], ...]
    """What moves, and to when."""
    staying: tuple[tuple[BookingRow, Text], ...]
    """What stays where it is, and why."""
    seen: str
    """Names all this; a form sends it back."""


@dataclass(frozen=True)
class Plan:
    """The same with what is needed for doing it."""

    key: TimeKey
    series: SeriesFacts
    service: ServiceFacts
    rhythm: Rhythm
    this_day: date
    """Of the old rhythm."""
    first_day: date
    """Of the new one."""
    days: dict[date, date]
    """From the old rhythm's days to the new one's."""
    going: tuple[Step, ...]
    shown: SeriesMove


def plan_move(scope: Scope, code: str, slot_key: str) -> SeriesMove:
    """What moving this and all later dates would do now. Raises `Missing`, `Denied`, `Refused("slot", …)`."""
    return plan(scope, *series_of(scope, code), slot_key).shown


def move_series(scope: Scope, code: str, slot_key: str, *, moves: int | None, seen: str | None) -> SeriesMove:
    """Moves this date and all later ones, as far as each may and can be; what was done.

    `moves` as in `move_booking`, `seen` as in `cancel_series`. The same again changes nothing. Raises `Missing`,
    `Denied`, `Refused("slot", …)`. Events: a `booking.moved` for each, of which the first tells of all.
    """
    with writing(scope.session):
        booking, series = locked_series(scope, code)
        if goes_through(scope, series, booking, key_of(slot_key)):
            return SeriesMove(booking, words_of_rhythm(series.rhythm, series.first_day), (), (), "")
        theirs = {one.provider_id for one in later_rows(scope, series, booking.starts_at)}
        lock_providers(scope, *theirs, key_of(slot_key).provider_id)
        found = plan(scope, booking, series, slot_key)
        if not found.going:
            return found.shown
        check_version(booking, moves)
        if seen is not None and seen != found.shown.seen:
            raise Refused("slot", _("Something has changed in the meantime. Please look at the dates again."))
        cut(scope, found)
        carry_out(scope, found)
        return found.shown


def goes_through(scope: Scope, series: SeriesFacts, booking: BookingDetails, key: TimeKey) -> bool:
    """Whether the series goes through this slot already, and the booking stands there: the second of two presses."""
    values = {"series": series.id, "booking": booking.id}
    day = scope.session.rows(series_store.DAY_OF, values).scalar_one()
    wanted = (key.provider_id, local_day(key.starts_at, scope.tenant.zone), minute_of(scope, key.starts_at))
    is_there = booking.status != "cancelled" and stands_at(booking, key)
    return is_there and wanted == (series.provider_id, day, series.minute)


def key_of(slot_key: str) -> TimeKey:
    key = parse_slot_key(slot_key)
    if not isinstance(key, TimeKey):
        raise Refused("slot", _("Choose one of the times."))
    return key


def plan(scope: Scope, booking: BookingDetails, series: SeriesFacts, slot_key: str) -> Plan:
    key, service = key_of(slot_key), read_service(scope, series.service_id)
    require(booking.may_move)
    bounds, zone = bounds_for(scope, service), scope.tenant.zone
    first_day = local_day(key.starts_at, zone)
    if key.starts_at < bounds.earliest or first_day > bounds.last_day:
        raise Refused("slot", JUST_TAKEN)
    values = {"series": series.id, "booking": booking.id}
    this_day = scope.session.rows(series_store.DAY_OF, values).scalar_one()
    gone = len(days_of(series.rhythm, series.first_day, series.first_day, this_day - DAY))
    rhythm = rest_of(series.rhythm, gone)
    if rhythm.last_day is not None and first_day > rhythm.last_day:
        raise Refused("slot", _("The series ends before that day."))
    rows = later_rows(scope, series, booking.starts_at)
    last = max([this_day, *(one.day for one in rows), last_made(scope, service)])
    old_days = days_of(series.rhythm, series.first_day, this_day, last)
    days = dict(zip(old_days, days_from(rhythm, first_day, first_day, len(old_days)), strict=False))
    going, why = who_can(scope, service, key, rows, days)
    if booking.code in why:
        raise Refused("slot", JUST_TAKEN)
    if all(stands(step, key) for step in going):
        going = ()
    staying = tuple((one.row, why[one.row.code]) for one in rows if one.row.code in why)
    moved = tuple((step.one.row, step.starts_at) for step in going)
    facts = [*((row.code, at) for row, at in moved), "stay", *(row.code for row, _why in staying)]
    words = words_of_rhythm(rhythm, first_day)
    shown = SeriesMove(booking, words, moved, staying, digest([key, *facts]))
    return Plan(key, series, service, rhythm, this_day, first_day, days, going, shown)


def stands(step: Step, key: TimeKey) -> bool:
    return (step.one.provider_id, step.one.row.starts_at) == (key.provider_id, step.starts_at)


def who_can(
    scope: Scope, service: ServiceFacts, key: TimeKey, rows: list[SeriesRow], days: dict[date, date]
) -> tuple[tuple[Step, ...], dict[str, Text]]:
    """Those that move, and why the others stay. What moves leaves its own place, so it hinders nobody; what stays
    does. So it is asked again until nobody else has to stay.
    """
    zone, minute = scope.tenant.zone, minute_of(scope, key.starts_at)
    why: dict[str, Text] = {}
    steps: list[Step] = []
    for one in rows:
        day = days.get(one.day)
        starts_at = existing_instant(wall_time(day, minute), zone) if day else None
        if not one.row.may_move.allowed and one.row.may_move.reason:
            why[one.row.code] = one.row.may_move.reason
        elif day is None or starts_at is None:
            why[one.row.code] = WHY["over" if day is None else "no_time"]
        else:
            steps.append(Step(one, day, starts_at))
    if not steps:
        return (), why
    diary = read_diary(scope, service, key.provider_id, min(s.day for s in steps), max(s.day for s in steps))
    while True:
        leaving = {step.one.occurrence_id for step in steps}
        asked = [(step, diary.hindrance(step.starts_at, ignoring=leaving)) for step in steps]
        why |= {step.one.row.code: WHY[reason] for step, reason in asked if reason}
        free = [step for step, reason in asked if not reason]
        if len(free) == len(steps):
            return tuple(steps), why
        steps = free


def cut(scope: Scope, found: Plan) -> None:
    """Ends the old series before this date, and begins the new one with all that was dealt with."""
    old, new_id = found.series, uuid7()
    values = {"series": old.id, "since": found.this_day}
    rows = scope.session.rows(series_store.DAYS, values).all()
    known = [row for row in rows if row.booking_id and row.day in found.days]
    ends_before = None if old.ends_before is None else max(found.days.values()) + DAY
    series = Series(
        id=new_id,
        customer_id=old.customer_id,
        service_id=old.service_id,
        provider_id=found.key.provider_id,
        location_id=old.location_id,
        rhythm=found.rhythm.kind.value,
        every=found.rhythm.every,
        times=found.rhythm.times,
        last_day=found.rhythm.last_day,
        first_day=found.first_day,
        minute=minute_of(scope, found.key.starts_at),
        price=old.price,
        attendee=old.attendee,
        is_child=old.is_child,
        age=old.age,
        visit_address=old.visit_address,
        ends_before=ends_before,
        resumes_on=old.resumes_on,
        created_at=scope.now,
    )
    dates = [SeriesDate(series_id=new_id, day=found.days[row.day], booking_id=row.booking_id) for row in known]
    scope.session.add_all([series, *dates])
    scope.session.flush()
    scope.session.rows(series_store.CUT, {"of": old.id, "day": found.this_day})
    for row in known:
        scope.session.rows(series_store.PUT_INTO, {"booking": row.booking_id, "series": new_id})
    ask_for_dates(scope, new_id, scope.now)


def carry_out(scope: Scope, found: Plan) -> None:
    """Everybody leaves before anybody comes: the dates may change places among themselves."""
    before = [read_booking(scope, step.one.row.code) for step in found.going]
    for step in found.going:
        release_private_occurrence(scope, step.one.occurrence_id)
    length = found.service.minutes * MINUTE
    for booking, step in zip(before, found.going, strict=True):
        location = scope.session.rows(store.LOCATION, {"occurrence": booking.occurrence_id}).scalar_one()
        target = make_private_occurrence(scope, found.service, found.key.provider_id, location, step.starts_at)
        settle(scope, booking, target, step.starts_at, step.starts_at + length)
    first, *others = before
    more = {
        "others": [str(one.id) for one in others],
        "dates": [times_of(step.starts_at, step.starts_at + length) for step in found.going[1:]],
        "staying": [times_of(row.starts_at, row.ends_at) for row, _why in found.shown.staying],
    }
    put_on_record(scope, "booking.moved", first, **more)
    for one in others:
        put_on_record(scope, "booking.moved", one, **QUIET)

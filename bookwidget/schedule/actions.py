"""Free times; and what other domains use of claims and holds."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.catalog.actions import ServiceFacts
from bookwidget.kernel.errors import Refused
from bookwidget.schedule import settings as choices
from bookwidget.schedule import store
from bookwidget.schedule.claims import (
    JUST_TAKEN,
    OccurrenceFacts,
    change_places,
    lock_occurrence,
    lock_occurrences,
    lock_providers,
    make_private_occurrence,
    note_past_date,
    release_private_occurrence,
    release_seats,
    take_seats,
)
from bookwidget.schedule.dates import Diary, read_diary
from bookwidget.schedule.holds import (
    HoldFacts,
    claim_hold,
    drop_hold,
    extend_hold,
    hold_for_offer,
    hold_for_undo,
    hold_place,
    keep_until,
    lock_hold,
    read_hold,
    resize_hold,
    still_kept,
)
from bookwidget.schedule.news import Change, PlacesChanged, hears_of_places, tell
from bookwidget.schedule.rules import (
    DAY,
    MINUTE,
    DaysOff,
    Hours,
    Need,
    OccurrenceKey,
    Slot,
    Span,
    TimeKey,
    day_starts_at,
    days_between,
    free_starts,
    hours_of,
    is_off,
    local_day,
    parse_slot_key,
)
from bookwidget.tenancy.scope import Scope

__all__ = [
    "Bounds",
    "Change",
    "Diary",
    "HoldFacts",
    "OccurrenceFacts",
    "OccurrenceKey",
    "PlacesChanged",
    "Slot",
    "TimeKey",
    "bounds_for",
    "change_places",
    "claim_hold",
    "drop_hold",
    "extend_hold",
    "find_slot",
    "hears_of_places",
    "hold_for_offer",
    "hold_for_undo",
    "hold_place",
    "keep_until",
    "kept_places",
    "last_instant",
    "lock_hold",
    "lock_occurrence",
    "lock_occurrences",
    "lock_providers",
    "make_private_occurrence",
    "next_lapse",
    "note_past_date",
    "parse_slot_key",
    "read_diary",
    "read_hold",
    "release_private_occurrence",
    "release_seats",
    "resize_hold",
    "slots_between",
    "start_of_occurrence",
    "still_kept",
    "take_seats",
    "tell",
]

MAX_DAYS = 62
"""The longest stretch that is computed at once."""


@dataclass(frozen=True)
class Bounds:
    """When this actor may book a service: not before `earliest`, and on no later local day than `last_day`."""

    earliest: datetime
    last_day: date


def bounds_for(scope: Scope, service: ServiceFacts) -> Bounds:
    """Notice and horizon bind customers; staff are bound by the present only."""
    today = local_day(scope.now, scope.tenant.zone)
    if scope.actor.is_staff:
        return Bounds(scope.now, today + 3660 * DAY)
    settings = scope.tenant.settings.for_service(service.settings)
    earliest = scope.now + timedelta(hours=settings[choices.NOTICE_HOURS])
    return Bounds(earliest, today + settings[choices.HORIZON_DAYS] * DAY)


def last_instant(scope: Scope, service: ServiceFacts, starts_at: datetime) -> datetime:
    """Until then customers may book what begins at `starts_at`."""
    return starts_at - timedelta(hours=scope.tenant.settings.for_service(service.settings)[choices.NOTICE_HOURS])


def slots_between(
    scope: Scope,
    service: ServiceFacts,
    from_day: date,
    to_day: date,
    *,
    provider_id: UUID | None = None,
    ignoring_occurrence: UUID | None = None,
    with_full: bool = False,
) -> tuple[Slot, ...]:
    """What can be booked on these local days, both included, in order of time: for an appointment the free times
    of each active provider who performs it, for a class its occurrences with places left.

    One statement for a class, two for an appointment. `ignoring_occurrence` counts as not there: its time is
    free, and it is not offered. At most `MAX_DAYS` days are looked at. `with_full`: also dates of a class without a
    place left, which nobody can book.
    """
    bounds, zone = bounds_for(scope, service), scope.tenant.zone
    first = min(max(from_day, local_day(bounds.earliest, zone)), bounds.last_day + DAY)
    last = min(to_day, bounds.last_day, first + (MAX_DAYS - 1) * DAY)
    if first > last:
        return ()
    if service.is_class:
        since = max(bounds.earliest, day_starts_at(first, zone))
        until = day_starts_at(last + DAY, zone)
        return open_occurrences(
            scope, service, since, until, provider=provider_id, ignored=ignoring_occurrence, with_full=with_full
        )
    return free_times(
        scope, service, first, last, earliest=bounds.earliest, provider_id=provider_id, ignored=ignoring_occurrence
    )


def find_slot(
    scope: Scope, service: ServiceFacts, key: OccurrenceKey | TimeKey, *, ignoring_occurrence: UUID | None = None
) -> Slot:
    """The slot that a form's key names, if it can be booked now; `Refused("slot", …)` otherwise."""
    bounds, zone = bounds_for(scope, service), scope.tenant.zone
    slots: tuple[Slot, ...] = ()
    if isinstance(key, OccurrenceKey) and service.is_class:
        until, wanted = day_starts_at(bounds.last_day + DAY, zone), key.occurrence_id
        slots = open_occurrences(scope, service, bounds.earliest, until, ignored=ignoring_occurrence, wanted=wanted)
    elif isinstance(key, TimeKey) and not service.is_class:
        day = local_day(key.starts_at, zone)
        slots = slots_between(
            scope, service, day, day, provider_id=key.provider_id, ignoring_occurrence=ignoring_occurrence
        )
    for slot in slots:
        if slot.key == str(key):
            return slot
    raise Refused("slot", JUST_TAKEN)


def open_occurrences(
    scope: Scope,
    service: ServiceFacts,
    since: datetime,
    until: datetime,
    *,
    provider: UUID | None = None,
    ignored: UUID | None = None,
    wanted: UUID | None = None,
    with_full: bool = False,
) -> tuple[Slot, ...]:
    """A class's occurrences with places left, or also the others; only the one that is `wanted`, if one is."""
    rows = scope.session.rows(
        store.OPEN_OCCURRENCES,
        {
            "service": service.id,
            "since": since,
            "until": until,
            "provider": provider,
            "ignored": ignored,
            "wanted": wanted,
            "now": scope.now,
            "with_full": with_full,
        },
    )
    return tuple(slot_of_occurrence(row) for row in rows)


def slot_of_occurrence(row: Any) -> Slot:
    key = str(OccurrenceKey(row.id))
    return Slot(key, row.starts_at, row.ends_at, row.provider_id, row.provider, row.places_left)


def free_times(
    scope: Scope,
    service: ServiceFacts,
    first: date,
    last: date,
    *,
    earliest: datetime,
    provider_id: UUID | None,
    ignored: UUID | None,
) -> tuple[Slot, ...]:
    zone = scope.tenant.zone
    wanted = {"service": service.id, "first_day": first, "last_day": last}
    rows = scope.session.rows(store.AVAILABILITY, wanted).all()
    hours = [Hours(row.provider_id, row.weekday, row.opens, row.closes) for row in rows if row.what == "hours"]
    days_off = [DaysOff(row.provider_id, row.first_day, row.last_day) for row in rows if row.what == "off"]
    performers = sorted(
        (row for row in rows if row.what == "provider" and provider_id in (None, row.provider_id)),
        key=lambda row: (row.name, row.provider_id),
    )
    margin = (service.minutes + service.minutes_before + service.minutes_after) * MINUTE
    since, until = day_starts_at(first, zone) - margin, day_starts_at(last + DAY, zone) + margin
    busy = busy_spans(scope, [row.provider_id for row in performers], since, until, ignored=ignored)
    need = Need(service.minutes, service.minutes_before, service.minutes_after, service.step_minutes)
    length = service.minutes * MINUTE
    slots = [
        Slot(str(TimeKey(row.provider_id, starts_at)), starts_at, starts_at + length, row.provider_id, row.name, 1)
        for row in performers
        for starts_at in free_starts(
            need,
            hours_of(row.provider_id, hours),
            [day for day in days_between(first, last) if not is_off(row.provider_id, day, days_off)],
            zone,
            busy=busy[row.provider_id],
            earliest=earliest,
        )
    ]
    return tuple(sorted(slots, key=lambda slot: slot.starts_at))  # providers stay in order of name


def busy_spans(
    scope: Scope, providers: list[UUID], since: datetime, until: datetime, *, ignored: UUID | None
) -> dict[UUID, list[Span]]:
    values = {"providers": providers, "since": since, "until": until, "ignored": ignored, "now": scope.now}
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for provider, busy_from, busy_to in scope.session.rows(store.BUSY, values):
        spans[provider].append((busy_from, busy_to))
    return spans


def start_of_occurrence(scope: Scope, occurrence_id: UUID) -> datetime | None:
    """When it begins or began; None if there is no such one."""
    start: datetime | None = scope.session.rows(store.START, {"occurrence": occurrence_id}).scalar_one_or_none()
    return start


def next_lapse(scope: Scope, occurrence_id: UUID) -> datetime | None:
    """When the next hold of an occurrence lapses; None if nothing is held."""
    until: datetime | None = scope.session.rows(store.NEXT_LAPSE, {"occurrence": occurrence_id}).scalar_one()
    return until


def kept_places(scope: Scope, occurrence_id: UUID) -> int:
    """Places of an occurrence that are taken but not booked: kept for a form or an offer."""
    places: int = scope.session.rows(store.KEPT_PLACES, {"occurrence": occurrence_id}).scalar_one()
    return places

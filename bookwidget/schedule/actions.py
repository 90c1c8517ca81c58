"""Free times, and claiming them. Claims run inside the caller's write transaction, and undo with it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.catalog.actions import ServiceFacts
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule import settings as choices
from bookwidget.schedule import store
from bookwidget.schedule.models import Occurrence
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
    "OccurrenceFacts",
    "OccurrenceKey",
    "Slot",
    "TimeKey",
    "bounds_for",
    "change_places",
    "find_slot",
    "lock_occurrence",
    "lock_providers",
    "make_private_occurrence",
    "parse_slot_key",
    "release_private_occurrence",
    "release_seats",
    "slots_between",
    "take_seats",
]

JUST_TAKEN: Text = _("This time has just been taken. Please choose another one.")
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


def slots_between(
    scope: Scope,
    service: ServiceFacts,
    from_day: date,
    to_day: date,
    *,
    provider_id: UUID | None = None,
    ignoring_occurrence: UUID | None = None,
) -> tuple[Slot, ...]:
    """What can be booked on these local days, both included, in order of time: for an appointment the free times
    of each active provider who performs it, for a class its occurrences with places left.

    One statement for a class, two for an appointment. `ignoring_occurrence` counts as not there: its time is
    free, and it is not offered. At most `MAX_DAYS` days are looked at.
    """
    bounds, zone = bounds_for(scope, service), scope.tenant.zone
    first = min(max(from_day, local_day(bounds.earliest, zone)), bounds.last_day + DAY)
    last = min(to_day, bounds.last_day, first + (MAX_DAYS - 1) * DAY)
    if first > last:
        return ()
    if service.is_class:
        since = max(bounds.earliest, day_starts_at(first, zone))
        until = day_starts_at(last + DAY, zone)
        return open_occurrences(scope, service, since, until, provider=provider_id, ignored=ignoring_occurrence)
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
) -> tuple[Slot, ...]:
    """A class's occurrences with places left; only the one that is `wanted`, if one is."""
    rows = scope.session.rows(
        store.OPEN_OCCURRENCES,
        {
            "service": service.id,
            "since": since,
            "until": until,
            "provider": provider,
            "ignored": ignored,
            "wanted": wanted,
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
    values = {"providers": providers, "since": since, "until": until, "ignored": ignored}
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for provider, busy_from, busy_to in scope.session.rows(store.BUSY, values):
        spans[provider].append((busy_from, busy_to))
    return spans


def take_seats(scope: Scope, occurrence_id: UUID, places: int) -> None:
    """Takes so many places at once, or raises `Refused("slot", …)`."""
    if places < 1 or not store.change_seats(scope.session, occurrence_id, places):
        raise Refused("slot", JUST_TAKEN)


def release_seats(scope: Scope, occurrence_id: UUID, places: int) -> None:
    store.change_seats(scope.session, occurrence_id, -places)


def change_places(scope: Scope, changes: dict[UUID, int]) -> None:
    """Takes (positive) and frees (negative) places of several occurrences, or raises `Refused("slot", …)`.

    Always in the order of their ids: two customers who swap classes must not wait for each other for ever.
    """
    for occurrence_id in sorted(changes):
        if changes[occurrence_id] > 0:
            take_seats(scope, occurrence_id, changes[occurrence_id])
        else:
            release_seats(scope, occurrence_id, -changes[occurrence_id])


def make_private_occurrence(
    scope: Scope, service: ServiceFacts, provider_id: UUID, location_id: UUID | None, starts_at: datetime
) -> UUID:
    """Takes a provider's time for one appointment; `Refused("slot", …)` if somebody was faster.

    Who gives back another time in the same transaction calls `lock_providers` for both first.
    """
    lock_providers(scope, provider_id)
    ends_at = starts_at + service.minutes * MINUTE
    occurrence = Occurrence(
        id=uuid7(),
        service_id=service.id,
        provider_id=provider_id,
        location_id=location_id,
        starts_at=starts_at,
        ends_at=ends_at,
        busy_from=starts_at - service.minutes_before * MINUTE,
        busy_to=ends_at + service.minutes_after * MINUTE,
        capacity=1,
        seats_taken=1,
        is_private=True,
    )
    if not store.add_private(scope.session, occurrence):
        raise Refused("slot", JUST_TAKEN)
    return occurrence.id


def lock_providers(scope: Scope, *providers: UUID | None) -> None:
    """Until the end of the transaction nobody else takes their time."""
    store.lock_providers(scope.session, {provider for provider in providers if provider})


@dataclass(frozen=True)
class OccurrenceFacts:
    """A published or private date, locked against changes of its seats until the end of the transaction."""

    service_id: UUID
    starts_at: datetime
    state: str
    is_private: bool
    places_left: int


def lock_occurrence(scope: Scope, occurrence_id: UUID) -> OccurrenceFacts:
    """Raises `Missing`."""
    row = scope.session.rows(store.LOCK_OCCURRENCE, {"occurrence": occurrence_id}).one_or_none()
    if row is None:
        raise Missing
    return OccurrenceFacts(*row)


def release_private_occurrence(scope: Scope, occurrence_id: UUID) -> None:
    """Gives the provider's time back. The row stays, for the history."""
    scope.session.rows(store.RELEASE, {"occurrence": occurrence_id})

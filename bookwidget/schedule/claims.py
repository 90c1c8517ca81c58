"""Claiming places and giving them back, inside the caller's write transaction, and undone with it.

Locks are taken in one order: providers by id, occurrences by id, then holds. Whoever takes a place first gives back
those whose hold has lapsed, so nobody waits for a worker.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookwidget.catalog.actions import ServiceFacts
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule import store
from bookwidget.schedule.models import Occurrence, Purpose
from bookwidget.schedule.news import Change, tell, tell_of_hold
from bookwidget.schedule.rules import MINUTE
from bookwidget.tenancy.scope import Scope

JUST_TAKEN: Text = _("This time has just been taken. Please choose another one.")


def take_seats(scope: Scope, occurrence_id: UUID, places: int) -> None:
    """Takes so many places at once, or raises `Refused("slot", …)`."""
    lock_occurrences(scope, occurrence_id)
    if places < 1 or not store.change_seats(scope.session, occurrence_id, places):
        raise Refused("slot", JUST_TAKEN)
    tell(scope, occurrence_id, Change.TAKEN)


def release_seats(scope: Scope, occurrence_id: UUID, places: int, *, change: Change = Change.FREED) -> None:
    """Gives back places of a booking; `change` says so where they were a hold's."""
    store.change_seats(scope.session, occurrence_id, -places)
    tell(scope, occurrence_id, change)


def change_places(scope: Scope, changes: dict[UUID, int]) -> None:
    """Takes (positive) and frees (negative) places of several occurrences, or raises `Refused("slot", …)`.

    Always in the order of their ids: two customers who swap classes must not wait for each other for ever.
    """
    lock_occurrences(scope, *changes)
    for occurrence_id in sorted(changes):
        if changes[occurrence_id] > 0:
            take_seats(scope, occurrence_id, changes[occurrence_id])
        else:
            release_seats(scope, occurrence_id, -changes[occurrence_id])


def at_time(
    service: ServiceFacts, provider_id: UUID | None, location_id: UUID | None, starts_at: datetime
) -> Occurrence:
    """A date of the service, not stored, with the time that it keeps its provider busy."""
    ends_at = starts_at + service.minutes * MINUTE
    return Occurrence(
        id=uuid7(),
        service_id=service.id,
        provider_id=provider_id,
        location_id=location_id,
        starts_at=starts_at,
        ends_at=ends_at,
        busy_from=starts_at - service.minutes_before * MINUTE,
        busy_to=ends_at + service.minutes_after * MINUTE,
        capacity=service.capacity,
    )


def make_private_occurrence(
    scope: Scope, service: ServiceFacts, provider_id: UUID, location_id: UUID | None, starts_at: datetime
) -> UUID:
    """Takes a provider's time for one appointment; `Refused("slot", …)` if somebody was faster.

    Who gives back another time in the same transaction calls `lock_providers` for both first.
    """
    lock_providers(scope, provider_id)
    occurrence = at_time(service, provider_id, location_id, starts_at)
    occurrence.capacity, occurrence.seats_taken, occurrence.is_private = 1, 1, True
    if not store.add_private(scope.session, occurrence):
        raise Refused("slot", JUST_TAKEN)
    return occurrence.id


def note_past_date(
    scope: Scope,
    service: ServiceFacts,
    provider_id: UUID | None,
    location_id: UUID | None,
    starts_at: datetime,
    *,
    is_private: bool = False,
) -> UUID:
    """A date of which only the history is known: a class that has taken place, or (private) a time that was given back
    and so is nobody's. `Refused("slot", …)` if the provider was somewhere else.
    """
    lock_providers(scope, provider_id)
    occurrence = at_time(service, provider_id, location_id, starts_at)
    if is_private:
        occurrence.capacity, occurrence.is_private, occurrence.state = 1, True, "released"
        scope.session.add(occurrence)
        scope.session.flush()
    elif not store.add_private(scope.session, occurrence):
        raise Refused("slot", JUST_TAKEN)
    return occurrence.id


def lock_providers(scope: Scope, *providers: UUID | None) -> None:
    """Until the end of the transaction nobody else takes their time. Lapsed holds of it are given back."""
    locked = {provider for provider in providers if provider}
    store.lock_providers(scope.session, locked)
    lapsed = scope.session.rows(store.LAPSED_OF_PROVIDERS, {"providers": sorted(locked), "now": scope.now}).all()
    forms = [row for row in lapsed if row.purpose == Purpose.FORM]
    undos = [row for row in lapsed if row.purpose == Purpose.UNDO]
    end_private_holds(scope, [row.id for row in forms], [row.occurrence_id for row in forms])
    if undos:
        scope.session.rows(store.END_HOLDS, {"holds": [row.id for row in undos]})
    for row in undos:
        release_private_occurrence(scope, row.occurrence_id)


def lock_occurrences(scope: Scope, *occurrences: UUID) -> None:
    """Until the end of the transaction nobody else takes their places. Lapsed holds of them are given back."""
    scope.session.rows(store.LOCK_OCCURRENCES, {"occurrences": sorted(occurrences)}).all()
    lapsed = scope.session.rows(store.LAPSED_OF_OCCURRENCES, {"occurrences": sorted(occurrences), "now": scope.now})
    held = lapsed.all()
    if held:
        scope.session.rows(store.END_HOLDS, {"holds": [row.id for row in held]})
    for row in held:
        store.change_seats(scope.session, row.occurrence_id, -row.places)
    for row in held:
        tell_of_hold(scope, row.id, row.occurrence_id, row.purpose)


def end_private_holds(scope: Scope, holds: list[UUID], occurrences: list[UUID]) -> None:
    """Their occurrences go too: no booking ever stood on them."""
    if holds:
        scope.session.rows(store.END_HOLDS, {"holds": holds})
        scope.session.rows(store.FORGET, {"occurrences": occurrences})


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
    lock_occurrences(scope, occurrence_id)
    row = scope.session.rows(store.LOCK_OCCURRENCE, {"occurrence": occurrence_id}).one_or_none()
    if row is None:
        raise Missing
    return OccurrenceFacts(*row)


def release_private_occurrence(scope: Scope, occurrence_id: UUID) -> None:
    """Gives the provider's time back. The row stays, for the history."""
    scope.session.rows(store.RELEASE, {"occurrence": occurrence_id})


def forget_places(
    scope: Scope, providers: Iterable[UUID | None], seats: Mapping[UUID, int], alone: Collection[UUID]
) -> None:
    """Of somebody whose bookings are about to be removed: classes count without them, and private occurrences of
    theirs go. Nothing of it is to come, so nobody who waits is told.
    """
    lock_providers(scope, *providers)
    lock_occurrences(scope, *seats)
    for occurrence_id in sorted(seats.keys() - set(alone)):
        store.change_seats(scope.session, occurrence_id, -seats[occurrence_id])
    scope.session.rows(store.FORGET, {"occurrences": sorted(alone)})

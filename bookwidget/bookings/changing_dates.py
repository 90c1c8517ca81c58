"""Changing a published date of a class, and calling it off. Whom it concerns is told in the same transaction.

Locks, in the order of the house: the date's bookings by id, providers by id, the occurrence, holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bookwidget.bookings import store_dates, store_waiting
from bookwidget.bookings.agenda import AgendaEntry
from bookwidget.bookings.cancelling import MAX_REASON, drop
from bookwidget.bookings.dates import DateDetails, InLine, read_date
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.rules import checked_text
from bookwidget.bookings.waiting import event_facts
from bookwidget.catalog.actions import ServiceFacts, read_service
from bookwidget.events.record import record
from bookwidget.kernel.errors import DomainError, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _, n_
from bookwidget.schedule import store_dates as of_schedule
from bookwidget.schedule.actions import Change, drop_hold, lock_occurrence, lock_providers, tell
from bookwidget.schedule.publishing import MOST_PLACES, Clash, busy_span, check_place, surroundings
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

CHANGED: Text = _("This date has changed while the page was open. Please look at it again.")
OVER: Text = _("This date is over.")
OFF: Text = _("This date is not taking place any more.")


@dataclass(frozen=True)
class WantedDate:
    """A date as staff write it; its length stays."""

    starts_at: datetime | None
    provider_id: UUID | None
    location_id: UUID | None
    capacity: int


class TellsCustomers(DomainError):
    """The change concerns customers, or something stands in its way that the business may pass over. Nothing is saved;
    who wants it all the same says so.
    """

    def __init__(self, date: AgendaEntry, details: DateDetails, clashes: Iterable[Clash]) -> None:
        super().__init__(f"{len(details.booked)} are told")
        self.date = date
        """As it would be, without names."""
        self.details, self.clashes = details, tuple(clashes)


def change_date(scope: Scope, occurrence_id: UUID, wanted: WantedDate, *, seen: str, sure: bool = False) -> bool:
    """Another time, provider, location or number of places; whether anything changed. Customers are told of all but
    the number, with how it was and how it is. More places are offered to who waits.

    Raises `Denied`, `Missing`, `Refused` under a field (or "" for a page that is older), and `TellsCustomers` unless
    `sure`. Events: `date.changed`, a `booking.date_changed` for each booking, `waitlist.date_changed` for who waits.
    """
    with writing(scope.session):
        require(scope, Permission.CATALOG_CHANGE)
        details = locked_date(scope, occurrence_id, wanted.provider_id)
        before = details.date
        after = checked(scope, before, wanted)
        if after == before:
            return False
        if before.seen != seen:
            raise Refused("", CHANGED)
        service, is_elsewhere = read_service(scope, before.service_id), place_of(after) != place_of(before)
        clashes = checked_clashes(scope, service, before, after) if is_elsewhere else []
        if (clashes or (is_elsewhere and (details.booked or details.waiting))) and not sure:
            raise TellsCustomers(after, details, clashes)
        write(scope, service, before, after)
        named = read_date(scope, occurrence_id).date
        record(scope, "date.changed", before=date_facts(before), after=date_facts(named))
        if is_elsewhere:
            tell_of_the_change(scope, details, named)
        if after.capacity > before.capacity:
            tell(scope, occurrence_id, Change.FREED)
    return True


def cancel_date(scope: Scope, occurrence_id: UUID, *, reason: str, seen: str) -> str:
    """Calls a date off: every booking of it is cancelled by the business, who waits is taken off the list, and all of
    them are told. What nobody has booked or waits for is taken back and told to nobody. The date's new state; what is
    off already is answered as it is.

    Raises `Denied`, `Missing`, `Refused("reason" or "", …)`. Events: `date.cancelled` or `date.withdrawn`, a
    `booking.cancelled` for each booking, `waitlist.date_cancelled` for who waits.
    """
    why = checked_text("reason", reason, MAX_REASON)
    with writing(scope.session):
        require(scope, Permission.CATALOG_CHANGE)
        details = locked_date(scope, occurrence_id)
        date = details.date
        if date.state != "scheduled":
            return date.state
        if date.ends_at <= scope.now:
            raise Refused("", OVER)
        if details.seen != seen:
            raise Refused("", CHANGED)
        state = "cancelled" if date.taken or details.booked or details.waiting else "released"
        scope.session.rows(of_schedule.CALL_OFF, {"occurrence": occurrence_id, "new_state": state})
        kind = "date.cancelled" if state == "cancelled" else "date.withdrawn"
        record(scope, kind, before=date_facts(date), after={"reason": why, "bookings": len(details.booked)})
        take_off_the_list(scope, details.waiting, why)
        for one in details.booked:
            drop(scope, read_booking(scope, one.code), why, more={"whole_date": True})
        return state


def locked_date(scope: Scope, occurrence_id: UUID, *providers: UUID | None) -> DateDetails:
    """The date once nobody else can change it, its bookings, or the time of its and the other providers.

    `Refused("", …)` if somebody booked it at this very moment: their booking is not locked.
    """
    of = {"occurrence": occurrence_id}
    found = read_date(scope, occurrence_id)
    held = set(scope.session.rows(store_dates.LOCK_BOOKED, of).scalars())
    lock_providers(scope, found.date.provider_id, *providers)
    lock_occurrence(scope, occurrence_id)
    details = read_date(scope, occurrence_id)
    if details.date.provider_id != found.date.provider_id:
        raise Refused("", CHANGED)
    if set(scope.session.rows(store_dates.BOOKED_IDS, of).scalars()) != held:
        raise Refused("", CHANGED)
    return details


def checked(scope: Scope, date: AgendaEntry, wanted: WantedDate) -> AgendaEntry:
    """As it would be, without names; `Refused` under a field, `Missing` for a place that is not the business's."""
    if date.state != "scheduled":
        raise Refused("", OFF)
    if date.ends_at <= scope.now:
        raise Refused("", OVER)
    starts_at = wanted.starts_at
    if starts_at is None:
        raise Refused("starts", _("Write a day and a time, such as 2026-11-24T18:30."))
    if starts_at != date.starts_at and starts_at <= scope.now:
        raise Refused("starts", _("Choose a time that is still to come."))
    if not 1 <= wanted.capacity <= MOST_PLACES:
        raise Refused("capacity", _("Choose a number from %(low)s to %(high)s.", low=1, high=MOST_PLACES))
    if wanted.capacity < date.taken:
        taken = n_("%(n)s place is taken already.", "%(n)s places are taken already.", date.taken)
        raise Refused("capacity", taken)
    new = [id if id != old else None for id, old in ((wanted.provider_id, date.provider_id),
                                                     (wanted.location_id, date.location_id))]  # fmt: skip
    check_place(scope, *new)
    return date._replace(
        starts_at=starts_at, ends_at=starts_at + (date.ends_at - date.starts_at), capacity=wanted.capacity,
        provider_id=wanted.provider_id, provider=date.provider if new[0] is None and wanted.provider_id else "",
        location_id=wanted.location_id, location=date.location if new[1] is None and wanted.location_id else "",
    )  # fmt: skip


def place_of(date: AgendaEntry) -> tuple[object, ...]:
    """What customers are told of."""
    return date.starts_at, date.provider_id, date.location_id


def checked_clashes(scope: Scope, service: ServiceFacts, before: AgendaEntry, after: AgendaEntry) -> list[Clash]:
    """What the business may pass over; `Refused` for a provider who is busy."""
    place = (after.provider_id, after.location_id)
    around = surroundings(scope, service, place, [after.starts_at], ignored=before.id)
    clashes = around.clashes(after.starts_at, after.ends_at)
    for clash in clashes:
        if clash.is_final:
            raise Refused("provider" if after.starts_at == before.starts_at else "starts", clash.words)
    return clashes


def write(scope: Scope, service: ServiceFacts, before: AgendaEntry, after: AgendaEntry) -> None:
    busy_from, busy_to = busy_span(service, after.starts_at, after.ends_at)
    scope.session.rows(
        of_schedule.REARRANGE,
        {
            "occurrence": after.id, "start": after.starts_at, "end": after.ends_at, "busy_start": busy_from,
            "busy_end": busy_to, "provider": after.provider_id, "location": after.location_id,
            "places": after.capacity,
        },
    )  # fmt: skip
    if after.starts_at != before.starts_at:
        times = {"occurrence": after.id, "start": after.starts_at, "end": after.ends_at}
        scope.session.rows(store_dates.SET_TIMES, times)


def tell_of_the_change(scope: Scope, details: DateDetails, after: AgendaEntry) -> None:
    """Everybody who comes, and everybody who waits."""
    told = {"before": where_and_when(details.date), "after": where_and_when(after)}
    for one in details.booked:
        record(scope, "booking.date_changed", booking_id=one.id, customer_id=one.customer_id, **told)
    for entry in details.waiting:
        entry_facts = event_facts(scope, entry.id, entry.customer_id)
        record(
            scope, "waitlist.date_changed", customer_id=entry.customer_id, before=told["before"], after=entry_facts
        )  # fmt: skip


def take_off_the_list(scope: Scope, waiting: Iterable[InLine], why: str) -> None:
    """Those who waited for a date that does not take place; what was offered to them is over."""
    entries = list(waiting)
    for entry in entries:
        entry_facts = event_facts(scope, entry.id, entry.customer_id)
        record(
            scope, "waitlist.date_cancelled", customer_id=entry.customer_id, before=entry_facts, after={"reason": why}
        )  # fmt: skip
    if entries:
        scope.session.rows(store_waiting.END_WAITING, {"entries": [entry.id for entry in entries]})
    for entry in entries:
        if entry.hold_id is not None:
            drop_hold(scope, entry.hold_id)


def where_and_when(date: AgendaEntry) -> dict[str, Any]:
    """As the events of bookings keep it."""
    return {
        "starts_at": date.starts_at.isoformat(),
        "ends_at": date.ends_at.isoformat(),
        "service": date.service,
        "provider": date.provider,
        "location": date.location,
    }


def date_facts(date: AgendaEntry) -> dict[str, Any]:
    return {"occurrence": date.id.hex, **where_and_when(date), "capacity": date.capacity}

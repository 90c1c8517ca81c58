"""Places that become free are offered to those who wait for them.

Whatever frees places asks for the job `waitlist.offer`, in its own transaction. The job looks at the date as it is
then, so it may run late, twice or for nothing. What is offered in order is kept by a hold; when that lapses, whoever
takes a place first gives it back, and only then the offer is over: no worker is needed for a place to be free.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.accounts.guests import Guest
from bookwidget.bookings import settings_waiting as choices
from bookwidget.bookings import store_waiting as store
from bookwidget.bookings.models import Booking
from bookwidget.bookings.results import TakenOffer
from bookwidget.bookings.waiting import event_facts, locked_entry, offer_of
from bookwidget.catalog.actions import read_service
from bookwidget.events.jobs import JobContext, handles
from bookwidget.events.record import enqueue, record
from bookwidget.events.store import is_asked_for
from bookwidget.kernel.actors import system
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import (
    Change,
    OccurrenceFacts,
    OccurrenceKey,
    PlacesChanged,
    drop_hold,
    hears_of_places,
    hold_for_offer,
    keep_until,
    kept_places,
    last_instant,
    lock_occurrence,
    next_lapse,
    read_hold,
)
from bookwidget.schedule.settings import HOLD_MINUTES
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.settings import Settings

OFFER = "waitlist.offer"
NO_LONGER_OFFERED = _("This place is no longer offered to you. You are still on the waiting list.")
SOMEBODY_WAS_FASTER = _("Somebody else was faster. You are still on the waiting list.")


@dataclass(frozen=True)
class InLine:
    """Somebody who waits, with what is offered to them."""

    id: UUID
    customer_id: UUID
    places: int
    is_passed: bool
    hold_id: UUID | None
    until: datetime | None

    def has_offer(self, now: datetime) -> bool:
        return self.until is not None and self.until > now


@hears_of_places
def places_changed(scope: Scope, news: PlacesChanged) -> None:
    """Asks for the job; and notes what an offer that is over means for who had it."""
    occurrence_id = news.occurrence_id
    if news.change is Change.OFFER_OVER and news.hold_id is not None:
        end_offer(scope, news.hold_id)
    if not scope.session.rows(store.ANY_WAITING, {"occurrence": occurrence_id}).all():
        return
    if news.change is Change.FREED:
        scope.session.rows(store.ASK_AGAIN, {"of": occurrence_id})
    ask_to_offer(scope, occurrence_id, news.at)


def ask_to_offer(scope: Scope, occurrence_id: UUID, at: datetime) -> None:
    """What is to happen now has a key of its own; at a later instant once is enough."""
    when = uuid7().hex if at <= scope.now else str(int(at.timestamp() * 1_000_000))
    key = f"{occurrence_id.hex}:{when}"
    if not is_asked_for(scope.session, OFFER, key):
        enqueue(scope.session, OFFER, key, {"occurrence": occurrence_id.hex}, now=scope.now, due_at=at)


def ask_after_the_next_lapse(scope: Scope, occurrence_id: UUID) -> None:
    """While somebody waits and something is held, there is always a job for when the next hold lapses."""
    until = next_lapse(scope, occurrence_id)
    if until is not None:
        ask_to_offer(scope, occurrence_id, until)


@handles(OFFER)
def offer(context: JobContext, payload: Mapping[str, Any]) -> None:
    with context.scope() as scope, writing(scope.session):
        offer_places(scope, UUID(payload["occurrence"]))
        context.finish(scope.session)


def offer_places(scope: Scope, occurrence_id: UUID) -> None:
    """Offers what is free on this date, inside the open write transaction. Without a change in between, the second
    time does nothing. Events: `waitlist.offered`, `waitlist.offer_ended`.
    """
    try:
        date = lock_occurrence(scope, occurrence_id)
    except Missing:
        return
    service = read_service(scope, date.service_id)
    settings, last = scope.tenant.settings.for_service(service.settings), last_instant(scope, service, date.starts_at)
    line = [InLine(*row) for row in scope.session.rows(store.LINE, {"occurrence": occurrence_id})]
    if not line or date.state != "scheduled" or last <= scope.now:
        return
    match settings[choices.WAITLIST_OFFER]:
        case choices.IN_ORDER:
            until = min(scope.now + timedelta(minutes=settings[choices.WAITLIST_MINUTES]), last)
            offer_in_order(scope, occurrence_id, line, date.places_left, until)
        case choices.ALL_AT_ONCE:
            offer_to_all(scope, occurrence_id, line, date, last)
    ask_after_the_next_lapse(scope, occurrence_id)


def offer_in_order(scope: Scope, occurrence_id: UUID, line: list[InLine], free: int, until: datetime) -> None:
    """Who wants more places than there are is passed over for now, and keeps their place in line."""
    for one in line:
        if one.is_passed or one.has_offer(scope.now) or one.places > free:
            continue
        put_offer(scope, one, until, hold_for_offer(scope, occurrence_id, one.places, until))
        free -= one.places


def offer_to_all(scope: Scope, occurrence_id: UUID, line: list[InLine], date: OccurrenceFacts, last: datetime) -> None:
    """Tells everybody for whom there is room; and those who were told, once all is booked."""
    unbooked = date.places_left + kept_places(scope, occurrence_id)
    for one in line:
        if one.has_offer(scope.now):
            if one.hold_id is None and one.places > unbooked:
                scope.session.rows(store.SET_OFFER, {"entry": one.id, "hold": None, "until": None})
                tell_that_it_ended(scope, one.id, one.customer_id, "taken")
        elif not one.is_passed and one.places <= date.places_left:
            put_offer(scope, one, last, None)


def put_offer(scope: Scope, one: InLine, until: datetime, hold_id: UUID | None) -> None:
    scope.session.rows(store.SET_OFFER, {"entry": one.id, "hold": hold_id, "until": until if hold_id is None else None})
    offered = {"until": until.isoformat(), "is_kept": hold_id is not None}
    facts = event_facts(scope, one.id, one.customer_id) | offered
    record(scope, "waitlist.offered", customer_id=one.customer_id, after=facts)


def end_offer(scope: Scope, hold_id: UUID) -> None:
    """Its hold has given the places back. Who did not take them stays on the list."""
    for entry_id, customer_id in scope.session.rows(store.OFFERED_BY, {"hold": hold_id}).all():
        scope.session.rows(store.PASS, {"entry": entry_id})
        tell_that_it_ended(scope, entry_id, customer_id, "lapsed")


def tell_that_it_ended(scope: Scope, entry_id: UUID, customer_id: UUID, how: str) -> None:
    """Nobody did it: somebody else's action may only have found it."""
    facts = event_facts(scope, entry_id, customer_id) | {"ended": how}
    record(replace(scope, actor=system()), "waitlist.offer_ended", customer_id=customer_id, after=facts)


def take_offer(scope: Scope, entry_id: UUID) -> TakenOffer:
    """Keeps what is offered to the customer who acts at least as long as a form is kept; the booking is made by
    confirming it. The second press is answered like the first.

    Raises `Missing`, `Refused("offer", …)` when it is over or somebody was faster.
    """
    with writing(scope.session):
        entry = locked_entry(scope, entry_id)
        date = lock_occurrence(scope, entry.occurrence_id)
        service = read_service(scope, date.service_id)
        settings = scope.tenant.settings.for_service(service.settings)
        row = scope.session.rows(store.WAITING, {"entry": entry_id, "customer": scope.actor.id}).one()
        if offer_of(scope, row) is None:
            raise Refused("offer", NO_LONGER_OFFERED)
        if entry.offer_hold_id is None:
            if date.places_left < row.places:
                raise Refused("offer", SOMEBODY_WAS_FASTER)
            until = min(scope.now + timedelta(minutes=settings[HOLD_MINUTES]), date.starts_at)
            hold_id = hold_for_offer(scope, row.occurrence_id, row.places, until)
            scope.session.rows(store.SET_OFFER, {"entry": entry_id, "hold": hold_id, "until": None})
            ask_to_offer(scope, row.occurrence_id, until)
        else:
            hold_id = entry.offer_hold_id
            keep_for_the_form(scope, settings, hold_id)
        return TakenOffer(hold_id, service.id, str(OccurrenceKey(row.occurrence_id)))


def keep_for_the_form(scope: Scope, settings: Settings, hold_id: UUID) -> None:
    """Who takes an offer in its last minute can still fill in the form; pressing again and again gains nothing."""
    hold = read_hold(scope, hold_id)
    if hold is None:
        raise Refused("offer", NO_LONGER_OFFERED)
    form, offered = (timedelta(minutes=settings[name]) for name in (HOLD_MINUTES, choices.WAITLIST_MINUTES))
    keep_until(scope, hold_id, min(scope.now + form, hold.since + offered + form, hold.starts_at))


def stop_waiting(scope: Scope, booking: Booking) -> bool:
    """Takes those off the list whom a new booking gives what they waited for; whether there was anybody.

    Inside the transaction that makes the booking, which has its place already.
    """
    values = {"occurrence": booking.occurrence_id, "customer": booking.customer_id, "booking": booking.id}
    served = scope.session.rows(store.SERVED, values).all()
    if served:
        scope.session.rows(store.END_WAITING, {"entries": [row.id for row in served]})
    for row in served:
        if row.offer_hold_id not in (None, booking.id):
            drop_hold(scope, row.offer_hold_id)
    places_changed(scope, PlacesChanged(booking.occurrence_id, Change.TAKEN, scope.now))
    return bool(served)


def who_was_offered(scope: Scope, entry_id: UUID, hold_id: UUID) -> Guest | None:
    """Whose offer this hold keeps: the form is filled in for who came by the link in their own mail."""
    row = scope.session.rows(store.OFFERED_GUEST, {"entry": entry_id, "hold": hold_id}).one_or_none()
    return Guest(*row) if row is not None else None

"""Keeping a place while a form is open: hold, change, claim, drop. Inside the caller's write transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.catalog.actions import ServiceFacts
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule import settings as choices
from bookwidget.schedule import store
from bookwidget.schedule.claims import (
    JUST_TAKEN,
    end_private_holds,
    lock_occurrences,
    lock_providers,
    make_private_occurrence,
    release_seats,
    take_seats,
)
from bookwidget.schedule.models import Hold, Purpose
from bookwidget.schedule.news import Change, tell, tell_of_hold
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from bookwidget.tenancy.scope import Scope

NO_LONGER_KEPT: Text = _("Your place was held for a while and is now free for others. Please choose a time.")
ELSEWHERE: Text = _("You chose a different time in another window. Please check again.")
LONGEST = 3
"""How many times the setting's minutes a place is kept at most, however often somebody asks for more."""


@dataclass(frozen=True)
class HoldFacts:
    """Kept places, and where."""

    id: UUID
    occurrence_id: UUID
    places: int
    since: datetime
    until: datetime
    """From then on the places are anybody's."""
    service_id: UUID
    provider_id: UUID | None
    provider: str
    location_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    state: str
    is_private: bool
    purpose: str

    @property
    def slot_key(self) -> str:
        if self.is_private and self.provider_id:
            return str(TimeKey(self.provider_id, self.starts_at))
        return str(OccurrenceKey(self.occurrence_id))


def read_hold(scope: Scope, hold_id: UUID) -> HoldFacts | None:
    """None also for one that has lapsed, whether or not somebody has given its places back."""
    row: Any = scope.session.rows(store.HOLD, {"hold": hold_id}).one_or_none()
    return HoldFacts(*row) if row is not None and row.until > scope.now else None


def lock_hold(scope: Scope, hold_id: UUID, *others: UUID, provider_id: UUID | None = None) -> HoldFacts | None:
    """The hold, once nobody else can change it, nor the places of its and the `others` occurrences, nor the
    provider's time. `Refused("slot", …)` if it went somewhere else at this very moment, in another window.
    """
    row: Any = scope.session.rows(store.HOLD, {"hold": hold_id}).one_or_none()  # lapsed or not
    private, published = (row, None) if row is not None and row.is_private else (None, row)
    lock_providers(scope, provider_id, private.provider_id if private else None)
    lock_occurrences(scope, *others, *([published.occurrence_id] if published else []))
    hold = read_hold(scope, hold_id)
    if hold is not None and (row is None or hold.occurrence_id != row.occurrence_id):
        raise Refused("slot", ELSEWHERE)
    return hold


def hold_place(scope: Scope, service: ServiceFacts, hold_id: UUID, key: OccurrenceKey | TimeKey, places: int) -> None:
    """Keeps so many places under this id, in place of what it kept so far; `Refused("slot", …)` if they are gone."""
    if isinstance(key, TimeKey):
        let_go(scope, lock_hold(scope, hold_id, provider_id=key.provider_id))
        occurrence_id = make_private_occurrence(scope, service, key.provider_id, None, key.starts_at)
    else:
        let_go(scope, lock_hold(scope, hold_id, key.occurrence_id))
        take_seats(scope, key.occurrence_id, places)
        occurrence_id = key.occurrence_id
    until = scope.now + kept_for(scope, service)
    hold = Hold(id=hold_id, occurrence_id=occurrence_id, places=places, since=scope.now, until=until)
    if not store.add_hold(scope.session, hold):
        raise Refused("slot", ELSEWHERE)


def hold_for_undo(scope: Scope, occurrence_id: UUID, places: int, until: datetime) -> UUID:
    """Turns places that are taken into a hold; `claim_hold` makes them taken again. The hold's id."""
    hold_id = put_hold(scope, occurrence_id, places, until, Purpose.UNDO)
    tell(scope, occurrence_id, Change.FREED, at=until)
    return hold_id


def hold_for_offer(scope: Scope, occurrence_id: UUID, places: int, until: datetime) -> UUID:
    """Takes places of a locked occurrence for somebody on the waiting list, or raises `Refused("slot", …)`."""
    if not store.change_seats(scope.session, occurrence_id, places):
        raise Refused("slot", JUST_TAKEN)
    return put_hold(scope, occurrence_id, places, until, Purpose.OFFER)


def put_hold(scope: Scope, occurrence_id: UUID, places: int, until: datetime, purpose: Purpose) -> UUID:
    hold = Hold(id=uuid7(), occurrence_id=occurrence_id, places=places, since=scope.now, until=until, purpose=purpose)
    scope.session.add(hold)
    scope.session.flush()
    return hold.id


def resize_hold(scope: Scope, hold_id: UUID, places: int) -> HoldFacts:
    """Keeps more or fewer places of a class; `Refused("slot", …)` if it has lapsed, `("tickets", …)` if it is full."""
    hold = still_kept(lock_hold(scope, hold_id))
    if places == hold.places:
        return hold
    if places < hold.places:
        release_seats(scope, hold.occurrence_id, hold.places - places, change=Change.LET_GO)
    elif not store.change_seats(scope.session, hold.occurrence_id, places - hold.places):
        raise Refused("tickets", _("There are not enough places left."))
    scope.session.rows(store.CHANGE_HOLD, {"hold": hold_id, "places": places, "until": hold.until})
    return still_kept(read_hold(scope, hold_id))


def extend_hold(scope: Scope, service: ServiceFacts, hold_id: UUID) -> HoldFacts:
    """Keeps the places as long again from now, up to `LONGEST` times in all; `Refused("slot", …)` if it has lapsed."""
    hold, minutes = still_kept(lock_hold(scope, hold_id)), kept_for(scope, service)
    until = max(hold.until, min(scope.now + minutes, hold.since + LONGEST * minutes))
    scope.session.rows(store.CHANGE_HOLD, {"hold": hold_id, "places": hold.places, "until": until})
    return still_kept(read_hold(scope, hold_id))


def keep_until(scope: Scope, hold_id: UUID, until: datetime) -> None:
    """Keeps the places of a locked hold until then, if that is later than so far."""
    hold = still_kept(read_hold(scope, hold_id))
    values = {"hold": hold_id, "places": hold.places, "until": max(hold.until, until)}
    scope.session.rows(store.CHANGE_HOLD, values)


def claim_hold(scope: Scope, hold_id: UUID, *, location_id: UUID | None = None) -> HoldFacts:
    """The places are the caller's from now on; `Refused("slot", …)` if it has lapsed, or the business cancelled.

    An appointment takes place at this location, if one is named.
    """
    hold = still_kept(lock_hold(scope, hold_id))
    if hold.state != "scheduled" or hold.starts_at < scope.now:
        raise Refused("slot", _("This time can no longer be booked. Please choose another one."))
    scope.session.rows(store.END_HOLDS, {"holds": [hold_id]})
    if hold.is_private and location_id:
        scope.session.rows(store.LOCATE, {"occurrence": hold.occurrence_id, "location": location_id})
    return hold


def drop_hold(scope: Scope, hold_id: UUID) -> None:
    """Gives the places back. What is not kept (any more) is fine too."""
    let_go(scope, lock_hold(scope, hold_id))


def let_go(scope: Scope, hold: HoldFacts | None) -> None:
    """Of a locked hold."""
    if hold is None:
        return
    if hold.is_private:
        end_private_holds(scope, [hold.id], [hold.occurrence_id])
    else:
        scope.session.rows(store.END_HOLDS, {"holds": [hold.id]})
        store.change_seats(scope.session, hold.occurrence_id, -hold.places)
        tell_of_hold(scope, hold.id, hold.occurrence_id, hold.purpose)


def still_kept(hold: HoldFacts | None) -> HoldFacts:
    if hold is None:
        raise Refused("slot", NO_LONGER_KEPT)
    return hold


def kept_for(scope: Scope, service: ServiceFacts) -> timedelta:
    return timedelta(minutes=scope.tenant.settings.for_service(service.settings)[choices.HOLD_MINUTES])

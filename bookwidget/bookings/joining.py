"""Joining the waiting list of a date that is full."""

from dataclasses import replace
from uuid import UUID

from bookwidget.accounts import limits
from bookwidget.accounts.guests import Guest, cleaned, customer_of_guest, guest_problems
from bookwidget.bookings import store_waiting as store
from bookwidget.bookings.details import bookable, check_places, may_be_waited_for
from bookwidget.bookings.models import WaitlistEntry
from bookwidget.bookings.offering import ask_after_the_next_lapse
from bookwidget.bookings.policy import may_book_as_guest
from bookwidget.bookings.results import FullDate, WaitingPlace
from bookwidget.bookings.waiting import acting_customer, event_facts
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind, customer
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import lock_occurrence
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing


def join_waiting_list(scope: Scope, occurrence_id: UUID, places: int = 1) -> WaitingPlace:
    """Puts the customer who acts at the end of the line. Who waits already keeps their place, and their number.

    Raises `Missing`, `Denied`, `Refused("occurrence" or "tickets", …)`. Event: `waitlist.joined`.
    """
    owner = acting_customer(scope)
    with writing(scope.session):
        lock_full_date(scope, occurrence_id, places, owner)
        return stand_in_line(scope, occurrence_id, places, owner)


def join_as_guest(scope: Scope, occurrence_id: UUID, places: int, guest: Guest, *, address: str = "") -> None:
    """The same for the customer with this e-mail. Nothing is answered: it would tell whether they wait already.

    Raises as `join_waiting_list` does, and `Refused` under the guest's fields. `address` is counted, so that nobody
    fills the lists.
    """
    if not may_book_as_guest(scope.actor):
        raise Denied(_("Please log in first."))
    for refused in guest_problems(scope, guest):
        raise refused
    known = cleaned(scope, guest)
    if address:
        limits.count_attempt(scope.session, limits.GUEST_ADDRESS, address, scope.now)
    with writing(scope.session):
        lock_full_date(scope, occurrence_id, places)
        owner = customer_of_guest(scope, known)
        stand_in_line(replace(scope, actor=customer(owner, scope.actor.door)), occurrence_id, places, owner)


def lock_full_date(scope: Scope, occurrence_id: UUID, places: int, owner: UUID | None = None) -> None:
    """Until the end of the transaction its list stays as it is. Refuses what cannot be waited for by who is not on
    the list yet.
    """
    occurrence = lock_occurrence(scope, occurrence_id)
    if occurrence.is_private or occurrence.state != "scheduled":
        raise Missing
    if owner is not None and entry_of(scope, occurrence_id, owner) is not None:
        return
    service = bookable(scope, occurrence.service_id)
    if not may_be_waited_for(scope, service):
        raise Missing
    if occurrence.starts_at <= scope.now:
        raise Refused("occurrence", _("This has already begun."))
    if occurrence.places_left > 0:
        raise Refused("occurrence", _("There are still places: you can book."))
    check_places(scope, service, places)


def stand_in_line(scope: Scope, occurrence_id: UUID, places: int, owner: UUID) -> WaitingPlace:
    entry_id = entry_of(scope, occurrence_id, owner)
    if entry_id is None:
        entry_id = uuid7()
        scope.session.add(
            WaitlistEntry(
                id=entry_id, customer_id=owner, occurrence_id=occurrence_id, joined_at=scope.now, places=places
            )
        )
        scope.session.flush()
        record(scope, "waitlist.joined", customer_id=owner, after=event_facts(scope, entry_id, owner))
        ask_after_the_next_lapse(scope, occurrence_id)
    return WaitingPlace(entry_id, event_facts(scope, entry_id, owner)["position"])


def entry_of(scope: Scope, occurrence_id: UUID, owner: UUID) -> UUID | None:
    mine = {"customer": owner, "occurrence": occurrence_id}
    found: UUID | None = scope.session.rows(store.MY_ENTRY, mine).scalar_one_or_none()
    return found


def read_full_date(scope: Scope, occurrence_id: UUID) -> FullDate:
    """A date with what is known of its waiting list, also when it is not full (any more).

    Raises `Missing` for what nobody can wait for.
    """
    acting = scope.actor.id if scope.actor.kind is ActorKind.CUSTOMER else None
    values = {"occurrence": occurrence_id, "customer": acting, "now": scope.now}
    row = scope.session.rows(store.FULL_DATE, values).one_or_none()
    if row is None or row.starts_at <= scope.now:
        raise Missing
    found = FullDate(*row)
    if not may_be_waited_for(scope, bookable(scope, found.service_id)):
        raise Missing
    return found

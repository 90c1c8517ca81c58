"""The waiting list of a full class."""

from uuid import UUID

from bookwidget.bookings import store
from bookwidget.bookings.models import WaitlistEntry
from bookwidget.bookings.results import WaitingPlace
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import lock_occurrence
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing


def join_waiting_list(scope: Scope, occurrence_id: UUID) -> WaitingPlace:
    """Puts the customer who acts at the end of the line. Who waits already keeps their place.

    Raises `Missing`, `Denied`, `Refused("occurrence", …)`. Event: `waitlist.joined`.
    """
    customer = acting_customer(scope)
    with writing(scope.session):
        occurrence = lock_occurrence(scope, occurrence_id)
        if occurrence.is_private or occurrence.state != "scheduled":
            raise Missing
        mine = {"customer": customer, "occurrence": occurrence_id}
        entry_id = scope.session.rows(store.MY_ENTRY, mine).scalar_one_or_none()
        if entry_id is None:
            if occurrence.starts_at <= scope.now:
                raise Refused("occurrence", _("This has already begun."))
            if occurrence.places_left > 0:
                raise Refused("occurrence", _("There are places left: you can book."))
            entry_id = uuid7()
            entry = WaitlistEntry(id=entry_id, customer_id=customer, occurrence_id=occurrence_id, joined_at=scope.now)
            scope.session.add(entry)
            record(scope, "waitlist.joined", customer_id=customer, after={"occurrence": str(occurrence_id)})
        position = scope.session.rows(store.POSITION, {"occurrence": occurrence_id, "entry": entry_id}).scalar_one()
        return WaitingPlace(entry_id, position)


def leave_waiting_list(scope: Scope, entry_id: UUID) -> None:
    """Takes the customer who acts off the list. Raises `Missing`, also when they left already.

    Event: `waitlist.left`.
    """
    customer = acting_customer(scope)
    with writing(scope.session):
        mine = {"entry": entry_id, "customer": customer}
        occurrence_id = scope.session.rows(store.ENTRY, mine).scalar_one_or_none()
        if occurrence_id is None or scope.session.rows(store.LEAVE, mine).rowcount != 1:
            raise Missing
        record(scope, "waitlist.left", customer_id=customer, before={"occurrence": str(occurrence_id)})


def acting_customer(scope: Scope) -> UUID:
    """Only customers wait, each for themselves."""
    if scope.actor.kind is not ActorKind.CUSTOMER or scope.actor.id is None:
        raise Denied(_("Please log in first."))
    return scope.actor.id

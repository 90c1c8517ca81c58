"""The waiting list of a full class."""

from typing import Any, cast
from uuid import UUID

from bookwidget.bookings import store
from bookwidget.bookings.models import WaitlistEntry
from bookwidget.bookings.policy import no
from bookwidget.bookings.results import Attendance, LeftList, Organiser, Tab, WaitingDetails, WaitingPlace
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.money import Money
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import lock_occurrence
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

ONLY_WAITING = no("waiting", _("You are on the waiting list and do not have a place yet."))


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
                raise Refused("occurrence", _("There are still places: you can book."))
            entry_id = uuid7()
            entry = WaitlistEntry(id=entry_id, customer_id=customer, occurrence_id=occurrence_id, joined_at=scope.now)
            scope.session.add(entry)
            record(scope, "waitlist.joined", customer_id=customer, after={"occurrence": str(occurrence_id)})
        position = scope.session.rows(store.POSITION, {"occurrence": occurrence_id, "entry": entry_id}).scalar_one()
        return WaitingPlace(entry_id, position)


def read_waiting(scope: Scope, entry_id: UUID) -> WaitingDetails:
    """What the customer who acts waits for; `Missing` for everybody else, and after they left."""
    values = {"entry": entry_id, "customer": acting_customer(scope)}
    row = scope.session.rows(store.WAITING, values).one_or_none()
    if row is None:
        raise Missing
    return WaitingDetails(
        **facts_of_waiting(scope, row),
        occurrence_id=row.occurrence_id,
        minutes=row.minutes,
        address=row.address,
        description=row.description,
        organiser=Organiser(scope.tenant.name, scope.tenant.email, scope.tenant.phone),
        joined_at=row.joined_at,
    )


def left_list(scope: Scope, occurrence_id: UUID) -> LeftList | None:
    """The date, if it is one that can be waited for and the customer who acts does not (any more)."""
    mine = {"customer": acting_customer(scope), "occurrence": occurrence_id}
    row = scope.session.rows(store.LEFT, mine).one_or_none()
    if row is None or scope.session.rows(store.MY_ENTRY, mine).one_or_none() is not None:
        return None
    return LeftList(*row)


def leave_waiting_list(scope: Scope, entry_id: UUID) -> UUID:
    """Takes the customer who acts off the list; the occurrence's id. Raises `Missing`, also when they left already.

    Event: `waitlist.left`.
    """
    customer = acting_customer(scope)
    with writing(scope.session):
        mine = {"entry": entry_id, "customer": customer}
        occurrence_id = scope.session.rows(store.ENTRY, mine).scalar_one_or_none()
        if occurrence_id is None or scope.session.rows(store.LEAVE, mine).rowcount != 1:
            raise Missing
        record(scope, "waitlist.left", customer_id=customer, before={"occurrence": str(occurrence_id)})
        return cast(UUID, occurrence_id)


def facts_of_waiting(scope: Scope, row: Any) -> dict[str, Any]:
    """The fields of a `BookingRow` for an entry."""
    return {
        "id": row.id,
        "code": "",
        "service": row.service,
        "kind": row.kind,
        "provider": row.provider,
        "location": row.location,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "status": "waiting",
        "tab": Tab.WAITING,
        "price": Money(row.price, scope.tenant.currency),
        "attendees": (),
        "is_occurrence_cancelled": row.state == "cancelled",
        "attendance": Attendance.BOOKED,
        "moves": 0,
        "may_cancel": ONLY_WAITING,
        "may_move": ONLY_WAITING,
        "may_undo": ONLY_WAITING,
        "may_postpone": ONLY_WAITING,
        "may_resume": ONLY_WAITING,
        "position": row.position,
    }


def acting_customer(scope: Scope) -> UUID:
    """Only customers wait, each for themselves."""
    if scope.actor.kind is not ActorKind.CUSTOMER or scope.actor.id is None:
        raise Denied(_("Please log in first."))
    return scope.actor.id

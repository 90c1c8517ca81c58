"""The waiting list of a full class: what one waits for, and leaving."""

from typing import Any, cast
from uuid import UUID

from bookwidget.accounts.support import support_of
from bookwidget.bookings import store_waiting as store
from bookwidget.bookings.policy import Answer, no
from bookwidget.bookings.results import Attendance, LeftList, Offer, Organiser, Tab, WaitingDetails
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Denied, Missing
from bookwidget.kernel.money import Money
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import drop_hold, lock_occurrence
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

ONLY_WAITING = no("waiting", _("You are on the waiting list and do not have a place yet."))


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
        organiser=Organiser(scope.tenant.name, *support_of(scope.tenant).contacts),
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

    What was offered to them goes to the next. Event: `waitlist.left`.
    """
    customer = acting_customer(scope)
    with writing(scope.session):
        entry = locked_entry(scope, entry_id)
        scope.session.rows(store.LEAVE, {"entry": entry_id, "customer": customer})
        record(scope, "waitlist.left", customer_id=customer, before={"occurrence": str(entry.occurrence_id)})
        if entry.offer_hold_id is not None:
            drop_hold(scope, entry.offer_hold_id)
        return cast(UUID, entry.occurrence_id)


def locked_entry(scope: Scope, entry_id: UUID) -> Any:
    """The entry of the customer who acts, once nobody else can change it: its occurrence, and the offer's hold.

    Raises `Missing`.
    """
    mine = {"entry": entry_id, "customer": acting_customer(scope)}
    row = scope.session.rows(store.ENTRY, mine).one_or_none()
    if row is not None:
        lock_occurrence(scope, row.occurrence_id)
        row = scope.session.rows(store.ENTRY, mine).one_or_none()
    if row is None:
        raise Missing
    return row


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
        "policy": only_waiting,
        "position": row.position,
        "places": row.places,
        "offer": offer_of(scope, row),
    }


def offer_of(scope: Scope, row: Any) -> Offer | None:
    """What somebody on the waiting list can take now."""
    if row.offer_until is None or row.offer_until <= scope.now or row.state != "scheduled":
        return None
    return Offer(row.offer_until, row.offer_hold_id is not None)


def event_facts(scope: Scope, entry_id: UUID, customer_id: UUID) -> dict[str, Any]:
    """What an event keeps of an entry: for what somebody waits, and at which place."""
    row = scope.session.rows(store.WAITING, {"entry": entry_id, "customer": customer_id}).one()
    return {
        "entry": entry_id.hex,
        "occurrence": str(row.occurrence_id),
        "position": row.position,
        "places": row.places,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "service": row.service,
        "provider": row.provider,
        "location": row.location,
    }


def only_waiting(_permission: Permission) -> Answer:
    """Nothing that is done with bookings can be done with an entry."""
    return ONLY_WAITING


def acting_customer(scope: Scope) -> UUID:
    """Only customers wait, each for themselves."""
    if scope.actor.kind is not ActorKind.CUSTOMER or scope.actor.id is None:
        raise Denied(_("Please log in first."))
    return scope.actor.id

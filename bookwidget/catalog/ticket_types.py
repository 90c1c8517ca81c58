"""Ticket types of a class as the business sets them up. Tickets that are booked keep their type and its price."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from bookwidget.catalog import store
from bookwidget.catalog.models import Service, TicketType
from bookwidget.catalog.questions import placed
from bookwidget.catalog.services import DEAREST
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import digest, uuid7
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_NAME = 80
CHANGED: Text = _("Somebody else has changed this ticket type in the meantime. Please look at it again.")
LAST: Text = _("A class keeps at least one ticket type. Add another one first, or stop offering the class.")


@dataclass(frozen=True)
class WantedTicketType:
    """A ticket type as staff write it."""

    name: str
    price: int = 0
    """Minor units of the tenant's currency; holds for what is booked from now on."""
    is_child: bool = False
    """Its places are for children."""

    @property
    def facts(self) -> dict[str, Any]:
        return {"name": self.name, "price": self.price, "is_child": self.is_child}


@dataclass(frozen=True)
class KeptTicketType:
    """A ticket type as staff see it."""

    id: UUID
    wanted: WantedTicketType
    is_active: bool

    @property
    def seen(self) -> str:
        """Names how it stands; a form sends it back. Its place among the others is not part of that."""
        return digest(self.wanted.facts.items())


def list_kept_ticket_types(scope: Scope, service_id: UUID) -> tuple[KeptTicketType, ...]:
    """Those of a class, in their order, those no longer offered too. `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    rows = scope.session.rows(store.KEPT_TICKET_TYPES, {"service": service_id})
    return tuple(
        KeptTicketType(id, WantedTicketType(name, price, is_child), is_active)
        for id, name, price, is_child, is_active in rows
    )


def read_ticket_type(scope: Scope, service_id: UUID, kind_id: UUID) -> KeptTicketType:
    """`Missing` without one."""
    found = next((one for one in list_kept_ticket_types(scope, service_id) if one.id == kind_id), None)
    if found is None:
        raise Missing
    return found


def add_ticket_type(scope: Scope, service_id: UUID, wanted: WantedTicketType, new_id: UUID | None = None) -> UUID:
    """Makes a type, which stands last; its id. `new_id` is the form's: sent twice, it is one.

    Raises `Denied`, `Missing` for what is no class, `Refused` under a field. Event: `ticket_type.saved`.
    """
    id, clean = new_id or uuid7(), cleaned(wanted)
    with writing(scope.session) as session:
        lock_class(scope, service_id)
        if session.get(TicketType, (scope.tenant.id, id)) is not None:
            return id
        order = [one.id for one in list_kept_ticket_types(scope, service_id)]
        session.add(TicketType(id=id, service_id=service_id, **clean.facts))
        session.flush()
        write_order(scope, [*order, id])
        record(scope, "ticket_type.saved", after=facts_of(service_id, id, clean))
    return id


def change_ticket_type(scope: Scope, service_id: UUID, kind_id: UUID, wanted: WantedTicketType, *, seen: str) -> bool:
    """Writes a type anew; whether anything changed. Tickets that are booked keep their price.

    `seen` is `KeptTicketType.seen` of the page that was shown. Raises what `add_ticket_type` raises, and
    `Refused("", …)` for a page that is older. Event: `ticket_type.saved`.
    """
    clean = cleaned(wanted)
    with writing(scope.session) as session:
        lock_class(scope, service_id)
        before = read_ticket_type(scope, service_id, kind_id)
        if clean == before.wanted:
            return False
        if seen != before.seen:
            raise Refused("", CHANGED)
        kind = session.get_one(TicketType, (scope.tenant.id, kind_id))
        for name, value in clean.facts.items():
            setattr(kind, name, value)
        record(
            scope, "ticket_type.saved", before=facts_of(service_id, kind_id, before.wanted),
            after=facts_of(service_id, kind_id, clean),
        )  # fmt: skip
    return True


def retire_ticket_type(scope: Scope, service_id: UUID, kind_id: UUID, *, is_offered: bool = False) -> None:
    """Offers it no longer, or again. Tickets stay. Raises `Denied`, `Missing`, `Refused("", …)` for the last one.
    Event: `ticket_type.retired` or `ticket_type.restored`, none if nothing changes.
    """
    with writing(scope.session) as session:
        lock_class(scope, service_id)
        found = read_ticket_type(scope, service_id, kind_id)
        if found.is_active is is_offered:
            return
        others = [one for one in list_kept_ticket_types(scope, service_id) if one.is_active and one.id != kind_id]
        if not is_offered and not others:
            raise Refused("", LAST)
        session.get_one(TicketType, (scope.tenant.id, kind_id)).is_active = is_offered
        kind = "ticket_type.restored" if is_offered else "ticket_type.retired"
        record(scope, kind, after=facts_of(service_id, kind_id, found.wanted))


def place_ticket_type(scope: Scope, service_id: UUID, kind_id: UUID, neighbour_id: UUID, *, is_before: bool) -> None:
    """Puts a type before or after another one; there already, nothing changes. Raises `Denied`, `Missing`. Event:
    `ticket_type.placed`.
    """
    with writing(scope.session):
        lock_class(scope, service_id)
        order = [one.id for one in list_kept_ticket_types(scope, service_id)]
        if not placed(order, kind_id, neighbour_id, is_before=is_before):
            return
        write_order(scope, order)
        found = read_ticket_type(scope, service_id, kind_id)
        record(scope, "ticket_type.placed", after=facts_of(service_id, kind_id, found.wanted))


def write_order(scope: Scope, order: list[UUID]) -> None:
    for position, id in enumerate(order, 1):
        scope.session.rows(store.SET_TICKET_POSITION, {"of": id, "position": position})


def lock_class(scope: Scope, service_id: UUID) -> None:
    """Its types are changed one after the other. `Denied`; `Missing` for what is no class."""
    require(scope, Permission.CATALOG_CHANGE)
    service = scope.session.get(Service, (scope.tenant.id, service_id), with_for_update=True)
    if service is None or service.kind != "class":
        raise Missing


def facts_of(service_id: UUID, id: UUID, wanted: WantedTicketType) -> dict[str, Any]:
    """As an event keeps it."""
    return {"ticket_type": id.hex, "of": service_id.hex, **wanted.facts}


def cleaned(wanted: WantedTicketType) -> WantedTicketType:
    """As it is stored; `Refused` under a field."""
    if not 0 <= wanted.price <= DEAREST:
        raise Refused("price", _("This price is too high."))
    return replace(wanted, name=clean_line(wanted.name, "name", longest=MAX_NAME, required=True))

"""What services need, as the business sets it up: people who perform them, and locations where they take place.

Both have a name and the services that they are for. Who or what is no longer offered stays, because dates, bookings
and series refer to it; what is booked already keeps it.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from bookwidget.catalog import store
from bookwidget.catalog.models import Location, Provider, ServiceLocation, ServiceProvider
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import digest, uuid7
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_NAME, MAX_ADDRESS = 120, 300


@dataclass(frozen=True)
class Sort:
    """People or locations."""

    name: str
    """Begins the names of events."""
    model: type[Provider] | type[Location]
    link: type[ServiceProvider] | type[ServiceLocation]
    listed: Any
    """This and the next are statements: all of them,"""
    served: Any
    """id and service of each link,"""
    lock: Any
    """the services that can be chosen,"""
    forget: Any
    """and the end of these links."""
    overtaken: Text

    @property
    def column(self) -> str:
        return f"{self.name}_id"


PROVIDERS = Sort(
    "provider", Provider, ServiceProvider, store.KEPT_PROVIDERS, store.PERFORMED, store.LOCK_SERVICES,
    store.FORGET_PERFORMED,
    _("Somebody else has changed this person in the meantime. Please look at the page again."),
)  # fmt: skip
LOCATIONS = Sort(
    "location", Location, ServiceLocation, store.KEPT_LOCATIONS, store.HOUSED, store.LOCK_APPOINTMENTS,
    store.FORGET_HOUSED,
    _("Somebody else has changed this location in the meantime. Please look at the page again."),
)  # fmt: skip


@dataclass(frozen=True)
class WantedResource:
    """A person or a location as staff write it."""

    name: str
    address: str = ""
    """Of a location."""
    services: frozenset[UUID] = frozenset()
    """What a person performs; which appointments can take place at a location (dates of classes say it themselves)."""


@dataclass(frozen=True)
class KeptResource:
    """A person or a location as staff see it."""

    id: UUID
    wanted: WantedResource
    is_active: bool

    @property
    def seen(self) -> str:
        """Names how it stands; a form sends it back."""
        return digest((self.wanted.name, self.wanted.address, *sorted(self.wanted.services)))


def list_resources(scope: Scope, sort: Sort) -> tuple[KeptResource, ...]:
    """All of the business, those no longer offered too, by name, in two statements. `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    served: dict[UUID, set[UUID]] = {}
    for id, service_id in scope.session.rows(sort.served):
        served.setdefault(id, set()).add(service_id)
    return tuple(
        KeptResource(id, WantedResource(name, "".join(address), frozenset(served.get(id, ()))), is_active)
        for id, name, is_active, *address in scope.session.rows(sort.listed)
    )


def read_resource(scope: Scope, sort: Sort, id: UUID) -> KeptResource:
    """`Missing` without one."""
    found = next((one for one in list_resources(scope, sort) if one.id == id), None)
    if found is None:
        raise Missing
    return found


def add_resource(scope: Scope, sort: Sort, wanted: WantedResource, new_id: UUID | None = None) -> UUID:
    """Makes one; its id. `new_id` is the form's: sent twice, it is one.

    Raises `Denied`, `Missing` for a service that there is not, `Refused` under a field. Event: `provider.added` or
    `location.added`.
    """
    id, clean = new_id or uuid7(), cleaned(wanted)
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        if session.get(sort.model, (scope.tenant.id, id)) is not None:
            return id
        session.add(sort.model(id=id, **columns_of(sort, clean)))
        session.flush()
        link(scope, sort, id, clean)
        record(scope, f"{sort.name}.added", after=facts(sort, id, clean))
    return id


def change_resource(scope: Scope, sort: Sort, id: UUID, wanted: WantedResource, *, seen: str) -> bool:
    """Writes one anew; whether anything changed. What is booked stays as it is.

    `seen` is `KeptResource.seen` of the page that was shown. Raises what `add_resource` raises, and `Refused("", …)`
    for a page that is older. Event: `provider.changed` or `location.changed`.
    """
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        found = session.get(sort.model, (scope.tenant.id, id), with_for_update=True)
        if found is None:
            raise Missing
        before, clean = read_resource(scope, sort, id), cleaned(wanted)
        if clean == before.wanted:
            return False
        if seen != before.seen:
            raise Refused("", sort.overtaken)
        for name, value in columns_of(sort, clean).items():
            setattr(found, name, value)
        session.flush()
        link(scope, sort, id, clean)
        record(scope, f"{sort.name}.changed", before=facts(sort, id, before.wanted), after=facts(sort, id, clean))
    return True


def retire_resource(scope: Scope, sort: Sort, id: UUID, *, is_offered: bool = False) -> None:
    """Offers one no longer, or again. What is booked stays. Raises `Denied`, `Missing`. Event: `….retired` or
    `….restored`, none if nothing changes.
    """
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        found: Any = session.get(sort.model, (scope.tenant.id, id), with_for_update=True)
        if found is None:
            raise Missing
        if found.is_active is is_offered:
            return
        found.is_active = is_offered
        deed = "restored" if is_offered else "retired"
        record(scope, f"{sort.name}.{deed}", after={sort.name: id.hex, "name": found.name})


def link(scope: Scope, sort: Sort, id: UUID, clean: WantedResource) -> None:
    """Notes the services. They are locked first: a service's own page writes the same links."""
    known = set(scope.session.rows(sort.lock).scalars())
    if not clean.services <= known:
        raise Missing
    scope.session.execute(sort.forget, {"of": id})
    scope.session.add_all(sort.link(**{sort.column: id}, service_id=service) for service in sorted(clean.services))


def columns_of(sort: Sort, clean: WantedResource) -> dict[str, str]:
    return {"name": clean.name} if sort is PROVIDERS else {"name": clean.name, "address": clean.address}


def facts(sort: Sort, id: UUID, wanted: WantedResource) -> dict[str, Any]:
    """As an event keeps it."""
    services = sorted(service.hex for service in wanted.services)
    return {sort.name: id.hex, **columns_of(sort, wanted), "services": services}


def cleaned(wanted: WantedResource) -> WantedResource:
    """As it is stored; `Refused` under a field."""
    return replace(
        wanted,
        name=clean_line(wanted.name, "name", longest=MAX_NAME, required=True),
        address=clean_line(wanted.address, "address", longest=MAX_ADDRESS),
    )

"""Services as the business sets them up. What is booked already keeps its time and its price."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from bookwidget.catalog import store
from bookwidget.catalog.models import Provider, Service, ServiceProvider
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import digest, uuid7
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing

MAX_NAME, MAX_DESCRIPTION, DEAREST = 120, 2000, 100_000_000
KINDS = ("appointment", "class")
BOUNDS = {
    "minutes": (1, 1440),
    "minutes_before": (0, 480),
    "minutes_after": (0, 480),
    "step_minutes": (5, 480),
    "capacity": (1, 1000),
    "price": (0, DEAREST),
}
CHANGED: Text = _("Somebody else has changed this service in the meantime. Please look at it again.")


@dataclass(frozen=True)
class WantedService:
    """A service as staff write it."""

    name: str
    kind: str
    """`class` or `appointment`; it stays what it was made as."""
    minutes: int
    description: str = ""
    minutes_before: int = 0
    minutes_after: int = 0
    step_minutes: int = 30
    capacity: int = 1
    """Places of a class date that is published from now on."""
    price: int = 0
    """Minor units of the tenant's currency; holds for what is booked from now on."""
    is_at_customer: bool = False
    providers: frozenset[UUID] = frozenset()
    """Who performs it."""
    new_provider: str = ""
    """Somebody who performs it too and is new here; empty: nobody."""

    @property
    def facts(self) -> dict[str, Any]:
        """What is a column of the service."""
        own = asdict(self)
        return {name: value for name, value in own.items() if name not in ("providers", "new_provider")}


@dataclass(frozen=True)
class KeptService:
    """A service as staff see it."""

    id: UUID
    wanted: WantedService
    is_active: bool

    @property
    def seen(self) -> str:
        """Names how it stands; a form sends it back."""
        return digest((*self.wanted.facts.items(), *sorted(self.wanted.providers)))


def list_kept_services(scope: Scope) -> tuple[KeptService, ...]:
    """All of the business, retired ones too, by name, in two statements. `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    performed: dict[UUID, set[UUID]] = {}
    for service_id, provider_id in scope.session.rows(store.PERFORMERS):
        performed.setdefault(service_id, set()).add(provider_id)
    return tuple(kept(row, performed.get(row.id, ())) for row in scope.session.rows(store.KEPT_SERVICES))


def read_kept_service(scope: Scope, service_id: UUID) -> KeptService:
    """`Missing` without one."""
    found = next((one for one in list_kept_services(scope) if one.id == service_id), None)
    if found is None:
        raise Missing
    return found


def kept(row: Any, providers: Collection[UUID]) -> KeptService:
    names = ("name", "kind", "description", "is_at_customer", *BOUNDS)
    wanted = WantedService(**{name: getattr(row, name) for name in names}, providers=frozenset(providers))
    return KeptService(row.id, wanted, row.is_active)


def add_service(scope: Scope, wanted: WantedService, service_id: UUID | None = None) -> UUID:
    """Makes a service; its id. `service_id` is the form's: sent twice, it is one service.

    Raises `Denied`, `Missing` for a provider that there is not, `Refused` under a field. Event: `service.saved`.
    """
    id, clean = service_id or uuid7(), cleaned(wanted)
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        if session.get(Service, (scope.tenant.id, id)) is not None:
            return id
        session.add(Service(id=id, **clean.facts))
        session.flush()
        perform(scope, id, clean)
        record(scope, "service.saved", after={"service": id.hex, **clean.facts})
    return id


def change_service(scope: Scope, service_id: UUID, wanted: WantedService, *, seen: str) -> bool:
    """Writes a service anew; whether anything changed. Bookings and published dates stay as they are.

    `seen` is `KeptService.seen` of the page that was shown. Raises what `add_service` raises, and `Refused("", …)` for
    a page that is older. Event: `service.saved`.
    """
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        service = session.get(Service, (scope.tenant.id, service_id), with_for_update=True)
        if service is None:
            raise Missing
        before = read_kept_service(scope, service_id)
        clean = cleaned(replace(wanted, kind=before.wanted.kind))
        if clean == before.wanted:
            return False
        if seen != before.seen:
            raise Refused("", CHANGED)
        for name, value in clean.facts.items():
            setattr(service, name, value)
        session.execute(store.FORGET_PERFORMERS, {"of": service_id})
        perform(scope, service_id, clean)
        record(
            scope, "service.saved", before={"service": service_id.hex, **before.wanted.facts},
            after={"service": service_id.hex, **clean.facts},
        )  # fmt: skip
    return True


def retire_service(scope: Scope, service_id: UUID, *, is_offered: bool = False) -> None:
    """Offers it no longer, or again. Bookings stay. Raises `Denied`, `Missing`. Event: `service.retired` or
    `service.restored`, none if nothing changes.
    """
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        service = session.get(Service, (scope.tenant.id, service_id), with_for_update=True)
        if service is None:
            raise Missing
        if service.is_active is is_offered:
            return
        service.is_active = is_offered
        kind = "service.restored" if is_offered else "service.retired"
        record(scope, kind, after={"service": service_id.hex, "name": service.name})


def perform(scope: Scope, service_id: UUID, clean: WantedService) -> None:
    """Notes who performs it; whoever is new is made here."""
    session: TenantSession = scope.session
    ids = [*clean.providers]
    if not set(ids) <= {row[0] for row in session.rows(store.EVERYBODY)}:
        raise Missing
    if clean.new_provider:
        new = Provider(id=uuid7(), name=clean.new_provider)
        session.add(new)
        session.flush()
        ids.append(new.id)
        record(scope, "provider.added", after={"provider": new.id.hex, "name": new.name})
    session.add_all(ServiceProvider(service_id=service_id, provider_id=id) for id in ids)


def cleaned(wanted: WantedService) -> WantedService:
    """As it is stored; `Refused` under a field."""
    if wanted.kind not in KINDS:
        raise Refused("kind", _("Choose one of the listed values."))
    if wanted.price > DEAREST:
        raise Refused("price", _("This price is too high."))
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(wanted, name) <= high:
            raise Refused(name, _("Choose a number from %(low)s to %(high)s.", low=low, high=high))
    description = wanted.description.replace("\r\n", "\n").strip()
    for line in description.splitlines():
        clean_line(line, "description", longest=MAX_DESCRIPTION)
    if len(description) > MAX_DESCRIPTION:
        raise Refused("description", _("Use at most %(count)s characters.", count=MAX_DESCRIPTION))
    is_class = wanted.kind == "class"
    return replace(
        wanted,
        name=clean_line(wanted.name, "name", longest=MAX_NAME, required=True),
        description=description,
        capacity=wanted.capacity if is_class else 1,
        is_at_customer=wanted.is_at_customer and not is_class,
        new_provider=clean_line(wanted.new_provider, "new_provider", longest=MAX_NAME),
    )

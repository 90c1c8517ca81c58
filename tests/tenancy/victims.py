"""Two tenants with one row of each kind; B attacks, nothing of A may show or change."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, delete, insert, select

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking
from bookwidget.catalog.models import Provider, Service
from bookwidget.events.models import Event, Job
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Tenant

A, B = UUID(int=0xA), UUID(int=0xB)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SECRET = {A: "of-a", B: "of-b"}
"""Stands in a text of every row of the tenant."""
WATCHED = (Tenant, Customer, Service, Provider, Occurrence, Booking, Event, Job)


def ids(tenant: UUID) -> dict[str, UUID]:
    names = ("customer", "service", "provider", "occurrence", "booking", "event", "job")
    return {name: UUID(int=tenant.int * 0x100 + number) for number, name in enumerate(names)}


OF_A, OF_B = ids(A), ids(B)


def booking(tenant: UUID, id: UUID | None = None, **changes: Any) -> dict[str, Any]:
    """The values of a booking of the tenant, without its tenant_id."""
    mine = ids(tenant)
    return {
        "id": id or mine["booking"], "code": SECRET[tenant], "customer_id": mine["customer"],
        "service_id": mine["service"], "occurrence_id": mine["occurrence"], "starts_at": NOW, "ends_at": LATER,
        "status": "confirmed", "price": 1, "note": SECRET[tenant], "created_at": NOW, **changes,
    }  # fmt: skip


def rows_of(tenant: UUID) -> list[tuple[Any, dict[str, Any]]]:
    mine, word = ids(tenant), SECRET[tenant]
    return [
        (Customer, {"id": mine["customer"], "email": f"{word}@example.com", "given_name": word, "created_at": NOW}),
        (Service, {"id": mine["service"], "name": word, "kind": "class", "minutes": 60}),
        (Provider, {"id": mine["provider"], "name": word}),
        (Occurrence, {"id": mine["occurrence"], "service_id": mine["service"], "provider_id": mine["provider"],
                      "starts_at": NOW, "ends_at": LATER, "busy_from": NOW, "busy_to": LATER, "capacity": 1}),
        (Booking, booking(tenant)),
        (Event, {"id": mine["event"], "kind": word, "at": NOW, "actor_kind": "system", "door": "command"}),
        (Job, {"id": mine["job"], "kind": word, "key": word, "due_at": NOW, "created_at": NOW}),
    ]  # fmt: skip


def plant(database: Database) -> None:
    """Puts the rows back as they were before any attack."""
    with database.all_tenants("attacks", writing=True) as connection:
        for model in reversed(WATCHED):
            connection.execute(delete(model))
        for tenant in (A, B):
            word = SECRET[tenant]
            connection.execute(insert(Tenant).values(
                id=tenant, slug=word, name=word, email=word, locale="en_GB", timezone="UTC", currency="EUR",
                created_at=NOW,
            ))  # fmt: skip
            for model, values in rows_of(tenant):
                connection.execute(insert(model).values(tenant_id=tenant, **values))


def owned_by(tenant: UUID, model: Any) -> Select[Any]:
    key = model.id if model is Tenant else model.tenant_id
    return select(model.__table__).where(key == tenant).order_by(model.id)


def everything_of(connection: Connection, tenant: UUID) -> list[Any]:
    return [row for model in WATCHED for row in connection.execute(owned_by(tenant, model))]


def snapshot(database: Database, tenant: UUID = A) -> list[Any]:
    with database.all_tenants("attacks: before and after") as connection:
        return everything_of(connection, tenant)


def is_a_leak(value: Any) -> bool:
    """Whether a value that B has read tells something about A."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value > 1  # a count: each tenant has one row of each kind
    if isinstance(value, UUID):
        return value == A or value in OF_A.values()
    if isinstance(value, str | dict):
        return any(word in str(value) for word in (SECRET[A], *(id.hex for id in (A, *OF_A.values()))))
    owner = getattr(value, "tenant_id", None)  # an entity
    return owner == A

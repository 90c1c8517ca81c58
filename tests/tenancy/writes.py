"""Statements by which a tenant could try to change, plant or remove another's rows."""

from typing import Any

from sqlalchemy import delete, insert, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from bookwidget.bookings.models import Booking
from bookwidget.catalog.models import Service
from bookwidget.events.models import Event, Job
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import Tenant
from tests.tenancy.victims import NOW, OF_A, SECRET, A, B, booking

T: Any = Booking.__table__
O: Any = T.alias("o")  # noqa: E741
JOB: Any = Job.__table__
KEY = ["tenant_id", "id"]
other = aliased(Booking)


def planted() -> dict[str, Any]:
    return {"tenant_id": A, **booking(A, uuid7(), code=str(uuid7())[-8:])}


def change(**values: Any) -> Any:
    return update(Booking).values(**values)


def upsert(kind: Any, values: dict[str, Any], changes: Any) -> Any:
    return kind.insert(T).values(**values).on_conflict_do_update(index_elements=KEY, set_=changes)


def jobs_for_a() -> tuple[list[str], Any]:
    """B's job as a job of A, by INSERT from SELECT."""
    names = [column.name for column in JOB.c]
    columns = [literal(A) if name == "tenant_id" else JOB.c[name] for name in names]
    return names, select(*columns).where(JOB.c.tenant_id == B)


def tenant_upsert(kind: Any) -> Any:
    """Found in review: the slug is unique over all tenants, so an INSERT can meet another's row."""
    values = {"slug": SECRET[A], "name": "x", "is_active": True, "locale": "", "timezone": "", "currency": "",
              "email": "", "phone": "", "theme": "", "branding": {}, "settings": {}, "created_at": NOW}  # fmt: skip
    return kind.insert(Tenant).values(**values).on_conflict_do_update(index_elements=["slug"], set_={"name": "stolen"})


CHANGES: dict[str, tuple[Any, Any]] = {
    "update": (change(note="stolen"), None),
    "update where A": (change(note="stolen").where(Booking.tenant_id == A), None),
    "update core": (T.update().values(note="stolen"), None),
    "update alias": (update(other).values(note="stolen"), None),
    "update from": (change(note="stolen").where(Booking.id != Service.id), None),
    "update from alias": (T.update().values(price=O.c.price + 1).where(O.c.tenant_id == A), None),
    "update moves row": (update(Job).values(tenant_id=A), None),
    "update moves row core": (JOB.update(), {"tenant_id": A}),
    "update ordered": (update(Job).ordered_values((Job.tenant_id, A)), None),
    "update by key": (update(Booking), [{"tenant_id": A, "id": OF_A["booking"], "note": "stolen"}]),
    "delete": (delete(Booking), None),
    "delete core": (T.delete(), None),
    "delete using": (delete(Booking).where(Booking.id != Service.id), None),
    "writing cte": (select(T.update().values(note="stolen").returning(T.c.code).cte("w").c.code), None),
    "deleting cte": (select(T.delete().returning(T.c.code).cte("w").c.code), None),
    "claims a job": (update(Job).values(lease=uuid7(), attempts=Job.attempts + 1), None),
    "ends a job": (update(Job).where(Job.id == OF_A["job"]).values(state="done"), None),
    "text": (text("update booking set note = 'stolen'"), None),
}
PLANTS: dict[str, tuple[Any, Any]] = {
    "insert": (insert(Booking), planted()),
    "insert core": (T.insert(), planted()),
    "insert many": (insert(Booking), [planted(), planted()]),
    "insert many core": (T.insert(), [planted(), planted()]),
    "insert values": (T.insert().values(**planted()), None),
    "insert multi values": (T.insert().values([planted(), planted()]), None),
    "insert inline": (T.insert().inline().values(**planted()), None),
    "insert returning": (insert(Booking).returning(Booking.tenant_id), planted()),
    "insert from select": (JOB.insert().from_select(*jobs_for_a()), None),
    "insert or replace": (T.insert().prefix_with("OR REPLACE").values(**planted()), None),
    "event of A": (insert(Event), {"tenant_id": A, "kind": "x", "at": NOW, "actor_kind": "", "door": ""}),
}
UPSERTS: dict[str, tuple[Any, Any]] = {
    f"{name}, {kind.__name__.rpartition('.')[2]}": (statement, None)
    for kind in (sqlite, postgresql)
    for name, statement in {
        "upsert": upsert(kind, {"tenant_id": A, **booking(A)}, {"note": "stolen"}),
        "upsert moves": upsert(kind, booking(A), {"tenant_id": A}),
        "upsert moves by column": upsert(kind, booking(A), {T.c.tenant_id: A}),
        "upsert of a slug": tenant_upsert(kind),
    }.items()
}
TENANTS: dict[str, tuple[Any, Any]] = {
    "the tenant itself": (update(Tenant).values(name="stolen").where(Tenant.id == A), None),
    "all tenants": (update(Tenant).values(theme="stolen"), None),
    "delete a tenant": (delete(Tenant).where(Tenant.id == A), None),
    "delete tenants": (delete(Tenant), None),
}
HISTORY: dict[str, tuple[Any, Any]] = {
    "rewrites events": (update(Event).values(kind="stolen"), None),
    "removes events": (delete(Event), None),
    "removes an event in a cte": (select(delete(Event).returning(Event.id).cte("w").c.id), None),
    "rewrites an event by key": (update(Event), [{"tenant_id": A, "id": OF_A["event"], "kind": "stolen"}]),
}
WRITES = CHANGES | PLANTS | UPSERTS | TENANTS | HISTORY

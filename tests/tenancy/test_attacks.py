"""Tenant B tries to see, change or plant rows of tenant A. The gate of every upgrade of SQLAlchemy."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import make_transient_to_detached

from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import TenantSession, writing
from bookwidget.tenancy.wall import CrossesTenants
from tests.tenancy.attack import FORGED, damage, leaks
from tests.tenancy.reads import READS
from tests.tenancy.victims import OF_A, OF_B, SECRET, A, B, booking, snapshot
from tests.tenancy.writes import HISTORY, WRITES

# SQLAlchemy warns of what attacks are made of: products of tables, statements that flush makes stale.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.mark.parametrize("values", [{}, FORGED], ids=["plain", "forged"])
@pytest.mark.parametrize("name", READS)
def test_reads_see_only_their_tenant(arena: Database, name: str, values: Mapping[str, Any]) -> None:
    assert leaks(arena, READS[name], values) == []


@pytest.mark.parametrize("name", WRITES)
def test_writes_touch_only_their_tenant(attacked: Database, name: str) -> None:
    assert damage(attacked, *WRITES[name]) == []


@pytest.mark.parametrize("name", HISTORY)
def test_nobody_rewrites_history_not_even_their_own(attacked: Database, name: str) -> None:
    before = snapshot(attacked, B)
    damage(attacked, *HISTORY[name])
    assert snapshot(attacked, B) == before


@pytest.mark.parametrize("attempt", ["add", "merge", "delete"])
def test_no_foreign_object_enters_a_session(attacked: Database, attempt: str) -> None:
    before = snapshot(attacked)
    with attacked.session(A) as a, attacked.session(B) as b:  # two tenants in one thread
        theirs = a.get_one(Booking, (A, OF_A["booking"]))
        assert b.get(Booking, (A, OF_A["booking"])) is None
        a.expunge(theirs)
        with pytest.raises((CrossesTenants, SQLAlchemyError)), writing(b):
            getattr(b, attempt)(theirs)
    assert snapshot(attacked) == before


def new_of_a(session: TenantSession) -> None:
    session.add(Booking(tenant_id=A, **booking(A, uuid7(), code="x")))


def stamp_changed_afterwards(session: TenantSession) -> None:
    new = Booking(**booking(B, uuid7(), code="x"))
    session.add(new)
    new.tenant_id = A


def own_row_moved(session: TenantSession) -> None:
    session.scalars(select(Booking)).one().tenant_id = A


def made_up_entity(session: TenantSession) -> None:
    pretended = Booking(tenant_id=A, id=OF_A["booking"])
    make_transient_to_detached(pretended)
    session.add(pretended)
    pretended.note = "stolen"


def own_entity_with_a_foreign_id(session: TenantSession) -> None:
    pretended = Booking(tenant_id=B, id=OF_A["booking"])
    make_transient_to_detached(pretended)
    session.add(pretended)
    pretended.note = "stolen"


def bulk_insert(session: TenantSession) -> None:
    session.bulk_insert_mappings(Booking, [{"tenant_id": A, **booking(A, uuid7(), code="x")}])


def bulk_update(session: TenantSession) -> None:
    session.bulk_update_mappings(Booking, [{"tenant_id": A, "id": OF_A["booking"], "note": "stolen"}])


def bulk_save(session: TenantSession) -> None:
    session.bulk_save_objects([Booking(tenant_id=A, **booking(A, uuid7(), code="x"))])


def foreign_service(session: TenantSession) -> None:
    """A reference into another tenant has nothing to refer to: the key is (tenant, id)."""
    session.scalars(select(Booking)).one().service_id = OF_A["service"]


def event_rewritten(session: TenantSession) -> None:
    session.get_one(Event, (B, OF_B["event"])).kind = "stolen"


def tenant_merged(session: TenantSession) -> None:
    session.merge(Tenant(id=A, name="stolen"))


def tenant_renumbered(session: TenantSession) -> None:
    session.get_one(Tenant, B).id = A


def own_tenant_removed(session: TenantSession) -> None:
    session.delete(session.get_one(Tenant, B))


BY_ENTITY = (
    new_of_a, stamp_changed_afterwards, own_row_moved, made_up_entity, own_entity_with_a_foreign_id, bulk_insert,
    bulk_update, bulk_save, foreign_service, event_rewritten, tenant_merged, tenant_renumbered, own_tenant_removed,
)  # fmt: skip


@pytest.mark.parametrize("attempt", BY_ENTITY)
def test_entities_cannot_cross(attacked: Database, attempt: Any) -> None:
    before = snapshot(attacked), snapshot(attacked, B)
    with attacked.session(B) as session, pytest.raises((CrossesTenants, SQLAlchemyError)), writing(session):
        attempt(session)
    assert (snapshot(attacked), snapshot(attacked, B)) == before


def test_what_a_session_makes_is_its_tenants(attacked: Database) -> None:
    new = Booking(**booking(B, uuid7(), code="fresh"))
    with attacked.session(B) as session, writing(session):
        session.add(new)
        session.flush()
        new.note = "changed"
    assert new.tenant_id == B
    with attacked.session(B) as session:
        assert set(session.scalars(select(Booking.note))) == {SECRET[B], "changed"}


def test_an_open_door_stays_the_tenants(attacked: Database) -> None:
    with attacked.session(B) as session:
        held: list[UUID] = []
        for _ in range(3):
            held += session.scalars(select(Booking.tenant_id))
            session.rollback()
        assert set(held) == {B}
        assert session.scalar(select(func.count()).select_from(Booking)) == 1

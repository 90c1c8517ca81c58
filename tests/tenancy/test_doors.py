"""The ways round a session: its connection, its engine, the driver, threads, and the one door past the wall."""

import ast
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import DDL, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable, DropTable

import bookwidget
from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event, Job
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import TenantSession, writing
from bookwidget.tenancy.wall import CrossesTenants, UndeclaredWrite
from tests.tenancy.victims import NOW, SECRET, A, B, booking

CODES = select(Booking.code)


@pytest.mark.parametrize("tenant", [None, "", str(A)])
def test_no_tenant_no_session(arena: Database, tenant: Any) -> None:
    with pytest.raises(CrossesTenants):
        arena.session(tenant)


def test_no_tenant_no_query(arena: Database) -> None:
    with arena.walled.connect() as connection, pytest.raises(CrossesTenants):
        connection.execute(CODES)


REBINDINGS: list[Callable[[TenantSession], Any]] = [
    lambda session: session.connection().execution_options(tenant=A),
    lambda session: session.connection().execution_options(tenant=None),
    lambda session: session.get_bind().engine.execution_options(tenant=A),
    lambda session: session.get_bind().engine.update_execution_options(tenant=A),
    lambda session: session.connection(execution_options={"tenant": A}),
]


@pytest.mark.parametrize("rebind", REBINDINGS)
def test_a_session_cannot_change_its_tenant(arena: Database, rebind: Callable[[TenantSession], Any]) -> None:
    with arena.session(B) as session, pytest.raises(CrossesTenants):
        rebind(session)


REFUSED: dict[str, Callable[[TenantSession], Any]] = {
    "driver SQL": lambda session: session.connection().exec_driver_sql("select 1"),
    "text": lambda session: session.connection().execute(text("select 1")),
    "ddl": lambda session: session.execute(DDL("drop table ticket")),  # type: ignore[no-untyped-call]
    "drop table": lambda session: session.execute(DropTable(Booking.__table__)),  # type: ignore[arg-type]
    "create table": lambda session: session.execute(CreateTable(Booking.__table__)),  # type: ignore[arg-type]
    "another tenant in PostgreSQL's setting": lambda session: session.scalar(
        select(func.set_config("app.tenant", str(A), True))
    ),
    "other schema": lambda session: session.execute(CODES, execution_options={"schema_translate_map": {None: "main"}}),
    "makes a tenant": lambda session: session.execute(insert(Tenant), {"id": uuid7(), "slug": "new"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name(arena: Database, name: str) -> None:
    with arena.session(B) as session, pytest.raises(CrossesTenants), writing(session):
        REFUSED[name](session)


def change_and_commit(session: TenantSession) -> None:
    session.scalars(select(Booking)).one().note = "x"
    session.commit()


UNDECLARED: dict[str, Callable[[TenantSession], Any]] = {
    "statement": lambda session: session.execute(update(Booking).values(note="x")),
    "by connection": lambda session: session.connection().execute(update(Booking).values(note="x")),
    "in a cte": lambda session: session.execute(
        select(update(Job).values(state="done").returning(Job.id).cte("w").c.id)
    ),
    "entity": change_and_commit,
    "forged option": lambda session: session.execute(
        update(Booking).values(note="x"), execution_options={"writing": True}
    ),
    "isolation level": lambda session: session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}),
}


@pytest.mark.parametrize("name", UNDECLARED)
def test_a_write_is_declared(arena: Database, name: str) -> None:
    with arena.session(B) as session, pytest.raises(UndeclaredWrite):
        UNDECLARED[name](session)


def test_a_write_past_the_wall_is_declared_too(arena: Database) -> None:
    with pytest.raises(UndeclaredWrite), arena.all_tenants("attack") as connection:
        connection.execute(update(Job).values(state="done"))


def test_two_tenants_in_two_threads_share_a_pool_and_no_rows(arena: Database) -> None:
    def codes(tenant: Any) -> set[str]:
        seen: set[str] = set()
        for _ in range(40):
            with arena.session(tenant) as session:
                seen.update(session.scalars(CODES))
        return seen

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(codes, [A, B, A, B])) == [{SECRET[A]}, {SECRET[B]}, {SECRET[A]}, {SECRET[B]}]


def raw(database: Database, sql: str) -> list[Any]:
    """What the driver itself gives in a session of B: the hole that Python cannot close."""
    with database.session(B) as session:
        driver: Any = session.connection().connection.driver_connection
        return [row[0] for row in driver.execute(sql).fetchall()]


def test_the_driver_itself_is_the_one_hole_on_sqlite(sqlite_arena: Database) -> None:
    assert set(raw(sqlite_arena, "SELECT code FROM booking")) == {SECRET[A], SECRET[B]}


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["tenant", "booking", "event", "job"])
def test_on_postgresql_the_driver_sees_the_tenants_rows_only(postgresql_arena: Database, table: str) -> None:
    key = "id" if table == "tenant" else "tenant_id"
    assert raw(postgresql_arena, f"SELECT {key} FROM {table}") == [B]


@pytest.mark.postgresql
def test_on_postgresql_no_tenant_sees_nothing(postgresql_arena: Database) -> None:
    with postgresql_arena.walled.connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert driver.execute("SELECT current_user").fetchone() == ("bookwidget_web",)
        for _ in range(2):  # also after a transaction that had a tenant
            for table in ("tenant", "booking", "event", "job"):
                assert driver.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
            driver.execute(f"BEGIN; SET LOCAL app.tenant = '{A}'; COMMIT", prepare=False)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "sql",
    [
        f"INSERT INTO provider (tenant_id, id, name, is_active) VALUES ('{A}', '{uuid7()}', 'planted', true)",
        f"UPDATE provider SET tenant_id = '{A}'",
        "UPDATE event SET kind = 'stolen'",
        "DELETE FROM event",
        "DELETE FROM tenant",
        f"INSERT INTO tenant (id, slug) VALUES ('{B}', 'new')",
        "ALTER TABLE booking DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own ON booking",
        "TRUNCATE event",
        "SELECT * FROM alembic_version",
    ],
)
def test_on_postgresql_the_role_may_not(postgresql_arena: Database, sql: str) -> None:
    with postgresql_arena.session(B) as session, writing(session):
        driver: Any = session.connection().connection.driver_connection
        with pytest.raises(InsufficientPrivilege):  # SQLSTATE 42501
            driver.execute(sql)
        session.rollback()


DOORS = {
    "tenancy/platform.py": "looks up which tenant an address or a member belongs to, before one is known",
    "events/worker.py": "claims jobs of all tenants; each is then done in its own tenant's session",
    "events/personal.py": "removes or blanks, for the worker, what happened to one person; a tenant may only append",
    "events/dead.py": "lists and revives, for those who run the service, the jobs of all tenants that were given up",
    "events/housekeeping.py": "removes expired rows of all tenants",
    "ops/demo_database.py": "makes the demo businesses anew, and only those that it has made",
    "tenancy/hosts.py": "finds the tenant that a host name belongs to, and keeps the list of these names",
    "notices/bouncing.py": "finds whose message came back, by the id that the mail brings",
    "web/health.py": "asks whether the database answers",
}
"""Every caller of `all_tenants`, and why it has to."""


def test_every_door_past_the_wall_is_known() -> None:
    package = Path(bookwidget.__file__).parent
    callers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("all_tenants", "_platform")
    }
    assert callers - {"tenancy/database.py"} <= DOORS.keys()


def test_appending_to_the_log_is_all_a_tenant_can_do(attacked: Database) -> None:
    event = {"id": uuid7(), "kind": "fresh", "at": NOW, "actor_kind": "system", "door": "command"}
    with attacked.session(B) as session, writing(session):
        session.execute(insert(Event), event)
    with attacked.session(B) as session:
        assert set(session.scalars(select(Event.kind))) == {SECRET[B], "fresh"}


def test_the_database_refuses_what_refers_to_nothing(attacked: Database) -> None:
    with pytest.raises(DBAPIError), attacked.session(B) as session, writing(session):
        session.execute(insert(Booking), {**booking(A, uuid7(), code="x")})

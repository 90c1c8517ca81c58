"""Statements that are worked out once are filled anew each time, and a connection that was cut is noticed."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import BigInteger, bindparam, func, select, update

from bookwidget.tenancy.database import Database, DatabaseError
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.reading import Reading
from bookwidget.tenancy.store import SITE_OF_ORIGIN, THE_TENANT
from tests.factories import World, make_world
from tests.fixtures import NOW

OFTEN = 12
"""More than psycopg sends a statement before the server keeps it."""
LEAST = -(2**63)
"""An integer of both databases, whose absolute value is none."""


def test_one_statement_is_worked_out_once_and_serves_each_tenant_its_own(
    yoga: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    work_out = Reading.__init__

    def counted(self: Reading, *given: Any) -> None:
        made.append(self)
        work_out(self, *given)

    monkeypatch.setattr(Reading, "__init__", counted)
    yoga.database._readings._known.clear()
    for _time in range(2):
        for world in (yoga, other):
            with yoga.database.session(world.tenant_id) as session:
                assert session.rows(THE_TENANT).one()[0] == world.tenant_id
                assert session.rows(SITE_OF_ORIGIN, {"tenant": other.tenant_id, "origin": "-"}).all() == []
    assert len(made) == 2


def test_what_is_no_plain_select_is_read_in_the_same_transaction(yoga: World) -> None:
    """A list of values, between two constants, while somebody else writes; and the connection goes back, once."""
    some = select(Tenant.slug).where(Tenant.slug.in_(["yoga", "renamed"]))
    pool: Any = yoga.database.walled.pool
    lent = pool.checkedout()
    with yoga.database.session(yoga.tenant_id) as session:
        names = [session.rows(THE_TENANT).one().slug]
        with yoga.database.all_tenants("a test", writing=True) as connection:
            connection.execute(update(Tenant).where(Tenant.id == yoga.tenant_id).values(slug="renamed"))
        names += [session.rows(some).scalar_one(), session.rows(THE_TENANT).one().slug]
        assert pool.checkedout() == lent + 1
    is_one_snapshot = yoga.database.is_sqlite  # on PostgreSQL each statement sees what is committed
    assert names == (["yoga"] * 3 if is_one_snapshot else ["yoga", "renamed", "renamed"])
    assert pool.checkedout() == lent


def test_a_statement_that_fails_says_so_as_sqlalchemy_does_and_names_no_value(yoga: World) -> None:
    failing = select(func.abs(bindparam("number", type_=BigInteger))).where(Tenant.id.is_not(None))
    with yoga.database.session(yoga.tenant_id) as session:
        for is_known in (False, True):  # it goes another way once it has worked
            if is_known:
                assert session.rows(failing, {"number": -7}).scalar_one() == 7
            with pytest.raises(DatabaseError) as error:
                session.rows(failing, {"number": LEAST}).all()
            assert str(LEAST) not in str(error.value)
            session.rollback()
        assert session.rows(THE_TENANT).one().slug == "yoga"
    assert yoga.database.walled.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.postgresql
def test_the_server_keeps_what_is_read_again_and_again(postgresql_url: str) -> None:
    database = Database(postgresql_url, pool_size=1)
    world = make_world(database, slug="yoga", now=NOW)
    for _page in range(OFTEN):
        with database.session(world.tenant_id) as session:
            session.rows(THE_TENANT).one()
            driver: Any = session._reader and session._reader.connection.driver_connection
    kept = driver.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%tenant%'").fetchone()
    database.dispose()
    assert kept[0] > 0


@pytest.mark.postgresql
def test_a_connection_that_was_cut_a_moment_ago_is_noticed(
    postgresql: tuple[Path, psycopg.Connection[Any]], postgresql_url: str
) -> None:
    database = Database(postgresql_url, pool_size=1)
    world = make_world(database, slug="yoga", now=NOW)
    for _time in range(3):
        with database.session(world.tenant_id) as session:
            session.rows(THE_TENANT).one()
            driver: Any = session._reader and session._reader.connection.driver_connection
        postgresql[1].execute("SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))
    database.dispose()

"""Statements that are worked out once are filled anew each time, and a connection that was cut is noticed."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from bookwidget.tenancy.database import Database
from bookwidget.tenancy.reading import Reading
from bookwidget.tenancy.store import SITE_OF_ORIGIN, THE_TENANT
from tests.factories import World, make_world
from tests.fixtures import NOW

OFTEN = 12
"""More than psycopg sends a statement before the server keeps it."""


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

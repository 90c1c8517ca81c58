"""The tables are what the models say, on both databases, however often and by however many they are made."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

from bookwidget.migrations import check_drift, current, migrate
from bookwidget.tenancy.database import Database
from tests import cluster
from tests.factories import World, make_class


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    server: tuple[Path, psycopg.Connection[Any]] = request.getfixturevalue("postgresql")
    with cluster.copy_of(*server, template="template1") as url:
        yield url


def test_a_migrated_database_has_what_the_models_say(database: Database) -> None:
    assert check_drift(database.url) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    revision = current(database.url)
    migrate(database.url)
    assert revision == current(database.url) is not None


def test_a_new_database_differs_in_everything(new_url: str) -> None:
    assert current(new_url) is None
    assert any("booking" in line for line in check_drift(new_url))


def test_four_processes_may_migrate_at_once(new_url: str) -> None:
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=migrate, args=(new_url,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert check_drift(new_url) == []


BOTH = [
    ("ALTER TABLE service DROP COLUMN description", "description"),
    ("ALTER TABLE provider ADD COLUMN nickname VARCHAR(40)", "nickname"),
    ("DROP INDEX ix_job_due", "ix_job_due"),
    ("CREATE TABLE left_over (id INTEGER)", "left_over"),
]
ON_POSTGRESQL = [
    ("DROP POLICY own ON booking", "booking: no policy own"),
    ("DROP POLICY platform ON booking", "booking: no policy platform"),
    ("ALTER TABLE booking NO FORCE ROW LEVEL SECURITY", "booking: row-level security"),
    ("ALTER TABLE customer DISABLE ROW LEVEL SECURITY", "customer: row-level security"),
    ("ALTER TABLE occurrence DROP CONSTRAINT ex_occurrence_provider_time", "ex_occurrence_provider_time"),
    ("ALTER TABLE booking DROP CONSTRAINT ck_booking_status", "ck_booking_status"),
    ("GRANT UPDATE ON event TO bookwidget_web", "event: the web role may"),
]


def test_drift_is_noticed(database: Database) -> None:
    for statement, named in BOTH + ([] if database.is_sqlite else ON_POSTGRESQL):
        before = check_drift(database.url)
        with database.all_tenants("drift", writing=True) as connection:
            connection.exec_driver_sql(statement)
        assert any(named in line for line in check_drift(database.url) if line not in before), statement


def overlapping(world: World, **changes: Any) -> None:
    make_class(world, days=2.01, **changes)


def test_a_provider_is_in_one_place_at_a_time(yoga: World) -> None:
    """PostgreSQL itself refuses; on SQLite the query inside the immediate transaction does."""
    make_class(yoga, days=2)
    if not yoga.database.is_sqlite:
        with pytest.raises(IntegrityError, match="ex_occurrence_provider_time"):
            overlapping(yoga)
    overlapping(yoga, provider_id=yoga.ids["tom"])
    overlapping(yoga, provider_id=None)
    overlapping(yoga, provider_id=None)
    overlapping(yoga, state="cancelled")

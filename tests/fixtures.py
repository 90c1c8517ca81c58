"""Shared fixtures, loaded by `-p tests.fixtures`."""

import io
import logging
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from bookwidget.logs import configure_logging, log
from bookwidget.migrations import migrate
from bookwidget.tenancy.database import Database
from tests import cluster, factories

# A property is true or not; how busy the machine is decides nothing. Benchmarks guard the speed.
settings.register_profile("bookwidget", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bookwidget")

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday morning; tests pass it in as the clock."""


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # not in a worker of pytest-xdist
        cluster.name_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        cluster.remove()


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """What is logged from `configure_logging()` in the test on (pytest changes standard error before it): as
    `logs.readouterr().err`. Afterwards lines go where they went before.
    """
    before = log.target
    yield capsys
    log.target = before


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged during the test, until something makes an application, which says anew where lines go."""
    before, out = log.target, io.StringIO()
    configure_logging(level=logging.DEBUG, file=out)
    yield out
    log.target = before


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated database, to be copied: far faster than migrating one for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[tuple[Path, psycopg.Connection[Any]]]:
    """The run's server, and a superuser's connection to it. Skips where there is no PostgreSQL."""
    folder = cluster.skip_without_server()
    with cluster.admin(folder) as connection:
        yield folder, connection


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite database of the test's own."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="session")
def reused_database(postgresql: tuple[Path, psycopg.Connection[Any]]) -> Iterator[cluster.Reused]:
    """The PostgreSQL database that tests get one after another."""
    reused = cluster.Reused(postgresql[0])
    yield reused
    reused.drop()


@pytest.fixture
def postgresql_url(reused_database: cluster.Reused) -> str:
    """An empty PostgreSQL database, for this test alone as long as it runs."""
    return reused_database.empty()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of the test's own; every test that uses it runs on SQLite and on PostgreSQL."""
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    yield database
    database.dispose()


@pytest.fixture
def yoga(database: Database) -> factories.World:
    """A tenant with a class, an appointment service, a provider, two customers and an owner."""
    return factories.make_world(database, slug="yoga", now=NOW)


@pytest.fixture
def other(database: Database) -> factories.World:
    """Another tenant, with the same content under other ids."""
    return factories.make_world(database, slug="other", now=NOW)

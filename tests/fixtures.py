"""Shared fixtures, loaded by `-p tests.fixtures`."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bookwidget.models  # noqa: F401 - fills the metadata
from bookwidget.tenancy.base import Base
from bookwidget.tenancy.database import Database
from tests import factories

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday morning; tests pass it in as the clock."""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, to be copied: far faster than making the tables for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    with database.all_tenants("tables for tests", writing=True) as connection:
        Base.metadata.create_all(connection)
    database.dispose()
    return path


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty database of the test's own."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
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

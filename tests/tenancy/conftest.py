"""Where the attacks take place: each wall alone, and both."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bookwidget.tenancy.base import Base
from bookwidget.tenancy.database import Database
from tests import cluster
from tests.tenancy.victims import plant

on_postgresql = pytest.mark.postgresql


def without_row_level_security(database: Database) -> None:
    with database.all_tenants("attacks on the compiler's wall alone", writing=True) as connection:
        for name in Base.metadata.tables:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"GRANT ALL ON {name} TO bookwidget_web")


@pytest.fixture(scope="package")
def sqlite_arena(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """SQLite: the compiler's wall alone."""
    path = tmp_path_factory.mktemp("arena") / "arena.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    plant(database)
    yield database
    database.dispose()


@pytest.fixture(scope="package")
def postgresql_arena(postgresql: tuple[Path, psycopg.Connection[Any]]) -> Iterator[Database]:
    """PostgreSQL: the compiler's wall with row-level security behind it."""
    with cluster.copy_of(*postgresql) as url:
        database = Database(url)
        plant(database)
        yield database
        database.dispose()


@pytest.fixture(scope="package")
def unsecured_arena(postgresql: tuple[Path, psycopg.Connection[Any]]) -> Iterator[Database]:
    """PostgreSQL with row-level security off: the compiler's wall alone in PostgreSQL's dialect."""
    with cluster.copy_of(*postgresql) as url:
        database = Database(url)
        without_row_level_security(database)
        plant(database)
        yield database
        database.dispose()


@pytest.fixture(
    scope="package",
    params=["sqlite", pytest.param("postgresql", marks=on_postgresql), pytest.param("unsecured", marks=on_postgresql)],
)
def arena(request: pytest.FixtureRequest) -> Database:
    """One database for all attacks that only read."""
    database: Database = request.getfixturevalue(f"{request.param}_arena")
    return database


@pytest.fixture
def attacked(arena: Database) -> Database:
    """The same with its rows as they were."""
    plant(arena)
    return arena

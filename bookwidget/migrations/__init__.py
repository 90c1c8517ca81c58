"""Brings a database to the tables that the code expects, and says where it differs.

Alembic is called from here, without alembic.ini, so an installed wheel can do it too. There is no way down: who
wants an older release restores the backup made before the newer one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import produce_migrations
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations.ops import OpContainer
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

import bookwidget.models  # noqa: F401 - fills the metadata
from bookwidget.migrations.compare import OPTIONS, missing_constraints, tell_conditions
from bookwidget.migrations.sizes import tell_sizes
from bookwidget.tenancy.base import Base
from bookwidget.tenancy.database import with_declared_transactions
from bookwidget.tenancy.rls import check_row_level_security, ensure_web_role

LOCK = 0x626F6F6B
"""Names the advisory lock on PostgreSQL; any number that nobody else uses."""


def migrate(url: str) -> None:
    """Up to the newest revision; a no-op if it is there. Two processes at once wait for each other.

    All or nothing: one transaction on both databases.
    """
    with _connected(url, writing=True) as connection:
        if connection.dialect.name == "postgresql":
            ensure_web_role(connection)
        command.upgrade(_config(connection), "head")
        _check_references(connection)
        tell_sizes(connection)


def current(url: str) -> str | None:
    """The revision that the database has; None before the first."""
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_drift(url: str) -> list[str]:
    """Where the database differs from the models, one line each; nothing is changed."""
    tell_conditions()
    with _connected(url) as connection:
        context = MigrationContext.configure(connection, opts={**OPTIONS, "target_metadata": Base.metadata})
        operations = produce_migrations(context, Base.metadata).upgrade_ops
        differences = [str(step.to_diff_tuple()) for step in _leaves(operations)] if operations else []
        differences += missing_constraints(connection)
        if connection.dialect.name == "postgresql":
            differences += check_row_level_security(connection, Base.metadata)
        return differences


def draft(url: str, message: str, revision: str) -> None:
    """Writes a new revision file with what the models have and the (migrated) database at `url` has not."""
    tell_conditions()
    with _connected(url) as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision)


def _leaves(operations: Any) -> Iterator[Any]:
    for operation in operations.ops:
        if isinstance(operation, OpContainer):
            yield from _leaves(operation)
        elif hasattr(operation, "to_diff_tuple"):
            yield operation


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "bookwidget:migrations")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(url: str, *, writing: bool = False) -> Iterator[Connection]:
    """One transaction of the owner's; with `writing`, after every other migration of this database."""
    engine = with_declared_transactions(create_engine(url, poolclass=NullPool), role=None)
    try:
        with engine.connect().execution_options(writing=writing) as connection:
            if connection.dialect.name == "sqlite":
                # Batch mode drops and renames tables; with the checks on, that would take references along.
                # Inside a transaction the pragma does nothing, so the driver gets it before.
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                if writing and connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
                yield connection
    finally:
        engine.dispose()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration broke references: {broken[:5]}")

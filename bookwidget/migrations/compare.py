"""How a database is compared with the models, and how the difference is written as a revision."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations import MigrateOperation
from alembic.operations.ops import CreateTableOp
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect, text

from bookwidget.tenancy.base import Base, Instant
from bookwidget.tenancy.rls import Protection, protection_of

EXCLUSIONS = {"ex_occurrence_provider_time"}
"""Constraints that only PostgreSQL has; revisions make them by hand."""


class ProtectOp(MigrateOperation):
    """Stands in a draft for the web role's rights and policies on a new table."""

    def __init__(self, protection: Protection) -> None:
        self.protection = protection


@renderers.dispatch_for(ProtectOp)
def render_protect(context: AutogenContext, operation: ProtectOp) -> str:
    context.imports.add("from bookwidget.tenancy.rls import protect")
    table, key, verbs = operation.protection
    return f"protect(op.get_bind(), {table!r}, {key!r}, {verbs!r})"


def protect_new_tables(context: MigrationContext, revision: Any, directives: list[Any]) -> None:
    """No table without its policies: each CREATE TABLE of a draft is followed by its `protect`."""
    upgrade = directives[0].upgrade_ops
    for operation in list(upgrade.ops):
        if isinstance(operation, CreateTableOp):
            upgrade.ops.append(ProtectOp(protection_of(Base.metadata.tables[operation.table_name])))


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """A revision names no type of ours: they may change, what an old revision made may not."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


def tell_conditions() -> None:
    """Those of `partial_index`, where both dialects look for them."""
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            for dialect in ("sqlite", "postgresql") if "where" in index.info else ():
                index.dialect_options[dialect]["where"] = text(index.info["where"])


def missing_constraints(connection: Connection) -> list[str]:
    """What Alembic does not compare: checks, and on PostgreSQL the exclusion constraint; one line each."""
    inspector = inspect(connection)
    missing: list[str] = []
    for table in Base.metadata.sorted_tables:
        if inspector.has_table(table.name):
            wanted = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
            found = {str(one["name"]) for one in inspector.get_check_constraints(table.name)}
            missing += [f"{table.name}: no check {name}" for name in sorted(wanted - found)]
    if connection.dialect.name == "postgresql":
        known = connection.exec_driver_sql("SELECT conname FROM pg_constraint WHERE contype = 'x'").scalars()
        missing += [f"no constraint {name}" for name in sorted(EXCLUSIONS - set(known))]
    return missing


OPTIONS: dict[str, Any] = {
    "render_as_batch": True,
    "compare_type": True,
    "render_item": render_item,
    "process_revision_directives": protect_new_tables,
}

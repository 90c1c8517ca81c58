"""How a database is compared with the models, and how the difference is written as a revision."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations import MigrateOperation
from alembic.operations.ops import CreateTableOp
from alembic.runtime.migration import MigrationContext

from bookwidget.tenancy.base import Base, Instant
from bookwidget.tenancy.rls import Protection, protection_of


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


OPTIONS: dict[str, Any] = {
    "render_as_batch": True,
    "compare_type": True,
    "render_item": render_item,
    "process_revision_directives": protect_new_tables,
}

"""How a database is compared with the models, and how the difference is written as a revision."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import CreateTableOp
from alembic.runtime.migration import MigrationContext

from bookwidget.tenancy.base import Base, Instant
from bookwidget.tenancy.rls import Protection, protect, protection_of


@Operations.register_operation("protect")
class ProtectOp(MigrateOperation):
    """`op.protect("booking", …)` in a revision: the web role's rights and policies; on SQLite nothing."""

    def __init__(self, protection: Protection) -> None:
        self.protection = protection

    @classmethod
    def protect(cls, operations: Operations, table: str, *, key: str = "tenant_id", verbs: str) -> Any:
        return operations.invoke(cls(Protection(table, key, verbs)))


@Operations.implementation_for(ProtectOp)
def run_protect(operations: Operations, operation: ProtectOp) -> None:
    connection = operations.get_bind()
    if connection.dialect.name == "postgresql":
        protect(connection, operation.protection)


@renderers.dispatch_for(ProtectOp)
def render_protect(context: AutogenContext, operation: ProtectOp) -> str:
    table, key, verbs = operation.protection
    return f"op.protect({table!r}, key={key!r}, verbs={verbs!r})"


def protect_new_tables(context: MigrationContext, revision: Any, directives: list[Any]) -> None:
    """No table without its policies: each CREATE TABLE of a draft is followed by its `op.protect`."""
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

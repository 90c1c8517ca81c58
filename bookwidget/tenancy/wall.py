"""The wall between tenants stands in the SQL compiler.

Every FROM of an owned table is written as `(SELECT * FROM booking WHERE tenant_id = :tenant) AS booking`,
every UPDATE and DELETE gets the criterion, every INSERT gets the tenant. All SQL of SQLAlchemy (ORM, Core,
lazy loads, subqueries) passes there, once per statement shape: the compiled cache remembers the result.
Raw SQL is refused. Every table is owned, by its column `tenant_id` or the one named in
`info={"tenant_key": ...}`; one with `info={"shared": True}` is not, and is read-only here.

The `visit_*` arguments are internals of SQLAlchemy's minor version, which setup.cfg pins;
`tests/tenancy/test_attacks.py` is the gate of every upgrade.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, Uuid, bindparam
from sqlalchemy.sql.elements import ColumnElement

from bookwidget.tenancy.base import Base

TENANT = bindparam("tenant", type_=Uuid())  # has no value of its own: no tenant, no query
HARMLESS_LITERALS = {"*", "1"}  # what SQLAlchemy itself writes: count(*), EXISTS (SELECT 1 ...)
PUNCTUATION = set("<>@&|-=#?!~+*/%")  # of operators such as PostgreSQL's @> and &&


class CrossesTenants(Exception):  # noqa: N818 - it says what the statement would do
    """The statement could leave its tenant, so it was not sent."""


def tenant_key(table: Table) -> str | None:
    """The name of the column that says whose row it is; None for a shared, read-only table."""
    return None if table.info.get("shared") else table.info.get("tenant_key", "tenant_id")


def is_append_only(table: Table) -> bool:
    """Whether a tenant may add rows and never change or delete them: `info={"append_only": True}`."""
    return bool(table.info.get("append_only"))


def tenant_column(source: Any) -> ColumnElement[Any] | None:
    """The column that says whose row it is, of a table or an alias; None for a shared, read-only table."""
    table = getattr(source, "element", source)
    if not isinstance(table, Table) or table.metadata is not Base.metadata:
        raise CrossesTenants(f"{source} is no table of ours")
    key = tenant_key(table)
    return None if key is None else source.c[key]


def column_names(values: Any) -> set[str]:
    """Column names in the VALUES or SET of a statement, whose keys are names or columns."""
    return {getattr(column, "key", column) for column in dict(values or ())}


def refuse_raw_sql(compiler: Any, element: Any, **options: Any) -> str:
    raise CrossesTenants(f"raw SQL: {element}")


class TenantCompiler:
    """Mixed into the dialect's compiler by `walled`."""

    preparer: Any
    process: Any
    column_keys: Any
    current_executable: Any

    def visit_table(
        self, table: Any, asfrom: bool = False, iscrud: bool = False, enclosing_alias: Any = None, **options: Any
    ) -> str:
        written: str = super().visit_table(  # type: ignore[misc]
            table, asfrom=asfrom, iscrud=iscrud, enclosing_alias=enclosing_alias, **options
        )
        column = tenant_column(table)
        if column is None or not asfrom or iscrud:  # iscrud: target of UPDATE or DELETE, see within_tenant
            return written
        name, key = self.preparer.quote(table.name), self.preparer.quote(column.name)  # type: ignore[attr-defined]
        rows = f"(SELECT * FROM {name} WHERE {name}.{key} = {self.process(TENANT)})"
        alias = written.removeprefix(name) or f" AS {name}"  # it names a twice-used table itself
        return rows if enclosing_alias is not None else rows + alias

    def visit_insert(self, insert: Any, **options: Any) -> str:
        column = self.written_column(insert)
        if insert.select is not None or insert._multi_values:
            raise CrossesTenants("INSERT from SELECT, or of many rows in one VALUES")
        return super().visit_insert(insert.values({column: TENANT}), **options)  # type: ignore[misc,no-any-return]

    def visit_update(self, update: Any, **options: Any) -> str:
        return super().visit_update(self.within_tenant(update), **options)  # type: ignore[misc,no-any-return]

    def visit_delete(self, delete: Any, **options: Any) -> str:
        return super().visit_delete(self.within_tenant(delete), **options)  # type: ignore[misc,no-any-return]

    def within_tenant(self, statement: Any) -> Any:
        column = self.written_column(statement)
        if column.key in (self.column_keys or ()):
            raise CrossesTenants("UPDATE of the tenant")
        return statement.where(column == TENANT)

    def written_column(self, statement: Any) -> Any:
        column = tenant_column(statement.table)
        if column is None or column.key in column_names(getattr(statement, "_values", None)):
            raise CrossesTenants("a write to a shared table, or one that says whose row it is")
        return column

    def visit_on_conflict_do_update(self, upsert: Any, **options: Any) -> str:
        column = tenant_column(self.current_executable.table)
        if column is None or column.key in column_names(upsert.update_values_to_set):
            raise CrossesTenants("upsert of the tenant")
        return super().visit_on_conflict_do_update(upsert, **options)  # type: ignore[misc,no-any-return]

    def visit_column(self, column: Any, **options: Any) -> str:
        if column.is_literal and column.name not in HARMLESS_LITERALS:
            raise CrossesTenants(f"raw SQL: {column.name}")
        return super().visit_column(column, **options)  # type: ignore[misc,no-any-return]

    def visit_custom_op_binary(self, element: Any, operator: Any, **options: Any) -> str:
        text = operator.opstring
        if not set(text) <= PUNCTUATION or "--" in text or "/*" in text:
            raise CrossesTenants(f"raw SQL: {text}")
        return super().visit_custom_op_binary(element, operator, **options)  # type: ignore[misc,no-any-return]

    def get_statement_hint_text(self, hints: Any) -> str:
        raise CrossesTenants(f"raw SQL: {hints}")

    visit_textclause = visit_textual_select = visit_tstring = visit_tstring_text = refuse_raw_sql


def walled(compiler: type) -> type:
    """The dialect's compiler class with the wall in it."""
    return type("Compiler", (TenantCompiler, compiler), {})


def filled(tenant: Any, many: Any, one: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The parameters of a statement with the connection's tenant in place of whatever the caller gave."""
    if tenant is None:
        raise CrossesTenants("no tenant, no query")
    if many:
        return [{**values, "tenant": tenant} for values in many], {}
    return [], {**one, "tenant": tenant}

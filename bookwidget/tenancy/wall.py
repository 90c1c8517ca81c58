"""The wall between tenants stands in the SQL compiler.

Every FROM of an owned table is written as `(SELECT * FROM booking WHERE tenant_id = :tenant) AS booking`,
every UPDATE and DELETE gets the criterion, every INSERT gets the tenant. All SQL of SQLAlchemy (ORM, Core,
lazy loads, subqueries) passes there, once per statement shape: the compiled cache remembers the result.
Raw SQL is refused. A table says in its `info` what it is:

- nothing: owned, by its column `tenant_id`;
- `tenant_key`: the tenant's own row, by that column; a session reads and updates it, never makes or removes it;
- `append_only`: owned, and rows are never changed or deleted;
- `shared`: everybody's, and read-only here.

The `visit_*` arguments, `_values` and `_multi_values` are internals of SQLAlchemy's minor version, which
setup.cfg pins; `tests/tenancy/test_attacks.py` is the gate of every upgrade.
"""

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from sqlalchemy import Dialect, Table, Uuid, bindparam
from sqlalchemy.sql.elements import ColumnElement

from bookwidget.tenancy.base import Base

TENANT = bindparam("tenant", type_=Uuid())  # has no value of its own: no tenant, no query
HARMLESS_LITERALS = {"*", "1"}  # what SQLAlchemy itself writes: count(*), EXISTS (SELECT 1 ...)
PUNCTUATION = set("<>@&|-=#?!~+*/%^")  # of operators such as PostgreSQL's @> and &&
PLAIN_NAME = re.compile(r"\w+")
CHANGES_TENANT = {"set_config"}
"""Functions that could tell row-level security another tenant."""


class CrossesTenants(Exception):
    """The statement could leave its tenant, so it was not sent."""


class UndeclaredWrite(Exception):
    """A write outside `with writing(session)`, or one that starts wrongly; a mistake in our code."""


def tenant_key(table: Table) -> str | None:
    """The name of the column that says whose row it is; None for a shared, read-only table."""
    return None if table.info.get("shared") else table.info.get("tenant_key", "tenant_id")


def is_append_only(table: Table) -> bool:
    return bool(table.info.get("append_only"))


def tenant_column(source: Any) -> ColumnElement[Any] | None:
    """The same as a column of a table or an alias of ours. `CrossesTenants` for any other thing."""
    table = getattr(source, "element", source)
    if not isinstance(table, Table) or table.metadata is not Base.metadata:
        raise CrossesTenants(f"{source} is no table of ours")
    key = tenant_key(table)
    return None if key is None else source.c[key]


def column_names(values: Any) -> set[str]:
    """Column names in the VALUES or SET of a statement, whose keys are names or columns."""
    return {str(getattr(column, "key", column)) for column in dict(values or ())}


def refuse_raw_sql(compiler: Any, element: Any, **options: Any) -> NoReturn:
    raise CrossesTenants(f"raw SQL: {element}")


class TenantCompiler:
    """Mixed in before the dialect's own compiler by `build_wall`. `theirs` is that one; it has no types."""

    preparer: Any
    process: Any
    column_keys: Any
    current_executable: Any

    writes = False
    """Whether there is an INSERT, UPDATE or DELETE anywhere in the statement, also inside a CTE."""

    def visit_table(
        self, table: Any, asfrom: bool = False, iscrud: bool = False, enclosing_alias: Any = None, **options: Any
    ) -> Any:
        theirs: Any = super()
        written = theirs.visit_table(table, asfrom=asfrom, iscrud=iscrud, enclosing_alias=enclosing_alias, **options)
        column = tenant_column(table)
        if column is None or not asfrom or iscrud:  # iscrud: target of UPDATE or DELETE, see within_tenant
            return written
        name, key = self.preparer.quote(table.name), self.preparer.quote(str(column.key))
        rows = f"(SELECT * FROM {name} WHERE {name}.{key} = {self.process(TENANT)})"  # noqa: S608 - names of ours
        alias = written.removeprefix(name) or f" AS {name}"  # it names a twice-used table itself
        named_outside = getattr(enclosing_alias, "element", None) is table  # a subquery's alias names only itself
        return rows if named_outside else rows + alias

    def visit_insert(self, insert: Any, **options: Any) -> Any:
        column = self.written_column(insert)
        if column.key != "tenant_id":
            raise CrossesTenants("only the platform makes tenants")
        if insert.select is not None or insert._multi_values:
            raise CrossesTenants("INSERT from SELECT, or of many rows in one VALUES")
        theirs: Any = super()
        return theirs.visit_insert(insert.values({column: TENANT}), **options)

    def visit_update(self, update: Any, **options: Any) -> Any:
        if self.written_column(update).key in (self.column_keys or ()):
            raise CrossesTenants("UPDATE of the tenant")
        theirs: Any = super()
        return theirs.visit_update(self.within_tenant(update), **options)

    def visit_delete(self, delete: Any, **options: Any) -> Any:
        statement = self.within_tenant(delete)
        if self.written_column(delete).key != "tenant_id":
            raise CrossesTenants("only the platform removes tenants")
        theirs: Any = super()
        return theirs.visit_delete(statement, **options)

    def within_tenant(self, statement: Any) -> Any:
        column = self.written_column(statement)
        self.refuse_change(statement.table)
        return statement.where(column == TENANT)

    def written_column(self, statement: Any) -> ColumnElement[Any]:
        self.writes = True
        column = tenant_column(statement.table)
        if column is None or column.key in column_names(getattr(statement, "_values", None)):
            raise CrossesTenants("a write to a shared table, or one that says whose row it is")
        return column

    def refuse_change(self, target: Any) -> None:
        table = getattr(target, "element", target)
        if is_append_only(table):
            raise CrossesTenants(f"rows of {table} are never changed or deleted")

    def visit_on_conflict_do_update(self, upsert: Any, **options: Any) -> Any:
        table = getattr(self.current_executable, "table", None)
        column = tenant_column(table)
        if column is None or column.key in column_names(upsert.update_values_to_set):
            raise CrossesTenants("upsert of the tenant")
        self.refuse_change(table)
        theirs: Any = super()
        return theirs.visit_on_conflict_do_update(upsert, **options)

    def visit_column(self, column: Any, **options: Any) -> Any:
        if column.is_literal and column.name not in HARMLESS_LITERALS:
            refuse_raw_sql(self, column.name)
        theirs: Any = super()
        return theirs.visit_column(column, **options)

    def visit_custom_op_binary(self, element: Any, operator: Any, **options: Any) -> Any:
        self.refuse_invented(operator)
        theirs: Any = super()
        return theirs.visit_custom_op_binary(element, operator, **options)

    def visit_custom_op_unary_operator(self, element: Any, operator: Any, **options: Any) -> Any:
        self.refuse_invented(operator)
        theirs: Any = super()
        return theirs.visit_custom_op_unary_operator(element, operator, **options)

    def visit_custom_op_unary_modifier(self, element: Any, operator: Any, **options: Any) -> Any:
        self.refuse_invented(operator)
        theirs: Any = super()
        return theirs.visit_custom_op_unary_modifier(element, operator, **options)

    def refuse_invented(self, operator: Any) -> None:
        text = operator.opstring
        if not set(text) <= PUNCTUATION or "--" in text or "/*" in text:
            refuse_raw_sql(self, text)

    def visit_extract(self, extract: Any, **options: Any) -> Any:
        if not extract.field.isidentifier():
            refuse_raw_sql(self, extract.field)
        theirs: Any = super()
        return theirs.visit_extract(extract, **options)

    def visit_function(self, func: Any, **options: Any) -> Any:
        if func.name.lower() in CHANGES_TENANT:
            raise CrossesTenants(f"the function {func.name}")
        theirs: Any = super()
        return theirs.visit_function(func, **options)

    def get_statement_hint_text(self, hints: Any) -> NoReturn:
        refuse_raw_sql(self, hints)

    visit_textclause = visit_textual_select = visit_tstring = visit_tstring_text = refuse_raw_sql


class TenantPreparer:
    """Mixed in before the dialect's own writer of names. One that asks not to be quoted could carry SQL."""

    def quote(self, ident: str) -> Any:
        if getattr(ident, "quote", None) is False and not PLAIN_NAME.fullmatch(ident):
            refuse_raw_sql(self, ident)
        theirs: Any = super()
        return theirs.quote(ident)


def build_wall(dialect: Dialect) -> None:
    """Puts the wall into this one dialect object."""
    dialect.statement_compiler = type("WalledCompiler", (TenantCompiler, dialect.statement_compiler), {})
    dialect.preparer = type("WalledPreparer", (TenantPreparer, dialect.preparer), {})
    dialect.identifier_preparer = dialect.preparer(dialect)


def filled(tenant: Any, many: Any, one: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The parameters of a statement with the connection's tenant in place of whatever the caller gave."""
    if tenant is None:
        raise CrossesTenants("no tenant, no query")
    if many:
        return [{**values, "tenant": tenant} for values in many], {}
    return [], {**one, "tenant": tenant}

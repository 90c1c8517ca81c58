"""SELECTs that are sent again and again: what SQLAlchemy works out for each sending is worked out once.

For each sending it makes a key of the whole statement, hashes it to find what the wall's compiler wrote, and copies all
that it knows of it. Statements are constants here (`store.py`), so that is found by the statement itself. What is sent
is what the wall wrote, with the connection's tenant, by SQLAlchemy's own connection with its listeners and errors.

`Connection._execute_context`, `_compile_w_cache` and the fields of an execution context are internals of SQLAlchemy's
minor version, like those that `wall` relies on.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Engine, Select

from bookwidget.tenancy.wall import CrossesTenants, TenantCompiler

MOST_KEPT = 2048
"""Statements, of which there are some hundred; those that are made anew each time would fill it."""
Processor = Callable[[Any], Any]


class Reading:
    """A SELECT as the wall's compiler wrote it, and how to fill it."""

    def __init__(self, statement: Select[Any], engine: Engine) -> None:
        compiled, extracted, collected, _hit = statement._compile_w_cache(
            engine.dialect, column_keys=[], compiled_cache=engine._compiled_cache
        )
        known: Any = compiled
        if not isinstance(compiled, TenantCompiler):
            raise CrossesTenants("SQL compiled elsewhere")
        self.compiled, self.statement = known, statement
        self.is_plain = not (
            compiled.writes
            or known.literal_execute_params
            or known.post_compile_params
            or known.escaped_bind_names
            or statement._execution_options
        )
        given = known.construct_params(
            extracted_parameters=extracted, escape_names=False, _collected_params=collected, _check=False
        )
        asked = {name for parameter, name in known.bind_names.items() if parameter.required}
        self.standing = {name: value for name, value in given.items() if name not in asked}
        self.names = list(given)
        self.processors: Mapping[str, Processor] = known._bind_processors
        self.columns = (
            known._result_columns,
            known._ordered_columns,
            known._textual_ordered_columns,
            known._ad_hoc_textual,
            known._loose_column_name_matching,
        )

    def send(self, connection: Connection, values: Mapping[str, Any] | None) -> CursorResult[*tuple[Any, ...]]:
        options = connection._execution_options
        tenant = options.get("tenant")
        if tenant is None:
            raise CrossesTenants("no tenant, no query")
        filled = {**self.standing, **(values or {}), "tenant": tenant}
        result: CursorResult[*tuple[Any, ...]] = connection._execute_context(
            connection.dialect, self.context, self.compiled, [filled], options, filled
        )
        return result

    def context(
        self, dialect: Dialect, connection: Connection, driver: Any, options: Any, filled: dict[str, Any]
    ) -> Any:
        """What SQLAlchemy's `_init_compiled` makes of a plain SELECT."""
        kind: Any = dialect.execution_ctx_cls
        compiled, processors = self.compiled, self.processors
        values = {name: processors[name](filled[name]) if name in processors else filled[name] for name in self.names}
        made = kind.__new__(kind)
        made.root_connection, made._dbapi_connection, made.dialect = connection, driver, dialect
        made.extracted_parameters, made.compiled_parameters = None, [filled]
        made.compiled, made.invoked_statement, made.cache_hit = compiled, self.statement, dialect.CACHE_HIT
        made.execution_options, made.result_column_struct = options, self.columns
        made.unicode_statement = made.statement = compiled.string
        made.parameters = [tuple([values[name] for name in compiled.positiontup])] if compiled.positional else [values]
        made.cursor = made.create_cursor()
        return made


class Readings:
    """Of one database: what was sent before, by the statement."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[Select[Any], Reading] = {}

    def rows(
        self, connection: Connection, statement: Any, values: Mapping[str, Any] | None
    ) -> CursorResult[*tuple[Any, ...]]:
        """What is no plain SELECT (a write, a list of values) is left to SQLAlchemy."""
        known = self._known.get(statement)
        if known is None:
            if not isinstance(statement, Select):
                return connection.execute(statement, values)
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            known = self._known[statement] = Reading(statement, self._engine)
        return known.send(connection, values) if known.is_plain else connection.execute(statement, values)

"""SELECTs that are sent again and again: what SQLAlchemy works out for each sending is worked out once.

For each sending it makes a key of the whole statement, hashes it to find what the wall's compiler wrote, copies all
that it knows of it, and makes a result that could be read in many ways. Statements are constants here (`store.py`), so
what is known of one is found by the statement itself, and their rows are read at once. What is sent is what the wall
wrote, with the connection's tenant, by SQLAlchemy's own connection and dialect, with its listeners and errors.

`Connection._execute_context`, `_compile_w_cache`, `_handle_dbapi_exception`, `_close_special`, how a root transaction
begins, the fields of an execution context and the metadata of a result are internals of SQLAlchemy's minor version,
like those that `wall` relies on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Row, Select
from sqlalchemy.engine.base import RootTransaction
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.pool import PoolProxiedConnection

from bookwidget.kernel.picking import picker
from bookwidget.tenancy.wall import CrossesTenants, TenantCompiler

MOST_KEPT = 2048
"""Statements, of which there are some hundred; those that are made anew each time would fill it."""
Processor = Callable[[Any], Any]


class Begun(RootTransaction):
    """A transaction that was begun before SQLAlchemy was told."""

    def _connection_begin_impl(self) -> None:
        """There is nothing left to do."""


class Reader:
    """A connection of the pool in a transaction that only reads, from when it is made until `close`.

    What SQLAlchemy's own `Connection` keeps accounts of, its transactions and listeners of its own, costs a page more
    than a statement, and nothing asks for it. Where it is needed, for statements that are no plain SELECT and for what
    goes wrong, `whole` is one, on the same connection and in the same transaction.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._execution_options = engine.get_execution_options()
        self._whole: Connection | None = None
        try:
            self._dbapi_connection = engine.raw_connection()
        except engine.dialect.loaded_dbapi.Error as error:
            Connection._handle_dbapi_exception_noconnection(error, engine.dialect, engine)
            raise
        try:
            engine.dispatch.begin(self)
        except BaseException:
            self._dbapi_connection.close()
            raise

    @property
    def connection(self) -> PoolProxiedConnection:
        return self._dbapi_connection

    def get_execution_options(self) -> Mapping[str, Any]:
        return self._execution_options

    @property
    def whole(self) -> Connection:
        if self._whole is None:
            self._whole = Connection(self.engine, connection=self._dbapi_connection)
            Begun(self._whole)
        return self._whole

    def close(self) -> None:
        """Ends the transaction, and gives the connection back."""
        if self._whole is not None:
            self._whole.close()
            return
        lent: Any = self._dbapi_connection
        is_over = False
        try:
            self.engine.dialect.do_rollback(lent)
            is_over = True
        finally:
            lent._close_special(transaction_reset=is_over)  # otherwise the pool ends it once more


class Rows:
    """What a statement gave, all of it, by the methods that SQLAlchemy's results have for that."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Row[*tuple[Any, ...]]], rowcount: int = -1) -> None:
        self._rows = rows
        self.rowcount = rowcount
        """How many rows a write met."""

    def __iter__(self) -> Iterator[Row[*tuple[Any, ...]]]:
        return iter(self._rows)

    def all(self) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._rows

    def first(self) -> Row[*tuple[Any, ...]] | None:
        return self._rows[0] if self._rows else None

    def one_or_none(self) -> Row[*tuple[Any, ...]] | None:
        if len(self._rows) > 1:
            raise MultipleResultsFound("more than one row where there is at most one")
        return self._rows[0] if self._rows else None

    def one(self) -> Row[*tuple[Any, ...]]:
        row = self.one_or_none()
        if row is None:
            raise NoResultFound("no row where there is one")
        return row

    def scalar_one_or_none(self) -> Any:
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """The first column."""
        return [row[0] for row in self._rows]

    def mappings(self) -> list[Any]:
        return [row._mapping for row in self._rows]


class Reading:
    """A SELECT as the wall's compiler wrote it, and how to fill it."""

    def __init__(self, statement: Select[Any], engine: Engine) -> None:
        compiled, extracted, collected, _hit = statement._compile_w_cache(
            engine.dialect, column_keys=[], compiled_cache=engine._compiled_cache
        )
        self.listeners: Any = engine.dispatch
        """Those of the walled engine, where ours are; a connection puts its own before them anew each time."""
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
        processors: Mapping[str, Processor] = known._bind_processors
        self.names = list(given)
        self.made_by = [(name, processors.get(name)) for name in self.names]
        """What goes to the driver, and what makes it what it takes."""
        self.in_order = picker([self.names.index(name) for name in known.positiontup or ()])
        """Where the driver wants values by their places: the tenant stands in several."""
        self.row_of: Callable[[Any], Row[*tuple[Any, ...]]] | None = None
        """What the driver gave as a row of SQLAlchemy's; known once it was sent."""
        self.columns = (
            known._result_columns,
            known._ordered_columns,
            known._textual_ordered_columns,
            known._ad_hoc_textual,
            known._loose_column_name_matching,
        )
        self.sending = self.context_of_all(engine.dialect)

    def send(self, connection: Connection | Reader, values: Mapping[str, Any] | None) -> Rows:
        options = connection._execution_options
        tenant = options.get("tenant")
        if tenant is None:
            raise CrossesTenants("no tenant, no query")
        filled = {**self.standing, **(values or {}), "tenant": tenant}
        driver = connection._dbapi_connection
        if self.row_of is None or driver is None or not driver.is_valid:
            whole = whole_of(connection)
            sent: Any = whole._execute_context(whole.dialect, self.context, self.compiled, [filled], options, filled)
            rows, known = sent.all(), sent._metadata
            self.row_of = partial(Row, known, known._processors, known._key_to_index)
            return Rows(rows)
        return Rows([*map(self.row_of, self.found(connection, filled))])

    def found(self, connection: Connection | Reader, filled: dict[str, Any]) -> Sequence[Any]:
        """What the driver gives for it: SQLAlchemy's `_exec_single_context` for a plain SELECT."""
        driver, sending, statement = connection._dbapi_connection, self.sending, self.compiled.string
        cursor: Any = driver.cursor()  # type: ignore[union-attr]  # open: it has a transaction
        values = self.in_places(filled)
        try:
            for listener in self.listeners.before_cursor_execute:
                statement, values = listener(connection, cursor, statement, values, sending, False)
            sending.dialect.do_execute(cursor, statement, values, sending)
            found: Sequence[Any] = cursor.fetchall()
            cursor.close()
        except BaseException as error:
            whole_of(connection)._handle_dbapi_exception(error, statement, values, cursor, sending)
        return found

    def in_places(self, filled: dict[str, Any]) -> Any:
        """The values as the driver takes them."""
        values = [filled[name] if process is None else process(filled[name]) for name, process in self.made_by]
        return self.in_order(values) if self.compiled.positional else dict(zip(self.names, values, strict=True))

    def context(
        self, dialect: Dialect, connection: Connection, driver: Any, options: Any, filled: dict[str, Any]
    ) -> Any:
        """What SQLAlchemy's `_init_compiled` makes of a plain SELECT."""
        made = self.context_of_all(dialect)
        made.root_connection, made._dbapi_connection, made.execution_options = connection, driver, options
        made.compiled_parameters, made.parameters = [filled], [self.in_places(filled)]
        made.cursor = made.create_cursor()
        return made

    def context_of_all(self, dialect: Dialect) -> Any:
        """The part of it that is the same for each sending, which is all that listeners are told."""
        kind: Any = dialect.execution_ctx_cls
        made = kind.__new__(kind)
        made.dialect, made.compiled, made.invoked_statement = dialect, self.compiled, self.statement
        made.extracted_parameters, made.cache_hit = None, dialect.CACHE_HIT
        made.unicode_statement = made.statement = self.compiled.string
        made.result_column_struct = self.columns
        return made


class Readings:
    """Of one database: what was sent before, by the statement."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[Select[Any], Reading] = {}

    def rows(self, connection: Connection | Reader, statement: Any, values: Mapping[str, Any] | None) -> Rows:
        """What is no plain SELECT (a write, a list of values) is left to SQLAlchemy."""
        known = self._known.get(statement)
        if known is None:
            if not isinstance(statement, Select):
                return sent_by_sqlalchemy(whole_of(connection), statement, values)
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            known = self._known[statement] = Reading(statement, self._engine)
        if not known.is_plain:
            return sent_by_sqlalchemy(whole_of(connection), statement, values)
        return known.send(connection, values)


def whole_of(connection: Connection | Reader) -> Connection:
    return connection.whole if isinstance(connection, Reader) else connection


def sent_by_sqlalchemy(connection: Connection, statement: Any, values: Mapping[str, Any] | None) -> Rows:
    result = connection.execute(statement, values)
    return Rows(result.all() if result.returns_rows else (), result.rowcount)

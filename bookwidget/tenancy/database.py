"""One database, two engines: the walled one for everything that serves a tenant, the platform's for the worker."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bookwidget.logs import log
from bookwidget.tenancy.postgresql import Transactions
from bookwidget.tenancy.reading import Readings
from bookwidget.tenancy.rls import WEB_ROLE
from bookwidget.tenancy.session import TenantSession
from bookwidget.tenancy.wall import CrossesTenants, TenantCompiler, UndeclaredWrite, build_wall, filled

# The timeout (milliseconds) first: switching a new file to WAL can find it locked.
# The file is read where the system keeps it, not through copies: a connection's own two megabytes of them do not hold
# what the lists of a large installation read. So much is the most that SQLite takes.
PRAGMAS = (
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"mmap_size={2**31 - 2**16}",
)
CONTEXT = 3
"""Where listeners are told it, after cursor, statement and parameters. Listening by names costs twice as much."""

DatabaseError = SQLAlchemyError
"""What goes wrong with a database, under a name for those who know nothing of SQLAlchemy."""
DatabaseBusy = OperationalError
"""It is away, or others write for too long: the same may work in a moment."""


def with_declared_transactions(engine: Engine, *, role: str | None) -> Engine:
    """Takes BEGIN away from the driver: a write transaction is declared, all others only read.

    With SQLite's default, 731 of 900 concurrent read-then-writes failed at once; declared (BEGIN IMMEDIATE),
    none did.
    """
    if engine.dialect.name == "sqlite":
        on_connect, on_begin = sqlite_connect, sqlite_begin
    else:
        transactions = Transactions(engine, role)
        on_connect, on_begin = transactions.connect, transactions.begin
    event.listen(engine, "connect", on_connect)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        try:
            on_begin(connection)
        except engine.dialect.loaded_dbapi.OperationalError as error:  # past SQLAlchemy, which would have said this
            raise DatabaseBusy("BEGIN", None, error) from error

    @event.listens_for(engine, "before_cursor_execute")
    def refuse_undeclared_writes(conn: Connection, *told: Any) -> None:
        context = told[CONTEXT]
        writes = context.isinsert or context.isupdate or context.isdelete or getattr(context.compiled, "writes", False)
        if writes and not conn.get_execution_options().get("writing"):
            raise UndeclaredWrite("a write outside `with writing(session)`")

    return engine


def sqlite_connect(driver: Any, record: Any) -> None:
    driver.isolation_level = None
    for pragma in PRAGMAS:
        driver.execute(f"PRAGMA {pragma}")
    # SQLite's own knows ASCII only; searching for "übung" shall find "Übung".
    driver.create_function("lower", 1, lambda text: text and text.lower(), deterministic=True)


def sqlite_begin(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


def pooled(url: str, **options: Any) -> Engine:
    """An engine whose pool notices connections that a restart of the server has cut.

    Its errors name no values: they end up in logs.
    """
    is_sqlite = url.startswith("sqlite")
    return create_engine(url, pool_pre_ping=not is_sqlite, hide_parameters=True, json_deserializer=from_json, **options)


def from_json(text: str) -> Any:
    """A stored value. Most settings and overrides are empty, and a list reads twenty of them."""
    return {} if text == "{}" else json.loads(text)


def tenant_engine(url: str, **options: Any) -> Engine:
    """The only engine that serves a tenant; every statement on it stays inside the connection's tenant."""
    engine = with_declared_transactions(pooled(url, **options), role=WEB_ROLE)
    build_wall(engine.dialect)

    @event.listens_for(engine, "before_execute", retval=True)
    def fill_tenant(conn: Connection, statement: Any, many: Any, one: Any, options: Any) -> tuple[Any, Any, Any]:
        return (statement, *filled(conn.get_execution_options().get("tenant"), many, one))

    @event.listens_for(engine, "before_cursor_execute")
    def send_only_what_we_compiled(conn: Connection, *told: Any) -> None:
        if not isinstance(told[CONTEXT].compiled, TenantCompiler):
            raise CrossesTenants("raw SQL, or SQL compiled elsewhere")

    @event.listens_for(engine, "set_connection_execution_options")
    @event.listens_for(engine, "set_engine_execution_options")
    def keep_the_tenant(bound: Any, options: dict[str, Any]) -> None:
        now = bound.get_execution_options().get("tenant")
        if now is not None and options.get("tenant", now) != now:
            raise CrossesTenants("a connection cannot change its tenant")
        if "isolation_level" in options:
            raise UndeclaredWrite("a transaction's kind is declared by `writing`, and by nothing else")

    return engine


class Database:
    """What a process holds of the database. `dispose()` at the end of the process."""

    def __init__(self, url: str, **options: Any) -> None:
        self.url = url
        self.walled = tenant_engine(url, **options)
        self._platform = with_declared_transactions(pooled(url, **options), role=None)
        self.tenants_by_slug: dict[str, tuple[UUID, float]] = {}
        """Of `platform.find_tenant`: the tenant, and until when on its clock that is taken for true."""
        self.tenants_by_host: dict[str, tuple[UUID | None, float]] = {}
        """The same of `hosts.find_tenant_of_host`, also for names that are nobody's."""
        self._readings = Readings(self.walled)
        self._bound = lru_cache(maxsize=4096)(self._bind)

    def _bind(self, tenant: UUID) -> Engine:
        """Same pool, same compiled cache; only the tenant differs."""
        return self.walled.execution_options(tenant=tenant)

    @property
    def is_sqlite(self) -> bool:
        return self.walled.dialect.name == "sqlite"

    def session(self, tenant: UUID) -> TenantSession:
        """A session that sees and writes this tenant's rows only; it fails closed."""
        if not isinstance(tenant, UUID):
            raise CrossesTenants("no tenant, no session")
        return TenantSession(self._bound(tenant), tenant, self._readings)

    @contextmanager
    def all_tenants(self, reason: str, *, writing: bool = False) -> Iterator[Connection]:
        """The one door past the wall, for the worker, the platform's sign-in and operators.

        One transaction, which only reads unless it says `writing`; `reason` goes to the log, and a test lists
        the callers.
        """
        log.debug("all_tenants", reason=reason)
        with self._platform.connect().execution_options(writing=writing) as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        self.walled.dispose()
        self._platform.dispose()

"""PostgreSQL's transactions. A page that reads pays for one round trip to begin one, and one to end it.

psycopg's own way costs forty microseconds for a word like BEGIN, so libpq is told directly; and its `rollback` forgets
which statements the server has prepared, because what a transaction made may be gone. One that only reads made nothing:
its end leaves them, and a page's statements stay prepared.
"""

import select
import time
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from bookwidget.tenancy.wall import CrossesTenants

LIMITS = ("lock_timeout = '5s'", "statement_timeout = '15s'")
"""For who serves a tenant: a person who waits longer has gone, and the thread is somebody else's. One statement that
takes as long is a mistake, and must not hold its locks. Migrations and the worker's rounds have none.
"""
TRUSTED_FOR = 1.0
"""Seconds after an answer for which a connection that says nothing is taken for open."""


class Transactions:
    """How those of one engine begin and end. With a role they belong to a tenant; without, to the platform."""

    def __init__(self, engine: Engine, role: str | None) -> None:
        dialect: Any = engine.dialect
        self._role, self._library = role, dialect.loaded_dbapi
        self._ask, self._roll_back = dialect.do_ping, dialect.do_rollback
        dialect.do_ping, dialect.do_rollback = self.is_open, self.roll_back

    def connect(self, driver: Any, record: Any) -> None:
        driver.autocommit = True
        if self._role is not None:
            driver.execute("; ".join([f"SET ROLE {self._role}", *(f"SET {limit}" for limit in LIMITS)]))

    def begin(self, connection: Connection) -> None:
        options, driver = connection.get_execution_options(), driver_of(connection.connection)
        driver.only_reads = not options.get("writing")
        statement = "BEGIN READ ONLY" if driver.only_reads else "BEGIN"
        if self._role is not None:  # one round trip for both; the value is a UUID, so it needs no quoting
            tenant = options.get("tenant")
            if not isinstance(tenant, UUID):
                raise CrossesTenants("no tenant, no query")
            statement += f"; SET LOCAL app.tenant = '{tenant}'"
        self._tell(driver, statement)

    def roll_back(self, connection: Any) -> None:
        driver = driver_of(connection)
        if getattr(driver, "only_reads", False) and not driver.closed:
            driver.only_reads = False
            self._tell(driver, "ROLLBACK")
        else:
            self._roll_back(connection)

    def is_open(self, driver: Any) -> bool:
        """A server that went away has mostly said so: then there is something to read."""
        now = time.monotonic()
        if now < getattr(driver, "trusted_until", 0) and not driver.closed and not has_news(driver):
            return True
        driver.trusted_until = 0
        self._ask(driver)
        driver.trusted_until = now + TRUSTED_FOR
        return True

    def _tell(self, driver: Any, command: str) -> None:
        done = driver.pgconn.exec_(command.encode())
        if driver.closed:
            raise self._library.OperationalError("the connection is lost")
        if done.status != self._library.pq.ExecStatus.COMMAND_OK:
            raise self._library.errors.error_from_result(done)


def has_news(driver: Any) -> bool:
    """Whether something came that nobody has read."""
    waiting = select.poll()
    waiting.register(driver.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def driver_of(connection: Any) -> Any:
    """psycopg's own connection, also of one that the pool lent."""
    return getattr(connection, "driver_connection", connection)

"""A session that belongs to one tenant, and cannot read or write another tenant's rows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine, Executable, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookwidget.kernel.errors import Denied
from bookwidget.kernel.text import _
from bookwidget.tenancy.base import Owned
from bookwidget.tenancy.reading import Reader, Readings, Rows
from bookwidget.tenancy.wall import CrossesTenants, UndeclaredWrite

ONLY_LOOKING = _("You are only looking: nothing can be changed here.")
UNIQUE_VIOLATION = "23505"
"""PostgreSQL's word for it. On SQLite, the only writer has read before."""


class TenantSession(Session):
    """Bound to its tenant when it is made; `Database.session` makes it. One thread at a time.

    Pages that only read use `rows(CONSTANT, values)`; entities belong to actions inside `with writing(session)`.
    """

    _has_orm = False

    def __init__(self, engine: Engine, tenant: UUID, readings: Readings) -> None:
        self.tenant_id: Final = tenant
        self.is_writing = False
        self.is_read_only = False
        """Whether `writing` is refused: for somebody who only looks."""
        self._engine, self._readings = engine, readings
        self._reader: Reader | None = None

    def __getattr__(self, name: str) -> Any:
        """The ORM's own part is made when it is first asked for: most pages only read rows."""
        if self._has_orm:
            raise AttributeError(name)
        self._has_orm = True
        super().__init__(self._engine, expire_on_commit=False)
        return getattr(self, name)

    def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
        """For statements that select columns: as safe as execute(), at half its cost (no ORM result handling).

        Outside of `writing` they share one transaction that only reads, until `rollback` or `close`; a page needs
        nothing of the ORM's own transactions, which cost as much as a statement.
        """
        if self._has_orm and self.in_transaction():
            return self._readings.rows(self.connection(), statement, values)
        if self._reader is None:
            self._reader = Reader(self._engine)
        return self._readings.rows(self._reader, statement, values)

    def rollback(self) -> None:
        self._end_reading()
        if self._has_orm:
            super().rollback()

    def close(self) -> None:
        self._end_reading()
        if self._has_orm:
            super().close()

    def _end_reading(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


@event.listens_for(TenantSession, "after_begin")
def read_on_one_connection(session: TenantSession, transaction: Any, connection: Any) -> None:
    """The ORM begins a transaction of its own: what was read so far is over, as a session holds one connection."""
    session._end_reading()


@event.listens_for(TenantSession, "before_attach")
def stamp(session: TenantSession, instance: object) -> None:
    """No object of another tenant enters the identity map."""
    if isinstance(instance, Owned):
        instance.tenant_id = instance.tenant_id or session.tenant_id
        refuse_foreign(session, instance)


@event.listens_for(TenantSession, "before_flush")
def check_stamps(session: TenantSession, context: Any, instances: Any) -> None:
    """The stamp was not changed afterwards. The wall would stop the row, but not the wrong id in Python."""
    for instance in session.new | session.dirty:
        if isinstance(instance, Owned):
            refuse_foreign(session, instance)


def refuse_foreign(session: TenantSession, instance: Owned) -> None:
    if instance.tenant_id != session.tenant_id:
        raise CrossesTenants(f"{type(instance).__name__} belongs to another tenant")


_is_rehearsal: ContextVar[bool] = ContextVar("is_rehearsal", default=False)


@contextmanager
def rehearsing() -> Iterator[None]:
    """Inside, each write transaction is undone when it ends: to see what a form would answer, without consequences."""
    before = _is_rehearsal.set(True)
    try:
        yield
    finally:
        _is_rehearsal.reset(before)


@contextmanager
def writing(session: TenantSession) -> Iterator[TenantSession]:
    """One write transaction. What was read before is forgotten: what is decided must be read again inside.

    On SQLite it is the only writer. On PostgreSQL others write beside it, so what decides is read
    `with_for_update()`, or the change is one conditional UPDATE. It holds no hashing, image work, file, mail
    or gateway call, because others wait for it. Savepoints (`session.begin_nested()`) work inside.
    """
    if session.is_read_only:
        raise Denied(ONLY_LOOKING)
    if session.is_writing:
        raise UndeclaredWrite("`writing` inside `writing` would undo what the outer one has done")
    if session.new or session.dirty or session.deleted:
        raise UndeclaredWrite("changes made before `with writing(session)`")
    session.rollback()  # ends the read transaction, whose snapshot is old
    session.expire_all()
    session.is_writing = True
    try:
        with session.begin() as transaction:
            session.connection(execution_options={"writing": True})
            yield session
            if _is_rehearsal.get():
                transaction.rollback()
    finally:
        session.is_writing = False


def flush_unless_taken(session: TenantSession) -> bool:
    """Stores what was added or changed. False if there is such a one since a moment ago: the caller must roll back."""
    try:
        session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        return False
    return True

"""What every table shares: the metadata, the owned row, the column types."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, ForeignKey, ForeignKeyConstraint, Index, MetaData, TypeDecorator, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.keeping import Kept

# Every constraint has a name, because SQLite's batch migrations can drop only what is named.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Id(Uuid[UUID]):
    """A `UUID`. Where a database keeps it as text, the same text gives the same object, as with `Instant`: a page of
    twenty bookings reads two dozen, and making one takes two microseconds.
    """

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        theirs: Any = super()
        return None if theirs.result_processor(dialect, coltype) is None else ID_OF.__getitem__


def made_id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


ID_OF = Kept(made_id, most=4096)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {UUID: Id()}


class Owned:
    """Mixin of every table that belongs to a tenant; the key leads with it."""

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


def refers_to(table: str, column: str) -> ForeignKeyConstraint:
    """A foreign key inside the tenant. Checked at commit, so that the order of inserts does not matter."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], deferrable=True, initially="DEFERRED"
    )


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of those rows only that meet a condition in SQL.

    Migrations put it where the dialects look for it: an option of PostgreSQL's loads all of its dialect, which is two
    megabytes and a twentieth of a second for a process that serves from SQLite.
    """
    return Index(name, *columns, unique=unique, info={"where": where})


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970: it sorts, and needs no parsing."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return INSTANTS[value]

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[int | None], datetime | None]:
        """The same without two functions around it."""
        return INSTANTS.__getitem__


def made_instant(value: int | None) -> datetime | None:
    """The aware UTC datetime so many microseconds after 1970."""
    return None if value is None else EPOCH + timedelta(microseconds=value)


INSTANTS = Kept(made_instant, most=8192)
"""Many bookings begin at one time: the one object has its hash already when a page asks how that time is written."""


def microseconds(value: datetime) -> int:
    """Microseconds since 1970 of an aware datetime; TypeError for a naive one, which has no instant."""
    return (value - EPOCH) // timedelta(microseconds=1)

"""What happened, and what is still to be done about it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bookwidget.tenancy.base import Base, Instant, Owned, partial_index

OF_SETTINGS = "kind = 'settings.changed'"
OF_BUSINESS = "booking_id IS NULL AND customer_id IS NULL"
OF_MEMBERS = "actor_kind = 'member'"


class Event(Owned, Base):
    """One thing that happened, written in the transaction that made it happen. Never changed afterwards."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_booking", "tenant_id", "booking_id", "at"),
        Index("ix_event_customer", "tenant_id", "customer_id", "at"),
        # Changes of settings are few among many events: their list must not look for them one by one.
        partial_index("ix_event_settings", "tenant_id", "id", where=OF_SETTINGS),
        # The history of the whole business, latest first; what concerns no customer, and what members do, is rarer.
        Index("ix_event_at", "tenant_id", "at", "id"),
        partial_index("ix_event_business", "tenant_id", "at", "id", where=OF_BUSINESS),
        partial_index("ix_event_member", "tenant_id", "actor_id", "at", "id", where=OF_MEMBERS),
        {"info": {"append_only": True}},
    )

    kind: Mapped[str] = mapped_column(String(60))
    """`thing.past_verb`, e.g. `booking.cancelled`."""
    at: Mapped[datetime] = mapped_column(Instant)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[UUID | None]
    door: Mapped[str] = mapped_column(String(10))
    booking_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """`{"before": …, "after": …}`: small facts and ids, never secrets; times as ISO 8601 in UTC."""


class Job(Owned, Base):
    """Work to be done at least once. Its claim commits before the work starts; handlers are idempotent."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "key"),
        CheckConstraint("state IN ('waiting', 'done', 'dead')", name="state"),
        Index("ix_job_due", "state", "due_at"),
    )

    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120))
    """Names the effect: the same kind and key is the same work, however often it is asked for."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    due_at: Mapped[datetime] = mapped_column(Instant)
    """When it may be claimed (again): its start, the end of a lease, or the end of a back-off."""
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[UUID | None]
    """Who holds it. Only the holder may say how it ended."""
    last_error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

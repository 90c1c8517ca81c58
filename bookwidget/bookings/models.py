"""Bookings, tickets, what was agreed to, and waiting-list entries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bookwidget.tenancy.base import Base, Instant, Owned, refers_to


class Booking(Owned, Base):
    """Places taken by a customer under one code.

    `occurrence_id`, `starts_at` and `ends_at` repeat those of its earliest live ticket, so that lists sort
    and page by one index; the actions keep them equal and a test compares them.
    """

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        refers_to("customer", "customer_id"),
        refers_to("service", "service_id"),
        refers_to("occurrence", "occurrence_id"),
        CheckConstraint("status IN ('pending', 'hold', 'confirmed', 'cancelled')", name="status"),
        CheckConstraint("price >= 0", name="price"),
        Index("ix_booking_customer", "tenant_id", "customer_id", "starts_at"),
        Index("ix_booking_occurrence", "tenant_id", "occurrence_id"),
    )

    code: Mapped[str] = mapped_column(String(8))
    customer_id: Mapped[UUID]
    service_id: Mapped[UUID]
    occurrence_id: Mapped[UUID]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(10))
    price: Mapped[int]
    """Minor units of the tenant's currency, for all tickets."""
    note: Mapped[str] = mapped_column(Text, default="")
    moves: Mapped[int] = mapped_column(default=0)
    """How often it was moved; also the version that a form was made for."""
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_by: Mapped[str] = mapped_column(String(10), default="")
    """The kind of actor: customer, member or system."""
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    cancelled_from: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """The status that undoing brings back."""
    undo_until: Mapped[datetime | None] = mapped_column(Instant)
    """Until then the cancellation can be undone; None: it was final at once."""
    undo_hold_id: Mapped[UUID | None]
    """The hold that keeps its places so long. Not the booking's own id, which pages show."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    link_version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Links in mails are signed over it: raising it ends all that were sent so far."""


class Ticket(Owned, Base):
    """A place on an occurrence for one attendee."""

    __tablename__ = "ticket"
    __table_args__ = (
        refers_to("booking", "booking_id"),
        refers_to("occurrence", "occurrence_id"),
        refers_to("ticket_type", "ticket_type_id"),
        CheckConstraint("attendance IN ('', 'attended', 'absent')", name="attendance"),
        Index("ix_ticket_booking", "tenant_id", "booking_id"),
        Index("ix_ticket_occurrence", "tenant_id", "occurrence_id"),
    )

    booking_id: Mapped[UUID]
    occurrence_id: Mapped[UUID]
    ticket_type_id: Mapped[UUID | None]
    attendee: Mapped[str] = mapped_column(String(160), default="")
    """Empty: the customer."""
    is_child: Mapped[bool] = mapped_column(default=False)
    age: Mapped[int | None]
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    attendance: Mapped[str] = mapped_column(String(10), default="")


class Acceptance(Owned, Base):
    """That somebody agreed to one of the business's documents when they booked."""

    __tablename__ = "acceptance"
    __table_args__ = (
        refers_to("booking", "booking_id"),
        UniqueConstraint("tenant_id", "booking_id", "document"),
        CheckConstraint("document IN ('terms', 'privacy')", name="document"),
    )

    booking_id: Mapped[UUID]
    document: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(300))
    version: Mapped[str] = mapped_column(String(40), default="")
    """What the business called it when it was accepted."""
    accepted_at: Mapped[datetime] = mapped_column(Instant)


class WaitlistEntry(Owned, Base):
    """One person waiting for a place on a full occurrence; the order is that of `id`."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        refers_to("customer", "customer_id"),
        refers_to("occurrence", "occurrence_id"),
        UniqueConstraint("tenant_id", "occurrence_id", "customer_id"),
        Index("ix_waitlist_entry_customer", "tenant_id", "customer_id"),
    )

    customer_id: Mapped[UUID]
    occurrence_id: Mapped[UUID]
    joined_at: Mapped[datetime] = mapped_column(Instant)

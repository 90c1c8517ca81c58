"""Messages to people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bookwidget.tenancy.base import Base, Instant, Owned, partial_index, refers_to

IN_TROUBLE = "trouble <> ''"


class Message(Owned, Base):
    """One message to one recipient because of one event, as it was written. Its id is in its Message-ID."""

    __tablename__ = "message"
    __table_args__ = (
        refers_to("event", "event_id"),
        UniqueConstraint("tenant_id", "event_id", "recipient", "channel"),
        CheckConstraint("channel IN ('email', 'sms')", name="channel"),
        Index("ix_message_event", "tenant_id", "event_id"),
        partial_index("ix_message_trouble", "tenant_id", "template", where=IN_TROUBLE),
    )

    event_id: Mapped[UUID]
    template: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(10))
    """`customer`, `business`, `member`, or `owner` of a business that is being signed up."""
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(254))
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    sender_name: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    trouble: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """Why the business's own words could not be used; empty: they were, or there are none."""


class MessageTemplate(Owned, Base):
    """The business's own words for one message in one language. Without a row the shipped ones go out."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("tenant_id", "event", "recipient", "channel", "language"),)

    event: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    member_id: Mapped[UUID | None]
    """Who wrote them."""

"""Services, providers, locations, ticket types, and the questions of booking forms."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from bookwidget.tenancy.base import Base, Owned, refers_to


class Service(Owned, Base):
    """What is offered: a class with published occurrences, or an appointment made when it is booked."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("kind IN ('class', 'appointment')", name="kind"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("price >= 0", name="price"),
    )

    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(12))
    minutes: Mapped[int]
    minutes_before: Mapped[int] = mapped_column(default=0)
    """Preparation that keeps the provider busy before an appointment."""
    minutes_after: Mapped[int] = mapped_column(default=0)
    step_minutes: Mapped[int] = mapped_column(default=30)
    """Appointments start at multiples of this, counted from the opening time."""
    capacity: Mapped[int] = mapped_column(default=1)
    price: Mapped[int] = mapped_column(default=0)
    """Minor units of the tenant's currency."""
    is_active: Mapped[bool] = mapped_column(default=True)
    is_at_customer: Mapped[bool] = mapped_column(default=False, server_default=false())
    """An appointment can take place at the customer's own address."""
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Overrides of the tenant's settings, where a setting allows them per service."""


class Provider(Owned, Base):
    """Who performs services."""

    __tablename__ = "provider"

    name: Mapped[str] = mapped_column(String(120))
    is_active: Mapped[bool] = mapped_column(default=True)


class ServiceProvider(Owned, Base):
    """Which provider performs which service."""

    __tablename__ = "service_provider"
    __table_args__ = (
        UniqueConstraint("tenant_id", "service_id", "provider_id"),
        refers_to("service", "service_id"),
        refers_to("provider", "provider_id"),
    )

    service_id: Mapped[UUID]
    provider_id: Mapped[UUID]


class Location(Owned, Base):
    """Where services take place; an appointment at the customer's home has none."""

    __tablename__ = "location"

    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300), default="")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())


class ServiceLocation(Owned, Base):
    """Where an appointment of this service can take place."""

    __tablename__ = "service_location"
    __table_args__ = (
        UniqueConstraint("tenant_id", "service_id", "location_id"),
        refers_to("service", "service_id"),
        refers_to("location", "location_id"),
    )

    service_id: Mapped[UUID]
    location_id: Mapped[UUID]


class TicketType(Owned, Base):
    """A kind of place in a class, with its own price: adult, child, concession."""

    __tablename__ = "ticket_type"
    __table_args__ = (refers_to("service", "service_id"), CheckConstraint("price >= 0", name="price"))

    service_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(80))
    price: Mapped[int]
    is_child: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    """Those of one class stand in this order, then in that in which they were made."""
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    """A type that is no longer offered stays, because tickets refer to it."""


class Question(Owned, Base):
    """What the business asks in the booking form of one service, or of all (no service)."""

    __tablename__ = "question"
    __table_args__ = (
        refers_to("service", "service_id"),
        CheckConstraint("kind IN ('line', 'text', 'choice', 'yes_no', 'date', 'file')", name="kind"),
        Index("ix_question_service", "tenant_id", "service_id"),
    )

    service_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(200))
    help: Mapped[str] = mapped_column(String(300), default="")
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What can be chosen; of `choice` only."""
    is_required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    """Questions stand in this order."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """A question that is no longer asked stays, because answers refer to it."""

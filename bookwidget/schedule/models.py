"""Opening hours, time off, occurrences, and places that are held."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bookwidget.tenancy.base import Base, Instant, Owned, refers_to


class OpeningHours(Owned, Base):
    """A weekly stretch in which appointments may take place: of one provider, or of all (no provider)."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        refers_to("provider", "provider_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="stretch"),
    )

    provider_id: Mapped[UUID | None]
    weekday: Mapped[int]
    """0 is Monday."""
    opens: Mapped[int]
    """Minutes after midnight, wall time of the tenant's zone."""
    closes: Mapped[int]


class TimeOff(Owned, Base):
    """Whole days on which a provider, or everybody (no provider), does not work; both days included."""

    __tablename__ = "time_off"
    __table_args__ = (refers_to("provider", "provider_id"), CheckConstraint("first_day <= last_day", name="days"))

    provider_id: Mapped[UUID | None]
    first_day: Mapped[date]
    last_day: Mapped[date]


class Occurrence(Owned, Base):
    """One date of a service. Classes publish theirs; an appointment makes a private one when it is booked.

    `busy_from` to `busy_to` is what it takes of the provider's time, buffers included. On PostgreSQL an
    exclusion constraint keeps two scheduled occurrences of a provider apart, on SQLite the overlap query
    inside the immediate transaction does.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        refers_to("service", "service_id"),
        refers_to("provider", "provider_id"),
        refers_to("location", "location_id"),
        CheckConstraint("seats_taken >= 0 AND seats_taken <= capacity", name="seats"),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("busy_from <= starts_at AND busy_to >= ends_at", name="busy"),
        CheckConstraint("state IN ('scheduled', 'cancelled', 'released')", name="state"),
        Index("ix_occurrence_provider", "tenant_id", "provider_id", "busy_from"),
        Index("ix_occurrence_service", "tenant_id", "service_id", "starts_at"),
    )

    service_id: Mapped[UUID]
    provider_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    busy_from: Mapped[datetime] = mapped_column(Instant)
    busy_to: Mapped[datetime] = mapped_column(Instant)
    capacity: Mapped[int]
    seats_taken: Mapped[int] = mapped_column(default=0)
    is_private: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="scheduled")
    """`cancelled`: by the business. `released`: a private one whose booking moved away or was cancelled."""


class Purpose(StrEnum):
    """What a hold keeps its places for."""

    FORM = "form"
    """Somebody fills in the form of a booking."""
    UNDO = "undo"
    """A cancelled booking can still be undone: its private occurrence is released, never forgotten."""
    OFFER = "offer"
    """They are offered to somebody on the waiting list. Once that is taken up, the form is filled in under it."""


class Hold(Owned, Base):
    """Places kept for a while. The id of one for a form becomes the booking's, so that one form is one booking.

    The places count in the occurrence's `seats_taken`. After `until` they are anybody's, although the row is still
    there: who takes a place gives them back first, and who looks for free ones counts them as free.
    """

    __tablename__ = "hold"
    __table_args__ = (
        refers_to("occurrence", "occurrence_id"),
        CheckConstraint("places > 0", name="places"),
        CheckConstraint("purpose IN ('form', 'undo', 'offer')", name="purpose"),
        Index("ix_hold_occurrence", "tenant_id", "occurrence_id"),
    )

    occurrence_id: Mapped[UUID]
    places: Mapped[int]
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    purpose: Mapped[str] = mapped_column(String(10), default=Purpose.FORM, server_default="form")

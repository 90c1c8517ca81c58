"""Bookings, tickets, what was answered and agreed to, and waiting-list entries."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint, false
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
        CheckConstraint("rating BETWEEN 1 AND 10", name="rating"),
        CheckConstraint("cancel_fee >= 0", name="cancel_fee"),
        refers_to("booking", "split_from_id"),
        Index("ix_booking_split", "tenant_id", "split_from_id"),
        Index("ix_booking_customer", "tenant_id", "customer_id", "starts_at", "id"),
        Index("ix_booking_starts", "tenant_id", "starts_at"),
        Index("ix_booking_occurrence", "tenant_id", "occurrence_id"),
        Index("ix_booking_series", "tenant_id", "series_id", "starts_at"),
    )

    code: Mapped[str] = mapped_column(String(8))
    customer_id: Mapped[UUID]
    service_id: Mapped[UUID]
    occurrence_id: Mapped[UUID]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(10))
    price: Mapped[int]
    """Minor units of the tenant's currency, for all tickets that were not cancelled by themselves."""
    note: Mapped[str] = mapped_column(Text, default="")
    visit_address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """Where the provider comes to; empty: the booking is at the occurrence's location, if it has one."""
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
    cancel_fee: Mapped[int] = mapped_column(default=0, server_default="0")
    """Minor units owed for cancelling all of it late; 0 again if that is undone."""
    split_from_id: Mapped[UUID | None]
    """The booking that its tickets were in before they were transferred without the others."""
    cancelled_with: Mapped[UUID | None]
    """One id for all dates of a series that one press cancelled: undoing brings them back together."""
    series_id: Mapped[UUID | None]
    """The series it belongs to. `SeriesDate` has the reference that the database checks."""
    overridden: Mapped[str] = mapped_column(String(30), default="", server_default="")
    """The permission that staff gave its customer beyond the rules; empty: none. One to move ends with the move."""
    overridden_until: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    link_version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Links in mails are signed over it: raising it ends all that were sent so far."""
    rating: Mapped[int | None]
    """Half stars, 1 to 10; None: not rated."""
    rating_comment: Mapped[str] = mapped_column(Text, default="", server_default="")
    rated_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was rated first: changing it does not begin the days for changing anew."""


SHOWN_IN_LISTS = ("is_cancelled", "attendee", "is_child", "age", "attendance")
"""Of a ticket."""


class Ticket(Owned, Base):
    """A place on an occurrence for one attendee. Those of one booking that are live stand at one date."""

    __tablename__ = "ticket"
    __table_args__ = (
        refers_to("booking", "booking_id"),
        refers_to("occurrence", "occurrence_id"),
        refers_to("ticket_type", "ticket_type_id"),
        CheckConstraint("attendance IN ('', 'attended', 'absent')", name="attendance"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("cancel_fee >= 0", name="cancel_fee"),
        # With what lists show of tickets, which are then not looked up: each is a page of the file of its own.
        Index("ix_ticket_booking", "tenant_id", "booking_id", "id", *SHOWN_IN_LISTS),
        Index("ix_ticket_occurrence", "tenant_id", "occurrence_id"),
    )

    booking_id: Mapped[UUID]
    occurrence_id: Mapped[UUID]
    ticket_type_id: Mapped[UUID | None]
    attendee: Mapped[str] = mapped_column(String(160), default="")
    """Empty: the customer."""
    is_child: Mapped[bool] = mapped_column(default=False)
    age: Mapped[int | None]
    price: Mapped[int] = mapped_column(default=0, server_default="0")
    """Minor units, as agreed when it was booked or transferred; the booking's is the sum."""
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    """By itself; cancelling the booking leaves it alone."""
    cancel_fee: Mapped[int] = mapped_column(default=0, server_default="0")
    """Minor units owed for cancelling it late, by itself."""
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


class JobNote(Owned, Base):
    """What somebody wrote to a booking, for those who do the work. The order is that of `id`."""

    __tablename__ = "job_note"
    __table_args__ = (
        refers_to("booking", "booking_id"),
        CheckConstraint("author_kind IN ('customer', 'member', 'system')", name="author_kind"),
        Index("ix_job_note_booking", "tenant_id", "booking_id"),
    )

    booking_id: Mapped[UUID]
    author_kind: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[UUID | None]
    """The customer's or member's; no reference, because a note outlives who wrote it."""
    is_shared: Mapped[bool] = mapped_column(default=True)
    """Whether the customer sees it."""
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)


class CalendarFeed(Owned, Base):
    """A customer's secret address under which a calendar program finds all their bookings."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        refers_to("customer", "customer_id"),
        UniqueConstraint("tenant_id", "customer_id"),
        UniqueConstraint("tenant_id", "digest"),
    )

    customer_id: Mapped[UUID]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the secret, which is nowhere stored."""
    made_at: Mapped[datetime] = mapped_column(Instant)


class Upload(Owned, Base):
    """A file for a question of the form, kept with the hold and, once that is booked, with the booking."""

    __tablename__ = "upload"
    __table_args__ = (refers_to("question", "question_id"), UniqueConstraint("tenant_id", "hold_id", "question_id"))

    hold_id: Mapped[UUID]
    """Later the booking's id. No foreign key: the hold goes when it becomes a booking."""
    question_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(120))
    """Ours: made of the one it was sent under, its ending by what is inside."""
    size: Mapped[int]
    """Bytes."""
    content: Mapped[bytes] = mapped_column(LargeBinary, sort_order=99)
    """The last column, so that nobody reads through it to the others."""
    until: Mapped[datetime | None] = mapped_column(Instant)
    """When the hold lapses; None once it is booked."""


class GivenAnswer(Owned, Base):
    """What was answered to a question of the form, with the question's words as they were asked."""

    __tablename__ = "given_answer"
    __table_args__ = (
        refers_to("booking", "booking_id"),
        refers_to("question", "question_id"),
        refers_to("upload", "upload_id"),
        UniqueConstraint("tenant_id", "booking_id", "question_id"),
    )

    booking_id: Mapped[UUID]
    question_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    """The question's, at that time: it says how to read `value`."""
    label: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(Text, default="")
    """The words; `yes` or `no`; a date as ISO writes it; the name of a file."""
    upload_id: Mapped[UUID | None]


class WaitlistEntry(Owned, Base):
    """One person waiting for places on a full occurrence; the order is that of `id`. Changed only with the occurrence
    locked.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        refers_to("customer", "customer_id"),
        refers_to("occurrence", "occurrence_id"),
        UniqueConstraint("tenant_id", "occurrence_id", "customer_id"),
        CheckConstraint("places > 0", name="places"),
        Index("ix_waitlist_entry_customer", "tenant_id", "customer_id"),
    )

    customer_id: Mapped[UUID]
    occurrence_id: Mapped[UUID]
    joined_at: Mapped[datetime] = mapped_column(Instant)
    places: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many they want, all at once."""
    offer_hold_id: Mapped[UUID | None]
    """The hold by which places are kept for them: the offer is open until it lapses."""
    offered_until: Mapped[datetime | None] = mapped_column(Instant)
    """Of an offer that keeps nothing, because everybody was told at once."""
    is_passed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """They let an offer go by: the next one is for places that are freed after it."""


class Series(Owned, Base):
    """An appointment that repeats: a rhythm of local days at one wall time. Its dates are ordinary bookings.

    Columns say what the rule of RFC 5545 says (`series_rules.Rhythm`), so that the database can check it.
    """

    __tablename__ = "series"
    __table_args__ = (
        refers_to("customer", "customer_id"),
        refers_to("service", "service_id"),
        refers_to("provider", "provider_id"),
        refers_to("location", "location_id"),
        CheckConstraint("rhythm IN ('weekly', 'month_day', 'month_weekday')", name="rhythm"),
        CheckConstraint("every BETWEEN 1 AND 52", name="every"),
        CheckConstraint("times BETWEEN 1 AND 520", name="times"),
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("minute BETWEEN 0 AND 1439", name="minute"),
        CheckConstraint("price >= 0", name="price"),
        Index("ix_series_customer", "tenant_id", "customer_id"),
    )

    customer_id: Mapped[UUID]
    service_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    location_id: Mapped[UUID | None]
    rhythm: Mapped[str] = mapped_column(String(14))
    every: Mapped[int]
    """So many weeks or months lie between two dates."""
    times: Mapped[int | None]
    """The number of dates in all."""
    last_day: Mapped[date | None]
    first_day: Mapped[date]
    minute: Mapped[int]
    """Of the day, on the clock of the tenant's zone."""
    price: Mapped[int]
    """Of each date, as agreed when it began."""
    attendee: Mapped[str] = mapped_column(String(160), default="")
    is_child: Mapped[bool] = mapped_column(default=False)
    age: Mapped[int | None]
    visit_address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """Like `Booking.visit_address`, for each date."""
    ends_before: Mapped[date | None]
    """From this day on there are no more dates: all later ones were cancelled or moved."""
    ended_with: Mapped[UUID | None]
    """The cancellation (`Booking.cancelled_with`) that ended it; undoing that opens it again."""
    resumes_on: Mapped[date | None]
    """Postponed: there are no dates before this day. Those made before it was said are no longer there."""
    postponed_with: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class SeriesDate(Owned, Base):
    """A day of a series that was dealt with, once and for all: booked, or left out for a reason."""

    __tablename__ = "series_date"
    __table_args__ = (
        UniqueConstraint("tenant_id", "series_id", "day"),
        refers_to("series", "series_id"),
        refers_to("booking", "booking_id"),
        CheckConstraint("(booking_id IS NULL) = (left_out <> '')", name="outcome"),
        CheckConstraint("left_out IN ('', 'taken', 'closed', 'no_time')", name="left_out"),
        Index("ix_series_date_booking", "tenant_id", "booking_id"),
    )

    series_id: Mapped[UUID]
    day: Mapped[date]
    """Of the rhythm; its booking may have been moved away from it."""
    booking_id: Mapped[UUID | None]
    left_out: Mapped[str] = mapped_column(String(8), default="")
    """Why there is no booking: the time is taken, the business is closed, or the clock does not show it."""

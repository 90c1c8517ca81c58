"""Customers and everything about signing in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bookwidget.tenancy.base import Base, Instant, Owned, partial_index, refers_to


class Customer(Owned, Base):
    """Who books and pays. One row a tenant and e-mail; the same person at two businesses is two customers."""

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        CheckConstraint("email = lower(email)", name="lower_case"),
        CheckConstraint("closing IN ('', 'closed', 'anonymise', 'erase', 'anonymised')", name="closing"),
    )

    email: Mapped[str] = mapped_column(String(254))
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    """E.164, or empty."""
    locale: Mapped[str] = mapped_column(String(20), default="")
    """Empty: the business's."""
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    """Empty: booked as a guest, no password yet."""
    is_blocked: Mapped[bool] = mapped_column(default=False)
    email_proven_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each change, so that a form can tell that somebody else was faster."""
    muted: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Keys of the messages that they do not want, with a space between them."""
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a mail to this address came back; none since it was last changed."""
    bounced_why: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """The status code, such as `5.1.1` or `550`."""
    closing: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """Empty: the account is open. `closed`: log-in has ended, all else stays. `anonymise`, `erase`: the worker is about
    to. `anonymised`: done. Whoever has one of these is blocked too.
    """


class ClosureRequest(Owned, Base):
    """A customer asks the business to close the account. At most one of them is open."""

    __tablename__ = "closure_request"
    __table_args__ = (
        refers_to("customer", "customer_id"),
        CheckConstraint("state IN ('open', 'approved', 'refused', 'withdrawn')", name="state"),
        Index("ix_closure_request_customer", "tenant_id", "customer_id"),
    )

    customer_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(String(500), default="")
    asked_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer: Mapped[str] = mapped_column(String(500), default="")
    """Why it was refused."""
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class Companion(Owned, Base):
    """Somebody a customer books for: a child, family. Kept because the customer said so, and only for their forms."""

    __tablename__ = "companion"
    __table_args__ = (refers_to("customer", "customer_id"), Index("ix_companion_customer", "tenant_id", "customer_id"))

    customer_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(160))
    is_child: Mapped[bool] = mapped_column(default=False)
    birth_year: Mapped[int | None]
    """Of a child. An age would be wrong within a year."""


class SignIn(Owned, Base):
    """One signed-in browser, of a customer or a member; the same row for cookie, bearer and signed link.

    A row opens only for its tenant, its `kind`, and a secret whose digest it holds.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        refers_to("customer", "customer_id"),
        refers_to("member", "member_id"),
        CheckConstraint("(customer_id IS NULL) <> (member_id IS NULL)", name="one_person"),
        CheckConstraint("kind IN ('frame', 'bearer', 'hosted', 'console')", name="kind"),
        Index("ix_sign_in_customer", "tenant_id", "customer_id"),
        Index("ix_sign_in_member", "tenant_id", "member_id"),
    )

    customer_id: Mapped[UUID | None]
    member_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(10))
    """`frame`: partitioned cookie; `bearer`: token in the frame; `hosted`, `console`: first-party cookie."""
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the secret that the browser holds."""
    old_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    old_until: Mapped[datetime | None] = mapped_column(Instant)
    """A renewed bearer token lives on for some seconds, for requests already under way."""
    device: Mapped[str] = mapped_column(String(200), default="")
    site: Mapped[str] = mapped_column(String(300), default="")
    """Origin of the host page; empty for pages at our own address."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Attempts(Owned, Base):
    """How often something was tried in a window of time: the counters of the rate limits."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("tenant_id", "key", "window_at"),)

    key: Mapped[str] = mapped_column(String(120))
    """What is limited and for whom, the latter as a digest: no address stands here in clear."""
    window_at: Mapped[datetime] = mapped_column(Instant)
    count: Mapped[int] = mapped_column(default=0)


class HandOver(Owned, Base):
    """A sign-in made in a window of our own, on its way into the frame that asked for it.

    The frame alone knows the verifier whose SHA-256 is `challenge`; whoever has only a code has nothing.
    """

    __tablename__ = "hand_over"
    __table_args__ = (refers_to("customer", "customer_id"), UniqueConstraint("tenant_id", "challenge"))

    customer_id: Mapped[UUID]
    challenge: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the code that the window sends to the frame."""
    expires_at: Mapped[datetime] = mapped_column(Instant)
    typed_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the six digits that people type where the window cannot reach the frame."""
    typed_expires_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)


class Onboarding(Owned, Base):
    """How far the setting up of a business that signed itself up has come. One row a tenant, with the tenant's id."""

    __tablename__ = "onboarding"

    trade: Mapped[str] = mapped_column(String(20), default="")
    """Names a template; empty: not chosen yet."""
    done: Mapped[str] = mapped_column(String(200), default="")
    """Steps that were done or left out, with a space between them."""
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was finished or put away."""


class CustomerImport(Owned, Base):
    """A file of customers or of bookings, and how far it has come. The worker reads it, a chunk a transaction."""

    __tablename__ = "customer_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('mapping', 'checking', 'checked', 'running', 'done', 'undoing', 'undone')", name="state"
        ),
    )

    kind: Mapped[str] = mapped_column(String(10), default="customers", server_default="customers")
    """Names what its rows are: one of `importing.KINDS`."""
    options: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """What was chosen beside the columns."""

    name: Mapped[str] = mapped_column(String(200))
    """The file's."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """Empty once it is imported."""
    encoding: Mapped[str] = mapped_column(String(20))
    delimiter: Mapped[str] = mapped_column(String(1))
    header: Mapped[list[str]] = mapped_column(JSON)
    mapping: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="mapping")
    rows: Mapped[int]
    seen: Mapped[int] = mapped_column(default=0)
    """Rows that the present step is through with: where it goes on after a kill."""
    good: Mapped[int] = mapped_column(default=0)
    broken: Mapped[int] = mapped_column(default=0)
    undone: Mapped[int] = mapped_column(default=0)
    member_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


OLD_CODES = "old_code <> ''"


class ImportedRow(Owned, Base):
    """A row that made a customer or a booking, or could not."""

    __tablename__ = "imported_row"
    __table_args__ = (
        refers_to("customer_import", "import_id"),
        Index("ix_imported_row_import", "tenant_id", "import_id", "line"),
        partial_index("uq_imported_row_old_code", "tenant_id", "old_code", unique=True, where=OLD_CODES),
    )

    import_id: Mapped[UUID]
    line: Mapped[int]
    """Counted from 1, without the header."""
    customer_id: Mapped[UUID | None]
    """The customer that it made."""
    booking_id: Mapped[UUID | None]
    """The booking that it made. Neither of the two: it is broken."""
    old_code: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """What the other program called the booking, so that nobody imports it twice."""
    cells: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Of a broken one, as they came."""
    reason: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Of a broken one: the message of the catalogue, and its values."""

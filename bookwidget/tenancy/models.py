"""The business, where it may be shown, and who works there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.base import Base, Instant, Owned


class Tenant(Base):
    """A business. Owned by itself: a session sees its own tenant only."""

    __tablename__ = "tenant"
    __table_args__ = ({"info": {"tenant_key": "id"}},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    is_active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(20))
    timezone: Mapped[str] = mapped_column(String(60))
    currency: Mapped[str] = mapped_column(String(3))
    email: Mapped[str] = mapped_column(String(254))
    """Where customers' answers and the business's own notices go."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    theme: Mapped[str] = mapped_column(String(40), default="quiet")
    branding: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    portal: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The order and the names of the portal's sections (`accounts/portal.py`), as far as the business chose them."""
    plan: Mapped[str] = mapped_column(String(40), default="")
    """Which features it is entitled to (`plans.py`); empty: all."""
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Only what differs from the defaults of the settings registry."""
    created_at: Mapped[datetime] = mapped_column(Instant)


class Host(Owned, Base):
    """A host name of the business's own that leads to us, e.g. `book.shop.example` by a CNAME.

    Its widgets are then of the same site as the business's pages, so an ordinary cookie works in every browser.
    """

    __tablename__ = "host"
    __table_args__ = (UniqueConstraint("name"), CheckConstraint("name = lower(name)", name="lower_case"))

    name: Mapped[str] = mapped_column(String(253))
    created_at: Mapped[datetime] = mapped_column(Instant)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the DNS was last asked where the name leads; None: not yet."""
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was seen to lead here, or an operator said so. Only such a name serves."""


class Site(Owned, Base):
    """A web origin whose pages may frame the tenant's widgets. Its id stands in the frame's address."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("tenant_id", "origin"),)

    origin: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Instant)


class RefusedSite(Owned, Base):
    """An origin that tried to show a widget and is not on the list; the owner sees it in the console."""

    __tablename__ = "refused_site"
    __table_args__ = (UniqueConstraint("tenant_id", "origin", "widget"),)

    origin: Mapped[str] = mapped_column(String(300))
    widget: Mapped[str] = mapped_column(String(40))
    last_at: Mapped[datetime] = mapped_column(Instant)


class Member(Owned, Base):
    """Somebody who works for the business and signs in to the console."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        CheckConstraint("role IN ('owner', 'manager', 'staff')", name="role"),
    )

    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(10), default="owner")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    invited_at: Mapped[datetime | None] = mapped_column(Instant)
    """Of an invitation that is not accepted yet; its link is made for this instant."""
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """Who has left. The row stays, because the history names them."""
    signed_in_at: Mapped[datetime | None] = mapped_column(Instant)
    """The last time."""

"""What tests look up directly."""

from uuid import UUID

from sqlalchemy import select

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking
from bookwidget.tenancy.session import TenantSession


def customer_ids(session: TenantSession) -> dict[str, UUID]:
    """By e-mail."""
    return {row.email: row.id for row in session.rows(select(Customer.email, Customer.id))}


def any_code(session: TenantSession) -> str:
    """Of the booking that comes last."""
    code: str = session.rows(select(Booking.code).order_by(Booking.starts_at.desc()).limit(1)).scalar_one()
    return code

"""Statements on what people write to a booking, how they rate it, and what they accepted."""

from sqlalchemy import Integer, bindparam, func, select, update

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Acceptance, Booking, JobNote
from bookwidget.tenancy.base import Instant
from bookwidget.tenancy.models import Member

NOTES = (
    select(
        JobNote.id,
        JobNote.text,
        JobNote.written_at,
        JobNote.author_kind,
        JobNote.is_shared,
        Customer.given_name,
        Customer.family_name,
        Member.name.label("member"),
    )
    .outerjoin(Customer, (Customer.id == JobNote.author_id) & (JobNote.author_kind == "customer"))
    .outerjoin(Member, (Member.id == JobNote.author_id) & (JobNote.author_kind == "member"))
    .where(JobNote.booking_id == bindparam("booking"))
    .order_by(JobNote.id)
)
# In the order of the fields of `notes.CustomerNote`.
NOTES_OF_CUSTOMER = (
    select(JobNote.text, JobNote.written_at, func.coalesce(Member.name, "").label("member"), Booking.code)
    .select_from(Booking)
    .join(JobNote, JobNote.booking_id == Booking.id)
    .outerjoin(Member, (Member.id == JobNote.author_id) & (JobNote.author_kind == "member"))
    .where(Booking.customer_id == bindparam("customer"))
    .order_by(JobNote.id.desc())
    .limit(20)
)
NOTE = select(JobNote.booking_id).where(JobNote.id == bindparam("note"))
NUMBER_OF_NOTES = select(func.count()).where(JobNote.booking_id == bindparam("booking"))

RATE = (
    update(Booking)
    .where(Booking.id == bindparam("booking"))
    .values(
        rating=bindparam("halves", type_=Integer),
        rating_comment=bindparam("comment"),
        rated_at=func.coalesce(Booking.rated_at, bindparam("at", type_=Instant)),
    )
)
UNRATE = update(Booking).where(Booking.id == bindparam("booking")).values(rating=None, rating_comment="", rated_at=None)

ACCEPTED = (
    select(Acceptance.document, Acceptance.address, Acceptance.version, Acceptance.accepted_at)
    .where(Acceptance.booking_id == bindparam("booking"))
    .order_by(Acceptance.document.desc())
)

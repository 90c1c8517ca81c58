"""Statements on what was answered in booking forms, on the files that came with it, and on filling a form again."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, null, select, update

from bookwidget.bookings.models import Booking, GivenAnswer, Ticket, Upload
from bookwidget.events.housekeeping import expires
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.base import Instant

OF_FORM = (Upload.hold_id == bindparam("hold"), Upload.until > bindparam("now", type_=Instant))
"""Of a form whose hold has not lapsed."""
UPLOADS = select(Upload.id, Upload.question_id, Upload.name, Upload.size).where(*OF_FORM)
KEEP_UPLOADS = update(Upload).where(*OF_FORM).values(until=bindparam("end", type_=Instant))
BOOK_UPLOADS = update(Upload).where(Upload.id.in_(bindparam("uploads", expanding=True))).values(until=null())
FORGET_UPLOAD = delete(Upload).where(
    Upload.hold_id == bindparam("hold"), Upload.question_id == bindparam("question"), Upload.until.is_not(None)
)
FORGET_UPLOADS = delete(Upload).where(Upload.hold_id == bindparam("hold"), Upload.until.is_not(None))
expires("uploads", Upload, Upload.until, keep=timedelta(0))

ANSWERS = (
    select(
        GivenAnswer.id,
        GivenAnswer.question_id,
        GivenAnswer.kind,
        GivenAnswer.label,
        GivenAnswer.value,
        Upload.size,
    )
    .outerjoin(Upload, Upload.id == GivenAnswer.upload_id)
    .where(GivenAnswer.booking_id == bindparam("booking"))
    .order_by(GivenAnswer.position)
)
GIVEN = select(
    GivenAnswer.question_id,
    GivenAnswer.position,
    GivenAnswer.kind,
    GivenAnswer.label,
    GivenAnswer.value,
    GivenAnswer.upload_id,
).where(GivenAnswer.booking_id == bindparam("booking"))
"""By the names of the columns: for a booking that has the same answers."""
ANSWER_FILE = (
    select(Upload.name, Upload.content)
    .join(GivenAnswer, GivenAnswer.upload_id == Upload.id)
    .where(GivenAnswer.booking_id == bindparam("booking"), GivenAnswer.id == bindparam("answer"))
)

TICKETS_AGAIN = (
    select(Ticket.attendee, Ticket.is_child, Ticket.age, Ticket.ticket_type_id)
    .where(Ticket.booking_id == bindparam("booking"), Ticket.is_cancelled.is_(False))
    .order_by(Ticket.id)
)
"""In the order of the fields of `NewTicket`."""
WHERE_AGAIN = (
    select(Occurrence.location_id, Booking.visit_address)
    .join(Occurrence, Occurrence.id == Booking.occurrence_id)
    .where(Booking.id == bindparam("booking"))
)

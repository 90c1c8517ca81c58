"""Statements on imports of bookings."""

from sqlalchemy import Uuid, bindparam, delete, exists, func, or_, select

from bookwidget.accounts.models import Customer, ImportedRow
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.events.models import Event
from bookwidget.schedule.models import Occurrence

IMPORTED = "booking.imported"

KNOWN = select(Customer.email, Customer.id).where(Customer.email.in_(bindparam("emails", expanding=True)))
CODES = select(ImportedRow.old_code).where(ImportedRow.old_code.in_(bindparam("codes", expanding=True)))
_provider = bindparam("provider", type_=Uuid())
# The date of a class that begins then; one that takes place before one that was called off.
DATE = (
    select(Occurrence.id, Occurrence.ends_at, Occurrence.state)
    .where(
        Occurrence.service_id == bindparam("service"),
        Occurrence.starts_at == bindparam("starts_at"),
        Occurrence.is_private.is_(False),
        or_(_provider.is_(None), Occurrence.provider_id == _provider),
    )
    .order_by(Occurrence.state.desc(), Occurrence.id)
    .limit(1)
)
ENDS = select(Occurrence.ends_at).where(Occurrence.id == bindparam("occurrence"))

LOCK = (
    select(Booking.id)
    .where(Booking.id.in_(bindparam("bookings", expanding=True)))
    .order_by(Booking.id)
    .with_for_update()
)
# Whatever was done to a booking has an event.
UNTOUCHED = select(
    Booking.id,
    Booking.status,
    Booking.occurrence_id,
    Occurrence.is_private,
    Occurrence.provider_id,
    select(func.count())
    .where(Ticket.booking_id == Booking.id, Ticket.is_cancelled.is_(False))
    .scalar_subquery()
    .label("places"),
).where(
    Booking.id.in_(bindparam("bookings", expanding=True)),
    Occurrence.id == Booking.occurrence_id,
    ~exists(select(Event.id).where(Event.booking_id == Booking.id, Event.kind != IMPORTED)),
)
REMOVE_TICKETS = delete(Ticket).where(Ticket.booking_id.in_(bindparam("bookings", expanding=True)))
REMOVE = delete(Booking).where(Booking.id.in_(bindparam("bookings", expanding=True)))
REMOVE_TIMES = delete(Occurrence).where(
    Occurrence.id.in_(bindparam("occurrences", expanding=True)), Occurrence.is_private.is_(True)
)
REMOVE_CUSTOMERS = delete(Customer).where(
    Customer.id.in_(bindparam("customers", expanding=True)),
    Customer.version == 1,
    Customer.password_hash == "",
    ~exists(select(Booking.id).where(Booking.customer_id == Customer.id)),
    ~exists(select(Event.id).where(Event.customer_id == Customer.id, Event.kind != IMPORTED)),
)

"""Sums for the page of numbers: by month of the start, service and provider, in the database.

Months are the business's own: their first instants are handed in, because no database knows every zone's rules as
Python does, and both shall count alike.
"""

from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, func, select

from bookwidget.bookings.models import Booking, Ticket
from bookwidget.catalog.models import Provider, Service
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.base import Instant

MOST_MONTHS = 24


def month_of(starts_at: Any) -> Any:
    """The number of the month, from 0, by the bounds `m0` to `m24`; those that are not needed repeat the last."""
    before = [(starts_at < bindparam(f"m{number + 1}", type_=Instant), number) for number in range(MOST_MONTHS)]
    return case(*before, else_=MOST_MONTHS).label("month")


def within(statement: Select[Any], starts_at: Any) -> Select[Any]:
    first, last = bindparam("m0", type_=Instant), bindparam(f"m{MOST_MONTHS}", type_=Instant)
    return statement.where(starts_at >= first, starts_at < last)


def summed(rows: Any, *sums: Any) -> Select[Any]:
    """Grouped outside, so that the months' bounds are sent once."""
    keys = (rows.c.month, rows.c.service_id, rows.c.provider_id)
    return select(*keys, *sums).group_by(*keys)


def count_if(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0), type_=Integer)


_bookings = within(
    select(month_of(Booking.starts_at), Booking.service_id, Occurrence.provider_id, Booking.status, Booking.price).join(
        Occurrence, Occurrence.id == Booking.occurrence_id
    ),
    Booking.starts_at,
).subquery()
_is_booked = _bookings.c.status.in_(("confirmed", "pending"))
BOOKINGS = summed(
    _bookings,
    count_if(_is_booked),
    count_if(_bookings.c.status == "cancelled"),
    func.sum(case((_is_booked, _bookings.c.price), else_=0), type_=Integer),
)

_tickets = within(
    select(month_of(Booking.starts_at), Booking.service_id, Occurrence.provider_id, Ticket.attendance)
    .join(Booking, Booking.id == Ticket.booking_id)
    .join(Occurrence, Occurrence.id == Booking.occurrence_id)
    .where(Booking.status.in_(("confirmed", "pending")), Ticket.is_cancelled.is_(False)),
    Booking.starts_at,
).subquery()
PLACES = summed(_tickets, func.count(), count_if(_tickets.c.attendance == "absent"))

_dates = within(
    select(
        month_of(Occurrence.starts_at), Occurrence.service_id, Occurrence.provider_id,
        Occurrence.capacity, Occurrence.seats_taken,
    ).where(Occurrence.is_private.is_(False), Occurrence.state == "scheduled"),
    Occurrence.starts_at,
).subquery()  # fmt: skip
SEATS = summed(_dates, func.sum(_dates.c.capacity, type_=Integer), func.sum(_dates.c.seats_taken, type_=Integer))

SERVICE_NAMES = select(Service.id, Service.name).order_by(Service.name, Service.id)
PROVIDER_NAMES = select(Provider.id, Provider.name).order_by(Provider.name, Provider.id)

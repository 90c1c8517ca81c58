"""Statements on calendar feeds."""

from sqlalchemy import bindparam, case, delete, func, select

from bookwidget.accounts.models import Customer
from bookwidget.bookings.calendar import RAISES
from bookwidget.bookings.models import Booking, CalendarFeed
from bookwidget.bookings.store import BOOKED
from bookwidget.catalog.models import Location, Service
from bookwidget.events.models import Event
from bookwidget.schedule.models import Occurrence

MADE_AT = select(CalendarFeed.made_at).where(CalendarFeed.customer_id == bindparam("customer"))
OWNER = (
    select(CalendarFeed.customer_id)
    .join(Customer, Customer.id == CalendarFeed.customer_id)
    .where(CalendarFeed.digest == bindparam("digest"), Customer.is_blocked.is_(False))
)
END_FEED = delete(CalendarFeed).where(CalendarFeed.customer_id == bindparam("of"))

CHANGES = (
    select(Event.booking_id, func.count().label("number"), func.max(Event.at).label("last"))
    .where(Event.customer_id == bindparam("customer"), Event.kind.in_(RAISES))
    .group_by(Event.booking_id)
    .subquery()
)
IN_FEED = (
    select(
        Booking.id,
        Booking.code,
        Booking.starts_at,
        Booking.ends_at,
        Booking.created_at,
        Service.name.label("service"),
        func.coalesce(Location.name, "").label("location"),
        func.coalesce(Location.address, "").label("address"),
        func.coalesce(CHANGES.c.number, 0).label("number"),
        CHANGES.c.last,
        case((Booking.status == "cancelled", 1), else_=0).label("is_cancelled"),
        case((Occurrence.state == "cancelled", 1), else_=0).label("is_called_off"),
    )
    .select_from(BOOKED.outerjoin(CHANGES, CHANGES.c.booking_id == Booking.id))
    .where(Booking.customer_id == bindparam("customer"), Booking.starts_at >= bindparam("first"))
    .order_by(Booking.starts_at, Booking.id)
)

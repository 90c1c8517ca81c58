"""Statements on dates of classes with who has booked them and who waits."""

from itertools import product
from typing import Any

from sqlalchemy import Integer, Select, Uuid, bindparam, func, or_, select, update

from bookwidget.accounts.models import Customer
from bookwidget.accounts.store_personal import OPEN_REQUESTS
from bookwidget.bookings.models import Booking, Ticket, WaitlistEntry
from bookwidget.bookings.store import around_occurrence
from bookwidget.catalog.models import Location, Provider, Service
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.store import LAPSED_PLACES, is_none_or

TAKEN = (Occurrence.seats_taken - LAPSED_PLACES).label("taken")
"""Places booked or kept."""
WAITING = (
    select(func.count())
    .select_from(WaitlistEntry)
    .where(WaitlistEntry.occurrence_id == Occurrence.id)
    .scalar_subquery()
    .label("waiting")
)
# In the order of the fields of `agenda.AgendaEntry`, as far as dates of classes have them.
DATE_COLUMNS = (
    Occurrence.id,
    Occurrence.service_id,
    Service.name.label("service"),
    Occurrence.starts_at,
    Occurrence.ends_at,
    Occurrence.state,
    Occurrence.provider_id,
    func.coalesce(Provider.name, "").label("provider"),
    Occurrence.location_id,
    func.coalesce(Location.name, "").label("location"),
    Occurrence.capacity,
    TAKEN,
    WAITING,
)
PUBLISHED = Occurrence.is_private.is_(False) & (Occurrence.state != "released")


def page(*, is_latest_first: bool, by_service: bool) -> Select[Any]:
    chosen = (
        select(*DATE_COLUMNS)
        .select_from(around_occurrence(Occurrence.__table__))
        .where(PUBLISHED, Occurrence.starts_at >= bindparam("first"), Occurrence.starts_at < bindparam("last"))
    )
    if by_service:
        chosen = chosen.where(Occurrence.service_id == bindparam("service", type_=Uuid))
    order = (Occurrence.starts_at, Occurrence.id)
    chosen = chosen.order_by(*(column.desc() for column in order) if is_latest_first else order)
    return chosen.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer))


PAGES = {
    (latest, service): page(is_latest_first=latest, by_service=service)
    for latest, service in product((False, True), repeat=2)
}
"""By: latest first, of one service."""
DATE = (
    select(*DATE_COLUMNS)
    .select_from(around_occurrence(Occurrence.__table__))
    .where(Occurrence.id == bindparam("occurrence"), Occurrence.is_private.is_(False))
)
PLACES = (
    select(func.count())
    .where(Ticket.booking_id == Booking.id, Ticket.is_cancelled.is_(False))
    .scalar_subquery()
    .label("places")
)
# In the order of the fields of `dates.OnDate`.
BOOKED = (
    select(
        Booking.id, Booking.code, Booking.status, Customer.id, Customer.given_name, Customer.family_name,
        Customer.email, PLACES,
    )
    .join(Customer, Customer.id == Booking.customer_id)
    .where(Booking.occurrence_id == bindparam("occurrence"), Booking.status != "cancelled")
    .order_by(Customer.family_name, Customer.given_name, Booking.id)
)  # fmt: skip
# In the order of the fields of `dates.InLine`.
IN_LINE = (
    select(
        WaitlistEntry.id, WaitlistEntry.offer_hold_id, Customer.id, Customer.given_name, Customer.family_name,
        Customer.email, WaitlistEntry.places, WaitlistEntry.joined_at,
    )
    .join(Customer, Customer.id == WaitlistEntry.customer_id)
    .where(WaitlistEntry.occurrence_id == bindparam("occurrence"))
    .order_by(WaitlistEntry.id)
)  # fmt: skip

LOCK_BOOKED = (
    select(Booking.id).where(Booking.occurrence_id == bindparam("occurrence")).order_by(Booking.id).with_for_update()
)
BOOKED_IDS = select(Booking.id).where(Booking.occurrence_id == bindparam("occurrence"))
SET_TIMES = (
    update(Booking)
    .where(Booking.occurrence_id == bindparam("occurrence"))
    .values(starts_at=bindparam("start"), ends_at=bindparam("end"))
)

ALONE = (Booking.occurrence_id == Occurrence.id) & Occurrence.is_private.is_(True) & (Booking.status != "cancelled")
# In the order of the fields of `agenda.AgendaEntry`.
AGENDA = (
    select(
        *DATE_COLUMNS,
        func.coalesce(Booking.code, ""),
        func.coalesce(Customer.given_name, ""),
        func.coalesce(Customer.family_name, ""),
    )
    .select_from(
        around_occurrence(Occurrence.__table__)
        .outerjoin(Booking, ALONE)
        .outerjoin(Customer, Customer.id == Booking.customer_id)
    )
    .where(
        Occurrence.starts_at >= bindparam("first"),
        Occurrence.starts_at < bindparam("last"),
        or_(PUBLISHED, Booking.id.is_not(None)),
        is_none_or("provider", Occurrence.provider_id == bindparam("provider")),
    )
    .order_by(Occurrence.starts_at, Provider.name, Occurrence.id)
)
"""Dates of classes, and appointments that somebody has."""

LIVE = Booking.status != "cancelled"
TO_COME = (Occurrence.starts_at > bindparam("now")) & (Occurrence.state == "scheduled")
FIGURES = select(
    select(func.count())
    .select_from(Ticket.__table__.join(Booking, Booking.id == Ticket.booking_id))
    .where(LIVE, Ticket.is_cancelled.is_(False), Booking.starts_at >= bindparam("first"))
    .where(Booking.starts_at < bindparam("last"))
    .scalar_subquery(),
    select(func.count())
    .select_from(WaitlistEntry.__table__.join(Occurrence, Occurrence.id == WaitlistEntry.occurrence_id))
    .where(TO_COME)
    .scalar_subquery(),
    select(func.count())
    .select_from(Booking)
    .where(Booking.status == "pending", Booking.starts_at > bindparam("now"))
    .scalar_subquery(),
    OPEN_REQUESTS.scalar_subquery(),
    select(func.coalesce(func.sum(Booking.price), 0))
    .where(LIVE, Booking.starts_at >= bindparam("week_first"), Booking.starts_at < bindparam("week_last"))
    .scalar_subquery(),
)
"""In the order of the fields of `agenda.Figures`."""

"""Statements for staff: all of a business's bookings, one booking with everything about it, marks and overrides."""

from itertools import product
from typing import Any

from sqlalchemy import Integer, Select, String, Uuid, bindparam, func, or_, select, update
from sqlalchemy.sql.selectable import CTE

from bookwidget.accounts.models import Customer
from bookwidget.accounts.store import OF_THIS_NAME, OF_THIS_PHONE
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.bookings.store import around_occurrence
from bookwidget.catalog.models import Location, Provider, Service, TicketType
from bookwidget.events.models import Event
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.searching import contains

MATCHES = or_(
    Booking.code == bindparam("code"),
    Booking.customer_id.in_(select(Customer.id).where(or_(OF_THIS_NAME, OF_THIS_PHONE))),
    Booking.service_id.in_(select(Service.id).where(contains(Service.name))),
)


def cut_of(*, is_latest_first: bool, by_text: bool, by_service: bool, by_customer: bool) -> CTE:
    """A page of ids, cut from the index of starts before anything is joined, so a late page costs little more."""
    chosen = select(Booking.id, Booking.occurrence_id).where(
        Booking.starts_at >= bindparam("first"),
        Booking.starts_at < bindparam("last"),
        Booking.status.in_(bindparam("statuses", expanding=True)),
    )
    if by_text:
        chosen = chosen.where(MATCHES)
    if by_service:
        chosen = chosen.where(Booking.service_id == bindparam("service", type_=Uuid))
    if by_customer:
        chosen = chosen.where(Booking.customer_id == bindparam("of_customer", type_=Uuid))
    order = (Booking.starts_at, Booking.id)
    chosen = chosen.order_by(*(column.desc() for column in order) if is_latest_first else order)
    return chosen.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer)).cte("cut")


# In the order of the fields of `desk.DeskRow`.
ROW = (
    Booking.code,
    Booking.starts_at,
    Booking.ends_at,
    Booking.status,
    Service.name.label("service"),
    Provider.name.label("provider"),
    Location.name.label("location"),
    (Occurrence.state == "cancelled").label("is_occurrence_cancelled"),
    Customer.given_name,
    Customer.family_name,
    Customer.email,
    select(func.count())
    .where(Ticket.booking_id == Booking.id, Ticket.is_cancelled.is_(False))
    .scalar_subquery()
    .label("places"),
)


def page(*, is_latest_first: bool, by_text: bool, by_service: bool, by_customer: bool) -> Select[Any]:
    cut = cut_of(is_latest_first=is_latest_first, by_text=by_text, by_service=by_service, by_customer=by_customer)
    rows = around_occurrence(
        cut.join(Booking, Booking.id == cut.c.id)
        .join(Occurrence, Occurrence.id == cut.c.occurrence_id)
        .join(Customer, Customer.id == Booking.customer_id)
    )
    order = (Booking.starts_at, Booking.id)
    return select(*ROW).select_from(rows).order_by(*(column.desc() for column in order) if is_latest_first else order)


PAGES = {
    (latest, text, service, customer): page(
        is_latest_first=latest, by_text=text, by_service=service, by_customer=customer
    )
    for latest, text, service, customer in product((False, True), repeat=4)
}
"""By: latest first, with words to look for, of one service, of one customer."""

TICKETS = (
    select(
        Ticket.id,
        Ticket.attendee,
        Ticket.is_child,
        Ticket.age,
        func.coalesce(TicketType.name, "").label("kind"),
        Ticket.attendance,
    )
    .select_from(Ticket)
    .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
    .where(Ticket.booking_id == bindparam("booking"), Ticket.is_cancelled.is_(False))
    .order_by(Ticket.id)
)
LOG = (
    select(
        Event.kind,
        Event.at,
        Event.actor_kind,
        func.coalesce(Member.name, "").label("member"),
        Event.door,
        Event.facts,
    )
    .select_from(Event)
    .outerjoin(Member, Member.id == Event.actor_id)
    .where(Event.booking_id == bindparam("booking"))
    .order_by(Event.at, Event.id)
)

OVERRIDE = (
    update(Booking)
    .where(Booking.id == bindparam("of"))
    .values(overridden=bindparam("permission"), overridden_until=bindparam("end"))
)
OF_TICKET = (Ticket.id == bindparam("ticket")) & (Ticket.booking_id == bindparam("of")) & Ticket.is_cancelled.is_(False)
MARK = select(Ticket.attendance, Ticket.attendee).where(OF_TICKET)
SET_MARK = update(Ticket).where(OF_TICKET).values(attendance=bindparam("mark", type_=String))


def upcoming(*, by_service: bool) -> Select[Any]:
    """The settings of the service, then in the order of the fields of `policy.BookingFacts`."""
    found = (
        select(
            Service.settings,
            Booking.customer_id,
            Booking.status,
            Booking.starts_at,
            Booking.ends_at,
            Booking.moves,
            (Occurrence.state == "cancelled").label("is_occurrence_cancelled"),
            Booking.undo_until,
            Booking.cancelled_at,
            Booking.cancelled_by,
            Booking.rated_at,
            Booking.overridden,
            Booking.overridden_until,
            Service.kind,
        )
        .join(Occurrence, Occurrence.id == Booking.occurrence_id)
        .join(Service, Service.id == Booking.service_id)
        .where(Booking.starts_at > bindparam("now"))
        .order_by(Booking.starts_at)
        .limit(bindparam("size", type_=Integer))
    )
    return found.where(Booking.service_id == bindparam("service")) if by_service else found


UPCOMING = {by_service: upcoming(by_service=by_service) for by_service in (False, True)}

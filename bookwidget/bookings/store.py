"""Statements on bookings. The tenant is never mentioned: the session's wall adds it."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Uuid, bindparam, case, func, or_, select, update
from sqlalchemy.orm import aliased

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking, Ticket, WaitlistEntry
from bookwidget.bookings.results import Tab
from bookwidget.catalog.models import Location, Provider, Service, TicketType
from bookwidget.events.models import Event
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.tenancy.searching import contains

IN_TAB: dict[Tab, ColumnElement[bool]] = {
    Tab.UPCOMING: (Booking.status != "cancelled") & (Booking.ends_at > bindparam("now")),
    Tab.PAST: (Booking.status != "cancelled") & (Booking.ends_at <= bindparam("now")),
    Tab.CANCELLED: Booking.status == "cancelled",
}
MINE: ColumnElement[bool] = (
    (Booking.customer_id == bindparam("customer"))
    & (Booking.starts_at >= bindparam("first"))
    & (Booking.starts_at < bindparam("last"))
)
MY_WAITING: ColumnElement[bool] = (
    (WaitlistEntry.customer_id == bindparam("customer"))
    & (Occurrence.starts_at > bindparam("now"))
    & (Occurrence.starts_at >= bindparam("first"))
    & (Occurrence.starts_at < bindparam("last"))
)


def around_occurrence(start: Any) -> FromClause:
    """Joins what is named at an occurrence."""
    joined: FromClause = (
        start.join(Service, Service.id == Occurrence.service_id)
        .outerjoin(Provider, Provider.id == Occurrence.provider_id)
        .outerjoin(Location, Location.id == Occurrence.location_id)
    )
    return joined


BOOKED = around_occurrence(Booking.__table__.join(Occurrence, Occurrence.id == Booking.occurrence_id))
WAITING_AT = WaitlistEntry.__table__.join(Occurrence, Occurrence.id == WaitlistEntry.occurrence_id)
WAITED_FOR = around_occurrence(WAITING_AT)


BOOKING_MATCHES = contains(Service.name, Provider.name, Location.name, Booking.code)
WAITING_MATCHES = contains(Service.name, Provider.name, Location.name)


def counts(*, by_text: bool) -> Select[Any]:
    """One row: the number in each tab but Waiting, in the order of IN_TAB, and then in Waiting."""
    waited_for = WAITED_FOR if by_text else WAITING_AT
    waiting = select(func.count()).select_from(waited_for).where(MY_WAITING)
    bookings = select(*(func.count().filter(condition) for condition in IN_TAB.values())).where(MINE)
    if by_text:
        waiting = waiting.where(WAITING_MATCHES)
        bookings = bookings.select_from(BOOKED).where(BOOKING_MATCHES)
    else:
        bookings = bookings.select_from(Booking)
    return bookings.add_columns(waiting.scalar_subquery())


# Together in the order in which `listing.facts_of_row` takes them apart.
OF_BOOKING = (
    Booking.id,
    Booking.code,
    Booking.starts_at,
    Booking.ends_at,
    Booking.status,
    Booking.price,
    Booking.moves,
    Booking.undo_until,
    Booking.cancelled_at,
    Booking.cancelled_by,
    Booking.series_id,
    Booking.rating,
    Booking.rated_at,
    Booking.overridden,
    Booking.overridden_until,
)
OF_OCCURRENCE = (
    Service.name.label("service"),
    Service.kind,
    Service.settings,
    Provider.name.label("provider"),
    Location.name.label("location"),
    Occurrence.state,
)
# The same.
TICKET_COLUMNS = (Ticket.attendee, Ticket.is_child, Ticket.age, Ticket.attendance)


def in_order(tab: Tab, source: Any) -> tuple[Any, ...]:
    """What comes next first, what is over latest first."""
    columns = (source.starts_at, source.id)
    return columns if tab is Tab.UPCOMING else tuple(column.desc() for column in columns)


def page(tab: Tab, *, by_text: bool) -> Select[Any]:
    """A page of a tab, a row for each live ticket (or one with nothing of a ticket) of each booking.

    It is cut from the index before anything is joined, so a late page costs little more.
    """
    chosen = select(*OF_BOOKING, Booking.occurrence_id).where(MINE, IN_TAB[tab]).order_by(*in_order(tab, Booking))
    if by_text:
        chosen = chosen.select_from(BOOKED).where(BOOKING_MATCHES)
    cut = chosen.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer)).cte("cut")
    of_booking = (Ticket.booking_id == cut.c.id) & Ticket.is_cancelled.is_(False)
    rows = around_occurrence(cut.join(Occurrence, Occurrence.id == cut.c.occurrence_id)).outerjoin(Ticket, of_booking)
    columns = (*(cut.c[column.key] for column in OF_BOOKING), *OF_OCCURRENCE, *TICKET_COLUMNS)
    return select(*columns).select_from(rows).order_by(*in_order(tab, cut.c), Ticket.id)


AHEAD = aliased(WaitlistEntry)
OFFER_UNTIL = case(
    (WaitlistEntry.offer_hold_id.is_(None), WaitlistEntry.offered_until),
    else_=select(Hold.until).where(Hold.id == WaitlistEntry.offer_hold_id).scalar_subquery(),
).label("offer_until")
"""The end of what is offered: that of the hold, where one keeps it."""
POSITION = (
    select(func.count())
    .select_from(AHEAD)
    .where(AHEAD.occurrence_id == WaitlistEntry.occurrence_id, AHEAD.id <= WaitlistEntry.id)
    .scalar_subquery()
    .label("position")
)
WAITING_COLUMNS = (
    WaitlistEntry.id,
    Occurrence.starts_at,
    Occurrence.ends_at,
    Occurrence.state,
    Service.name.label("service"),
    Service.kind,
    Service.price,
    Provider.name.label("provider"),
    Location.name.label("location"),
    POSITION,
    WaitlistEntry.places,
    WaitlistEntry.offer_hold_id,
    OFFER_UNTIL,
)


def waiting_page(*, by_text: bool) -> Select[Any]:
    statement = select(*WAITING_COLUMNS).select_from(WAITED_FOR).where(MY_WAITING)
    if by_text:
        statement = statement.where(WAITING_MATCHES)
    statement = statement.order_by(Occurrence.starts_at, WaitlistEntry.id)
    return statement.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer))


COUNTS = {by_text: counts(by_text=by_text) for by_text in (False, True)}
PAGES = {(tab, by_text): page(tab, by_text=by_text) for tab in IN_TAB for by_text in (False, True)}
PAGES |= {(Tab.WAITING, by_text): waiting_page(by_text=by_text) for by_text in (False, True)}

TICKETS = (
    select(
        *TICKET_COLUMNS,
        Ticket.id,
        Ticket.occurrence_id,
        Ticket.ticket_type_id,
        func.coalesce(TicketType.name, "").label("kind"),
        Ticket.price,
    )
    .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
    .where(Ticket.booking_id == bindparam("booking"), Ticket.is_cancelled.is_(False))
    .order_by(Ticket.id)
)

DETAILS = (
    select(
        *OF_BOOKING,
        *OF_OCCURRENCE,
        Booking.customer_id,
        Booking.service_id,
        Booking.occurrence_id,
        Occurrence.provider_id,
        Service.minutes,
        func.coalesce(func.nullif(Booking.visit_address, ""), Location.address, "").label("address"),
        Service.description,
        Booking.created_at,
        Booking.note,
        Booking.rating_comment,
        Booking.cancel_reason,
        Booking.cancelled_with,
        Booking.cancel_fee,
        select(func.coalesce(func.sum(Ticket.cancel_fee), 0))
        .where(Ticket.booking_id == Booking.id)
        .scalar_subquery()
        .label("ticket_fees"),
    )
    .select_from(BOOKED)
    .where(Booking.code == bindparam("code"))
)
SPLIT_OFF = select(Booking.id).where(Booking.split_from_id == bindparam("booking"))
HISTORY = (
    select(Event.kind, Event.at, Event.actor_kind, Event.facts, Event.booking_id)
    .where(
        or_(
            Event.booking_id == bindparam("booking"),
            Event.booking_id.in_(SPLIT_OFF) & (Event.kind == "booking.transferred"),
        )
    )
    .order_by(Event.at, Event.id)
)
"""Of a booking, and the transfers of those that were split off it."""

# FOR UPDATE on PostgreSQL, nothing on SQLite, where the whole write transaction is exclusive. Whoever changes a
# booking takes this lock first and reads afterwards, so two identical requests come one after the other.
LOCK = select(Booking.id).where(Booking.code == bindparam("code")).with_for_update()

CANCEL = (
    update(Booking)
    .where(Booking.id == bindparam("booking"))
    .values(
        status="cancelled",
        cancelled_at=bindparam("at"),
        cancelled_by=bindparam("by"),
        cancel_reason=bindparam("why"),
        cancelled_from=Booking.status,
        undo_until=bindparam("undo_until"),
        undo_hold_id=bindparam("undo_hold", type_=Uuid),
        cancelled_with=bindparam("together", type_=Uuid),
        cancel_fee=bindparam("fee"),
    )
)
UNDO_HOLD = select(Booking.undo_hold_id).where(Booking.id == bindparam("booking"))
NOT_CANCELLED: dict[str, Any] = {
    "cancelled_at": None,
    "cancelled_by": "",
    "cancel_reason": "",
    "undo_until": None,
    "undo_hold_id": None,
    "cancelled_with": None,
    "cancel_fee": 0,
}
RESTORE = (
    update(Booking).where(Booking.id == bindparam("booking")).values(status=Booking.cancelled_from, **NOT_CANCELLED)
)
RESUME = (
    update(Booking)
    .where(Booking.id == bindparam("booking"))
    .values(status=func.coalesce(func.nullif(Booking.cancelled_from, ""), "confirmed"), **NOT_CANCELLED)
)
"""What was cancelled before `cancelled_from` was kept is confirmed again."""
USED_UP = case((Booking.overridden == "booking:cancel", Booking.overridden), else_="")
"""What is left of an exception once the booking was moved: only one to cancel."""
MOVE = (
    update(Booking)
    .where(Booking.id == bindparam("booking"))
    .values(
        occurrence_id=bindparam("target"),
        starts_at=bindparam("start"),
        ends_at=bindparam("end"),
        moves=Booking.moves + 1,
        overridden=USED_UP,
    )
)
MOVE_TICKETS = (
    update(Ticket)
    .where(Ticket.booking_id == bindparam("booking"), Ticket.is_cancelled.is_(False))
    .values(occurrence_id=bindparam("target"))
)
REPLACE = (
    update(Booking)
    .where(Booking.id == bindparam("booking"))
    .values(service_id=bindparam("service"), price=bindparam("amount"))
)
"""What all tickets are for, and cost, after they were transferred."""
SPLIT = (
    update(Booking)
    .where(Booking.id == bindparam("booking"))
    .values(price=Booking.price - bindparam("amount", type_=Integer), moves=Booking.moves + 1, overridden=USED_UP)
)
"""What stays when some of the tickets leave it."""
TRANSFER_TICKET = (
    update(Ticket)
    .where(Ticket.id == bindparam("of"))
    .values(
        booking_id=bindparam("into"),
        occurrence_id=bindparam("target"),
        ticket_type_id=bindparam("kind", type_=Uuid),
        price=bindparam("amount"),
    )
)
GONE_TO = (
    select(Booking.code, func.count())
    .join(Ticket, (Ticket.booking_id == Booking.id) & Ticket.is_cancelled.is_(False))
    .where(
        Booking.split_from_id == bindparam("booking"),
        Booking.occurrence_id == bindparam("target"),
        Ticket.id.in_(bindparam("tickets", expanding=True)),
    )
    .group_by(Booking.code)
)
"""The bookings at this date into which tickets of a booking were split off, and how many of these."""
CANCEL_TICKET = (
    update(Ticket).where(Ticket.id == bindparam("of")).values(is_cancelled=True, cancel_fee=bindparam("fee"))
)
CHEAPEN = (
    update(Booking)
    .where(Booking.id == bindparam("booking"))
    .values(price=Booking.price - bindparam("amount", type_=Integer))
)
TICKET = select(Ticket.id).where(Ticket.id == bindparam("of"), Ticket.booking_id == bindparam("booking"))
PUBLISHED = (
    select(Occurrence.service_id, func.coalesce(Location.name, "").label("location"))
    .outerjoin(Location, Location.id == Occurrence.location_id)
    .where(Occurrence.id == bindparam("occurrence"), Occurrence.is_private.is_(False))
)
LOCATION = select(Occurrence.location_id).where(Occurrence.id == bindparam("occurrence"))
CUSTOMER = select(Customer.id).where(Customer.id == bindparam("customer"))

CODE_OF = select(Booking.code).where(Booking.id == bindparam("booking"))
LINKED = select(Booking.code, Booking.customer_id, Booking.link_version, Booking.ends_at).where(
    Booking.id == bindparam("booking")
)
END_LINKS = update(Booking).where(Booking.code == bindparam("of")).values(link_version=Booking.link_version + 1)

"""Statements on everything that happened at a business, latest first, a page from a key on."""

from enum import Enum, auto
from itertools import product
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Uuid,
    bindparam,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.sql.selectable import CTE

from bookwidget.accounts.models import Customer
from bookwidget.accounts.store import OF_THIS_NAME
from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event
from bookwidget.tenancy.base import Instant
from bookwidget.tenancy.models import Member


class Subject(Enum):
    """Whom or what the words that were looked for name."""

    ANY = auto()
    BOOKING = auto()
    CUSTOMERS = auto()


EVENT = (
    Event.id,
    Event.kind,
    Event.at,
    Event.actor_kind,
    Event.actor_id,
    Event.door,
    Event.facts,
    Event.customer_id,
    Event.booking_id,
)
LATER = type_coerce(type_coerce(Event.at, BigInteger) + literal(0, BigInteger), Instant)
"""The time where no index by time shall be read: SQLite would go through all events in order to find those of a few
customers.
"""


def page(*, by_kinds: bool, of_business: bool, by_member: bool, subject: Subject) -> Select[Any]:
    """Events are cut from an index before anything is joined."""
    at: Any = LATER if subject is Subject.CUSTOMERS else Event.at
    key_at = bindparam("key_at", type_=Instant)
    chosen = select(*EVENT).where(
        at >= bindparam("since", type_=Instant),
        at < bindparam("until", type_=Instant),
        at <= key_at,
        or_(at < key_at, Event.id < bindparam("key_id", type_=Uuid)),
    )
    if by_kinds:
        chosen = chosen.where(Event.kind.in_(bindparam("kinds", expanding=True)))
    if of_business:
        chosen = chosen.where(Event.booking_id.is_(None), Event.customer_id.is_(None))
    if by_member:  # in words, as its index has it
        is_member = Event.actor_kind == literal("member", literal_execute=True)
        chosen = chosen.where(is_member, Event.actor_id == bindparam("by", type_=Uuid))
    if subject is Subject.BOOKING:
        chosen = chosen.where(Event.booking_id == bindparam("booking", type_=Uuid))
    if subject is Subject.CUSTOMERS:
        chosen = chosen.where(Event.customer_id.in_(bindparam("customers", expanding=True)))
    order = (at.desc(), Event.id.desc())
    cut = chosen.order_by(*order).limit(bindparam("size", type_=Integer)).cte("cut")
    rows = (
        cut.outerjoin(Member, Member.id == cut.c.actor_id)
        .outerjoin(Customer, Customer.id == cut.c.customer_id)
        .outerjoin(Booking, Booking.id == cut.c.booking_id)
    )
    return select(*columns_of(cut)).select_from(rows).order_by(cut.c.at.desc(), cut.c.id.desc())


def columns_of(cut: CTE) -> list[Any]:
    """In the order in which `history.entry_of` takes them."""
    return [
        *(cut.c[name] for name in ("id", "kind", "at", "actor_kind")),
        func.coalesce(Member.name, ""),
        *(cut.c[name] for name in ("door", "facts", "customer_id")),
        func.coalesce(Customer.given_name, ""),
        func.coalesce(Customer.family_name, ""),
        func.coalesce(Customer.email, ""),
        func.coalesce(Booking.code, ""),
    ]


PAGES = {
    (kinds, business, member, subject): page(by_kinds=kinds, of_business=business, by_member=member, subject=subject)
    for kinds, business, member, subject in product((False, True), (False, True), (False, True), Subject)
}
BOOKING_OF_CODE = select(Booking.id).where(Booking.code == bindparam("code"))
CUSTOMERS_FOUND = select(Customer.id).where(OF_THIS_NAME).order_by(Customer.id).limit(50)

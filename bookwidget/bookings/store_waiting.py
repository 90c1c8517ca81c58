"""Statements on waiting lists. The tenant is never mentioned: the session's wall adds it."""

from typing import Any

from sqlalchemy import Integer, Select, Uuid, bindparam, delete, func, null, or_, select, update
from sqlalchemy.orm import aliased

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import WaitlistEntry
from bookwidget.bookings.store import OFFER_UNTIL, POSITION, WAITED_FOR, WAITING_COLUMNS, around_occurrence
from bookwidget.catalog.models import Location, Provider, Service
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.store import LAPSED_PLACES

WAITING = (
    select(
        *WAITING_COLUMNS,
        WaitlistEntry.occurrence_id,
        WaitlistEntry.joined_at,
        Service.minutes,
        Service.description,
        func.coalesce(Location.address, "").label("address"),
    )
    .select_from(WAITED_FOR)
    .where(WaitlistEntry.id == bindparam("entry"), WaitlistEntry.customer_id == bindparam("customer"))
)
OWNER = select(WaitlistEntry.customer_id).where(WaitlistEntry.id == bindparam("entry"))
OFFERED_GUEST = (
    select(Customer.email, Customer.given_name, Customer.family_name, Customer.phone)
    .join(WaitlistEntry, WaitlistEntry.customer_id == Customer.id)
    .where(WaitlistEntry.id == bindparam("entry"), WaitlistEntry.offer_hold_id == bindparam("hold"))
)
"""To whom the places of a hold are offered."""

MY_ENTRY = select(WaitlistEntry.id).where(
    WaitlistEntry.customer_id == bindparam("customer"), WaitlistEntry.occurrence_id == bindparam("occurrence")
)
LEFT = (
    select(Service.name, Occurrence.starts_at)
    .join(Service, Service.id == Occurrence.service_id)
    .where(Occurrence.id == bindparam("occurrence"), Occurrence.is_private.is_(False))
)
ENTRY = select(WaitlistEntry.occurrence_id, WaitlistEntry.offer_hold_id).where(
    WaitlistEntry.id == bindparam("entry"), WaitlistEntry.customer_id == bindparam("customer")
)
LEAVE = delete(WaitlistEntry).where(
    WaitlistEntry.id == bindparam("entry"), WaitlistEntry.customer_id == bindparam("customer")
)

AHEAD = aliased(WaitlistEntry)
FULL_DATE = (
    select(
        Occurrence.id,
        Occurrence.service_id,
        Service.name.label("service"),
        Occurrence.starts_at,
        Occurrence.ends_at,
        Provider.name.label("provider"),
        Location.name.label("location"),
        (Occurrence.capacity - Occurrence.seats_taken + LAPSED_PLACES).label("places_left"),
        select(func.count()).select_from(AHEAD).where(AHEAD.occurrence_id == Occurrence.id).scalar_subquery(),
        select(WaitlistEntry.id)
        .where(
            WaitlistEntry.occurrence_id == Occurrence.id,
            WaitlistEntry.customer_id == bindparam("customer", type_=Uuid),
        )
        .scalar_subquery(),
    )
    .select_from(around_occurrence(Occurrence.__table__))
    .where(
        Occurrence.id == bindparam("occurrence"),
        Occurrence.is_private.is_(False),
        Occurrence.state == "scheduled",
        Service.is_active.is_(True),
    )
)

# Under the occurrence's lock, which everybody takes who changes its waiting list.
ANY_WAITING = select(WaitlistEntry.id).where(WaitlistEntry.occurrence_id == bindparam("occurrence")).limit(1)
LINE = (
    select(
        WaitlistEntry.id,
        WaitlistEntry.customer_id,
        WaitlistEntry.places,
        WaitlistEntry.is_passed,
        WaitlistEntry.offer_hold_id,
        OFFER_UNTIL,
    )
    .join(Customer, Customer.id == WaitlistEntry.customer_id)
    .where(WaitlistEntry.occurrence_id == bindparam("occurrence"), Customer.is_blocked.is_(False))
    .order_by(WaitlistEntry.id)
)
"""Those to whom something can be offered: whom the business has blocked would not get a booking."""
ONE_IN_LINE = (
    select(
        WaitlistEntry.id,
        WaitlistEntry.customer_id,
        WaitlistEntry.places,
        WaitlistEntry.is_passed,
        WaitlistEntry.offer_hold_id,
        OFFER_UNTIL,
        Customer.is_blocked,
    )
    .join(Customer, Customer.id == WaitlistEntry.customer_id)
    .where(WaitlistEntry.id == bindparam("entry"), WaitlistEntry.occurrence_id == bindparam("occurrence"))
)
ASK_AGAIN = (
    update(WaitlistEntry)
    .where(WaitlistEntry.occurrence_id == bindparam("of"), WaitlistEntry.is_passed.is_(True))
    .values(is_passed=False)
)
SET_OFFER = (
    update(WaitlistEntry)
    .where(WaitlistEntry.id == bindparam("entry"))
    .values(offer_hold_id=bindparam("hold", type_=Uuid), offered_until=bindparam("until"))
)
OFFERED_BY = select(WaitlistEntry.id, WaitlistEntry.customer_id).where(WaitlistEntry.offer_hold_id == bindparam("hold"))
PASS = (
    update(WaitlistEntry)
    .where(WaitlistEntry.id == bindparam("entry"))
    .values(offer_hold_id=null(), offered_until=None, is_passed=True)
)
SERVED = select(WaitlistEntry.id, WaitlistEntry.customer_id, WaitlistEntry.offer_hold_id).where(
    WaitlistEntry.occurrence_id == bindparam("occurrence"),
    or_(WaitlistEntry.customer_id == bindparam("customer"), WaitlistEntry.offer_hold_id == bindparam("booking")),
)
"""Those whom a new booking gives what they waited for: who booked, and whose offer was used."""
END_WAITING = delete(WaitlistEntry).where(WaitlistEntry.id.in_(bindparam("entries", expanding=True)))


def lists(*, by_service: bool) -> Select[Any]:
    """Everybody who waits for a date to come: date by date, each in order."""
    chosen = (
        select(
            # In the order of the fields of `waiting_desk.Waiter`, and then of `waiting_desk.WaitedDate`.
            WaitlistEntry.id, WaitlistEntry.customer_id, Customer.given_name, Customer.family_name, Customer.email,
            Customer.is_blocked, POSITION, WaitlistEntry.places, WaitlistEntry.joined_at, WaitlistEntry.is_passed,
            WaitlistEntry.offer_hold_id, OFFER_UNTIL,
            Occurrence.id, Service.name, Occurrence.starts_at, Occurrence.ends_at,
            func.coalesce(Provider.name, ""), func.coalesce(Location.name, ""),
            Occurrence.capacity - Occurrence.seats_taken + LAPSED_PLACES,
        )
        .select_from(WAITED_FOR.join(Customer, Customer.id == WaitlistEntry.customer_id))
        .where(Occurrence.state == "scheduled", Occurrence.starts_at > bindparam("now"))
    )  # fmt: skip
    if by_service:
        chosen = chosen.where(Occurrence.service_id == bindparam("service", type_=Uuid))
    chosen = chosen.order_by(Occurrence.starts_at, Occurrence.id, WaitlistEntry.id)
    return chosen.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer))


LISTS = {by_service: lists(by_service=by_service) for by_service in (False, True)}

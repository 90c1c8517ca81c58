"""Booking in steps: a slot is held while a form is open, and becomes a booking when it is confirmed."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bookwidget.accounts import limits
from bookwidget.accounts.companions import Remembered, remember
from bookwidget.accounts.guests import customer_of_guest
from bookwidget.bookings import store
from bookwidget.bookings.asking import keep_answers
from bookwidget.bookings.booking import MAX_ATTENDEE, price_of, stored
from bookwidget.bookings.details import (
    Details,
    bookable,
    check_places,
    checked_asked,
    checked_details,
    documents_of,
    may_be_waited_for,
)
from bookwidget.bookings.models import Acceptance, Booking
from bookwidget.bookings.policy import may_book_as_guest
from bookwidget.bookings.results import Day
from bookwidget.bookings.rules import checked_text
from bookwidget.bookings.series import begun
from bookwidget.bookings.settings import ONLINE
from bookwidget.bookings.uploads import drop_uploads, keep_uploads_until
from bookwidget.bookings.where import checked_where, wherever
from bookwidget.catalog.actions import ServiceFacts
from bookwidget.kernel.actors import ActorKind, customer
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import booking_code
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import (
    HoldFacts,
    Slot,
    TimeKey,
    bounds_for,
    claim_hold,
    drop_hold,
    extend_hold,
    find_slot,
    hold_place,
    lock_hold,
    parse_slot_key,
    read_hold,
    resize_hold,
    slots_between,
    start_of_occurrence,
    still_kept,
)
from bookwidget.schedule.rules import DAY, days_between, local_day
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_DAYS = 31


@dataclass(frozen=True)
class BookChoices:
    """When a service can be booked, day by day; `previous` and `next` are first days of other pages."""

    service: ServiceFacts
    days: tuple[Day, ...]
    first_day: date
    previous: date | None
    next: date | None
    full: tuple[Slot, ...] = ()
    """Dates on these days that have no place left, and a waiting list."""


@dataclass(frozen=True)
class Held:
    """Places that are kept for somebody."""

    id: UUID
    slot_key: str
    starts_at: datetime
    ends_at: datetime
    provider: str
    places: int
    until: datetime
    """From then on they are anybody's."""


def slots_to_book(
    scope: Scope, service_id: UUID, first_day: date, days: int = 7, *, provider_id: UUID | None = None
) -> BookChoices:
    """What can be booked on so many local days (1 to 31) from `first_day`, which is put inside the days that can be
    booked. Raises `Missing`.
    """
    service = bookable(scope, service_id)
    bounds, zone = bounds_for(scope, service), scope.tenant.zone
    today, days = local_day(bounds.earliest, zone), min(max(1, days), MAX_DAYS)
    first = max(today, min(first_day, bounds.last_day))
    last = first + (days - 1) * DAY
    by_day: dict[date, list[Slot]] = defaultdict(list)
    with_full = may_be_waited_for(scope, service)
    slots = slots_between(scope, service, first, last, provider_id=provider_id, with_full=with_full)
    for slot in slots:
        if slot.places_left > 0:
            by_day[local_day(slot.starts_at, zone)].append(slot)
    return BookChoices(
        service,
        tuple(Day(day, tuple(by_day[day])) for day in days_between(first, last)),
        first,
        max(today, first - days * DAY) if first > today else None,
        last + DAY if last < bounds.last_day else None,
        tuple(slot for slot in slots if slot.places_left < 1),
    )


def hold_slot(
    scope: Scope, hold_id: UUID, service_id: UUID, slot_key: str, places: int = 1, *, address: str = ""
) -> Held:
    """Keeps the slot under this id for the minutes that the business sets, and lets go what the id kept so far.

    The same again changes nothing. Raises `Missing`, `Refused("slot" or "tickets", …)`. Who has confirmed already
    is `Refused` too: one id is one booking. `address` is counted, so that nobody keeps everything.
    """
    if not scope.actor.is_staff and not scope.tenant.settings[ONLINE]:
        raise Missing
    key = parse_slot_key(slot_key)
    if address:
        limits.count_attempt(scope.session, limits.HOLD_ADDRESS, address, scope.now)
    with writing(scope.session):
        service = bookable(scope, service_id)
        check_places(scope, service, places)
        if code_of(scope, hold_id):
            raise Refused("slot", _("You have booked already."))
        mine = read_hold(scope, hold_id)
        if mine is not None and mine.slot_key == str(key):
            return held(resize_hold(scope, hold_id, places))
        own_time = mine.occurrence_id if mine and mine.is_private else None
        slot = find_slot(scope, service, key, ignoring_occurrence=own_time)
        if slot.places_left < places:
            raise Refused("slot", _("There are not enough places left. Please choose another time."))
        hold_place(scope, service, hold_id, key, places)
        kept = still_kept(read_hold(scope, hold_id))
        keep_uploads_until(scope, hold_id, kept.until)
        return held(kept)


def read_held(scope: Scope, hold_id: UUID) -> Held | None:
    """None once nothing is kept any more."""
    found = read_hold(scope, hold_id)
    return held(found) if found else None


def slot_start(scope: Scope, slot_key: str) -> datetime | None:
    """When a slot begins or began, whether or not it is free; None for what no slot ever was."""
    try:
        key = parse_slot_key(slot_key)
    except Refused:
        return None
    return key.starts_at if isinstance(key, TimeKey) else start_of_occurrence(scope, key.occurrence_id)


def link_of_hold(scope: Scope, hold_id: UUID) -> tuple[UUID, int] | None:
    """The booking that this hold has become: its id and link version."""
    row = scope.session.rows(store.LINKED, {"booking": hold_id}).one_or_none()
    return (hold_id, row.link_version) if row else None


def resize_place(scope: Scope, hold_id: UUID, places: int) -> Held:
    """Keeps more or fewer places. Raises `Missing`, `Refused("slot" or "tickets", …)`."""
    with writing(scope.session):
        mine = read_hold(scope, hold_id)
        if mine is not None:
            check_places(scope, bookable(scope, mine.service_id), places)
        return held(resize_hold(scope, hold_id, places))


def extend_place(scope: Scope, hold_id: UUID) -> Held:
    """Keeps the place longer, up to a limit. Raises `Missing`, `Refused("slot", …)` once it is not kept any more."""
    with writing(scope.session):
        mine = read_hold(scope, hold_id)
        service = bookable(scope, still_kept(mine).service_id)
        kept = extend_hold(scope, service, hold_id)
        keep_uploads_until(scope, hold_id, kept.until)
        return held(kept)


def drop_place(scope: Scope, hold_id: UUID) -> None:
    """Gives the place back; twice is the same as once."""
    with writing(scope.session):
        drop_hold(scope, hold_id)
        drop_uploads(scope, hold_id)


def confirm_hold(scope: Scope, hold_id: UUID, details: Details, *, address: str = "") -> tuple[UUID, int]:
    """Makes the booking of what is kept; gives its id and link version. The same hold again gives the same booking.

    A guest's booking belongs to the customer with their e-mail, and signs nobody in. Raises `Denied`, and `Refused`
    under the form's fields; `Refused("slot", …)` once nothing is kept. `address` is counted, so that nobody floods
    the business. Event: `booking.made`.
    """
    if scope.actor.kind is ActorKind.CUSTOMER:
        details = replace(details, guest=None)
    if address:
        limits.count_attempt(scope.session, limits.GUEST_ADDRESS, address, scope.now)
    checked = checked_details(scope, details)
    with writing(scope.session):
        lock_hold(scope, hold_id)  # of two at once the second one finds the booking
        if code_of(scope, hold_id) is None:
            make_of_hold(scope, hold_id, checked)
        row = scope.session.rows(store.LINKED, {"booking": hold_id}).one()
        return hold_id, row.link_version


def make_of_hold(scope: Scope, hold_id: UUID, details: Details) -> None:
    service = bookable(scope, still_kept(read_hold(scope, hold_id)).service_id)
    check_places(scope, service, len(details.tickets))
    form = checked_asked(scope, hold_id, service.id, details)
    where = checked_where(wherever(scope, service), details.where, details.visit_address)
    resize_hold(scope, hold_id, len(details.tickets))
    kept = claim_hold(scope, hold_id, location_id=where.location_id)
    owner = owner_of(scope, details)
    booking = Booking(
        id=hold_id,
        code=booking_code(),
        customer_id=owner,
        service_id=service.id,
        occurrence_id=kept.occurrence_id,
        starts_at=kept.starts_at,
        ends_at=kept.ends_at,
        status="confirmed",
        price=price_of(scope, service, details.tickets),
        note=details.note,
        visit_address=where.address,
        created_at=scope.now,
    )
    acting = replace(scope, actor=customer(owner, scope.actor.door))
    more: dict[str, Any] = {}
    if details.repeat:
        key, [ticket] = parse_slot_key(kept.slot_key), details.tickets
        more = begun(acting, booking, key, ticket, details.repeat, where=where, seen=details.seen)
    stored(acting, booking, details.tickets, more)
    keep_answers(scope, hold_id, form)
    remember(
        acting,
        (
            Remembered(checked_text("tickets", one.attendee, MAX_ATTENDEE), one.is_child, one.age)
            for one in details.tickets
            if one.is_remembered and scope.actor.kind is ActorKind.CUSTOMER
        ),
    )
    keep_agreement(scope, hold_id)


def keep_agreement(scope: Scope, booking_id: UUID) -> None:
    """Which documents were accepted, in which version."""
    documents = documents_of(scope.tenant.settings)
    scope.session.add_all(
        Acceptance(
            booking_id=booking_id, document=name, address=address, version=documents.version, accepted_at=scope.now
        )
        for name, address in (("terms", documents.terms), ("privacy", documents.privacy))
        if address
    )


def owner_of(scope: Scope, details: Details) -> UUID:
    """Whose booking it becomes."""
    if scope.actor.kind is ActorKind.CUSTOMER and scope.actor.id:
        return scope.actor.id
    if details.guest is None or not may_book_as_guest(scope.actor):
        raise Denied(_("Please log in to book."))
    return customer_of_guest(scope, details.guest)


def code_of(scope: Scope, booking_id: UUID) -> str | None:
    code: str | None = scope.session.rows(store.CODE_OF, {"booking": booking_id}).scalar_one_or_none()
    return code


def held(hold: HoldFacts) -> Held:
    return Held(hold.id, hold.slot_key, hold.starts_at, hold.ends_at, hold.provider, hold.places, hold.until)

"""Reading bookings: the customer's list, one booking, and what the policy says about it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from bookwidget.accounts.support import support_of
from bookwidget.bookings import settings as choices
from bookwidget.bookings import store
from bookwidget.bookings.alike import alike
from bookwidget.bookings.calendar import RAISES, CalendarEntry, CalendarFile, calendar_file, entry_at, entry_of
from bookwidget.bookings.policy import Answer, BookingFacts, Decisions
from bookwidget.bookings.results import (
    PAGE_SIZE,
    Attendee,
    BookingDetails,
    BookingPage,
    BookingRow,
    Cancellation,
    Change,
    Explanation,
    HeldTicket,
    ListQuery,
    Organiser,
    Override,
    Tab,
)
from bookwidget.bookings.rules import (
    BOOKED,
    PAST,
    attendance_of_all,
    is_code,
    marked,
    page_numbers,
    start_range,
    tab_of,
    tabs_of,
)
from bookwidget.bookings.waiting import facts_of_waiting
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.lines import like_pattern
from bookwidget.kernel.money import Money, money
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.picking import made
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.settings import Settings

EXPLAINED = (
    Permission.BOOKING_READ,
    Permission.BOOKING_CANCEL,
    Permission.BOOKING_MOVE,
    Permission.BOOKING_TRANSFER,
    Permission.BOOKING_POSTPONE,
    Permission.BOOKING_UNDO,
    Permission.BOOKING_RESUME,
    Permission.BOOKING_RATE,
    Permission.BOOKING_NOTE,
)


def row_actions(settings: Settings) -> str:
    """How the actions of one line are shown: `menu`, `buttons` or `icons`."""
    shape: str = settings[choices.ROW_ACTIONS]
    return shape


def list_bookings(scope: Scope, query: ListQuery) -> BookingPage:
    """A page of the signed-in customer's bookings, in two statements whatever their number.

    Raises `Missing` when no customer acts, `Refused("last_day", …)` when the days are the wrong way round.
    """
    if scope.actor.kind is not ActorKind.CUSTOMER or scope.actor.id is None:
        raise Missing
    first, last = start_range(query.first_day, query.last_day, scope.tenant.zone)
    typed = like_pattern(query.text)
    values = {"customer": scope.actor.id, "now": scope.now, "first": first, "last": last}
    if typed:
        values |= {"typed": typed, "lowered": typed.lower()}
    by_text = bool(typed)
    numbers = scope.session.rows(store.COUNTS[by_text], values).one()
    number_in = dict(zip((*store.IN_TAB, Tab.WAITING), numbers, strict=True))
    counts = {tab: number_in[tab] for tab in tabs_of(scope.tenant.settings[choices.TABS])}
    tab = query.tab if query.tab in counts else next(iter(counts))
    page, pages = page_numbers(counts[tab], query.page)
    values |= {"size": PAGE_SIZE, "skip": (page - 1) * PAGE_SIZE}
    found = scope.session.rows(store.PAGES[tab, by_text], values).all()
    if tab is Tab.WAITING:
        rows = tuple(BookingRow(**facts_of_waiting(scope, row)) for row in found)
    else:
        tickets_of = groupby(found, key=CODE)
        rows = tuple([booking_row(scope, scope.actor.id, list(tickets)) for _code, tickets in tickets_of])
    return BookingPage(tab, counts, rows, page, pages, counts[tab])


def read_booking(scope: Scope, code: str) -> BookingDetails:
    """One booking of the customer's own, or any of the tenant's for staff; `Missing` for everybody else."""
    row = row_of(scope, code)
    if row is None:
        raise Missing
    if not answer(scope, row, Permission.BOOKING_READ, scope.now).allowed:
        raise Missing
    tickets: Sequence[Any] = scope.session.rows(store.TICKETS, {"booking": row.id}).all()
    history = scope.session.rows(store.HISTORY, {"booking": row.id})
    return BookingDetails(
        *facts_of_row(scope, row, row.customer_id, [ticket[:4] for ticket in tickets]),
        customer_id=row.customer_id,
        service_id=row.service_id,
        occurrence_id=row.occurrence_id,
        provider_id=row.provider_id,
        minutes=row.minutes,
        address=row.address,
        description=row.description,
        organiser=Organiser(scope.tenant.name, *support_of(scope.tenant).contacts),
        created_at=row.created_at,
        note=row.note,
        rating_comment=row.rating_comment,
        tickets=tuple(held_ticket(scope, ticket) for ticket in tickets),
        ticket_fees=Money(row.ticket_fees, scope.tenant.currency),
        cancellation=cancellation_of(scope, row),
        cancelled_with=row.cancelled_with,
        override=override_of(row, scope.now),
        history=tuple(change for happened in history if (change := change_of(row, happened))),
    )


def held_ticket(scope: Scope, row: Any) -> HeldTicket:
    price = Money(row.price, scope.tenant.currency)
    return HeldTicket(row.id, row.occurrence_id, row.attendee, row.is_child, row.ticket_type_id, row.kind, price)


def change_of(row: Any, event: Any) -> Change | None:
    """None for what happened to a booking that was split off, after it had been."""
    before, after = event.facts.get("before", {}), event.facts.get("after", {})
    if event.booking_id == row.id:
        return Change(event.kind, event.at, event.actor_kind, before, after)
    return Change("booking.split", event.at, event.actor_kind, before, after) if before["code"] == row.code else None


def read_calendar(scope: Scope, code: str) -> CalendarFile:
    """One booking for a calendar program; `Missing` like `read_booking`."""
    return calendar_file(scope.tenant, [entry_of(read_booking(scope, code))])


def calendar_of_change(scope: Scope, booking_id: UUID, kind: str, at: datetime) -> CalendarFile | None:
    """What a calendar has to know after the event of this kind and instant, which may tell of other dates of a series
    too; None if there is none.
    """
    entries = entries_of_change(scope, booking_id, kind, at)
    return calendar_file(scope.tenant, entries) if entries else None


def entries_of_change(scope: Scope, booking_id: UUID, kind: str, at: datetime) -> list[CalendarEntry]:
    code = scope.session.rows(store.CODE_OF, {"booking": booking_id}).scalar_one_or_none()
    booking = read_booking(scope, code) if code else None
    number = 0
    for change in booking.history if booking else ():
        number += change.kind in RAISES
        if booking and (change.kind, change.at) == (kind, at):
            others = [UUID(other) for other in change.after.get("others", ())]
            told = [entry for other in others for entry in entries_of_change(scope, other, kind, at)]
            return [entry_at(booking, change, number), *told]
    return []


def explain(scope: Scope, code: str, at: datetime) -> list[Explanation]:
    """What the scope's actor may do with this booking at that time, and by which rule. `Missing` without one."""
    row = row_of(scope, code)
    if row is None:
        raise Missing
    answers = {permission: answer(scope, row, permission, at) for permission in EXPLAINED}
    return [Explanation(name, a.allowed, a.rule, a.reason, a.until) for name, a in answers.items()]


def row_of(scope: Scope, code: str) -> Any:
    return scope.session.rows(store.DETAILS, {"code": code}).one_or_none() if is_code(code) else None


COLUMNS = len(store.OF_BOOKING) + len(store.OF_OCCURRENCE)
IS_CHILD = COLUMNS + 1
CODE = itemgetter([column.key for column in store.OF_BOOKING].index("code"))
"""Rows of one booking have the same. Comparing texts costs a tenth of comparing ids."""


def answer(scope: Scope, row: Any, permission: Permission, now: datetime) -> Answer:
    """The policy's word on a booking, a row of `store.DETAILS`."""
    return BookingRow(*facts_of_row(replace(scope, now=now), row, row.customer_id, ())).policy(permission)


def booking_row(scope: Scope, customer_id: UUID, rows: Sequence[Any]) -> BookingRow:
    """From the rows of one booking, each with a ticket; the only one has nothing of a ticket if none is live."""
    first = rows[0]
    tickets = [row[COLUMNS:] for row in rows] if first[IS_CHILD] is not None else ()
    return BookingRow(*facts_of_row(scope, first, customer_id, tickets))


def facts_of_row(scope: Scope, row: Sequence[Any], customer_id: UUID, tickets: Iterable[Any]) -> tuple[Any, ...]:
    """The first fields of a `BookingRow`, in their order.

    The row begins with `store.OF_BOOKING` and `OF_OCCURRENCE`. It is taken apart in one step, because fields of a row
    of SQLAlchemy's are dear, and a list reads four hundred. Of a ticket: `store.TICKET_COLUMNS`.
    """
    (
        id, code, starts_at, ends_at, status, price, moves, undo_until, cancelled_at, cancelled_by, series_id,
        rating, rated_at, overridden, overridden_until, service, kind, own_settings, provider, location, state,
    ) = row[:COLUMNS]  # fmt: skip
    tenant, actor, now = scope.tenant, scope.actor, scope.now
    settings, tab = tenant.settings.for_service(own_settings), tab_of(status, ends_at, now)
    is_off = state == "cancelled"
    is_marked = tab is PAST and not is_off and settings[choices.ATTENDANCE_TRACKED]
    attendees = attendees_of(tickets, is_marked=is_marked)
    facts = made(BookingFacts, (
        customer_id, status, starts_at, ends_at, moves, is_off, undo_until, cancelled_at, cancelled_by, rated_at,
        overridden, overridden_until, kind,
    ))  # fmt: skip
    return (
        id, code, service, kind, provider, location, starts_at, ends_at, status, tab, money(price, tenant.currency),
        attendees, is_off, attendance_of_all(attendees) if is_marked else BOOKED, moves,
        made(Decisions, (facts, settings, actor, now)).on, alike(facts, settings, actor, now), series_id,
        rating and rating / 2,
    )  # fmt: skip


def attendees_of(tickets: Iterable[Any], *, is_marked: bool) -> tuple[Attendee, ...]:
    """Who comes or came; nothing is claimed of their attendance where nobody marks it."""
    if is_marked:
        return tuple([Attendee(name, is_child, age, marked(mark)) for name, is_child, age, mark in tickets])
    return tuple([made(Attendee, (name, is_child, age, BOOKED)) for name, is_child, age, _mark in tickets])


def override_of(row: Any, now: datetime) -> Override | None:
    """None once it has ended."""
    if not row.overridden or row.overridden_until is None or row.overridden_until <= now:
        return None
    return Override(Permission(row.overridden), row.overridden_until)


def cancellation_of(scope: Scope, row: Any) -> Cancellation | None:
    if row.status != "cancelled" or row.cancelled_at is None:
        return None
    fee = Money(row.cancel_fee, scope.tenant.currency)
    return Cancellation(row.cancelled_at, row.cancelled_by, row.cancel_reason, fee)

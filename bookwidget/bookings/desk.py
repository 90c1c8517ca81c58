"""Bookings as staff find and read them, and the policy asked on behalf of the customer."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from bookwidget.accounts.customers import DeskCustomer, digits_of, read_customer
from bookwidget.bookings import settings as choices
from bookwidget.bookings import store_desk
from bookwidget.bookings.asking import ShownAnswer, answers_of
from bookwidget.bookings.listing import explain, read_booking
from bookwidget.bookings.notes import list_accepted, list_notes
from bookwidget.bookings.results import Accepted, BookingDetails, Explanation, Note
from bookwidget.bookings.rules import is_code, start_range
from bookwidget.catalog.actions import read_service
from bookwidget.kernel.actors import Door, customer
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.lines import like_pattern
from bookwidget.tenancy.scope import Scope

STATUSES = ("confirmed", "pending", "hold", "cancelled")
PAGE = 25
MOST_PAGES = 100_000
"""Beyond this there is nothing: numbers in addresses are typed by anybody, and databases have a largest one."""


@dataclass(frozen=True)
class DeskQuery:
    """Which bookings staff look for. Days are of the business's zone, both included, and mean the start."""

    text: str = ""
    """The whole code, or part of the customer's name, e-mail or telephone number or of the service's name."""
    first_day: date | None = None
    last_day: date | None = None
    status: str = ""
    """One of `STATUSES`; empty or anything else: all of them."""
    service_id: UUID | None = None
    customer_id: UUID | None = None
    is_latest_first: bool = False
    page: int = 1


class DeskRow(NamedTuple):
    code: str
    starts_at: datetime
    ends_at: datetime
    status: str
    service: str
    provider: str | None
    location: str | None
    is_occurrence_cancelled: bool
    given_name: str
    family_name: str
    email: str
    places: int

    @property
    def customer(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_cancelled(self) -> bool:
        return self.status == "cancelled"


@dataclass(frozen=True)
class DeskPage:
    rows: tuple[DeskRow, ...]
    page: int
    has_more: bool
    """Counting all of a long history would cost more than showing it."""


class DeskTicket(NamedTuple):
    id: UUID
    attendee: str
    """Empty: the customer."""
    is_child: bool
    age: int | None
    kind: str
    """Name of the ticket type; empty: the standard one."""
    mark: str
    """`attended`, `absent`, or empty: not marked by staff."""


class LogEntry(NamedTuple):
    """One event of a booking's history, with who did it and through which door."""

    kind: str
    at: datetime
    by: str
    """The kind of actor."""
    member: str
    """Name of the member who did it; empty if it was none, or one who has left."""
    door: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class DeskBooking:
    """All that staff may know about a booking."""

    booking: BookingDetails
    customer: DeskCustomer
    tickets: tuple[DeskTicket, ...]
    accepted: list[Accepted]
    notes: list[Note]
    answers: tuple[ShownAnswer, ...]
    log: tuple[LogEntry, ...]
    is_tracked: bool
    """Whether the business tracks attendance of this service."""


def find_bookings(scope: Scope, query: DeskQuery) -> DeskPage:
    """A page of all the business's bookings, in one statement whatever their number.

    Raises `Missing` for everybody but staff, `Refused("last_day", …)` when the days are the wrong way round.
    """
    if not scope.actor.is_staff:
        raise Missing
    first, last = start_range(query.first_day, query.last_day, scope.tenant.zone)
    typed, code = like_pattern(query.text), query.text.strip().upper()
    number = min(max(1, query.page), MOST_PAGES)
    values: dict[str, Any] = {
        "first": first, "last": last, "size": PAGE + 1, "skip": (number - 1) * PAGE,
        "statuses": [query.status] if query.status in STATUSES else list(STATUSES),
    }  # fmt: skip
    if typed:
        values |= {"typed": typed, "lowered": typed.lower(), "code": code if is_code(code) else ""}
        values["digits"] = digits_of(query.text) or typed
    if query.service_id is not None:
        values["service"] = query.service_id
    if query.customer_id is not None:
        values["of_customer"] = query.customer_id
    statement = store_desk.PAGES[
        query.is_latest_first, bool(typed), query.service_id is not None, query.customer_id is not None
    ]
    found = [DeskRow(*row) for row in scope.session.rows(statement, values)]
    return DeskPage(tuple(found[:PAGE]), number, len(found) > PAGE)


def read_for_desk(scope: Scope, code: str) -> DeskBooking:
    """One booking with everything about it; `Missing` for everybody but staff."""
    if not scope.actor.is_staff:
        raise Missing
    booking = read_booking(scope, code)
    of_booking = {"booking": booking.id}
    log = scope.session.rows(store_desk.LOG, of_booking)
    settings = scope.tenant.settings.for_service(read_service(scope, booking.service_id).settings)
    return DeskBooking(
        booking=booking,
        customer=read_customer(scope, booking.customer_id),
        tickets=tuple(DeskTicket(*row) for row in scope.session.rows(store_desk.TICKETS, of_booking)),
        accepted=list_accepted(scope, code),
        notes=list_notes(scope, code),
        answers=answers_of(scope, booking),
        log=tuple(
            LogEntry(kind, at, by, member, door, facts.get("before", {}), facts.get("after", {}))
            for kind, at, by, member, door, facts in log
        ),
        is_tracked=settings[choices.ATTENDANCE_TRACKED],
    )


def explain_for_customer(scope: Scope, code: str, at: datetime) -> list[Explanation]:
    """What the booking's customer may do with it at that time, and by which rule; `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    owner = customer(read_booking(scope, code).customer_id, Door.CONSOLE)
    return explain(replace(scope, actor=owner), code, at)

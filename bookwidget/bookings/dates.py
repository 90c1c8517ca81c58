"""Published dates of classes as staff see them: when, where, who has booked and who waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from bookwidget.bookings import store_dates as store
from bookwidget.bookings.agenda import AgendaEntry
from bookwidget.bookings.rules import start_range
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.ids import digest
from bookwidget.schedule.rules import DAY, local_day
from bookwidget.tenancy.scope import Scope

PAGE = 40
MOST_PAGES = 100_000


class OnDate(NamedTuple):
    """A booking of a date."""

    id: UUID
    code: str
    status: str
    customer_id: UUID
    given_name: str
    family_name: str
    email: str
    places: int

    @property
    def customer(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email


class InLine(NamedTuple):
    """Somebody on a date's waiting list."""

    id: UUID
    hold_id: UUID | None
    """That keeps what is offered."""
    customer_id: UUID
    given_name: str
    family_name: str
    email: str
    places: int
    joined_at: datetime

    @property
    def customer(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email


@dataclass(frozen=True)
class DateDetails:
    """A date with everybody whom it concerns."""

    date: AgendaEntry
    booked: tuple[OnDate, ...]
    """Not those who cancelled."""
    waiting: tuple[InLine, ...]
    """The first is the next."""

    @property
    def seen(self) -> str:
        """Names how it stands and who comes."""
        return digest((self.date.seen, *((one.code, one.places) for one in self.booked), *map(str, self.waiting)))


@dataclass(frozen=True)
class DatesPage:
    rows: tuple[AgendaEntry, ...]
    page: int
    has_more: bool


def list_dates(scope: Scope, *, service_id: UUID | None = None, is_past: bool = False, page: int = 1) -> DatesPage:
    """From today on, the next first; or before today, the latest first. One statement whatever their number.

    Raises `Missing` for all but staff.
    """
    if not scope.actor.is_staff:
        raise Missing
    today = local_day(scope.now, scope.tenant.zone)
    first, last = start_range(None, today - DAY, scope.tenant.zone) if is_past else start_range(
        today, None, scope.tenant.zone
    )  # fmt: skip
    number = min(max(1, page), MOST_PAGES)
    values: dict[str, Any] = {
        "first": first,
        "last": last,
        "now": scope.now,
        "size": PAGE + 1,
        "skip": (number - 1) * PAGE,
    }
    if service_id is not None:
        values["service"] = service_id
    found = [AgendaEntry(*row) for row in scope.session.rows(store.PAGES[is_past, service_id is not None], values)]
    return DatesPage(tuple(found[:PAGE]), number, len(found) > PAGE)


def read_date(scope: Scope, occurrence_id: UUID) -> DateDetails:
    """`Missing` for all but staff, for what is none, and for appointments."""
    if not scope.actor.is_staff:
        raise Missing
    of = {"occurrence": occurrence_id}
    row = scope.session.rows(store.DATE, {**of, "now": scope.now}).one_or_none()
    if row is None:
        raise Missing
    booked = tuple(OnDate(*found) for found in scope.session.rows(store.BOOKED, of))
    waiting = tuple(InLine(*found) for found in scope.session.rows(store.IN_LINE, of))
    return DateDetails(AgendaEntry(*row), booked, waiting)

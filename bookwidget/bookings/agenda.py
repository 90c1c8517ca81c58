"""What takes place on some days, classes and appointments, in one statement; and a day's figures in another."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from bookwidget.bookings import store_dates as store
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.ids import digest
from bookwidget.schedule.rules import DAY, day_starts_at, local_day
from bookwidget.tenancy.scope import Scope


class AgendaEntry(NamedTuple):
    """A date of a class, or an appointment that somebody has."""

    id: UUID
    service_id: UUID
    service: str
    starts_at: datetime
    ends_at: datetime
    state: str
    """`scheduled`, `cancelled`, or `released`: taken back before anybody had it."""
    provider_id: UUID | None
    provider: str
    location_id: UUID | None
    location: str
    capacity: int
    taken: int
    """Places that are booked, or kept for somebody."""
    waiting: int
    code: str = ""
    """Of an appointment's booking; empty: a class."""
    given_name: str = ""
    family_name: str = ""

    @property
    def is_class(self) -> bool:
        return not self.code

    @property
    def customer(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"

    @property
    def is_full(self) -> bool:
        return self.is_class and self.taken >= self.capacity

    @property
    def seen(self) -> str:
        """Names how a date of a class stands, but for who comes; a form sends it back."""
        return digest(
            (self.starts_at, self.ends_at, self.state, self.provider_id, self.location_id, self.capacity)
        )  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Of the business, now."""

    places_today: int
    waiting: int
    """People on waiting lists of dates to come."""
    pending: int
    """Bookings to come that wait for the business's word."""
    closures: int
    """Requests to close an account."""
    week: int
    """Minor units: what this week's bookings cost together."""


def agenda(scope: Scope, first: date, last: date, *, provider_id: UUID | None = None) -> tuple[AgendaEntry, ...]:
    """Of these local days, both included, in order of time; `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    zone = scope.tenant.zone
    values = {"first": day_starts_at(first, zone), "last": day_starts_at(last + DAY, zone), "now": scope.now}
    rows = scope.session.rows(store.AGENDA, {**values, "provider": provider_id})
    return tuple(AgendaEntry(*row) for row in rows)


def figures(scope: Scope, first_week_day: int) -> Figures:
    """`first_week_day`: 0 is Monday. `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    zone = scope.tenant.zone
    today = local_day(scope.now, zone)
    monday = today - timedelta(days=(today.weekday() - first_week_day) % 7)
    values = {
        "first": day_starts_at(today, zone), "last": day_starts_at(today + DAY, zone), "now": scope.now,
        "week_first": day_starts_at(monday, zone), "week_last": day_starts_at(monday + 7 * DAY, zone),
    }  # fmt: skip
    return Figures(*scope.session.rows(store.FIGURES, values).one())

"""Waiting lists as staff see them: everybody who waits for a date to come, offered a place by hand, or taken off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from bookwidget.bookings import store_waiting as store
from bookwidget.bookings.dates import MOST_PAGES
from bookwidget.bookings.offering import InLine, ask_after_the_next_lapse, put_offer
from bookwidget.bookings.settings_waiting import WAITLIST_MINUTES
from bookwidget.bookings.waiting import event_facts
from bookwidget.catalog.actions import read_service
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.actions import OccurrenceFacts, drop_hold, hold_for_offer, lock_occurrence
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

PAGE = 50
"""People."""
NOT_IN_LINE: Text = _("This person is no longer on the waiting list.")
NOTHING_FREE: Text = _("No place is free on this date any more.")


class Waiter(NamedTuple):
    """Somebody on the waiting list of a date."""

    id: UUID
    customer_id: UUID
    given_name: str
    family_name: str
    email: str
    is_blocked: bool
    position: int
    places: int
    """How many they want, all at once."""
    joined_at: datetime
    is_passed: bool
    """They let an offer go by."""
    hold_id: UUID | None
    """That keeps what is offered."""
    until: datetime | None
    """The end of the last offer."""

    @property
    def customer(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email

    def has_offer(self, now: datetime) -> bool:
        return self.until is not None and self.until > now

    def can_be_offered(self, free: int, now: datetime) -> bool:
        """Whether so many free places are enough for them; what everybody was told of can still be kept for one."""
        is_kept = self.hold_id is not None and self.has_offer(now)
        return self.places <= free and not is_kept and not self.is_blocked


@dataclass(frozen=True)
class WaitedDate:
    """A date to come with those who wait for it; a long line goes on on the next page."""

    waiters: tuple[Waiter, ...]
    """The first is the next."""
    id: UUID
    service: str
    starts_at: datetime
    ends_at: datetime
    provider: str
    location: str
    places_left: int


@dataclass(frozen=True)
class WaitingPage:
    dates: tuple[WaitedDate, ...]
    page: int
    has_more: bool


def list_waiting(scope: Scope, *, service_id: UUID | None = None, page: int = 1) -> WaitingPage:
    """The next date first. One statement whatever their number. Raises `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    number = min(max(1, page), MOST_PAGES)
    values: dict[str, Any] = {"now": scope.now, "size": PAGE + 1, "skip": (number - 1) * PAGE}
    if service_id is not None:
        values["service"] = service_id
    rows = scope.session.rows(store.LISTS[service_id is not None], values).all()
    of_waiter = len(Waiter._fields)
    dates = (
        WaitedDate(tuple(Waiter(*row[:of_waiter]) for row in own), *date)
        for date, own in groupby(rows[:PAGE], key=lambda row: row[of_waiter:])
    )
    return WaitingPage(tuple(dates), number, len(rows) > PAGE)


def offer_now(scope: Scope, occurrence_id: UUID, entry_id: UUID) -> None:
    """Keeps places for this one of those who wait, whoever stands before them, as long as for the next in line. What
    is kept for them already stays as it is, so the second press is answered like the first.

    Raises `Missing`, `Denied`, `Refused("offer", …)`. Event: `waitlist.offered`.
    """
    with writing(scope.session):
        require(scope, Permission.BOOKING_READ)
        date = lock_occurrence(scope, occurrence_id)
        row = locked_waiter(scope, occurrence_id, entry_id)
        if row is None:
            raise Refused("offer", NOT_IN_LINE)
        one = InLine(*row[:-1])
        if one.hold_id is not None and one.has_offer(scope.now):
            return
        check_offer(scope, date, one, is_blocked=row.is_blocked)
        settings = scope.tenant.settings.for_service(read_service(scope, date.service_id).settings)
        until = min(scope.now + timedelta(minutes=settings[WAITLIST_MINUTES]), date.starts_at)
        put_offer(scope, one, until, hold_for_offer(scope, occurrence_id, one.places, until))
        ask_after_the_next_lapse(scope, occurrence_id)


def check_offer(scope: Scope, date: OccurrenceFacts, one: InLine, *, is_blocked: bool) -> None:
    """The notice for booking does not bind staff."""
    if date.state != "scheduled":
        raise Refused("offer", _("This date was called off."))
    if date.starts_at <= scope.now:
        raise Refused("offer", _("This has already begun."))
    if is_blocked:
        raise Refused("offer", _("This customer is blocked and gets no bookings."))
    if date.places_left <= 0:
        raise Refused("offer", NOTHING_FREE)
    if one.places > date.places_left:
        wanted = {"wanted": one.places, "left": date.places_left}
        raise Refused("offer", _("Not enough places are free. Wanted: %(wanted)s. Free: %(left)s.", **wanted))


def remove_waiting(scope: Scope, occurrence_id: UUID, entry_id: UUID) -> None:
    """Takes somebody off the list; what was offered to them goes to the next. Who is not on it (any more) is fine too.

    Raises `Missing`, `Denied`. Event: `waitlist.removed`.
    """
    with writing(scope.session):
        require(scope, Permission.BOOKING_READ)
        lock_occurrence(scope, occurrence_id)
        row = locked_waiter(scope, occurrence_id, entry_id)
        if row is None:
            return
        facts = event_facts(scope, entry_id, row.customer_id)
        scope.session.rows(store.LEAVE, {"entry": entry_id, "customer": row.customer_id})
        record(scope, "waitlist.removed", customer_id=row.customer_id, before=facts)
        if row.offer_hold_id is not None:
            drop_hold(scope, row.offer_hold_id)


def locked_waiter(scope: Scope, occurrence_id: UUID, entry_id: UUID) -> Any:
    """The entry of a locked date, or None."""
    return scope.session.rows(store.ONE_IN_LINE, {"entry": entry_id, "occurrence": occurrence_id}).one_or_none()

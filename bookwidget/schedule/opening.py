"""Opening hours and days off, as the business sets them. What is booked already stays as it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from bookwidget.catalog.models import Provider
from bookwidget.events.record import record
from bookwidget.kernel.errors import DomainError, Missing, Refused
from bookwidget.kernel.ids import digest, uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.schedule import store_opening as store
from bookwidget.schedule.models import OpeningHours, TimeOff
from bookwidget.schedule.rules import DaysOff, Hours, is_off, is_within, local_day
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing

MOST_STRETCHES, LONGEST_OFF = 6, 366
"""Of one day; and days of one stretch of time off."""
CHANGED: Text = _(
    "Somebody else has changed these hours while this page was open. Save again to replace theirs, or reload the page."
)


@dataclass(frozen=True)
class Stretch:
    """In minutes after midnight; `weekday` 0 is Monday."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True)
class Off:
    """Days off, both included, that are not over."""

    id: UUID
    provider_id: UUID | None
    """None: everybody."""
    provider: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Booked:
    """Something booked that would lie outside of the hours."""

    provider_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    service: str
    provider: str
    is_private: bool


class LeavesOutside(DomainError):
    """The change would leave these outside of the hours. Nothing is saved; who wants it all the same says so."""

    def __init__(self, booked: Sequence[Booked]) -> None:
        super().__init__(f"{len(booked)} outside")
        self.booked = booked


def all_hours(scope: Scope) -> list[Hours]:
    """Of everybody, by day."""
    return [Hours(*row) for row in scope.session.rows(store.HOURS)]


def own_hours(hours: Iterable[Hours], provider_id: UUID | None) -> tuple[Stretch, ...]:
    """The general ones, or a provider's own."""
    return tuple(Stretch(row.weekday, row.opens, row.closes) for row in hours if row.provider_id == provider_id)


def seen(stretches: Iterable[Stretch]) -> str:
    """Names how hours stand; a form sends it back."""
    return digest((one.weekday, one.opens, one.closes) for one in stretches)


def time_off(scope: Scope, since: date | None = None) -> list[Off]:
    """What is not over, now or on another day, the next first."""
    day = since or local_day(scope.now, scope.tenant.zone)
    return [Off(*row) for row in scope.session.rows(store.DAYS_OFF, {"today": day})]


def change_hours(
    scope: Scope, provider_id: UUID | None, wanted: Iterable[Stretch], *, seen_as: str, anyway: bool = False
) -> bool:
    """Replaces the general hours or a provider's own; whether anything changed. A provider without hours of their own
    works in the general ones. Event: `hours.changed`.

    Raises `Denied`, `Missing`, `Refused` under the number of a weekday or under "" for a page that is older, and
    `LeavesOutside` unless `anyway`.
    """
    clean = checked(wanted)
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        lock(scope, provider_id)
        before = all_hours(scope)
        old = own_hours(before, provider_id)
        if old == clean:
            return False
        if seen(old) != seen_as:
            raise Refused("", CHANGED)
        after = [row for row in before if row.provider_id != provider_id]
        after += [Hours(provider_id, one.weekday, one.opens, one.closes) for one in clean]
        days_off = facts(time_off(scope))
        refuse_to_leave_outside(scope, (before, days_off), (after, days_off), anyway=anyway)
        session.execute(store.FORGET_HOURS[provider_id is None], {"of": provider_id} if provider_id else {})
        session.add_all(OpeningHours(provider_id=provider_id, **vars(one)) for one in clean)
        record(scope, "hours.changed", before=written(provider_id, old), after=written(provider_id, clean))
    return True


def add_time_off(
    scope: Scope, provider_id: UUID | None, first_day: date | None, last_day: date | None, *, anyway: bool = False
) -> None:
    """Both days included; without a last day it is one. The same again is no change. Event: `time_off.added`.

    Raises `Denied`, `Missing`, `Refused("first_day" or "last_day", …)`, and `LeavesOutside` unless `anyway`.
    """
    first, last = checked_days(first_day, last_day, local_day(scope.now, scope.tenant.zone))
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        lock(scope, provider_id)
        days_off = facts(time_off(scope))
        new = DaysOff(provider_id, first, last)
        if new in days_off:
            return
        hours = all_hours(scope)
        refuse_to_leave_outside(scope, (hours, days_off), (hours, [*days_off, new]), anyway=anyway)
        off = TimeOff(id=uuid7(), provider_id=provider_id, first_day=first, last_day=last)
        session.add(off)
        record(scope, "time_off.added", after=of_off(off))


def end_time_off(scope: Scope, off_id: UUID) -> None:
    """The days are as any other again; `Missing` for what is none of the business's. Event: `time_off.removed`."""
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        off = session.get(TimeOff, (scope.tenant.id, off_id), with_for_update=True)
        if off is None:
            raise Missing
        session.execute(store.FORGET_OFF, {"off": off_id})
        record(scope, "time_off.removed", before=of_off(off))


def lock(scope: Scope, provider_id: UUID | None) -> None:
    """Hours of a business are changed one after the other. `Missing` for a provider of somebody else's."""
    session: TenantSession = scope.session
    session.get_one(Tenant, scope.tenant.id, with_for_update=True)
    if provider_id and session.get(Provider, (scope.tenant.id, provider_id)) is None:
        raise Missing


def checked(wanted: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """In order; `Refused` under the weekday's number where they are no hours."""
    stretches = sorted(wanted, key=lambda one: (one.weekday, one.opens, one.closes))
    for one in stretches:
        if not (0 <= one.weekday <= 6 and 0 <= one.opens < one.closes <= 1440):
            raise Refused(str(one.weekday), _("The end must be after the beginning."))
    for one, later in pairwise(stretches):
        if one.weekday == later.weekday and later.opens < one.closes:
            raise Refused(str(one.weekday), _("These times overlap."))
    for day in range(7):
        if sum(one.weekday == day for one in stretches) > MOST_STRETCHES:
            raise Refused(str(day), _("A day has at most %(most)s stretches.", most=MOST_STRETCHES))
    return tuple(stretches)


def checked_days(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    if first is None:
        raise Refused("first_day", _("Please fill this in."))
    last = last or first
    if last < first:
        raise Refused("last_day", _("The last day is before the first."))
    if last < today:
        raise Refused("first_day", _("These days are over."))
    if (last - first).days >= LONGEST_OFF:
        raise Refused("last_day", _("Choose at most %(most)s days.", most=LONGEST_OFF))
    return first, last


def refuse_to_leave_outside(
    scope: Scope,
    before: tuple[list[Hours], list[DaysOff]],
    after: tuple[list[Hours], list[DaysOff]],
    *,
    anyway: bool,
) -> None:
    """Only what this very change puts outside counts. Dates of classes are published whatever the hours are."""
    if anyway:
        return
    zone = scope.tenant.zone

    def fits(one: Booked, hours: list[Hours], days_off: list[DaysOff]) -> bool:
        if one.is_private and one.provider_id:
            return is_within(one.provider_id, (one.starts_at, one.ends_at), hours, days_off, zone)
        return not is_off(one.provider_id, local_day(one.starts_at, zone), days_off)

    booked = (Booked(*row) for row in scope.session.rows(store.BOOKED, {"now": scope.now}))
    left = [one for one in booked if fits(one, *before) and not fits(one, *after)]
    if left:
        raise LeavesOutside(left)


def facts(rows: Iterable[Off]) -> list[DaysOff]:
    return [DaysOff(row.provider_id, row.first_day, row.last_day) for row in rows]


def written(provider_id: UUID | None, stretches: Iterable[Stretch]) -> dict[str, object]:
    hours = [[one.weekday, one.opens, one.closes] for one in stretches]
    return {"provider": provider_id and provider_id.hex, "hours": hours}


def of_off(off: TimeOff) -> dict[str, object]:
    days = {"first_day": off.first_day.isoformat(), "last_day": off.last_day.isoformat()}
    return {"time_off": off.id.hex, "provider": off.provider_id and off.provider_id.hex, **days}

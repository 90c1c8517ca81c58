"""Publishing dates of classes: one, or one every week. What stands in the way is said date by date first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from bookwidget.catalog.actions import ServiceFacts, list_all_locations, list_everybody, read_service
from bookwidget.catalog.models import Service
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import digest
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.schedule import store_dates as store
from bookwidget.schedule.claims import lock_providers
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.opening import facts, time_off
from bookwidget.schedule.rules import DAY, MINUTE, DaysOff, existing_instant, is_off, local_day
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MOST_DATES, MOST_PLACES, FURTHEST = 60, 1000, 730 * DAY
"""Of one press; of a date; and from today."""
WEEK = timedelta(days=7)
CHANGED: Text = _("Something has changed on these days while this page was open. Please look at the dates again.")


@dataclass(frozen=True)
class WantedDates:
    """Dates of one class as staff write them down: the first, and how it goes on every week."""

    service_id: UUID
    starts: datetime | None
    """The first one, as the business's clocks show it, without a zone."""
    provider_id: UUID | None = None
    location_id: UUID | None = None
    capacity: int = 1
    times: int = 1
    until: date | None = None
    """The last day, in place of `times`."""


@dataclass(frozen=True)
class Clash:
    """What stands in the way of a date."""

    words: Text
    is_final: bool
    """It cannot be published; otherwise the business decides."""


@dataclass(frozen=True)
class NewDate:
    day: date
    starts_at: datetime | None
    """None: the clocks leave this time out."""
    ends_at: datetime | None
    clashes: tuple[Clash, ...]

    @property
    def is_possible(self) -> bool:
        return not any(clash.is_final for clash in self.clashes)


@dataclass(frozen=True)
class DatesPlan:
    service: ServiceFacts
    dates: tuple[NewDate, ...]

    @property
    def seen(self) -> str:
        """Names what the page shows; a form sends it back."""
        return digest((one.day, one.starts_at, [str(clash.words) for clash in one.clashes]) for one in self.dates)


@dataclass(frozen=True)
class Neighbour:
    """Something else that takes place, as it matters to a date."""

    id: UUID
    service_id: UUID
    service: str
    provider_id: UUID | None
    location_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_to: datetime


def plan_dates(scope: Scope, wanted: WantedDates) -> DatesPlan:
    """Every date that would be published, with what stands in its way; nothing is changed. Four statements at most,
    whatever their number.

    Raises `Denied`, `Missing` for a service, provider or location that there is not, `Refused` under a field.
    """
    require(scope, Permission.CATALOG_CHANGE)
    service = read_service(scope, wanted.service_id)
    if not (service.is_class and service.is_active):
        raise Missing
    check_place(scope, wanted.provider_id, wanted.location_id)
    days, zone = days_of(scope, wanted), scope.tenant.zone
    starts = {day: existing_instant(wall_of(wanted, day), zone) for day in days}
    place = (wanted.provider_id, wanted.location_id)
    around = surroundings(scope, service, place, [at for at in starts.values() if at])
    return DatesPlan(service, tuple(planned(scope, around, day, starts[day]) for day in days))


def publish_dates(scope: Scope, wanted: WantedDates, days: Collection[date], *, form_id: UUID, seen: str) -> int:
    """Publishes the chosen ones of the planned dates; how many. Sent twice with one `form_id`, they are published once.

    Raises what `plan_dates` raises, and `Refused("days", …)` for none at all, or when the plan is another than was
    `seen`: somebody else took the time. Event: `dates.published`.
    """
    ids = {day: uuid5(form_id, day.isoformat()) for day in days}
    with writing(scope.session) as session:
        require(scope, Permission.CATALOG_CHANGE)
        if session.get(Service, (scope.tenant.id, wanted.service_id), with_for_update={"key_share": True}) is None:
            raise Missing
        if not ids:
            raise Refused("days", _("Choose at least one date."))
        if session.rows(store.MINE, {"occurrences": sorted(ids.values())}).all():
            return len(ids)
        lock_providers(scope, wanted.provider_id)
        plan = plan_dates(scope, wanted)
        chosen = [one for one in plan.dates if one.day in ids]
        if plan.seen != seen or len(chosen) != len(ids) or not all(one.is_possible for one in chosen):
            raise Refused("days", CHANGED)
        session.add_all(occurrence_of(plan.service, wanted, one, ids[one.day]) for one in chosen)
        session.flush()
        record(scope, "dates.published", after=written(plan.service, wanted, chosen))
    return len(chosen)


def check_place(scope: Scope, provider_id: UUID | None, location_id: UUID | None) -> None:
    """`Missing` for somebody or some place that is not the business's."""
    if provider_id and provider_id not in {one.id for one in list_everybody(scope)}:
        raise Missing
    if location_id and location_id not in {one.id for one in list_all_locations(scope)}:
        raise Missing


def days_of(scope: Scope, wanted: WantedDates) -> list[date]:
    """`Refused` under a field for what is no row of days."""
    if wanted.starts is None:
        raise Refused("starts", _("Write a day and a time, such as 2026-11-24T18:30."))
    if not 1 <= wanted.capacity <= MOST_PLACES:
        raise Refused("capacity", _("Choose a number from %(low)s to %(high)s.", low=1, high=MOST_PLACES))
    first, today = wanted.starts.date(), local_day(scope.now, scope.tenant.zone)
    if first < today:
        raise Refused("starts", _("Choose a time that is still to come."))
    last = wanted.until if wanted.until is not None else first + (wanted.times - 1) * WEEK
    field = "times" if wanted.until is None else "until"
    if wanted.until is not None and wanted.until < first:
        raise Refused("until", _("The last day is before the first."))
    if wanted.times < 1 or (last - first) // WEEK >= MOST_DATES:
        raise Refused(field, _("Publish at most %(most)s dates at once.", most=MOST_DATES))
    if last - today > FURTHEST:
        raise Refused(
            field if first - today <= FURTHEST else "starts", _("Dates are published for the next two years at most.")
        )
    return [first + number * WEEK for number in range((last - first) // WEEK + 1)]


def wall_of(wanted: WantedDates, day: date) -> datetime:
    clock = wanted.starts.time() if wanted.starts else datetime.min.time()
    return datetime.combine(day, clock)


@dataclass(frozen=True)
class Surroundings:
    """What a class is up against around some dates, with one provider and at one location."""

    service: ServiceFacts
    provider_id: UUID | None
    location_id: UUID | None
    zone: ZoneInfo
    busy: tuple[Neighbour, ...]
    off: tuple[DaysOff, ...]

    def clashes(self, starts_at: datetime, ends_at: datetime) -> list[Clash]:
        busy_from, busy_to = busy_span(self.service, starts_at, ends_at)
        found = []
        for one in self.busy:
            about: dict[str, Any] = {"service": one.service, "time": one.starts_at}
            if one.service_id == self.service.id and one.starts_at == starts_at:
                found.append(Clash(_("There is a date of this class at this time already."), is_final=False))
            is_theirs = self.provider_id and one.provider_id == self.provider_id
            is_here = self.location_id and one.location_id == self.location_id
            if is_theirs and one.busy_from < busy_to and busy_from < one.busy_to:
                found.append(Clash(_("Busy with %(service)s, %(time)s.", **about), is_final=True))
            elif is_here and one.starts_at < ends_at and starts_at < one.ends_at:
                found.append(Clash(_("The location is used by %(service)s, %(time)s.", **about), is_final=False))
        if is_off(self.provider_id, local_day(starts_at, self.zone), self.off):
            found.append(Clash(_("This day is time off."), is_final=False))
        return found


def surroundings(
    scope: Scope,
    service: ServiceFacts,
    place: tuple[UUID | None, UUID | None],
    starts: Iterable[datetime],
    *,
    ignored: UUID | None = None,
) -> Surroundings:
    """From a day before the first to a day after the last of these instants, with this provider and at this location.
    The occurrence that is ignored counts as not there.
    """
    (provider_id, location_id), known = place, sorted(starts)
    busy: list[Neighbour] = []
    if known:
        values: dict[str, Any] = {"since": known[0] - DAY, "until": known[-1] + 2 * DAY, "now": scope.now}
        values |= {"provider": provider_id, "location": location_id, "service": service.id}
        busy = [Neighbour(*row) for row in scope.session.rows(store.NEIGHBOURS, values)]
    off = tuple(facts(time_off(scope)))
    others = tuple(one for one in busy if one.id != ignored)
    return Surroundings(service, provider_id, location_id, scope.tenant.zone, others, off)


def planned(scope: Scope, around: Surroundings, day: date, starts_at: datetime | None) -> NewDate:
    if starts_at is None:
        skipped = _("On this day the clocks are changed, and this time is left out.")
        return NewDate(day, None, None, (Clash(skipped, is_final=True),))
    ends_at = starts_at + around.service.minutes * MINUTE
    if starts_at <= scope.now:
        return NewDate(day, starts_at, ends_at, (Clash(_("This time is over."), is_final=True),))
    return NewDate(day, starts_at, ends_at, tuple(around.clashes(starts_at, ends_at)))


def busy_span(service: ServiceFacts, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    return starts_at - service.minutes_before * MINUTE, ends_at + service.minutes_after * MINUTE


def occurrence_of(service: ServiceFacts, wanted: WantedDates, one: NewDate, id: UUID) -> Occurrence:
    starts_at, ends_at = one.starts_at, one.ends_at
    if starts_at is None or ends_at is None:
        raise Missing
    busy_from, busy_to = busy_span(service, starts_at, ends_at)
    return Occurrence(
        id=id, service_id=service.id, provider_id=wanted.provider_id, location_id=wanted.location_id,
        starts_at=starts_at, ends_at=ends_at, busy_from=busy_from, busy_to=busy_to, capacity=wanted.capacity,
    )  # fmt: skip


def written(service: ServiceFacts, wanted: WantedDates, chosen: Iterable[NewDate]) -> dict[str, Any]:
    """What the event keeps."""
    return {
        "service": service.name,
        "dates": [one.starts_at.isoformat() for one in chosen if one.starts_at],
        "provider": wanted.provider_id and wanted.provider_id.hex,
        "location": wanted.location_id and wanted.location_id.hex,
        "capacity": wanted.capacity,
    }

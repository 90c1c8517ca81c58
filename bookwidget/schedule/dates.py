"""Whether one provider's time can be had at many instants: two statements, whatever their number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bookwidget.catalog.actions import ServiceFacts
from bookwidget.schedule import store
from bookwidget.schedule.rules import (
    DAY,
    MINUTE,
    DaysOff,
    Hours,
    Span,
    day_starts_at,
    is_within,
)
from bookwidget.tenancy.scope import Scope


@dataclass(frozen=True)
class Diary:
    """A provider's hours, days off and appointments over some days, as read at one moment."""

    service: ServiceFacts
    provider_id: UUID
    zone: ZoneInfo
    performs: bool
    """Whether the provider is active and performs the service."""
    hours: tuple[Hours, ...]
    days_off: tuple[DaysOff, ...]
    busy: tuple[tuple[UUID, Span], ...]
    """By occurrence."""

    def hindrance(self, starts_at: datetime, *, ignoring: Collection[UUID] = ()) -> str:
        """Why an appointment cannot start then: `closed` or `taken`; empty if it can. The occurrences that are
        ignored count as not there.
        """
        if not self.is_open(starts_at):
            return "closed"
        busy_from = starts_at - self.service.minutes_before * MINUTE
        busy_to = starts_at + (self.service.minutes + self.service.minutes_after) * MINUTE
        taken = any(since < busy_to and busy_from < until for id, (since, until) in self.busy if id not in ignoring)
        return "taken" if taken else ""

    def is_open(self, starts_at: datetime) -> bool:
        span = (starts_at, starts_at + self.service.minutes * MINUTE)
        return self.performs and is_within(self.provider_id, span, self.hours, self.days_off, self.zone)


def read_diary(scope: Scope, service: ServiceFacts, provider_id: UUID, first: date, last: date) -> Diary:
    """Of these local days, both included. Who is going to claim something calls `lock_providers` first."""
    zone = scope.tenant.zone
    rows = scope.session.rows(store.AVAILABILITY, {"service": service.id, "first_day": first, "last_day": last}).all()
    margin = (service.minutes + service.minutes_before + service.minutes_after) * MINUTE
    busy = scope.session.rows(
        store.BUSY_OCCURRENCES,
        {
            "providers": [provider_id],
            "since": day_starts_at(first, zone) - margin,
            "until": day_starts_at(last + DAY, zone) + margin,
            "ignored": None,
            "now": scope.now,
        },
    )
    return Diary(
        service,
        provider_id,
        zone,
        any(row.what == "provider" and row.provider_id == provider_id for row in rows),
        tuple(Hours(row.provider_id, row.weekday, row.opens, row.closes) for row in rows if row.what == "hours"),
        tuple(DaysOff(row.provider_id, row.first_day, row.last_day) for row in rows if row.what == "off"),
        tuple((id, (since, until)) for id, since, until in busy),
    )

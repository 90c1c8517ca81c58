"""Free times, as sums on values: no database, no clock.

Opening hours are wall time. Where the clock jumps forward, times that do not exist are never offered, and a
stretch that opens or closes inside the gap does so at its end. Where the clock goes back, a time that exists
twice means its first instant (as in RFC 5545), so it is offered once and no label stands twice in a list.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.text import _

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Span = tuple[datetime, datetime]
"""From, included, to, excluded."""


@dataclass(frozen=True)
class Slot:
    """A time that can be booked."""

    key: str
    """For a form's field; `parse_slot_key` reads it back."""
    starts_at: datetime
    ends_at: datetime
    provider_id: UUID | None
    provider_name: str
    """Empty: nobody is named."""
    places_left: int


@dataclass(frozen=True)
class OccurrenceKey:
    """Names a published occurrence."""

    occurrence_id: UUID

    def __str__(self) -> str:
        return f"o-{self.occurrence_id.hex}"


@dataclass(frozen=True)
class TimeKey:
    """Names a provider's time."""

    provider_id: UUID
    starts_at: datetime

    def __str__(self) -> str:
        return f"t-{self.provider_id.hex}-{int(self.starts_at.timestamp()) // 60}"


KEY = re.compile(r"o-(?P<occurrence>[0-9a-f]{32})|t-(?P<provider>[0-9a-f]{32})-(?P<minute>[1-9][0-9]{0,8})", re.ASCII)


def parse_slot_key(key: str) -> OccurrenceKey | TimeKey:
    """What a slot's key names; `Refused("slot", …)` for anything that no slot of ours ever wrote."""
    found = KEY.fullmatch(key)
    if found is None:
        raise Refused("slot", _("Choose one of the times."))
    occurrence = parse_uuid(found["occurrence"] or "")
    if occurrence is not None:
        return OccurrenceKey(occurrence)
    return TimeKey(UUID(hex=found["provider"]), datetime.fromtimestamp(int(found["minute"]) * 60, UTC))


@dataclass(frozen=True)
class Hours:
    """A weekly stretch of wall time, in minutes after midnight; `weekday` 0 is Monday."""

    provider_id: UUID | None
    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True)
class DaysOff:
    """Both days are included. No provider: everybody."""

    provider_id: UUID | None
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Need:
    """What an appointment takes, in minutes."""

    minutes: int
    minutes_before: int = 0
    minutes_after: int = 0
    step: int = 30


def hours_of(provider_id: UUID, hours: Iterable[Hours]) -> list[Hours]:
    """A provider's own hours, which replace the general ones altogether; the general ones if there are none."""
    rows = list(hours)
    own = [row for row in rows if row.provider_id == provider_id]
    return own or [row for row in rows if row.provider_id is None]


def is_off(provider_id: UUID | None, day: date, days_off: Iterable[DaysOff]) -> bool:
    return any(off.first_day <= day <= off.last_day for off in days_off if off.provider_id in (None, provider_id))


def days_between(first_day: date, last_day: date) -> Iterator[date]:
    """Both included."""
    for number in range((last_day - first_day).days + 1):
        yield first_day + timedelta(days=number)


def wall_time(day: date, minutes: int) -> datetime:
    """The naive wall time so many minutes after midnight; 1440 is the next midnight."""
    return datetime.combine(day, time()) + minutes * MINUTE


def existing_instant(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant at which the clock shows this, in UTC; None if it never does."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall else None


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The same, but a time that the clock jumps over is the instant of the jump."""
    instant = existing_instant(wall, zone)
    if instant is not None:
        return instant
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after


def day_starts_at(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return instant_of(wall_time(day, 0), zone)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as disjoint spans in order; touching ones become one."""
    result: list[Span] = []
    for starts_at, ends_at in sorted(spans):
        if result and starts_at <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends_at))
        else:
            result.append((starts_at, ends_at))
    return result


def is_within(
    provider_id: UUID, span: Span, hours: Iterable[Hours], days_off: Iterable[DaysOff], zone: ZoneInfo
) -> bool:
    """Whether an appointment of this provider lies inside the opening hours, on a day that is not off."""
    day = local_day(span[0], zone)
    if is_off(provider_id, day, days_off):
        return False
    stretches = merged(
        (instant_of(wall_time(day, row.opens), zone), instant_of(wall_time(day, row.closes), zone))
        for row in hours_of(provider_id, hours)
        if row.weekday == day.weekday()
    )
    return any(opens_at <= span[0] and span[1] <= closes_at for opens_at, closes_at in stretches)


def free_starts(
    need: Need,
    hours: Sequence[Hours],
    days: Iterable[date],
    zone: ZoneInfo,
    *,
    busy: Iterable[Span],
    earliest: datetime,
) -> list[datetime]:
    """When an appointment may start, in order: one provider's `hours`, the `days` on which they work, and
    what keeps them `busy` (buffers included).

    Starts stand on the grid of steps from the opening time, on the wall clock. The appointment itself lies
    inside the opening hours; its buffers may reach out of them, but never into another busy span.
    """
    starts: set[datetime] = set()
    stretches: list[Span] = []
    for day in days:
        for row in hours:
            if row.weekday != day.weekday():
                continue
            opens_at, closes_at = (instant_of(wall_time(day, edge), zone) for edge in (row.opens, row.closes))
            stretches.append((opens_at, closes_at))
            for minutes in range(row.opens, row.closes, need.step):
                instant = existing_instant(wall_time(day, minutes), zone)
                if instant is not None and instant >= earliest:
                    starts.add(instant)
    return sweep(sorted(starts), need, merged(stretches), merged(busy))


def sweep(starts: Sequence[datetime], need: Need, opened: Sequence[Span], busy: Sequence[Span]) -> list[datetime]:
    """Those of `starts` that fit, in one pass: all three are in order, the spans disjoint."""
    free: list[datetime] = []
    o = b = 0
    for starts_at in starts:
        ends_at = starts_at + need.minutes * MINUTE
        busy_from, busy_to = starts_at - need.minutes_before * MINUTE, ends_at + need.minutes_after * MINUTE
        while o < len(opened) and opened[o][1] <= starts_at:
            o += 1
        while b < len(busy) and busy[b][1] <= busy_from:
            b += 1
        is_open = o < len(opened) and opened[o][0] <= starts_at and ends_at <= opened[o][1]
        is_free = b == len(busy) or busy_to <= busy[b][0]
        if is_open and is_free:
            free.append(starts_at)
    return free

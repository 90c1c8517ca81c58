"""The calendar: a day, a week or a month in a table whose rows are hours; free hours lead to New booking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import AgendaEntry, agenda
from bookwidget.catalog.actions import ProviderFacts, list_everybody
from bookwidget.catalog.services import list_kept_services
from bookwidget.console.dates import reading
from bookwidget.console.pages import show
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.text import _
from bookwidget.schedule.opening import all_hours, facts, time_off
from bookwidget.schedule.rules import DaysOff, Hours, days_between, hours_of, is_off
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.one_booking.new_time import day_in_address

VIEWS = (("day", _("Day")), ("week", _("Week")), ("month", _("Month")))
USUAL = (9, 17)
"""Hours that are shown where nothing says otherwise."""
SHOWN = 3
"""Of a day of the month, before the rest is only counted."""
FIRST, LAST = date(1901, 1, 7), date(8999, 12, 1)


@dataclass(frozen=True)
class Span:
    """What one page shows, and whom."""

    view: str
    day: date
    first: date
    last: date
    who: UUID | None
    """None: everybody."""

    def link(self, *, day: date | None = None, view: str = "") -> str:
        who = self.who.hex if self.who else None
        return url_for("console.calendar", view=view or self.view, day=(day or self.day).isoformat(), who=who)


@dataclass(frozen=True)
class Open:
    """When somebody of those who are shown can be booked."""

    people: Sequence[UUID | None]
    hours: Sequence[Hours]
    off: Sequence[DaysOff]

    def at(self, day: date, hour: int) -> bool:
        """Whether some of this hour is. Who has no hours at all in the whole business is bound by none."""
        return any(not is_off(one, day, self.off) and self.works(one, day, hour) for one in self.people)

    def works(self, one: UUID | None, day: date, hour: int) -> bool:
        if not self.hours:
            return True
        own = hours_of(one, self.hours) if one else [row for row in self.hours if row.provider_id is None]
        start, end = hour * 60, hour * 60 + 60
        return any(row.weekday == day.weekday() and row.opens < end and start < row.closes for row in own)

    def is_off(self, day: date) -> bool:
        """A day on which nobody of them works, because of time off."""
        return all(is_off(one, day, self.off) for one in self.people)


@dataclass(frozen=True)
class Cell:
    day: date
    entries: list[AgendaEntry]
    """What begins in this hour."""
    going_on: list[AgendaEntry]
    """What began earlier and goes on."""
    is_closed: bool
    link: str
    """To a new booking; empty where there is none to make."""


@dataclass(frozen=True)
class Row:
    hour: datetime
    cells: list[Cell]


@dataclass(frozen=True)
class MonthDay:
    day: date
    is_outside: bool
    """Of the month before or after."""
    is_off: bool
    entries: list[AgendaEntry]
    more: int


def calendar() -> ResponseReturnValue:
    scope, here = reading(), desk()
    everybody = list_everybody(scope)
    span = span_of(everybody)
    entries = agenda(scope, span.first, span.last, provider_id=span.who)
    people: list[UUID | None] = [span.who] if span.who else [one.id for one in everybody] or [None]
    opened = Open(people, all_hours(scope), facts(time_off(scope, span.first)))
    is_month = span.view == "month"
    return show(
        "calendar.html", span=span, views=VIEWS, everybody=everybody, days=list(days_between(span.first, span.last)),
        today=here.formats.local(here.now).date(), noon=noon, previous=step(span, -1), following=step(span, 1),
        rows=[] if is_month else Sheet(span, entries, opened, bookable(scope, span)).rows(), is_off=opened.is_off,
        weeks=weeks_of(span, entries, opened) if is_month else [],
    )  # fmt: skip


def noon(day: date) -> datetime:
    """An instant of this day, for formatting it."""
    return datetime.combine(day, time(12), desk().formats.zone)


def span_of(everybody: Iterable[ProviderFacts]) -> Span:
    """What the address asks for; what is not right in it is left out."""
    formats, asked = desk().formats, request.args.get("view", "")
    view = asked if asked in dict(VIEWS) else "week"
    day = min(max(day_in_address("day") or formats.local(desk().now).date(), FIRST), LAST)
    wanted = parse_uuid(request.args.get("who", ""))
    who = next((one.id for one in everybody if one.id == wanted), None)
    if view == "day":
        return Span(view, day, day, day, who)
    first, last = (day, day) if view == "week" else (day.replace(day=1), month_after(day) - timedelta(days=1))
    begins = formats.locale.first_week_day
    first -= timedelta(days=(first.weekday() - begins) % 7)
    last += timedelta(days=6 - (last.weekday() - begins) % 7)
    return Span(view, day, first, last, who)


def month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def step(span: Span, sign: int) -> str:
    """The address of the page before or after."""
    if span.view == "month":
        day = month_after(span.day) if sign > 0 else (span.day.replace(day=1) - timedelta(days=1)).replace(day=1)
        return span.link(day=day)
    return span.link(day=span.day + timedelta(days=sign * (7 if span.view == "week" else 1)))


@dataclass(frozen=True)
class Sheet:
    """What the hours of a day or a week are filled from."""

    span: Span
    entries: Sequence[AgendaEntry]
    opened: Open
    service: str
    """The appointment that a free hour is offered for; empty: none."""

    def rows(self) -> list[Row]:
        """A row for each hour from the first opening or beginning to the last closing or end."""
        local, hours, zone = desk().formats.local, self.opened.hours, desk().formats.zone
        begins, ends = [local(one.starts_at).hour for one in self.entries], [last_hour(one) for one in self.entries]
        first = min([*begins, *(row.opens // 60 for row in hours)], default=USUAL[0])
        last = max([*ends, *((row.closes - 1) // 60 for row in hours)], default=USUAL[1])
        days = list(days_between(self.span.first, self.span.last))
        return [
            Row(datetime.combine(self.span.first, time(hour), zone), [self.cell(day, hour) for day in days])
            for hour in range(first, last + 1)
        ]

    def cell(self, day: date, hour: int) -> Cell:
        local = desk().formats.local
        own = [one for one in self.entries if local(one.starts_at).date() == day]
        here = [one for one in own if local(one.starts_at).hour == hour]
        going_on = [one for one in own if local(one.starts_at).hour < hour <= last_hour(one) and not one.is_cancelled]
        is_open = self.opened.at(day, hour)
        is_free = self.service and is_open and not here and not going_on and self.is_to_come(day, hour)
        return Cell(day, here, going_on, not is_open, self.booking_link(day, hour) if is_free else "")

    def is_to_come(self, day: date, hour: int) -> bool:
        return datetime.combine(day, time(hour), desk().formats.zone) + timedelta(hours=1) > desk().now

    def booking_link(self, day: date, hour: int) -> str:
        who = self.span.who.hex if self.span.who else None
        return url_for(".bookings_new", service=self.service, day=day.isoformat(), at=f"{hour:02}:00", provider=who)


def last_hour(one: AgendaEntry) -> int:
    """The last hour of the day of its beginning that it touches."""
    local = desk().formats.local
    starts, ends = local(one.starts_at), local(one.ends_at - timedelta(minutes=1))
    return ends.hour if ends.date() == starts.date() else 23


def bookable(scope: Scope, span: Span) -> str:
    """The appointment that a free hour is offered for; empty where there is none."""
    for one in list_kept_services(scope):
        is_performed = span.who in one.wanted.providers if span.who else bool(one.wanted.providers)
        if one.is_active and one.wanted.kind == "appointment" and is_performed:
            return one.id.hex
    return ""


def weeks_of(span: Span, entries: Iterable[AgendaEntry], opened: Open) -> list[list[MonthDay]]:
    local = desk().formats.local
    by_day: dict[date, list[AgendaEntry]] = {}
    for one in entries:
        by_day.setdefault(local(one.starts_at).date(), []).append(one)
    days = [
        MonthDay(day, day.month != span.day.month, opened.is_off(day), own[:SHOWN], max(0, len(own) - SHOWN))
        for day in days_between(span.first, span.last)
        for own in [by_day.get(day, [])]
    ]
    return [days[n : n + 7] for n in range(0, len(days), 7)]

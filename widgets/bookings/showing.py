"""What the list is given: its tabs, and bookings by month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import urlencode

from bookwidget.bookings.actions import BookingPage, BookingRow, Tab
from bookwidget.kernel.picking import made
from bookwidget.web import Formats, Kind, Looks, kinds_of, looks_of


class Tabs(NamedTuple):
    """Those that the business shows, and how many bookings each has."""

    shown: tuple[Tab, ...]
    current: Tab
    values: dict[str, str]
    """Of each tab its number, and the parts of their addresses."""


def tabs_of(page: BookingPage, formats: Formats, address: str, kept: Mapping[str, str]) -> Tabs:
    """`kept`: what is typed into the filter, which goes along."""
    numbers = {tab: formats.number(count) for tab, count in page.counts.items()}
    more = f"&{urlencode(kept)}" if kept else ""
    return Tabs(tuple(page.counts), page.tab, {**numbers, "url": address, "more": more})


class LineKind(NamedTuple):
    """What the template of a line branches on: lines of one kind are written once."""

    actions: tuple[Kind, ...] | None
    """None in the tab Waiting, which has its own."""
    looks: Looks
    has_provider: bool
    has_location: bool
    shape: str
    """How the actions are shown: `menu`, `buttons` or `icons`."""
    lead: str
    """`now` or `next` for what comes first of all, otherwise empty."""
    may_rate: bool
    has_offer: bool


class Line(NamedTuple):
    """One line of the list."""

    row: BookingRow
    kind: LineKind
    values: dict[str, object]
    """What stands in each line's place of this name."""
    month: str
    """The year and the month in which it begins."""
    is_special: bool
    """It comes first of all, names people, or waits."""

    def put(self, **texts: str) -> str:
        """For what the template makes of few lines only."""
        self.values.update(texts)
        return ""


@dataclass(frozen=True)
class Month:
    """Bookings under one heading."""

    title: str
    is_current: bool
    lines: Sequence[Line]
    special: Sequence[Line]
    """Those in which the template says something that others have not."""


class Around(NamedTuple):
    """What the lines of one page have in common."""

    formats: Formats
    now: datetime
    address: str
    """Of the list, below which each booking has its page."""
    shape: str
    business: str
    first: BookingRow | None
    """What comes first of all, if it is marked."""


def line_of(row: BookingRow, around: Around) -> Line:
    formats, now, address, shape, business, first = around
    code, starts_at, looks, lead = row.code, row.starts_at, looks_of(row), ""
    if row is first:
        lead = "now" if starts_at <= now else "next"
    may_rate = row.tab == "past" and not row.rating and row.may_rate.allowed
    kinds, has_offer = kinds_of(row) if code else None, row.offer is not None
    has_place = bool(row.location)
    kind = made(LineKind, (kinds, looks, bool(row.provider), has_place, shape, lead, may_rate, has_offer))
    at, weekday, day, month = formats.leaf(starts_at)
    values = {
        "id": code or row.id.hex,
        "at": at,
        "weekday": weekday,
        "day": day,
        "month": month,
        "url": address + code if code else f"{address}waiting/{row.id.hex}",
        "service": row.service,
        "time": formats.time_range(starts_at, row.ends_at),
        "provider": row.provider,
        "location": row.location,
        "business": business,
        "people": "",
        "places": formats.number(looks.places) if looks.places > 1 else "",
        "stars": formats.number(row.rating) if row.rating else "",
        "price": formats.money(row.price.amount) if looks.is_priced else "",
    }
    return made(Line, (row, kind, values, at[:7], bool(lead) or looks.has_people or kinds is None))


def by_month(rows: Iterable[BookingRow], around: Around) -> list[Month]:
    """In the order in which they come."""
    lines = [line_of(row, around) for row in rows]
    this_month = around.formats.local(around.now).isoformat()[:7]
    return [month_of(list(own), around, is_current=month == this_month) for month, own in groupby(lines, key=MONTH)]


def month_of(lines: Sequence[Line], around: Around, *, is_current: bool) -> Month:
    title = around.formats.month(lines[0].row.starts_at, around.now)
    return Month(title, is_current, lines, [line for line in lines if line.is_special])


MONTH = itemgetter(Line._fields.index("month"))


def next_booking(page: BookingPage) -> BookingRow | None:
    """The one that comes first of all, if this page shows it."""
    if page.tab is not Tab.UPCOMING or page.page > 1:
        return None
    return next((row for row in page.rows if not row.is_occurrence_cancelled), None)

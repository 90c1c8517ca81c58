"""What the list is given: its tabs, and bookings by month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from bookwidget.bookings.actions import BookingPage, BookingRow, Tab
from bookwidget.kernel.text import _
from bookwidget.web import Formats, Kind, Looks, kinds_of, looks_of

TAB_TITLES = {
    Tab.UPCOMING: _("Upcoming"),
    Tab.WAITING: _("Waiting list"),
    Tab.PAST: _("Past"),
    Tab.CANCELLED: _("Cancelled"),
}


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
    """What stands in each line's place of this name, beside what the template puts there for few of them."""


@dataclass(frozen=True)
class Month:
    """Bookings under one heading."""

    title: str
    is_current: bool
    lines: Sequence[Line]


def line_of(row: BookingRow, formats: Formats, address: str, shape: str, lead: str) -> Line:
    """`address` is that of the list, below which each booking has its page."""
    id, code, looks, leaf = row.id.hex, row.code, looks_of(row), formats.leaf(row.starts_at)
    kinds = kinds_of(row) if code else None
    may_rate = row.tab is Tab.PAST and not row.rating and row.may_rate.allowed
    has_offer = row.offer is not None
    kind = LineKind(kinds, looks, bool(row.provider), bool(row.location), shape, lead, may_rate, has_offer)
    values = {
        "id": id,
        "at": leaf.at,
        "weekday": leaf.weekday,
        "day": leaf.day,
        "month": leaf.month,
        "url": address + code if code else f"{address}waiting/{id}",
        "service": row.service,
        "time": formats.time_range(row.starts_at, row.ends_at),
        "provider": row.provider,
        "location": row.location,
        "places": formats.number(looks.places),
        "stars": formats.number(row.rating) if row.rating else "",
        "price": formats.money(row.price.amount),
    }
    return Line(row, kind, values)


def by_month(
    rows: Iterable[BookingRow],
    formats: Formats,
    now: datetime,
    address: str,
    shape: str,
    *,
    next_booking: BookingRow | None,
) -> list[Month]:
    """In the order in which they come."""

    def line(row: BookingRow) -> Line:
        is_next = row is next_booking
        return line_of(row, formats, address, shape, ("now" if row.starts_at <= now else "next") if is_next else "")

    def month(line: Line) -> tuple[int, int]:
        local = formats.local(line.row.starts_at)
        return local.year, local.month

    today = formats.local(now)
    groups = groupby(map(line, rows), key=month)
    filled = [(key, list(lines)) for key, lines in groups]
    return [
        Month(formats.month(own[0].row.starts_at, now), key == (today.year, today.month), own) for key, own in filled
    ]


def next_booking(page: BookingPage) -> BookingRow | None:
    """The one that comes first of all, if this page shows it."""
    if page.tab is not Tab.UPCOMING or page.page > 1:
        return None
    return next((row for row in page.rows if not row.is_occurrence_cancelled), None)

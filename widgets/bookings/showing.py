"""What the list is given: its tabs, and bookings by month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bookwidget.bookings.actions import BookingPage, BookingRow, Tab
from bookwidget.kernel.text import _
from bookwidget.web import Formats

TAB_TITLES = {
    Tab.UPCOMING: _("Upcoming"),
    Tab.WAITING: _("Waiting list"),
    Tab.PAST: _("Past"),
    Tab.CANCELLED: _("Cancelled"),
}


@dataclass(frozen=True)
class Month:
    """Bookings under one heading."""

    title: str
    is_current: bool
    rows: Sequence[BookingRow]


def by_month(rows: Iterable[BookingRow], formats: Formats, now: datetime) -> list[Month]:
    """In the order in which they come."""

    def month(at: datetime) -> tuple[int, int]:
        local = formats.local(at)
        return local.year, local.month

    groups = groupby(rows, key=lambda row: month(row.starts_at))
    filled = [(key, list(members)) for key, members in groups]
    return [Month(formats.month(own[0].starts_at, now), key == month(now), own) for key, own in filled]


def next_booking(page: BookingPage) -> BookingRow | None:
    """The one that comes first of all, if this page shows it."""
    if page.tab is not Tab.UPCOMING or page.page > 1:
        return None
    return next((row for row in page.rows if not row.is_occurrence_cancelled), None)

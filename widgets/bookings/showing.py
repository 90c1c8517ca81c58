"""What the templates are given: bookings by month, times by part of the day, a history in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from bookwidget.bookings.actions import (
    BookingDetails,
    BookingPage,
    BookingRow,
    Change,
    MoveChoices,
    Slot,
    Tab,
)
from bookwidget.kernel.text import Text, _
from bookwidget.web import Formats

TAB_TITLES = {
    Tab.UPCOMING: _("Upcoming"),
    Tab.WAITING: _("Waiting list"),
    Tab.PAST: _("Past"),
    Tab.CANCELLED: _("Cancelled"),
}
NEAREST = 3


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


@dataclass(frozen=True)
class TimeGroup:
    """Times under one legend."""

    title: Text | str
    slots: Sequence[Slot]


PARTS_OF_DAY = ((12, _("Morning")), (17, _("Afternoon")), (24, _("Evening")))
"""The hour before which each part ends."""


def by_part_of_day(slots: Iterable[Slot], formats: Formats) -> list[TimeGroup]:
    def part(slot: Slot) -> Text:
        hour = formats.local(slot.starts_at).hour
        return next(title for ends, title in PARTS_OF_DAY if hour < ends)

    return [TimeGroup(title, list(own)) for title, own in groupby(slots, key=part)]


def dates_by_month(slots: Iterable[Slot], formats: Formats, now: datetime) -> list[TimeGroup]:
    return [
        TimeGroup(title, list(own))
        for title, own in groupby(slots, key=lambda slot: formats.month(slot.starts_at, now))
    ]


@dataclass(frozen=True)
class Choice:
    """Where a booking may go, as one page shows it."""

    choices: MoveChoices
    day: date | None
    """The day whose times are shown; None where dates are chosen, or where nothing is free."""
    groups: Sequence[TimeGroup]
    slot: Slot | None
    """The time that is chosen already."""
    nearest: Sequence[Slot]
    """Free times around one that is gone."""

    @property
    def names_providers(self) -> bool:
        """Whether the times differ in who is there."""
        return len({slot.provider_id for day in self.choices.days for slot in day.slots}) > 1


def make_choice(
    choices: MoveChoices,
    formats: Formats,
    now: datetime,
    *,
    day: date | None,
    key: str,
    chosen_at: datetime | None,
) -> Choice:
    """`day` is the one asked for, `key` the slot that was chosen and `chosen_at` its time, if that is known."""
    slots = [slot for found in choices.days for slot in found.slots]
    chosen = next((slot for slot in slots if slot.key == key), None)
    nearest = near(slots, chosen_at) if chosen_at and chosen is None else []
    if choices.booking.kind == "class":
        return Choice(choices, None, dates_by_month(slots, formats, now), chosen, nearest)
    free_days = [found for found in choices.days if found.slots]
    shown = next((found for found in free_days if found.day == day), None)
    if shown is None and free_days:
        wanted = day or formats.local(choices.booking.starts_at).date()
        shown = min(free_days, key=lambda found: abs(found.day - wanted))
    groups = by_part_of_day(shown.slots, formats) if shown else []
    visible = chosen if shown and chosen in shown.slots else None
    return Choice(choices, shown.day if shown else None, groups, visible, nearest)


def near(slots: Sequence[Slot], at: datetime) -> list[Slot]:
    """The slots closest to a time, in order of time."""
    closest = sorted(slots, key=lambda slot: abs(slot.starts_at - at))[:NEAREST]
    return sorted(closest, key=lambda slot: slot.starts_at)


def noon(day: date, formats: Formats) -> datetime:
    """An instant that lies on this day, for formatting it."""
    return datetime.combine(day, time(12), formats.zone)


def week_around(booking: BookingDetails, formats: Formats) -> date:
    """First of the seven days with the booking's own in the middle."""
    return formats.local(booking.starts_at).date() - timedelta(days=3)


@dataclass(frozen=True)
class Step:
    """Something that happened to a booking."""

    at: datetime
    words: Text


def history(booking: BookingDetails, business: str) -> list[Step]:
    """In words, oldest first. Kinds of events that customers need not know about are left out."""
    steps = [Step(change.at, words) for change in booking.history if (words := words_of(change, business))]
    if not any(change.kind == "booking.made" for change in booking.history):
        steps.insert(0, Step(booking.created_at, _("Booked.")))
    return steps


def words_of(change: Change, business: str) -> Text | None:
    by_customer = change.by == "customer"
    match change.kind:
        case "booking.made":
            return _("You booked.") if by_customer else _("%(business)s booked it for you.", business=business)
        case "booking.cancelled":
            return _("You cancelled.") if by_customer else _("%(business)s cancelled it.", business=business)
        case "booking.restored":
            return _("You undid that.") if by_customer else _("%(business)s undid that.", business=business)
        case "booking.moved":
            return words_of_move(change, business, by_customer=by_customer)
    return None


def words_of_move(change: Change, business: str, *, by_customer: bool) -> Text:
    before, after = (instant(facts.get("starts_at")) for facts in (change.before, change.after))
    if before is None or after is None:
        return _("You moved it.") if by_customer else _("%(business)s moved it.", business=business)
    if by_customer:
        return _("You moved it from %(before)s to %(after)s.", before=before, after=after)
    return _("%(business)s moved it from %(before)s to %(after)s.", business=business, before=before, after=after)


def instant(text: object) -> datetime | None:
    """An instant as events keep it."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None

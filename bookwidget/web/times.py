"""What `times.html` is given: days that can be chosen, times by part of the day, dates by month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Protocol

from bookwidget.kernel.text import Text, _
from bookwidget.schedule.rules import Slot
from bookwidget.theming.formats import Formats

PARTS_OF_DAY = ((12, _("Morning")), (17, _("Afternoon")), (24, _("Evening")))
"""The hour before which each part ends."""
NEAREST = 3


class DayOfSlots(Protocol):
    """A day with what is free on it."""

    @property
    def day(self) -> date: ...

    @property
    def slots(self) -> tuple[Slot, ...]: ...


class Pages(Protocol):
    """Some days, and the first days of the pages before and after."""

    @property
    def days(self) -> Sequence[DayOfSlots]: ...

    @property
    def first_day(self) -> date: ...

    @property
    def previous(self) -> date | None: ...

    @property
    def next(self) -> date | None: ...


@dataclass(frozen=True)
class TimeGroup:
    """Times under one legend."""

    title: Text | str
    slots: Sequence[Slot]


@dataclass(frozen=True)
class TimeChoice:
    """The times of one page."""

    pages: Pages
    by_date: bool
    """Dates of a class; otherwise the times of one day."""
    day: date | None
    """The day whose times are shown; None where dates are chosen, or where nothing is free."""
    groups: Sequence[TimeGroup]
    key: str
    """Of the time that is chosen already; empty if it is not on this page."""
    nearest: Sequence[Slot]
    """Free times around one that is gone."""

    @property
    def slot(self) -> Slot | None:
        """The time that is chosen already."""
        return next((slot for found in self.pages.days for slot in found.slots if slot.key == self.key), None)

    @property
    def can_choose(self) -> bool:
        """Whether there is a free time among those that are shown."""
        return any(slot.places_left > 0 for group in self.groups for slot in group.slots)

    @property
    def names_providers(self) -> bool:
        """Whether the times differ in who is there."""
        return len({slot.provider_id for found in self.pages.days for slot in found.slots}) > 1


def choose_times(
    pages: Pages,
    formats: Formats,
    now: datetime,
    *,
    by_date: bool,
    day: date | None,
    key: str,
    gone: datetime | None,
    full: Sequence[Slot] = (),
) -> TimeChoice:
    """`day` is the one asked for, `key` the slot that was chosen, and `gone` its time if it can no longer be had.
    `full` are dates that stand among the others although nobody can choose them.
    """
    slots = [slot for found in pages.days for slot in found.slots]
    nearest = nearest_slots(slots, gone) if gone else []
    known = key if any(slot.key == key for slot in slots) else ""
    if by_date:
        shown_dates = sorted([*slots, *full], key=lambda slot: slot.starts_at)
        groups = [
            TimeGroup(title, list(own))
            for title, own in groupby(shown_dates, key=lambda slot: formats.month(slot.starts_at, now))
        ]
        return TimeChoice(pages, True, None, groups, known, nearest)
    free = [found for found in pages.days if found.slots]
    shown = next((found for found in free if found.day == day), None)
    if shown is None and free:
        shown = min(free, key=lambda found: abs(found.day - (day or pages.first_day)))
    groups = by_part_of_day(shown.slots, formats) if shown else []
    return TimeChoice(pages, False, shown.day if shown else None, groups, known, nearest)


def by_part_of_day(slots: Iterable[Slot], formats: Formats) -> list[TimeGroup]:
    def part(slot: Slot) -> Text:
        hour = formats.local(slot.starts_at).hour
        return next(title for ends, title in PARTS_OF_DAY if hour < ends)

    return [TimeGroup(title, list(own)) for title, own in groupby(slots, key=part)]


def nearest_slots(slots: Sequence[Slot], at: datetime) -> list[Slot]:
    """The slots closest to a time, in order of time."""
    closest = sorted(slots, key=lambda slot: abs(slot.starts_at - at))[:NEAREST]
    return sorted(closest, key=lambda slot: slot.starts_at)


def noon(day: date, formats: Formats) -> datetime:
    """An instant that lies on this day, for formatting it."""
    return datetime.combine(day, time(12), formats.zone)

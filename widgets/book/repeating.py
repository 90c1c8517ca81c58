"""An appointment that repeats: the control in the form, and the dates that the review shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bookwidget.bookings.actions import (
    Details,
    Held,
    Kind,
    Rhythm,
    SeriesPlan,
    may_repeat,
    plan_series,
    words_of_rhythm,
)
from bookwidget.catalog.actions import ServiceFacts
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _
from bookwidget.web import place

RHYTHMS: Mapping[str, Rhythm] = {
    "week": Rhythm(Kind.WEEKLY),
    "2-weeks": Rhythm(Kind.WEEKLY, 2),
    "4-weeks": Rhythm(Kind.WEEKLY, 4),
    "month": Rhythm(Kind.MONTH_WEEKDAY),
}
"""By what a form sends. A month keeps the weekday: providers work by weekdays."""


@dataclass(frozen=True)
class Repeats:
    """What the review shows of a series."""

    words: Text
    plan: SeriesPlan


def choices(service: ServiceFacts, held: Held) -> list[tuple[str, Text]]:
    """The options of the control; none where there is none."""
    if not may_repeat(place().scope(), service):
        return []
    return [(name, words_of_rhythm(rhythm, first_day(held))) for name, rhythm in RHYTHMS.items()]


def chosen(service: ServiceFacts, name: str) -> Rhythm | None:
    """`Refused("repeat", …)` for what is no choice here, crafted or allowed no longer."""
    if not name:
        return None
    if name not in RHYTHMS or not may_repeat(place().scope(), service):
        raise Refused("repeat", _("This cannot be booked as a series."))
    return RHYTHMS[name]


def planned(service: ServiceFacts, held: Held, details: Details) -> Repeats | None:
    """The dates as they would be made now; None for what does not repeat."""
    if details.repeat is None:
        return None
    plan = plan_series(place().scope(), service.id, held.slot_key, details.repeat)
    return Repeats(words_of_rhythm(details.repeat, first_day(held)), plan)


def first_day(held: Held) -> date:
    return place().formats.local(held.starts_at).date()

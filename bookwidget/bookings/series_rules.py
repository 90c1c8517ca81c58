"""The rhythm of what repeats, as RFC 5545 has it: local days, to which the clock's time is added day by day.

So the wall time stays the same across a change of the clocks. What the clock does not show on a day is left out.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.later import later
from bookwidget.kernel.text import Text, _, n_

if TYPE_CHECKING:
    from dateutil import rrule
else:
    rrule = later("dateutil.rrule")

MOST_TIMES, MOST_EVERY = 520, 52
LONGEST = timedelta(days=3660)
"""From the first day to a last one that somebody names."""
SHORTEST_MONTH = 28


class Kind(StrEnum):
    WEEKLY = "weekly"
    MONTH_DAY = "month_day"
    """The same day of each month; where a month is too short, its last."""
    MONTH_WEEKDAY = "month_weekday"
    """The same weekday, counted in the month, such as the second Tuesday. A fifth counts as the last."""


@dataclass(frozen=True)
class Rhythm:
    """How something repeats. At most one of `times` and `last_day` ends it; without both it goes on."""

    kind: Kind
    every: int = 1
    """Weeks or months from one to the next."""
    times: int | None = None
    """The number of dates in all, the first included."""
    last_day: date | None = None


def check_rhythm(rhythm: Rhythm, first_day: date) -> None:
    """`Refused("repeat" or "repeat_times" or "repeat_until", …)` for what is no rhythm, or one without measure."""
    if not 1 <= rhythm.every <= MOST_EVERY:
        raise Refused("repeat", _("Choose a number from %(low)s to %(high)s.", low=1, high=MOST_EVERY))
    if rhythm.times is not None and not 2 <= rhythm.times <= MOST_TIMES:
        raise Refused("repeat_times", _("Choose a number from %(low)s to %(high)s.", low=2, high=MOST_TIMES))
    if rhythm.last_day is not None and rhythm.last_day <= first_day:
        raise Refused("repeat_until", _("The last day has to come after the first."))
    if rhythm.last_day is not None and rhythm.last_day - first_day > LONGEST:
        raise Refused("repeat_until", _("This is too far ahead. Please choose an earlier day."))
    if rhythm.times is not None and rhythm.last_day is not None:
        raise Refused("repeat_until", _("Choose a number of dates or a last day, not both."))


def days_of(rhythm: Rhythm, first_day: date, since: date, until: date) -> list[date]:
    """The days of a checked rhythm from `since` to `until`, both included."""
    if until < since:
        return []
    rule = rule_of(rhythm, first_day)
    return [day.date() for day in rule.between(midnight(since), midnight(until), inc=True)]


def days_from(rhythm: Rhythm, first_day: date, since: date, number: int) -> list[date]:
    """The next so many days from `since` on; fewer where the rhythm ends."""
    return [day.date() for day in rule_of(rhythm, first_day).xafter(midnight(since), count=number, inc=True)]


def rule_of(rhythm: Rhythm, first_day: date) -> "rrule.rrule":
    ends = {"count": rhythm.times, "until": midnight(rhythm.last_day) if rhythm.last_day else None}
    start = midnight(first_day)
    if rhythm.kind is Kind.WEEKLY:
        return rrule.rrule(rrule.WEEKLY, dtstart=start, interval=rhythm.every, **ends)
    monthly = {"dtstart": start, "interval": rhythm.every, **ends}
    if rhythm.kind is Kind.MONTH_WEEKDAY:
        which = rrule.weekday(first_day.weekday(), nth_of_month(first_day))
        return rrule.rrule(rrule.MONTHLY, byweekday=which, **monthly)
    if first_day.day <= SHORTEST_MONTH:
        return rrule.rrule(rrule.MONTHLY, bymonthday=first_day.day, **monthly)
    days = range(SHORTEST_MONTH, first_day.day + 1)
    return rrule.rrule(rrule.MONTHLY, bymonthday=days, bysetpos=-1, **monthly)


def midnight(day: date) -> datetime:
    """Naive: the rhythm knows days only."""
    return datetime.combine(day, time())


def nth_of_month(day: date) -> int:
    """1 to 4, or -1 for a fifth."""
    number = (day.day - 1) // 7 + 1
    return number if number <= 4 else -1


def rest_of(rhythm: Rhythm, gone: int) -> Rhythm:
    """What is left of a rhythm once so many of its dates are gone."""
    return rhythm if rhythm.times is None else replace(rhythm, times=max(1, rhythm.times - gone))


WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
WHICH = {1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), -1: _("last")}


def words_of_rhythm(rhythm: Rhythm, first_day: date) -> Text:
    """How it repeats, without its end."""
    every = rhythm.every
    if rhythm.kind is Kind.WEEKLY:
        return _("Every week") if every == 1 else n_("Every %(n)s week", "Every %(n)s weeks", every)
    if rhythm.kind is Kind.MONTH_DAY:
        day = first_day.day
        if every == 1:
            return _("Every month on day %(day)s", day=day)
        return n_("Every %(n)s month on day %(day)s", "Every %(n)s months on day %(day)s", every, day=day)
    named = {"which": WHICH[nth_of_month(first_day)], "weekday": WEEKDAYS[first_day.weekday()]}
    if every == 1:
        return _("Every month on the %(which)s %(weekday)s", **named)
    return n_(
        "Every %(n)s month on the %(which)s %(weekday)s",
        "Every %(n)s months on the %(which)s %(weekday)s",
        every,
        **named,
    )

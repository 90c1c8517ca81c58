"""The rhythm against a sum that knows nothing of it, across both changes of the clocks."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookwidget.bookings.series_rules import Kind, Rhythm, check_rhythm, days_from, days_of, words_of_rhythm
from bookwidget.kernel.errors import Refused
from bookwidget.schedule.rules import existing_instant, wall_time

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(800)]
"""With four changes of the clocks in it."""


def months_since(first: date, day: date) -> int:
    return 12 * (day.year - first.year) + day.month - first.month


def belongs(kind: Kind, every: int, first: date, day: date) -> bool:
    """Plainly, for one day of the calendar."""
    last = monthrange(day.year, day.month)[1]
    if kind is Kind.WEEKLY:
        return (day - first).days % (7 * every) == 0
    if months_since(first, day) % every:
        return False
    if kind is Kind.MONTH_DAY:
        return day.day == min(first.day, last)
    if day.weekday() != first.weekday():
        return False
    is_fifth = first.day > 28
    return day.day + 7 > last if is_fifth else (day.day - 1) // 7 == (first.day - 1) // 7


@given(
    kind=st.sampled_from(Kind),
    every=st.integers(1, 6),
    first=st.dates(YEAR[0], YEAR[300]),
    times=st.none() | st.integers(2, 60),
    last=st.none() | st.integers(1, 500),
    since=st.integers(-30, 200),
    length=st.integers(0, 400),
)
def test_days_are_those_of_a_plain_sum(
    *, kind: Kind, every: int, first: date, times: int | None, last: int | None, since: int, length: int
) -> None:
    last_day = first + timedelta(days=last) if last and not times else None
    plain = [day for day in YEAR if day >= first and belongs(kind, every, first, day)][:times]
    plain = [day for day in plain if last_day is None or day <= last_day]
    start = first + timedelta(days=since)
    end = start + timedelta(days=length)
    rhythm = Rhythm(kind, every, times, last_day)
    check_rhythm(rhythm, first)
    shown = [day for day in plain if start <= day <= min(end, YEAR[-1])]
    assert [day for day in days_of(rhythm, first, start, end) if day <= YEAR[-1]] == shown
    assert (
        days_from(rhythm, first, start, 2)[: len(plain)] == [day for day in plain if day >= start][:2] or end > YEAR[-1]
    )


@given(first=st.dates(YEAR[0], YEAR[360]), minute=st.integers(0, 95).map(lambda n: 15 * n), every=st.integers(1, 4))
def test_b9_the_clock_shows_the_same_time_all_the_year(*, first: date, minute: int, every: int) -> None:
    for day in days_of(Rhythm(Kind.WEEKLY, every), first, first, first + timedelta(days=380)):
        instant = existing_instant(wall_time(day, minute), BERLIN)
        shown = spelled(day, minute)
        assert instant == (min(shown) if shown else None), "left out only where no clock shows it"


def spelled(day: date, minute: int) -> list[datetime]:
    """All instants at which a clock in Berlin shows this, found by trying both of its distances from UTC."""
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    tried = [(wall - timedelta(hours=hours)).replace(tzinfo=UTC) for hours in (1, 2)]
    return [instant for instant in tried if instant.astimezone(BERLIN).replace(tzinfo=None) == wall]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"every": 0}, "repeat"),
        ({"every": -1}, "repeat"),
        ({"every": 53}, "repeat"),
        ({"times": 10_000}, "repeat_times"),
        ({"times": 0}, "repeat_times"),
        ({"times": 1}, "repeat_times"),
        ({"last_day": date(2026, 11, 23)}, "repeat_until"),
        ({"last_day": date(2099, 1, 1)}, "repeat_until"),
        ({"times": 3, "last_day": date(2026, 12, 24)}, "repeat_until"),
    ],
)
def test_what_is_no_rhythm_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        check_rhythm(Rhythm(Kind.WEEKLY, **changes), date(2026, 11, 24))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "every", "words"),
    [
        (Kind.WEEKLY, 1, "Every week"),
        (Kind.WEEKLY, 2, "Every 2 weeks"),
        (Kind.MONTH_DAY, 1, "Every month on day 24"),
        (Kind.MONTH_WEEKDAY, 1, "Every month on the fourth Tuesday"),
        (Kind.MONTH_WEEKDAY, 2, "Every 2 months on the fourth Tuesday"),
    ],
)
def test_words(kind: Kind, every: int, words: str) -> None:
    assert str(words_of_rhythm(Rhythm(kind, every), date(2026, 11, 24))) == words

"""Free times against a slow, obvious model, and on the two odd days of the year."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.rules import (
    DaysOff,
    Hours,
    Need,
    OccurrenceKey,
    Span,
    TimeKey,
    day_starts_at,
    free_starts,
    hours_of,
    instant_of,
    is_off,
    merged,
    parse_slot_key,
    wall_time,
)

LONDON, LORD_HOWE, APIA = ZoneInfo("Europe/London"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""Sundays on which London's clock jumps from 01:00 to 02:00, and back from 02:00 to 01:00."""
EARLY = datetime(2000, 1, 1, tzinfo=UTC)
PROVIDER = UUID(int=1)
MINUTE = timedelta(minutes=1)


def shown(instants: list[datetime], zone: ZoneInfo = LONDON) -> list[str]:
    return [instant.astimezone(zone).strftime("%H:%M") for instant in instants]


def night(day: date, need: Need, zone: ZoneInfo = LONDON, busy: tuple[Span, ...] = ()) -> list[datetime]:
    """Free times of a business that is open from midnight to four."""
    return free_starts(need, [Hours(None, day.weekday(), 0, 240)], [day], zone, busy=busy, earliest=EARLY)


def test_the_hour_that_does_not_exist_is_never_offered() -> None:
    assert shown(night(SPRING, Need(30))) == ["00:00", "00:30", "02:00", "02:30", "03:00", "03:30"]


def test_an_appointment_lasts_its_real_time_across_the_jump() -> None:
    starts = night(SPRING, Need(60))
    assert shown(starts) == ["00:00", "00:30", "02:00", "02:30", "03:00"]
    assert shown([starts_at + 60 * MINUTE for starts_at in starts])[:3] == ["02:00", "02:30", "03:00"]


def test_the_hour_that_exists_twice_is_offered_once_at_its_first_instant() -> None:
    starts = night(AUTUMN, Need(30))
    assert shown(starts) == ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    assert [starts_at.hour for starts_at in starts[2:5]] == [0, 0, 2]  # UTC: its second pass is not offered


def test_a_time_taken_on_the_first_pass_is_gone() -> None:
    first_pass = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert "01:00" not in shown(night(AUTUMN, Need(30), busy=((first_pass, first_pass + 30 * MINUTE),)))


def test_a_stretch_that_opens_inside_the_gap_opens_at_its_end() -> None:
    starts = free_starts(Need(30), [Hours(None, 6, 75, 180)], [SPRING], LONDON, busy=(), earliest=EARLY)
    assert shown(starts) == ["02:15"]  # the grid stays on the wall clock: 01:15, 01:45, 02:15, 02:45


def test_a_jump_of_half_an_hour() -> None:
    day = date(2026, 10, 4)  # 02:00 becomes 02:30
    assert shown(night(day, Need(30), LORD_HOWE), LORD_HOWE)[3:6] == ["01:30", "02:30", "03:00"]


def test_a_day_that_does_not_exist_has_no_length() -> None:
    skipped = date(2011, 12, 30)
    assert day_starts_at(skipped, APIA) == day_starts_at(date(2011, 12, 31), APIA)
    assert night(skipped, Need(30), APIA) == []


def test_stretches_that_meet_at_midnight_are_one() -> None:
    hours = [Hours(None, 0, 1320, 1440), Hours(None, 1, 0, 120)]
    days = [date(2026, 11, 23), date(2026, 11, 24)]
    assert "23:00" in shown(free_starts(Need(90), hours, days, LONDON, busy=(), earliest=EARLY))
    assert "23:00" not in shown(free_starts(Need(90), hours, days[:1], LONDON, busy=(), earliest=EARLY))


def test_own_hours_replace_the_general_ones_altogether() -> None:
    general, own, foreign = Hours(None, 0, 0, 60), Hours(PROVIDER, 1, 0, 60), Hours(UUID(int=2), 2, 0, 60)
    assert hours_of(PROVIDER, [general, own, foreign]) == [own]
    assert hours_of(PROVIDER, [general, foreign]) == [general]


def test_days_off_of_one_and_of_everybody() -> None:
    off = [DaysOff(PROVIDER, date(2026, 1, 1), date(2026, 1, 2)), DaysOff(None, date(2026, 1, 4), date(2026, 1, 4))]
    assert [is_off(PROVIDER, date(2026, 1, day), off) for day in range(1, 6)] == [True, True, False, True, False]
    assert not is_off(UUID(int=2), date(2026, 1, 1), off)


def model(need: Need, hours: list[Hours], days: list[date], zone: ZoneInfo, busy: list[Span]) -> list[datetime]:
    """Walks through every real minute and asks the clock on the wall."""
    first, last = day_starts_at(min(days), zone), day_starts_at(max(days) + timedelta(days=1), zone)
    minutes = [first - 300 * MINUTE + n * MINUTE for n in range((last - first) // MINUTE + 600)]
    seen: set[datetime] = set()
    first_instants: dict[datetime, datetime] = {}
    for minute in minutes:
        wall = minute.astimezone(zone).replace(tzinfo=None, fold=0)
        if wall not in seen:
            seen.add(wall)
            first_instants[wall] = minute
    opened: set[datetime] = set()
    grid: set[datetime] = set()
    for day in days:
        for row in hours:
            if row.weekday == day.weekday():
                opens, closes = wall_time(day, row.opens), wall_time(day, row.closes)
                from_, to = (min(at for wall, at in first_instants.items() if wall >= edge) for edge in (opens, closes))
                opened |= {minute for minute in minutes if from_ <= minute < to}
                steps = {wall_time(day, minute) for minute in range(row.opens, row.closes, need.step)}
                grid |= {first_instants[wall] for wall in steps if wall in first_instants}
    taken = {minute for minute in minutes for starts_at, ends_at in busy if starts_at <= minute < ends_at}
    return [
        start
        for start in sorted(grid)
        if all(start + n * MINUTE in opened for n in range(need.minutes))
        and not any(start + n * MINUTE in taken for n in range(-need.minutes_before, need.minutes + need.minutes_after))
    ]


odd_days = st.sampled_from([SPRING, AUTUMN, date(2026, 11, 24)])
needs = st.builds(
    Need, st.integers(5, 150), st.integers(0, 40), st.integers(0, 40), st.sampled_from([10, 15, 30, 45, 60])
)


@st.composite
def stretches(draw: st.DrawFn, weekday: int) -> Hours:
    opens = draw(st.integers(0, 1380))
    return Hours(None, weekday, opens, draw(st.integers(opens + 1, min(1440, opens + 400))))


@settings(deadline=None)
@given(st.data(), odd_days, needs, st.sampled_from([LONDON, ZoneInfo("Asia/Dubai")]))
def test_the_sweep_finds_what_the_slow_model_finds(data: st.DataObject, day: date, need: Need, zone: ZoneInfo) -> None:
    hours = data.draw(st.lists(stretches(day.weekday()), max_size=3))
    starts = data.draw(st.lists(st.tuples(st.integers(-60, 1500), st.integers(1, 300)), max_size=5))
    midnight = day_starts_at(day, zone)
    busy = [(midnight + start * MINUTE, midnight + (start + length) * MINUTE) for start, length in starts]
    assert free_starts(need, hours, [day], zone, busy=busy, earliest=EARLY) == model(need, hours, [day], zone, busy)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 50)), max_size=12))
def test_merged_spans_are_disjoint_and_cover_the_same(pairs: list[tuple[int, int]]) -> None:
    spans = [(EARLY + start * MINUTE, EARLY + (start + length) * MINUTE) for start, length in pairs]
    result = merged(spans)
    assert all(before[1] < after[0] for before, after in pairwise(result))

    def covered(some: list[Span]) -> set[int]:
        return {n for n in range(260) for starts_at, ends_at in some if starts_at <= EARLY + n * MINUTE < ends_at}

    assert covered(result) == covered(spans)


def test_nothing_is_offered_before_the_earliest_time() -> None:
    earliest = datetime(2026, 11, 24, 1, 1, tzinfo=UTC)
    hours = [Hours(None, 1, 0, 180)]
    starts = free_starts(Need(30), hours, [date(2026, 11, 24)], LONDON, busy=(), earliest=earliest)
    assert shown(starts) == ["01:30", "02:00", "02:30"]


def test_slot_keys_are_read_back() -> None:
    for key in (OccurrenceKey(uuid7()), TimeKey(uuid7(), datetime(2026, 11, 24, 9, 30, tzinfo=UTC))):
        assert parse_slot_key(str(key)) == key


HEX = "01a20400f9897e5b8e2429e9c035f3b8"


@pytest.mark.parametrize(
    "key",
    ["", "o-", f"o-{HEX}0", f"O-{HEX}", f"o-{HEX.upper()}", f"o-{HEX}\n", f"t-{HEX}", f"t-{HEX}-", f"t-{HEX}-007",
     f"t-{HEX}--5", f"t-{HEX}-1e5", f"t-{HEX}-9999999999", f"t-{HEX}-١٢٣", f" o-{HEX}", f"o-{HEX}-1", "x" * 10_000],
)  # fmt: skip
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_slot_key(key)
    assert refused.value.field == "slot"


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_key_of_ours_or_refused(text: str) -> None:
    with suppress(Refused):
        assert str(parse_slot_key(text)) == text


@pytest.mark.parametrize(
    "zone", ["Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia"]
)
@settings(deadline=None)
@given(day=st.dates(date(2005, 1, 1), date(2035, 12, 30)))
def test_days_follow_each_other_without_a_gap(zone: str, day: date) -> None:
    where = ZoneInfo(zone)
    midnights = [day_starts_at(day + timedelta(days=n), where) for n in range(2)]
    assert midnights[0] <= midnights[1] <= midnights[0] + timedelta(hours=25)
    assert instant_of(wall_time(day, 1440), where) == midnights[1]

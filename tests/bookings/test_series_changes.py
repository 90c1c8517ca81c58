"""This date of a series or all later ones: cancelling, undoing, moving, postponing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bookwidget.bookings.series_rules import Kind, Rhythm
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.schedule.models import TimeOff
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events
from tests.bookings.racing import Call, Part, Runners
from tests.bookings.repeating import REPEATS, TEN, WEEK, codes, dates, key_at, start, weeks
from tests.bookings.test_series import work
from tests.factories import World

POSTPONABLE: dict[str, Any] = {**REPEATS, "bookings.postpone_allowed": True}
HOUR = timedelta(hours=1)


def settle(world: World, **settings: Any) -> None:
    with world.database.session(world.tenant_id) as session, writing(session):
        session.get_one(Tenant, world.tenant_id).settings = {**REPEATS, **settings}


@pytest.fixture
def five(yoga: World) -> World:
    """Ada has five future dates, weekly, and the business lets its customers book series."""
    settle(yoga)
    start(yoga)
    return yoga


def loud(world: World, kind: str) -> list[dict[str, Any]]:
    """What those events tell that send mails."""
    return [event.facts["after"] for event in events(world, kind) if not event.facts["after"].get("quiet")]


def test_b9_just_one_leaves_four(five: World) -> None:
    Acting(five).cancel_booking(codes(five)[1])
    assert dates(five) == weeks(0, 2, 3, 4)
    work(five, five.now + timedelta(days=8))
    assert dates(five) == weeks(0, 2, 3, 4, 5), "the series goes on, and does not fill the hole"


def test_b9_all_leaves_none_and_the_past_untouched(five: World) -> None:
    now = TEN + 2 * WEEK - timedelta(days=2)
    ada = Acting(five, now=now)
    plan = ada.plan_cancel(codes(five)[2])
    assert [row.starts_at for row in plan.going] == weeks(2, 3, 4)
    ada.cancel_series(codes(five)[2], reason="Moving away", seen=plan.seen)
    assert dates(five) == weeks(0, 1)
    assert dates(five, "cancelled") == weeks(2, 3, 4)
    assert len(events(five, "booking.cancelled")) == 3
    [told] = loud(five, "booking.cancelled")
    assert told["reason"] == "Moving away"
    assert [one["starts_at"] for one in told["dates"]] == [at.isoformat() for at in weeks(3, 4)]
    work(five, now + timedelta(days=60))
    assert dates(five) == weeks(0, 1), "no new dates either"


def test_b9_a_second_press_changes_nothing_and_a_stale_form_is_refused(five: World) -> None:
    ada, code = Acting(five), codes(five)[0]
    seen = ada.plan_cancel(code).seen
    Acting(five).cancel_booking(codes(five)[3])
    with pytest.raises(Refused):
        ada.cancel_series(code, seen=seen)
    assert len(dates(five)) == 4
    seen = ada.plan_cancel(code).seen
    for _press in range(2):
        ada.cancel_series(code, seen=seen)
    assert len(events(five, "booking.cancelled")) == 5


def test_b9_a_second_press_is_the_same_where_the_rest_of_the_series_was_moved_away(five: World) -> None:
    ada = Acting(five)
    ada.move_series(codes(five)[2], key_at(five, TEN + 2 * WEEK + HOUR), moves=None, seen=None)
    first = codes(five)[1]
    ada.cancel_series(first, seen=None)
    left = dates(five)
    assert ada.cancel_series(first, seen=None).going == ()
    assert dates(five) == left
    assert left == [TEN, *(at + HOUR for at in weeks(2, 3, 4))]


def test_b9_a_second_press_is_the_same_where_this_one_stays_and_the_rest_was_moved_away(five: World) -> None:
    ada = Acting(five, now=TEN - HOUR)
    ada.move_series(codes(five)[2], key_at(five, TEN + 2 * WEEK + HOUR), moves=None, seen=None)
    first = codes(five)[0]
    assert [len(ada.cancel_series(first, seen=None).going) for _press in range(2)] == [1, 0]
    assert dates(five) == [TEN, *(at + HOUR for at in weeks(2, 3, 4))], "what begins in an hour stays"


def test_b9_what_lies_inside_the_notice_stays_and_says_why(five: World) -> None:
    settle(five, **{"bookings.cancel_allowed": False})
    with pytest.raises(Denied):
        Acting(five).cancel_series(codes(five)[0], seen=None)
    settle(five, **{"bookings.cancel_notice_hours": 24 * 10})
    ada, code = Acting(five), codes(five)[0]
    plan = ada.plan_cancel(code)
    [(row, why)] = plan.staying
    assert (row.starts_at, str(why)[:18]) == (TEN, "Free cancellation ")
    ada.cancel_series(code, seen=plan.seen)
    assert dates(five) == weeks(0)


def test_b9_undo_restores_all_of_that_cancellation_and_no_other(five: World) -> None:
    ada, all_codes = Acting(five), codes(five)
    ada.cancel_booking(all_codes[4])
    ada.cancel_series(all_codes[1], seen=None)
    assert dates(five) == weeks(0)
    late = Acting(five, now=five.now + timedelta(minutes=9))
    assert late.undo_cancel(all_codes[1]) == late.undo_cancel(all_codes[1])
    assert dates(five) == weeks(0, 1, 2, 3)
    assert len(events(five, "booking.restored")) == 3
    assert len(loud(five, "booking.restored")) == 1
    work(five, five.now + timedelta(days=8))
    assert dates(five) == weeks(0, 1, 2, 3, 5), "the series goes on"


def test_b9_undone_it_goes_on_though_the_worker_came_by_meanwhile(five: World) -> None:
    due = five.now + WEEK
    Acting(five, now=due - timedelta(minutes=5)).cancel_series(codes(five)[1], seen=None)
    work(five, due)
    Acting(five, now=due + timedelta(minutes=4)).undo_cancel(codes(five)[1])
    work(five, due + timedelta(days=1))
    assert dates(five) == weeks(0, 1, 2, 3, 4, 5)


def test_b9_undo_is_over_for_all_when_it_is_over(five: World) -> None:
    Acting(five).cancel_series(codes(five)[0], seen=None)
    with pytest.raises(Denied):
        Acting(five, now=five.now + timedelta(minutes=10)).undo_cancel(codes(five)[0])
    assert dates(five) == []


def test_b9_move_all_later_ones_to_another_weekday_and_time(five: World) -> None:
    ada, code = Acting(five), codes(five)[1]
    target = TEN + WEEK + timedelta(days=2, hours=4)
    plan = ada.plan_move(code, key_at(five, target, "tom"))
    assert str(plan.words) == "Every week"
    assert [at for _row, at in plan.going] == [target + n * WEEK for n in range(4)]
    for _press in range(2):
        ada.move_series(code, key_at(five, target, "tom"), moves=0, seen=plan.seen if _press == 0 else None)
    moved = [target + n * WEEK for n in range(4)]
    assert dates(five) == [TEN, *moved]
    assert {Acting(five).read_booking(code).provider for code in codes(five)[1:]} == {"Tomas Reyl"}
    assert len(events(five, "booking.moved")) == 4
    [told] = loud(five, "booking.moved")
    assert [one["starts_at"] for one in told["dates"]] == [at.isoformat() for at in moved[1:]]
    work(five, five.now + timedelta(days=10))
    assert dates(five) == [TEN, *moved, target + 4 * WEEK], "new dates follow the new rhythm"


def test_b9_the_second_press_is_answered_like_the_first_although_it_was_the_last_move(five: World) -> None:
    settle(five, **{"bookings.max_moves": 1})
    ada, code, key = Acting(five), codes(five)[1], key_at(five, TEN + WEEK + HOUR)
    for _press in range(2):
        ada.move_series(code, key, moves=0, seen=None)
    assert dates(five) == [TEN, *(at + HOUR for at in weeks(1, 2, 3, 4))]
    assert len(events(five, "booking.moved")) == 4


def test_b9_dates_that_are_not_free_are_named_and_stay(five: World) -> None:
    target = TEN + timedelta(days=1)
    factories.make_appointment(five, starts_at=target + 2 * WEEK, customer="ben")
    five.add(TimeOff(provider_id=five.ids["mara"], first_day=date(2026, 12, 30), last_day=date(2026, 12, 30)))
    ada, code = Acting(five), codes(five)[0]
    plan = ada.plan_move(code, key_at(five, target))
    assert [(row.starts_at, str(why)) for row, why in plan.staying] == [
        (TEN + 2 * WEEK, "The new time is taken."),
        (TEN + 4 * WEEK, "Nobody is there at the new time."),
    ]
    ada.move_series(code, key_at(five, target), moves=0, seen=plan.seen)
    day = timedelta(days=1)
    assert dates(five) == [TEN + day, TEN + WEEK + day, TEN + 2 * WEEK, TEN + 3 * WEEK + day, TEN + 4 * WEEK]


def test_b9_the_dates_may_take_each_other_s_places(five: World) -> None:
    ada, code = Acting(five), codes(five)[0]
    ada.move_series(code, key_at(five, TEN + timedelta(minutes=30)), moves=0, seen=None)
    assert dates(five) == [at + timedelta(minutes=30) for at in weeks(0, 1, 2, 3, 4)]
    ada.move_series(code, key_at(five, TEN + WEEK + timedelta(minutes=30)), moves=1, seen=None)
    assert dates(five) == [at + timedelta(minutes=30) for at in weeks(1, 2, 3, 4, 5)]


def test_b9_nothing_moves_when_something_changed_since_it_was_seen(five: World) -> None:
    ada, code, target = Acting(five), codes(five)[0], TEN + HOUR
    seen = ada.plan_move(code, key_at(five, target)).seen
    factories.make_appointment(five, starts_at=target + 3 * WEEK + HOUR / 2, customer="ben")
    with pytest.raises(Refused):
        ada.move_series(code, key_at(five, target), moves=0, seen=seen)
    assert dates(five) == weeks(0, 1, 2, 3, 4)
    with pytest.raises(Refused):
        ada.move_series(code, key_at(five, TEN - timedelta(days=14)), moves=0, seen=None)
    with pytest.raises(Refused):
        ada.move_series(code, "x", moves=0, seen=None)


def test_b10_a_series_takes_no_place_before_the_day_and_then_follows_its_rhythm(five: World) -> None:
    settle(five, **{"bookings.postpone_allowed": True})
    ada, code, day = Acting(five), codes(five)[0], date(2027, 1, 9)
    plan = ada.plan_postpone(code, day)
    assert [row.starts_at for row in plan.going] == weeks(0, 1, 2, 3, 4)
    assert plan.next_at == TEN + 6 * WEEK
    for _press in range(2):
        ada.postpone_series(code, day, seen=plan.seen)
    assert dates(five) == []
    assert len(events(five, "booking.postponed")) == 5
    [told] = loud(five, "booking.postponed")
    assert (told["resumes_on"], told["next_at"]) == ("2027-01-09", (TEN + 6 * WEEK).isoformat())
    for days in (8, 15, 22):
        work(five, five.now + timedelta(days=days))
    assert dates(five) == weeks(6, 7)


def test_b10_undoing_brings_back_what_was_postponed(five: World) -> None:
    settle(five, **{"bookings.postpone_allowed": True})
    ada, code = Acting(five), codes(five)[0]
    ada.postpone_series(code, date(2026, 12, 20), seen=None)
    assert dates(five) == weeks(3, 4)
    ada.undo_cancel(code)
    assert dates(five) == weeks(0, 1, 2, 3, 4)
    assert ada.read_series(ada.read_booking(code)).resumes_at is None


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2026, 1, 1), date(2050, 1, 1)])
def test_b10_a_day_that_is_none_is_refused(five: World, day: date) -> None:
    settle(five, **{"bookings.postpone_allowed": True})
    with pytest.raises(Refused):
        Acting(five).postpone_series(codes(five)[0], day, seen=None)


def test_a_single_booking_is_no_series(yoga: World) -> None:
    code = factories.make_appointment(yoga, starts_at=TEN).code
    assert Acting(yoga).read_series(Acting(yoga).read_booking(code)) is None
    for name in ("plan_cancel", "plan_move"):
        with pytest.raises(Missing):
            getattr(Acting(yoga), name)(code, *(() if name == "plan_cancel" else (key_at(yoga, TEN),)))


def test_a_month_moves_to_the_new_day_of_each_month(yoga: World) -> None:
    start(yoga, Rhythm(Kind.MONTH_DAY, 1, times=4), **{"bookings.series_days": 120})
    first = codes(yoga)[0]
    Acting(yoga).move_series(first, key_at(yoga, datetime.fromisoformat("2026-12-03T10:00+00:00")), moves=0, seen=None)
    assert [(at.month, at.day) for at in dates(yoga)] == [(12, 3), (1, 1), (2, 3), (3, 3)]
    assert "Nobody" not in {Acting(yoga).read_booking(code).provider for code in codes(yoga)}


@pytest.fixture
def runners() -> Iterator[Runners]:
    found = Runners()
    yield found
    found.end()


def test_many_at_once_cancel_undo_and_move_one_series(five: World, runners: Runners) -> None:
    """Nobody waits in a circle, and every place is counted once."""
    ada, all_codes = five.ids["ada"], codes(five)
    calls: list[Call] = []
    later = TEN + WEEK + HOUR
    for n in range(4):
        calls += [
            ("cancel_series", ada, (all_codes[n % 3],), {"seen": None}),
            ("undo_cancel", ada, (all_codes[n % 5],), {}),
            (
                "move_series",
                ada,
                (all_codes[1], key_at(five, later + n * HOUR)),
                {"moves": None, "seen": None},
            ),
            ("cancel_booking", ada, (all_codes[4 - n],), {}),
        ]
    outcomes = runners.race(Part(five.database.url, five.tenant_id, five.now, calls, threads=4))
    assert set(outcomes) <= {"done", "Denied", "Refused"}, outcomes
    live, gone = dates(five), dates(five, "cancelled")
    assert len(live) + len(gone) == 5
    counted = len(events(five, "booking.cancelled")) - len(events(five, "booking.restored"))
    assert counted == len(gone)

"""Appointments that repeat: their dates, made once only, and what cannot be had is left out and told."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bookwidget.bookings import series, series_work
from bookwidget.bookings.actions import NewTicket
from bookwidget.bookings.series_rules import Kind, Rhythm
from bookwidget.catalog.models import Service
from bookwidget.events.jobs import Services
from bookwidget.events.models import Job
from bookwidget.events.worker import Worker
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.schedule.models import TimeOff
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events
from tests.bookings.repeating import REPEATS, TEN, WEEK, WEEKLY, codes, dates, key_at, left_out, start, weeks
from tests.factories import World

assert series_work.EXTEND == series.EXTEND


@pytest.fixture
def allowed(yoga: World) -> World:
    """The business lets its customers book series."""
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, yoga.tenant_id).settings = REPEATS
    return yoga


def work(world: World, now: datetime) -> None:
    """A worker's life until nothing is due."""
    worker = Worker(world.database, Services(), lambda: now)
    while worker.run_once(threading.Event()):
        pass


def test_b9_each_date_is_an_ordinary_booking(yoga: World) -> None:
    first = start(yoga)
    assert dates(yoga) == weeks(0, 1, 2, 3, 4)
    assert first.starts_at == TEN
    assert first.note == "The blue room"
    made = events(yoga, "booking.made")
    assert [event.facts["after"].get("quiet", False) for event in made].count(False) == 1
    [told] = [event.facts["after"] for event in made if event.booking_id == first.id]
    assert [date["starts_at"] for date in told["dates"]] == [at.isoformat() for at in weeks(1, 2, 3, 4)]
    assert told["left_out"] == []
    read = Acting(yoga).read_booking(first.code)
    assert Acting(yoga).read_series(read).next[1].starts_at == TEN + WEEK


def test_a_taken_time_and_a_day_off_are_left_out_and_told(yoga: World) -> None:
    factories.make_appointment(yoga, starts_at=TEN + WEEK + timedelta(minutes=30), customer="ben")
    yoga.add(TimeOff(provider_id=yoga.ids["mara"], first_day=date(2026, 12, 14), last_day=date(2026, 12, 16)))
    first = start(yoga)
    assert dates(yoga) == weeks(0, 3, 4)
    assert left_out(yoga) == [(date(2026, 12, 8), "taken"), (date(2026, 12, 15), "closed")]
    [told] = [event.facts["after"] for event in events(yoga, "booking.made") if event.booking_id == first.id]
    assert [(one["starts_at"], one["why"]) for one in told["left_out"]] == [
        ((TEN + WEEK).isoformat(), "taken"),
        ((TEN + 2 * WEEK).isoformat(), "closed"),
    ]
    shown = Acting(yoga).read_series(first)
    assert [(one.at, one.why) for one in shown.left_out] == [(TEN + WEEK, "taken"), (TEN + 2 * WEEK, "closed")]


def test_it_is_off_unless_the_business_wants_it_and_staff_may(yoga: World) -> None:
    massage, key = yoga.ids["massage"], key_at(yoga, TEN)
    for name in ("plan_series", "start_series"):
        with pytest.raises(Denied):
            getattr(Acting(yoga), name)(massage, key, WEEKLY)
    assert dates(yoga) == []
    ticket = NewTicket("Mia", is_child=True, age=9)
    Acting(yoga, "owner").start_series(massage, key, WEEKLY, ticket=ticket, customer_id=yoga.ids["ada"])
    assert len(dates(yoga)) == 8
    assert [event.actor_kind for event in events(yoga, "booking.made")] == ["member"] * 8


@pytest.mark.parametrize(
    "rhythm", [Rhythm(Kind.WEEKLY, 0), Rhythm(Kind.WEEKLY, 1, 10_000), Rhythm(Kind.WEEKLY, last_day=date(2026, 1, 1))]
)
def test_a_crafted_rule_is_refused_and_nothing_is_booked(yoga: World, rhythm: Rhythm) -> None:
    with pytest.raises(Refused):
        start(yoga, rhythm)
    assert dates(yoga) == []
    assert not events(yoga, "booking.made")


def test_it_ends_by_number_and_by_day(yoga: World) -> None:
    start(yoga, Rhythm(Kind.WEEKLY, 2, times=2))
    start(yoga, Rhythm(Kind.WEEKLY, 1, last_day=date(2026, 12, 9)), at=TEN + timedelta(hours=3))
    assert dates(yoga) == sorted([*weeks(0, 2), *(at + timedelta(hours=3) for at in weeks(0, 1))])
    assert all(Acting(yoga).read_series(Acting(yoga).read_booking(code)).is_ended for code in codes(yoga))


def test_the_worker_makes_the_next_dates_once_only(allowed: World) -> None:
    start(allowed)
    for days in (1, 1, 8, 8, 9):
        work(allowed, allowed.now + timedelta(days=days))
    assert dates(allowed) == weeks(0, 1, 2, 3, 4, 5)
    assert len(events(allowed, "booking.made")) == 6


def test_what_the_worker_cannot_book_it_tells_once(allowed: World) -> None:
    start(allowed)
    factories.make_appointment(allowed, starts_at=TEN + 5 * WEEK, customer="ben")
    for days in (8, 9, 16):
        work(allowed, allowed.now + timedelta(days=days))
    assert dates(allowed) == weeks(0, 1, 2, 3, 4, 6)
    [event] = events(allowed, "series.date_left_out")
    assert (event.customer_id, event.facts["after"]["why"]) == (allowed.ids["ada"], "taken")
    assert event.facts["after"]["starts_at"] == (TEN + 5 * WEEK).isoformat()


def test_a_worker_that_is_killed_in_the_middle_makes_none_twice(
    allowed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(allowed, **{"bookings.series_days": 7})
    make, calls = series.make_date, []

    def dies(*values: Any) -> Any:
        calls.append(values)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return make(*values)

    monkeypatch.setattr(series, "make_date", dies)
    due = allowed.now + WEEK
    with pytest.raises(KeyboardInterrupt):
        work(allowed, due)
    assert dates(allowed) == weeks(0)
    work(allowed, due + timedelta(minutes=5))
    assert dates(allowed) == weeks(0, 1, 2, 3, 4, 5)
    assert len(calls) == 7


def test_the_key_of_series_and_day_stops_even_who_does_not_look(yoga: World) -> None:
    first = start(yoga)
    scope = yoga.staff_scope()
    with scope.session, writing(scope.session):
        facts = series.read_facts(scope, first.series_id)
        service = series.read_service(scope, facts.service_id)
        with pytest.raises(IntegrityError), scope.session.begin_nested():
            series.make_dates(scope, facts, service, [series.PlannedDate(TEN.date(), TEN, "taken")])


def test_what_is_no_longer_offered_gets_no_further_dates(allowed: World) -> None:
    start(allowed)
    with allowed.database.session(allowed.tenant_id) as session, writing(session):
        session.execute(update(Service).values(is_active=False))
    work(allowed, allowed.now + timedelta(days=30))
    assert dates(allowed) == weeks(0, 1, 2, 3, 4)


def test_an_ended_series_asks_for_no_more_work(allowed: World) -> None:
    start(allowed, Rhythm(Kind.WEEKLY, 1, times=3))
    with allowed.database.session(allowed.tenant_id) as session:
        assert session.query(Job).filter(Job.kind == series.EXTEND).count() == 0


def test_the_wall_time_stays_across_the_change_of_the_clocks(yoga: World) -> None:
    """London goes forward on 28 March 2027."""
    at = datetime(2027, 3, 16, 10, 0, tzinfo=UTC)
    ada = Acting(yoga, now=datetime(2027, 3, 1, 9, 0, tzinfo=UTC), settings=REPEATS)
    ada.start_series(yoga.ids["massage"], key_at(yoga, at), Rhythm(Kind.WEEKLY, 1, times=3))
    assert [found.hour for found in dates(yoga)] == [10, 10, 9]


def test_strangers_find_no_series(yoga: World, other: World) -> None:
    first = start(yoga)
    for stranger in (Acting(yoga, "ben"), Acting(other)):
        for name in ("plan_cancel", "cancel_series"):
            with pytest.raises(Missing):
                getattr(stranger, name)(first.code, **({"seen": None} if name == "cancel_series" else {}))
    assert dates(yoga) == weeks(0, 1, 2, 3, 4)

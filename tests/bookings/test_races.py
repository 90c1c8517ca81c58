"""Many at once, in real processes with real threads: nothing is taken twice, nothing happens twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bookwidget.bookings.models import Booking, Ticket
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.racing import Call, Part, Runners
from tests.factories import World

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    """Started once for all races: a start takes longer than a race."""
    runners = Runners()
    yield runners
    runners.end()


Race = Callable[[list[Call]], Counter[str]]


@pytest.fixture
def race(runners: Runners, yoga: World) -> Race:
    """The outcomes of calls made at once against the test's database."""
    return lambda calls: runners.race(Part(yoga.database.url, yoga.tenant_id, yoga.now, calls, threads=4))


def seats_equal_tickets(world: World) -> bool:
    with world.database.session(world.tenant_id) as session:
        live = (
            select(func.count())
            .select_from(Ticket)
            .join(Booking, Booking.id == Ticket.booking_id)
            .where(Ticket.occurrence_id == Occurrence.id, Booking.status != "cancelled", Ticket.is_cancelled.is_(False))
            .scalar_subquery()
        )
        return not session.execute(select(Occurrence.id).where(Occurrence.seats_taken != live)).all()


def test_K1_the_last_places_go_to_so_many_and_no_more(yoga: World, race: Race) -> None:
    target = factories.make_class(yoga, days=3, capacity=5)
    values = (yoga.ids["flow"], str(OccurrenceKey(target.id)))
    calls: list[Call] = [("book", yoga.ids[who], values, {}) for who in ("ada", "ben") * 20]
    assert race(calls) == {"done": 5, "Refused": 35}
    assert occurrence(yoga, target.id).seats_taken == 5
    assert len(events(yoga, "booking.made")) == 5
    assert seats_equal_tickets(yoga)


def test_K1_a_provider_s_time_goes_to_one(yoga: World, race: Race) -> None:
    keys = [str(TimeKey(yoga.ids["mara"], TEN + timedelta(minutes=30 * n))) for n in range(3)]  # each overlaps each
    calls: list[Call] = [("book", yoga.ids["ben"], (yoga.ids["massage"], keys[n % 3]), {}) for n in range(30)]
    outcomes = race(calls)
    assert outcomes == {"done": 1, "Refused": 29}


def test_B8_identical_cancels_at_once_are_one_event(yoga: World, race: Race) -> None:
    booking = factories.make_booking(yoga, tickets=3)
    calls: list[Call] = [("cancel_booking", yoga.ids["ada"], (booking.code,), {"reason": "ill"}) for _ in range(24)]
    assert race(calls) == {"done": 24}
    assert len(events(yoga, "booking.cancelled")) == 1
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 0


@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_B6_identical_moves_at_once_are_one_event(yoga: World, race: Race, kind: str) -> None:
    if kind == "class":
        booking = factories.make_booking(yoga, tickets=2)
        key = str(OccurrenceKey(factories.make_class(yoga, days=5).id))
    else:
        booking = factories.make_appointment(yoga, starts_at=TEN)
        key = str(TimeKey(yoga.ids["tom"], TEN))
    calls: list[Call] = [("move_booking", yoga.ids["ada"], (booking.code, key), {"moves": 0}) for _ in range(24)]
    assert race(calls) == {"done": 24}
    assert len(events(yoga, "booking.moved")) == 1
    assert Acting(yoga).read_booking(booking.code).moves == 1
    assert seats_equal_tickets(yoga)


def test_B6_customers_who_swap_places_do_not_wait_for_each_other_for_ever(yoga: World, race: Race) -> None:
    """Both ways at once, over and over: classes by their ids, appointments by their providers."""
    classes = [factories.make_class(yoga, days=days, capacity=30) for days in (3, 4)]
    keys = [str(OccurrenceKey(one.id)) for one in classes]
    calls: list[Call] = []
    for n in range(12):
        booking = factories.make_booking(yoga, occurrence=classes[n % 2])
        calls.append(("move_booking", yoga.ids["ada"], (booking.code, keys[1 - n % 2]), {"moves": 0}))
    for n in range(6):
        here, there = ("mara", "tom") if n % 2 else ("tom", "mara")
        at = TEN + timedelta(hours=1, days=n // 2)
        at += timedelta(days=2) if at.weekday() >= 5 else timedelta()
        booking = factories.make_appointment(yoga, starts_at=at, provider=here)
        key = str(TimeKey(yoga.ids[there], at + timedelta(minutes=90)))
        calls.append(("move_booking", yoga.ids["ada"], (booking.code, key), {"moves": 0}))
    outcomes = race(calls)
    assert outcomes["done"] + outcomes["Refused"] == len(calls)
    assert outcomes["done"] >= 12
    assert len(events(yoga, "booking.moved")) == outcomes["done"]
    assert seats_equal_tickets(yoga)


def test_a_cancel_and_a_move_at_once_leave_one_truth(yoga: World, race: Race) -> None:
    booking = factories.make_booking(yoga, tickets=2)
    target = factories.make_class(yoga, days=5)
    move: Call = ("move_booking", yoga.ids["ada"], (booking.code, str(OccurrenceKey(target.id))), {"moves": 0})
    cancel: Call = ("cancel_booking", yoga.ids["ada"], (booking.code,), {})
    race([move, cancel, cancel] * 4)
    assert Acting(yoga).read_booking(booking.code).status == "cancelled"
    assert len(events(yoga, "booking.cancelled")) == 1
    assert (occurrence(yoga, target.id).seats_taken, occurrence(yoga, booking.occurrence_id).seats_taken) == (0, 0)

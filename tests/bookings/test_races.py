"""Many at once, in real processes with real threads: nothing is taken twice, nothing happens twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bookwidget.bookings.actions import Details, NewTicket
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Hold, Occurrence
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
        kept = select(func.coalesce(func.sum(Hold.places), 0)).where(Hold.occurrence_id == Occurrence.id)
        differs = Occurrence.seats_taken != live + kept.scalar_subquery()
        return not session.execute(select(Occurrence.id).where(differs)).all()


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
    assert seats_equal_tickets(yoga)


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
    assert seats_equal_tickets(yoga)


@pytest.mark.parametrize("lapsed", [False, True])
def test_K1_the_last_places_are_kept_for_so_many_and_no_more(yoga: World, race: Race, lapsed: bool) -> None:
    """With `lapsed`, all were kept for people who went away: everybody finds them and gives them back at once."""
    full = factories.make_class(yoga, capacity=5)
    if lapsed:
        early = Acting(yoga, now=yoga.now - timedelta(minutes=11))
        for _place in range(5):
            early.hold_slot(uuid7(), yoga.ids["flow"], str(OccurrenceKey(full.id)), 1)
    key = str(OccurrenceKey(full.id))
    calls: list[Call] = [("hold_slot", yoga.ids["ada"], (uuid7(), yoga.ids["flow"], key, 1), {}) for _ in range(30)]
    assert race(calls) == {"done": 5, "Refused": 25}
    assert seats_equal_tickets(yoga)


def test_K1_a_lapsed_time_of_a_provider_goes_to_one(yoga: World, race: Race) -> None:
    """Booked and kept at once; the one who let it lapse tries to confirm it."""
    key, gone = str(TimeKey(yoga.ids["mara"], TEN)), uuid7()
    Acting(yoga, now=yoga.now - timedelta(minutes=11)).hold_slot(gone, yoga.ids["massage"], key)
    book: list[Call] = [("book", yoga.ids["ben"], (yoga.ids["massage"], key), {}) for _ in range(10)]
    keep: list[Call] = [("hold_slot", yoga.ids["ada"], (uuid7(), yoga.ids["massage"], key), {}) for _ in range(10)]
    confirm: list[Call] = [("confirm_hold", yoga.ids["ada"], (gone, Details()), {}) for _ in range(4)]
    assert race([*book, *keep, *confirm]) == {"done": 1, "Refused": 23}
    assert seats_equal_tickets(yoga)


def test_K1_one_form_sent_many_times_is_one_booking(yoga: World, race: Race) -> None:
    full, hold_id = factories.make_class(yoga, capacity=9), uuid7()
    Acting(yoga).hold_slot(hold_id, yoga.ids["flow"], str(OccurrenceKey(full.id)), 2)
    tickets = (NewTicket(), NewTicket("Kim"))
    calls: list[Call] = [("confirm_hold", yoga.ids["ada"], (hold_id, Details(tickets)), {}) for _ in range(24)]
    assert race(calls) == {"done": 24}
    assert len(events(yoga, "booking.made")) == 1
    assert occurrence(yoga, full.id).seats_taken == 2
    assert seats_equal_tickets(yoga)


def test_K1_kept_times_change_hands_without_waiting_in_a_circle(yoga: World, race: Race) -> None:
    """Each of many goes from one class to the other and back, while others let go and move bookings."""
    classes = [factories.make_class(yoga, days=days, capacity=8) for days in (3, 4)]
    keys = [str(OccurrenceKey(one.id)) for one in classes]
    calls: list[Call] = []
    for n in range(10):
        own = uuid7()
        calls += [
            ("hold_slot", yoga.ids["ada"], (own, yoga.ids["flow"], keys[n % 2], 1), {}),
            ("hold_slot", yoga.ids["ada"], (own, yoga.ids["flow"], keys[1 - n % 2], 1), {}),
            ("drop_place", yoga.ids["ada"], (own,), {}),
        ]
    for n in range(6):
        booking = factories.make_booking(yoga, occurrence=classes[n % 2])
        calls.append(("move_booking", yoga.ids["ada"], (booking.code, keys[1 - n % 2]), {"moves": 0}))
    outcomes = race(calls)
    assert outcomes["done"] + outcomes["Refused"] == len(calls)
    assert seats_equal_tickets(yoga)

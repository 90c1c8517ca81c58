"""Undoing a cancellation: the place stays kept for some minutes, and the very same booking comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bookwidget.bookings.actions import Tab, cancel_booking, undo_cancel
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.kernel.actors import Door, customer
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.racing import Call, Part, Runners
from tests.factories import World

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def tickets_of(world: World, booking: Booking) -> list[tuple[object, ...]]:
    with world.database.session(world.tenant_id) as session:
        columns = (Ticket.id, Ticket.occurrence_id, Ticket.is_cancelled, Ticket.attendee)
        mine = select(*columns).where(Ticket.booking_id == booking.id).order_by(Ticket.id)
        return [tuple(row) for row in session.execute(mine)]


def full_class(world: World, tickets: int = 2) -> Booking:
    """Ada has all places of a date."""
    date = factories.make_class(world, capacity=tickets)
    return factories.make_booking(world, occurrence=date, tickets=tickets, note="By the window")


def test_B8_undo_brings_the_very_same_booking_back(yoga: World) -> None:
    booking = full_class(yoga)
    before, tickets = Acting(yoga).read_booking(booking.code), tickets_of(yoga, booking)
    cancelled = Acting(yoga).cancel_booking(booking.code, reason="ill")
    assert (cancelled.may_undo.allowed, cancelled.may_undo.until) == (True, yoga.now + 10 * MINUTE)
    restored = Acting(yoga, now=yoga.now + 9 * MINUTE).undo_cancel(booking.code)
    same = ("id", "code", "occurrence_id", "starts_at", "status", "tab", "note", "price", "attendees", "cancellation")
    for name in same:
        assert getattr(restored, name) == getattr(before, name), name
    assert tickets_of(yoga, booking) == tickets
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 2
    [event] = events(yoga, "booking.restored")
    assert (event.booking_id, event.customer_id) == (booking.id, yoga.ids["ada"])
    assert event.facts["after"]["starts_at"] == booking.starts_at.isoformat()


def test_B8_nobody_takes_the_place_meanwhile_and_anybody_afterwards(yoga: World) -> None:
    booking = full_class(yoga)
    Acting(yoga).cancel_booking(booking.code)
    key = str(OccurrenceKey(booking.occurrence_id))
    with pytest.raises(Refused):
        Acting(yoga, "ben", now=yoga.now + 9 * MINUTE).book(yoga.ids["flow"], key)
    late = yoga.now + 10 * MINUTE
    Acting(yoga, "ben", now=late).book(yoga.ids["flow"], key)
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 1
    with pytest.raises(Denied) as denied:
        Acting(yoga, now=late).undo_cancel(booking.code)
    assert denied.value.reason.values == {"until": late}
    assert not events(yoga, "booking.restored")


def test_B8_an_appointment_s_time_is_kept_and_then_free(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    Acting(yoga).cancel_booking(booking.code)
    key, late = str(TimeKey(yoga.ids["mara"], TEN)), yoga.now + 10 * MINUTE
    with pytest.raises(Refused):
        Acting(yoga, "ben").book(yoga.ids["massage"], key)
    Acting(yoga, "ben", now=late).book(yoga.ids["massage"], key)
    assert occurrence(yoga, booking.occurrence_id).state == "released"
    assert Acting(yoga, now=late).read_booking(booking.code).status == "cancelled"


def test_an_appointment_comes_back(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    Acting(yoga).cancel_booking(booking.code)
    assert Acting(yoga).undo_cancel(booking.code).tab is Tab.UPCOMING
    taken = occurrence(yoga, booking.occurrence_id)
    assert (taken.state, taken.seats_taken) == ("scheduled", 1)


def test_undoing_twice_is_one_event_and_cancelling_again_works(yoga: World) -> None:
    booking = full_class(yoga)
    for _round in range(2):
        Acting(yoga).cancel_booking(booking.code)
        assert Acting(yoga).undo_cancel(booking.code) == Acting(yoga).undo_cancel(booking.code)
    assert len(events(yoga, "booking.restored")) == 2
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 2


def test_a_pending_booking_is_pending_again(yoga: World) -> None:
    booking = factories.make_booking(yoga, status="pending")
    Acting(yoga).cancel_booking(booking.code)
    assert Acting(yoga).undo_cancel(booking.code).status == "pending"


def test_it_ends_with_the_start(yoga: World) -> None:
    booking = factories.make_booking(yoga, days=2)
    now = booking.starts_at - 4 * MINUTE
    settings = {"bookings.cancel_notice_hours": 0}
    cancelled = Acting(yoga, now=now, settings=settings).cancel_booking(booking.code)
    assert cancelled.may_undo.until == booking.starts_at


@pytest.mark.parametrize(("who", "settings"), [("ada", {"bookings.undo_minutes": 0}), ("owner", {})])
def test_nothing_is_kept_where_undoing_is_not_offered(yoga: World, who: str, settings: dict[str, object]) -> None:
    booking = full_class(yoga)
    cancelled = Acting(yoga, who, settings=settings).cancel_booking(booking.code)
    assert (cancelled.may_undo.allowed, cancelled.may_undo.rule) == (False, "cancelled_for_good")
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 0
    with pytest.raises(Denied):
        Acting(yoga).undo_cancel(booking.code)


def test_b8_what_was_cancelled_by_the_link_of_a_mail_can_be_undone_by_it(yoga: World) -> None:
    booking = full_class(yoga)
    scope = yoga.scope(customer(yoga.ids["ada"], Door.MAIL))
    with scope.session:
        assert cancel_booking(scope, booking.code).may_undo.allowed
        assert occurrence(yoga, booking.occurrence_id).seats_taken == 2
        assert undo_cancel(scope, booking.code).status == "confirmed"
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 2


def test_a_date_that_the_business_cancelled_does_not_come_back(yoga: World) -> None:
    booking = full_class(yoga)
    Acting(yoga).cancel_booking(booking.code)
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Occurrence, (yoga.tenant_id, booking.occurrence_id)).state = "cancelled"
    with pytest.raises(Denied):
        Acting(yoga).undo_cancel(booking.code)


def test_strangers_find_nothing(yoga: World) -> None:
    booking = full_class(yoga)
    Acting(yoga).cancel_booking(booking.code)
    with pytest.raises(Missing):
        Acting(yoga, "ben").undo_cancel(booking.code)


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    runners = Runners()
    yield runners
    runners.end()


@pytest.mark.parametrize("kind", ["class", "appointment"])
@pytest.mark.parametrize("late", [False, True])
def test_B8_undo_and_a_new_booking_at_once_are_one(yoga: World, runners: Runners, kind: str, late: bool) -> None:
    """In time the undo wins, however many want the place; afterwards one of them gets it."""
    if kind == "class":
        booking = full_class(yoga, tickets=1)
        wanted = (yoga.ids["flow"], str(OccurrenceKey(booking.occurrence_id)))
    else:
        booking = factories.make_appointment(yoga, starts_at=TEN)
        wanted = (yoga.ids["massage"], str(TimeKey(yoga.ids["mara"], TEN)))
    Acting(yoga).cancel_booking(booking.code)
    calls: list[Call] = [("undo_cancel", yoga.ids["ada"], (booking.code,), {}) for _ in range(8)]
    calls += [("book", yoga.ids["ben"], wanted, {}) for _ in range(8)]
    now = yoga.now + timedelta(minutes=10 if late else 9)
    outcomes = runners.race(Part(yoga.database.url, yoga.tenant_id, now, calls, threads=4))
    assert outcomes == ({"done": 1, "Denied": 8, "Refused": 7} if late else {"done": 8, "Refused": 8})
    with yoga.database.session(yoga.tenant_id) as session:
        live = session.execute(select(Booking.customer_id).where(Booking.status == "confirmed")).scalars().all()
        assert list(live) == [yoga.ids["ben" if late else "ada"]]
        assert not session.execute(select(Hold.id)).all()

"""Making bookings, and waiting for a place."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bookwidget.bookings.actions import ListQuery, NewTicket, Tab, book, join_waiting_list
from bookwidget.bookings.models import Booking
from bookwidget.catalog.models import Service, TicketType
from bookwidget.kernel.actors import visitor
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.money import Money
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.factories import World

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def bookings(world: World) -> int:
    with world.database.session(world.tenant_id) as session:
        return session.execute(select(func.count(Booking.id))).scalar_one()


def test_a_class_is_booked_with_its_ticket_types(yoga: World) -> None:
    target = factories.make_class(yoga)
    child = yoga.add(TicketType(id=uuid7(), service_id=yoga.ids["flow"], name="Child", price=700, is_child=True))
    tickets = [NewTicket(), NewTicket("Zoe", is_child=True, age=7, ticket_type_id=child.id)]
    booked = Acting(yoga).book(yoga.ids["flow"], str(OccurrenceKey(target.id)), tickets, note=" Mat, please ")
    assert (booked.price, booked.note, booked.starts_at) == (Money(2100, "GBP"), "Mat, please", target.starts_at)
    assert [(one.name, one.is_child, one.age) for one in booked.attendees] == [("", False, None), ("Zoe", True, 7)]
    assert occurrence(yoga, target.id).seats_taken == 2
    [event] = events(yoga, "booking.made")
    assert event.facts["after"]["service"] == "Slow Flow"
    assert [change.kind for change in booked.history] == ["booking.made"]


def test_an_appointment_takes_its_provider_s_time(yoga: World) -> None:
    key = str(TimeKey(yoga.ids["mara"], TEN))
    booked = Acting(yoga).book(yoga.ids["massage"], key, location_id=yoga.ids["studio"])
    assert (booked.kind, booked.provider, booked.location) == ("appointment", "Mara Oduya", "Studio 1")
    moved = Acting(yoga).move_booking(booked.code, str(TimeKey(yoga.ids["tom"], TEN)), moves=0)
    assert moved.location == "Studio 1"
    Acting(yoga, "ben").book(yoga.ids["massage"], key)  # is free again


def test_staff_book_for_a_customer_and_customers_only_for_themselves(yoga: World, other: World) -> None:
    key = str(OccurrenceKey(factories.make_class(yoga).id))
    assert Acting(yoga, "owner").book(yoga.ids["flow"], key, customer_id=yoga.ids["ben"]).customer_id == yoga.ids["ben"]
    with pytest.raises(Denied):
        Acting(yoga).book(yoga.ids["flow"], key, customer_id=yoga.ids["ben"])
    for nobody in (other.ids["ben"], uuid4()):
        with pytest.raises(Missing):
            Acting(yoga, "owner").book(yoga.ids["flow"], key, customer_id=nobody)
    scope = yoga.scope(visitor())
    with scope.session, pytest.raises(Denied):
        book(scope, yoga.ids["flow"], key)
    with pytest.raises(Missing):
        Acting(other).book(yoga.ids["flow"], key)
    with pytest.raises(Refused):
        Acting(other).book(other.ids["flow"], key)
    assert (bookings(yoga), bookings(other)) == (1, 0)


def test_what_cannot_be_booked_is_refused_and_changes_nothing(yoga: World) -> None:
    target = factories.make_class(yoga, capacity=2)
    key, time = str(OccurrenceKey(target.id)), str(TimeKey(yoga.ids["mara"], TEN))
    retired = yoga.add(Service(id=uuid7(), name="Retired", kind="class", minutes=60, is_active=False))
    flow, massage = yoga.ids["flow"], yoga.ids["massage"]
    cases: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
        ("slot", (flow, key, [NewTicket()] * 3), {}),
        ("slot", (flow, time), {}),
        ("slot", (flow, "rubbish"), {}),
        ("tickets", (flow, key, []), {}),
        ("tickets", (flow, key, [NewTicket()] * 51), {}),
        ("tickets", (flow, key, [NewTicket(ticket_type_id=uuid4())]), {}),
        ("tickets", (flow, key, [NewTicket("x" * 161)]), {}),
        ("tickets", (massage, time, [NewTicket()] * 2), {}),
        ("note", (flow, key), {"note": "x" * 2001}),
    ]
    for field, values, named in cases:
        with pytest.raises(Refused) as refused:
            Acting(yoga).book(*values, **named)
        assert refused.value.field == field
    with pytest.raises(Missing):
        Acting(yoga).book(retired.id, key)
    assert (bookings(yoga), occurrence(yoga, target.id).seats_taken) == (0, 0)


def test_B13_waiting_keeps_the_order_and_leaving_takes_the_row_away(yoga: World) -> None:
    full = factories.make_class(yoga, capacity=1, seats_taken=1)
    first = Acting(yoga, "ben").join_waiting_list(full.id)
    mine = Acting(yoga).join_waiting_list(full.id)
    assert (first.position, mine.position) == (1, 2)
    assert Acting(yoga).join_waiting_list(full.id) == mine
    assert len(events(yoga, "waitlist.joined")) == 2
    Acting(yoga, "ben").leave_waiting_list(first.id)
    [row] = Acting(yoga).list_bookings(ListQuery(Tab.WAITING)).rows
    assert (row.id, row.position) == (mine.id, 1)
    assert Acting(yoga, "ben").list_bookings(ListQuery(Tab.WAITING)).rows == ()
    [event] = events(yoga, "waitlist.left")
    assert event.facts["before"] == {"occurrence": str(full.id)}


def test_B13_strangers_and_other_tenants_cannot_leave_for_somebody(yoga: World, other: World) -> None:
    full = factories.make_class(yoga, capacity=1, seats_taken=1)
    mine = Acting(yoga).join_waiting_list(full.id)
    for acting in (Acting(yoga, "ben"), Acting(other)):
        with pytest.raises(Missing):
            acting.leave_waiting_list(mine.id)
    with pytest.raises(Missing):
        Acting(other).join_waiting_list(full.id)
    scope = yoga.scope(visitor())
    with scope.session, pytest.raises(Denied):
        join_waiting_list(scope, full.id)
    assert len(Acting(yoga).list_bookings(ListQuery(Tab.WAITING)).rows) == 1


def test_one_waits_only_for_what_is_full_and_still_to_come(yoga: World) -> None:
    roomy = factories.make_class(yoga)
    begun = factories.make_class(yoga, days=-1, capacity=1, seats_taken=1)
    for target in (roomy, begun):
        with pytest.raises(Refused) as refused:
            Acting(yoga).join_waiting_list(target.id)
        assert refused.value.field == "occurrence"
    private = factories.make_appointment(yoga, starts_at=yoga.now + timedelta(days=3)).occurrence_id
    off = factories.make_class(yoga, days=5, state="cancelled").id
    for id in (private, off, uuid4()):
        with pytest.raises(Missing):
            Acting(yoga).join_waiting_list(id)

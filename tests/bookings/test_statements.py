"""The list costs the same number of statements whatever the number of bookings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from bookwidget.bookings.actions import ListQuery, Tab, list_bookings, slots_to_book, slots_to_move_to
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting
from tests.factories import World


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements sent meanwhile to the walled engine."""
    sent: list[str] = []

    def note(*facts: Any) -> None:
        sent.append(facts[2])  # connection, cursor, statement, …

    event.listen(database.walled, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.walled, "before_cursor_execute", note)


def make_many(world: World, number: int) -> None:
    """A quarter is cancelled, of the others half is past; on as many occurrences as there are days."""
    days = range(-60, 60)
    occurrences = [(uuid7(), world.now + timedelta(days=days[61 * n % 120], hours=1)) for n in range(120)]
    rows = [
        {
            "id": uuid7(),
            "code": f"{n:08d}",
            "customer_id": world.ids["ada"],
            "service_id": world.ids["flow"],
            "occurrence_id": occurrences[n % len(days)][0],
            "starts_at": occurrences[n % len(days)][1],
            "ends_at": occurrences[n % len(days)][1] + timedelta(hours=1),
            "status": "cancelled" if n % 4 == 0 else "confirmed",
            "price": 1400,
            "created_at": world.now,
        }
        for n in range(number)
    ]
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(
            insert(Occurrence),
            [
                {
                    "id": id, "service_id": world.ids["flow"], "provider_id": world.ids["mara"],
                    "location_id": world.ids["studio"], "starts_at": at, "ends_at": at + timedelta(hours=1),
                    "busy_from": at, "busy_to": at + timedelta(hours=1), "capacity": number,
                }
                for id, at in occurrences
            ],
        )  # fmt: skip
        session.execute(insert(Booking), rows)
        tickets = [{"id": uuid7(), "booking_id": row["id"], "occurrence_id": row["occurrence_id"]} for row in rows]
        session.execute(insert(Ticket), tickets)


@pytest.mark.parametrize("number", [10, 10_000])
def test_the_list_takes_two_statements_for_any_number_of_bookings(yoga: World, number: int) -> None:
    make_many(yoga, number)
    scope = yoga.scope()
    with scope.session:
        for tab in (Tab.UPCOMING, Tab.PAST, Tab.CANCELLED):
            for text in ("", "slow", "MARA"):
                pages = [1, list_bookings(scope, ListQuery(tab, text)).pages]
                for page in pages:
                    with counted(yoga.database) as sent:
                        shown = list_bookings(scope, ListQuery(tab, text, page=page))
                    assert shown.rows
                    assert all(len(row.attendees) == 1 for row in shown.rows)
                    assert len(sent) == 2
        with counted(yoga.database) as sent:
            list_bookings(scope, ListQuery(Tab.WAITING))
        assert len(sent) == 2


def test_a_month_takes_the_same_number_of_statements_for_a_provider_with_five_hundred_bookings(yoga: World) -> None:
    numbers, free = [], []
    for more in (0, 500):
        make_busy(yoga, more)
        scope = yoga.scope()
        with scope.session, counted(yoga.database) as sent:
            choices = slots_to_book(scope, yoga.ids["massage"], yoga.now.date(), 31, provider_id=yoga.ids["mara"])
        numbers.append(len(sent))
        free.append(sum(len(day.slots) for day in choices.days))
    assert numbers[0] == numbers[1]
    assert free[0] > free[1] > 0


def make_busy(world: World, number: int) -> None:
    """So many short appointments of Mara's, 25 on a weekday."""
    days = [day for day in range(1, 40) if (world.now + timedelta(days=day)).weekday() < 5]
    at = [world.now + timedelta(days=days[n // 25], minutes=15 * (n % 25)) for n in range(number)]
    with world.database.session(world.tenant_id) as session, writing(session):
        for start in at:
            end = start + timedelta(minutes=15)
            session.add(
                Occurrence(
                    id=uuid7(), service_id=world.ids["massage"], provider_id=world.ids["mara"], starts_at=start,
                    ends_at=end, busy_from=start, busy_to=end, capacity=1, seats_taken=1, is_private=True,
                )
            )  # fmt: skip


def test_free_times_take_the_same_number_of_statements_for_any_number_of_bookings(yoga: World) -> None:
    mine = factories.make_appointment(yoga, starts_at=yoga.now + timedelta(days=2))
    numbers = []
    for more in (0, 60):
        for n in range(more):
            start = yoga.now + timedelta(days=3 + n // 4, hours=2 * (n % 4))
            factories.make_appointment(yoga, starts_at=start, customer="ben", provider="tom")
        scope = yoga.scope()
        with scope.session, counted(yoga.database) as sent:
            choices = slots_to_move_to(scope, mine.code, yoga.now.date(), days=31)
        assert any(day.slots for day in choices.days)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]
    assert Acting(yoga).read_booking(mine.code).moves == 0

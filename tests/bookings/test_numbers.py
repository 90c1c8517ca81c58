"""The page of numbers against a count by hand, in both databases, across changes of the clocks."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bookwidget.bookings.actions import Numbers, Sums, read_numbers
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.test_statements import counted
from tests.factories import World, make_appointment, make_booking, make_class
from tests.fixtures import NOW

EDGES = (
    datetime(2026, 11, 1, 3, 59, tzinfo=UTC),  # still October in New York, in summer time until the next morning
    datetime(2026, 11, 1, 4, 0, tzinfo=UTC),
    datetime(2026, 12, 1, 4, 59, tzinfo=UTC),  # still November, an hour later by UTC than the month before
    datetime(2026, 12, 1, 5, 0, tzinfo=UTC),
)


@pytest.fixture
def york(database: Database) -> World:
    return factories.make_world(database, slug="york", now=NOW, timezone="America/New_York")


def fill(world: World) -> None:
    chance = random.Random(5)
    times = [*EDGES, *(NOW - timedelta(days=9 * n, hours=chance.randrange(9)) for n in range(1, 17))]
    for number, at in enumerate(times):
        status = ("confirmed", "confirmed", "pending", "cancelled", "hold")[number % 5]
        who = None if number % 7 == 4 else world.ids[("mara", "tom")[number % 2]]
        held = make_class(world, starts_at=at, capacity=number + 3, provider_id=who)
        make_booking(world, occurrence=held, tickets=1 + number % 3, status=status)
    make_appointment(world, starts_at=EDGES[1] + timedelta(hours=5))
    make_class(world, starts_at=EDGES[0], state="cancelled", provider_id=None)
    with world.database.session(world.tenant_id) as session, writing(session):
        for number, ticket in enumerate(session.scalars(select(Ticket).order_by(Ticket.id))):
            ticket.attendance = ("", "absent", "attended")[number % 3]
            ticket.is_cancelled = number % 11 == 0


def by_hand(world: World) -> dict[tuple[str, Any], Sums]:
    """The same sums, naively."""
    zone, sums = world.scope().tenant.zone, {}

    def into(starts_at: datetime, service: Any, provider: Any, **more: int) -> None:
        local = starts_at.astimezone(zone)
        for key in (("month", (local.year, local.month)), ("service", service), ("provider", provider), ("all", None)):
            sums.setdefault(key, Sums()).add(Sums(**more))

    with world.database.session(world.tenant_id) as session:
        held = {one.id: one for one in session.scalars(select(Occurrence))}
        bookings = {one.id: one for one in session.scalars(select(Booking))}
        for one in bookings.values():
            is_booked, where = one.status in ("confirmed", "pending"), held[one.occurrence_id].provider_id
            into(one.starts_at, one.service_id, where, bookings=int(is_booked),
                 cancelled=int(one.status == "cancelled"), value=one.price if is_booked else 0)  # fmt: skip
        for ticket in session.scalars(select(Ticket)):
            of = bookings[ticket.booking_id]
            if of.status in ("confirmed", "pending") and not ticket.is_cancelled:
                into(of.starts_at, of.service_id, held[of.occurrence_id].provider_id, places=1,
                     no_shows=int(ticket.attendance == "absent"))  # fmt: skip
        for date_ in held.values():
            if not date_.is_private and date_.state == "scheduled":
                into(
                    date_.starts_at,
                    date_.service_id,
                    date_.provider_id,
                    capacity=date_.capacity,
                    taken=date_.seats_taken,
                )
    return sums


def read(world: World, first: date, last: date) -> Numbers:
    scope = world.staff_scope()
    with scope.session:
        return read_numbers(scope, first, last)


def test_the_numbers_are_those_of_a_count_by_hand_across_changes_of_the_clocks(york: World, yoga: World) -> None:
    fill(york)
    make_booking(yoga)  # another business
    expected = by_hand(york)
    with counted(york.database) as sent:
        found = read(york, date(2026, 1, 1), date(2026, 12, 1))
    assert len(sent) == 7, "tenant, role, names of services and providers, and three sums"
    assert {("month", (day.year, day.month)): sums for day, sums in found.months if sums != Sums()} == {
        key: sums for key, sums in expected.items() if key[0] == "month" and sums != Sums()
    }
    assert found.total == expected["all", None]
    assert dict(found.services) == {
        "Slow Flow": expected["service", york.ids["flow"]], "Massage": expected["service", york.ids["massage"]],
    }  # fmt: skip
    names = {"Mara Oduya": york.ids["mara"], "Tomas Reyl": york.ids["tom"], "": None}
    assert dict(found.providers) == {name: expected["provider", id] for name, id in names.items()}
    november = dict(found.months)[date(2026, 11, 1)]
    assert november.bookings > 0
    [(day, alone)] = read(york, date(2026, 11, 17), date(2026, 11, 3)).months
    assert (day, alone) == (date(2026, 11, 1), november)


def test_months_the_wrong_way_round_too_many_and_strangers_are_refused(yoga: World) -> None:
    for first, last in ((date(2026, 12, 1), date(2026, 11, 1)), (date(2024, 1, 1), date(2026, 1, 1))):
        with pytest.raises(Refused):
            read(yoga, first, last)
    assert read(yoga, date(2024, 1, 1), date(2025, 12, 1)).total == Sums()
    scope = yoga.scope()
    with scope.session, pytest.raises(Denied):
        read_numbers(scope, date(2026, 1, 1), date(2026, 1, 1))

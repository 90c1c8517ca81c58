"""A file of bookings is imported while customers book the same places (issue 5, item 9)."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bookwidget.accounts.importing import (
    JOB,
    BrokenRow,
    ImportFacts,
    begin_import,
    broken_rows,
    check_import,
    read_import,
    run_import,
)
from bookwidget.bookings import importing
from bookwidget.bookings.actions import WantedDate
from bookwidget.bookings.models import Booking
from bookwidget.events.jobs import Services
from bookwidget.events.models import Job
from bookwidget.events.worker import Worker
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from bookwidget.tenancy.scope import Scope
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.racing import WORK, Call, Part, Runners
from tests.bookings.soundness import troubles
from tests.events.work import HandClock
from tests.factories import World

WITH_LOCKS = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""Where one transaction can change what another has read."""
TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
MAPPING = {"email": 0, "service": 1, "starts": 2, "provider": 3}
PLACES, CLASS_ROWS, ROWS = 24, 30, 120


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    runners = Runners()
    yield runners
    runners.end()


def work(world: World) -> None:
    worker = Worker(world.database, Services(), HandClock(world.now))
    while worker.run_once():
        pass


def checked_file(world: World, rows: list[str]) -> ImportFacts:
    """Uploaded and looked through: only the button is left."""
    scope = world.staff_scope()
    with scope.session:
        made = begin_import(scope, "bookings", "old.csv", "\n".join(("Email,Service,Start,Provider", *rows)).encode())
        check_import(scope, made, MAPPING)
    work(world)
    return facts_of_import(world, made)


def facts_of_import(world: World, import_id: UUID) -> ImportFacts:
    scope = world.staff_scope()
    with scope.session:
        return read_import(scope, import_id)


def whys_of(world: World, found: ImportFacts) -> list[BrokenRow]:
    scope = world.staff_scope()
    with scope.session:
        return broken_rows(scope, found.id, ROWS)


def test_item9_an_import_among_customers_sells_no_place_twice(yoga: World, runners: Runners) -> None:
    """A class with few places, and four times of two people, each wanted by both sides. In two chunks, so that
    customers come between them.
    """
    date = factories.make_class(yoga, days=3, capacity=PLACES, starts_at=TEN - timedelta(hours=2))
    times = [(name, TEN + timedelta(minutes=90 * n)) for name in ("Mara Oduya", "Tomas Reyl") for n in range(2)]
    rows = []
    for n in range(ROWS):
        name, at = times[n % 4]
        of_class, alone = f"Slow Flow,{date.starts_at:%Y-%m-%d %H:%M}Z,", f"Massage,{at:%Y-%m-%d %H:%M}Z,{name}"
        rows.append(f"old{n}@import.example,{of_class if n * CLASS_ROWS % ROWS < CLASS_ROWS else alone}")
    found = checked_file(yoga, rows)
    assert (found.state, found.seen) == ("checked", ROWS)
    assert occurrence(yoga, date.id).seats_taken == 0, "the dry run takes nothing for good"
    scope = yoga.staff_scope()
    with scope.session:
        run_import(scope, found.id)
    ids = {"Mara Oduya": yoga.ids["mara"], "Tomas Reyl": yoga.ids["tom"]}
    calls: list[Call] = []
    for n in range(24):
        name, at = times[n % 4]
        who, key = yoga.ids[("ada", "ben")[n % 2]], str(TimeKey(ids[name], at))
        calls.append(("book", who, (yoga.ids["flow"], str(OccurrenceKey(date.id))), {}))
        calls.append(("book", who, (yoga.ids["massage"], key), {}))
        if n % 3 == 0:
            calls.append((WORK, who, (), {}))
    outcomes = runners.race(Part(yoga.database.url, yoga.tenant_id, yoga.now, calls, threads=4))
    assert set(outcomes) <= {"done", "Refused", "worked"}
    work(yoga)
    done = facts_of_import(yoga, found.id)
    assert (done.state, done.good + done.broken) == ("done", ROWS)
    assert troubles(yoga) == []
    with yoga.database.session(yoga.tenant_id) as session:
        sold = Counter(session.scalars(select(Booking.occurrence_id)))
        starts = Counter(session.scalars(select(Booking.starts_at)))
        failed = session.scalars(select(Job.last_error).where(Job.kind == JOB, Job.last_error != "")).all()
    assert failed == []
    assert sold[date.id] == occurrence(yoga, date.id).seats_taken == PLACES
    assert [starts[at] for _name, at in times] == [2] * 4, "one with each of the two"
    assert len(events(yoga, "booking.imported")) == done.good
    assert len(events(yoga, "booking.made")) == outcomes["done"]
    assert done.good + outcomes["done"] == PLACES + len(times)
    whys = Counter(row.reason.msgid for row in whys_of(yoga, found))
    assert set(whys) <= {importing.FULL.msgid, importing.BUSY.msgid}
    assert whys.total() == done.broken


@WITH_LOCKS
def test_item9_a_date_that_moves_and_a_customer_who_comes_at_that_moment(
    yoga: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A booking's times are those of its date, and its customer is the one with this email."""
    date, stays = (factories.make_class(yoga, starts_at=TEN + timedelta(days=n)) for n in range(2))
    rows = [f"new@import.example,Slow Flow,{one.starts_at:%Y-%m-%d %H:%M}Z," for one in (date, stays)]
    found, real, id = checked_file(yoga, rows), importing.lock_providers, uuid7()
    scope = yoga.staff_scope()
    with scope.session:
        run_import(scope, found.id)

    def late(locking: Scope, *providers: UUID | None) -> None:
        """Between finding the date and locking it."""
        monkeypatch.setattr(importing, "lock_providers", real)
        owner = Acting(yoga, "owner")
        wanted = WantedDate(TEN + timedelta(hours=1), date.provider_id, date.location_id, date.capacity)
        assert owner.change_date(date.id, wanted, seen=owner.read_date(date.id).date.seen)
        yoga.add(factories.make_customer(id, "new@import.example", "", "", yoga.now))
        real(locking, *providers)

    monkeypatch.setattr(importing, "lock_providers", late)
    work(yoga)
    assert [row.reason.msgid for row in whys_of(yoga, found)] == [importing.NO_DATE.msgid]
    [made] = events(yoga, "booking.imported")
    assert made.customer_id == id
    assert occurrence(yoga, date.id).starts_at == TEN + timedelta(hours=1)
    assert troubles(yoga) == []

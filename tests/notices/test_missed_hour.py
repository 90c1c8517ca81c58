"""A worker that is down for an hour: what fell due meanwhile is done when it comes back, and once only."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from bookwidget.bookings import series_work
from bookwidget.bookings.actions import ListQuery, Tab
from bookwidget.events.models import Job
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events
from tests.bookings.repeating import REPEATS, dates, start
from tests.events.work import HandClock
from tests.factories import World
from tests.notices.mailing import Outbox, mail_worker, post_with, work_off

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
assert series_work


class Worker:
    """One that lives for a moment, now and then."""

    def __init__(self, world: World, **settings: object) -> None:
        self.world, self.outbox = world, Outbox()
        with world.database.session(world.tenant_id) as session, writing(session):
            session.get_one(Tenant, world.tenant_id).settings = settings

    def at(self, now: datetime) -> None:
        work_off(mail_worker(self.world, post_with(self.outbox), HandClock(now)))

    def is_back_an_hour_after(self, due: datetime) -> None:
        """It worked until just before, and is started three times afterwards."""
        self.at(due - SECOND)
        for late in (HOUR, HOUR, 2 * HOUR):
            self.at(due + late)

    def told(self) -> Counter[tuple[str, str]]:
        """To whom, and how the subject begins."""
        return Counter((str(mail["To"]), str(mail["Subject"]).split(":")[0]) for mail in self.outbox.mails)


def due_of(world: World, kind: str) -> datetime:
    with world.database.session(world.tenant_id) as session:
        return min(job.due_at for job in session.query(Job).filter(Job.kind == kind, Job.state == "waiting"))


def test_a_reminder_that_fell_due_comes_once(yoga: World) -> None:
    worker = Worker(yoga, **{"reminders.hours": "24"})
    booking = factories.make_booking(yoga, days=3)
    Acting(yoga, "owner").move_booking(booking.code, f"o-{factories.make_class(yoga, days=4).id.hex}", moves=0)
    worker.at(yoga.now)
    worker.is_back_an_hour_after(due_of(yoga, "booking.remind"))
    assert worker.told()["ada@example.com", "Reminder"] == 1


def test_the_next_dates_of_a_series_are_made_once(yoga: World) -> None:
    worker = Worker(yoga, **REPEATS)
    start(yoga)
    worker.at(yoga.now)
    before = len(dates(yoga))
    while len(dates(yoga)) == before:  # it looks again until the next one is near enough
        worker.is_back_an_hour_after(due_of(yoga, "series.extend"))
    assert len(dates(yoga)) == before + 1 == len(events(yoga, "booking.made"))


def test_an_offer_that_lapsed_goes_on_to_the_next_in_line_once(yoga: World) -> None:
    worker = Worker(yoga)
    yoga.ids["cleo"] = yoga.add(factories.make_customer(uuid7(), "cleo@example.com", "Cleo", "", yoga.now)).id
    date = factories.make_class(yoga, days=4, capacity=1)
    taken = factories.make_booking(yoga, occurrence=date)
    for who in ("ben", "cleo"):
        Acting(yoga, who).join_waiting_list(date.id, 1)
    Acting(yoga, "owner").cancel_booking(taken.code)
    worker.at(yoga.now)
    offered = Counter({yoga.ids["ben"]: 1})
    assert Counter(event.customer_id for event in events(yoga, "waitlist.offered")) == offered
    worker.is_back_an_hour_after(due_of(yoga, "waitlist.offer"))
    offered[yoga.ids["cleo"]] = 1
    assert Counter(event.customer_id for event in events(yoga, "waitlist.offered")) == offered
    assert len(events(yoga, "waitlist.offer_ended")) == 1
    assert sum(number for (to, _subject), number in worker.told().items() if to == "cleo@example.com") == 2, (
        "joined, and offered"
    )


def test_who_came_needs_no_worker_at_all(yoga: World) -> None:
    Worker(yoga, **{"bookings.attendance_tracked": True})
    booking = factories.make_booking(yoga, days=1)
    later = Acting(yoga, now=booking.ends_at + SECOND)
    [row] = [row for row in later.list_bookings(ListQuery(Tab.PAST)).rows if row.code == booking.code]
    assert row.attendance.value == "attended"


@pytest.mark.parametrize("hours", [1, 30])
def test_mail_that_waits_for_its_worker_goes_out_once_however_late(yoga: World, hours: int) -> None:
    worker = Worker(yoga)
    Acting(yoga, "owner").cancel_booking(factories.make_booking(yoga, days=9).code)
    for _start in range(2):
        worker.at(yoga.now + hours * HOUR)
    assert worker.told()["ada@example.com", "Cancelled"] == 1

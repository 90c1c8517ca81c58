"""Reminders: at their hours before the start, once, and only for what is still so."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bookwidget.bookings.actions import Details, NewTicket, confirm_hold, hold_slot
from bookwidget.bookings.models import Booking
from bookwidget.events.models import Job
from bookwidget.kernel.ids import uuid7
from bookwidget.notices.reminding import REMIND
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests.bookings.acting import Acting
from tests.events.work import HandClock, jobs_of
from tests.factories import World, make_class
from tests.fixtures import NOW
from tests.notices.mailing import Outbox, mail_worker, post_with, work_off

HOUR = timedelta(hours=1)


class Post:
    """A worker with a clock, and what it has sent."""

    def __init__(self, world: World) -> None:
        self.world, self.clock, self.outbox = world, HandClock(NOW), Outbox()
        self.worker = mail_worker(world, post_with(self.outbox), self.clock)

    def at(self, now: datetime) -> list[str]:
        """The subjects of the reminders that were sent until then."""
        self.clock.now = now
        work_off(self.worker)
        return [mail["Subject"] for mail in self.outbox.mails if mail["Subject"].startswith("Reminder")]


@pytest.fixture
def post(yoga: World) -> Post:
    return Post(yoga)


def wants(world: World, hours: str) -> None:
    settings = {"reminders.hours": hours, "schedule.horizon_days": 365}
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(update(Tenant).values(settings=settings))


def book(world: World, days: float) -> Booking:
    hold_id, key = uuid7(), str(OccurrenceKey(make_class(world, days=days).id))
    scope = world.scope()
    with scope.session:
        hold_slot(scope, hold_id, world.ids["flow"], key)
        confirm_hold(scope, hold_id, Details((NewTicket(),)))
    with world.database.session(world.tenant_id) as session:
        return session.scalars(select(Booking).order_by(Booking.id.desc())).first()  # type: ignore[return-value]


def test_reminders_come_at_their_hours_and_once(yoga: World, post: Post) -> None:
    wants(yoga, "2 24")
    starts_at = book(yoga, 3).starts_at
    assert post.at(starts_at - 25 * HOUR) == []
    assert len(post.at(starts_at - 24 * HOUR)) == 1
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.execute(update(Job).where(Job.kind == "event.dispatch").values(state="waiting"))  # all once more
    assert len(post.at(starts_at - 3 * HOUR)) == 1
    assert len(post.at(starts_at - 2 * HOUR)) == 2
    assert len(post.at(starts_at + HOUR)) == 2


def test_who_moves_is_reminded_of_the_new_time_and_who_cancels_of_nothing(yoga: World, post: Post) -> None:
    booking, gone = book(yoga, 3), book(yoga, 3.5)
    post.at(NOW)
    target = make_class(yoga, days=5)
    Acting(yoga).move_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    Acting(yoga).cancel_booking(gone.code)
    assert post.at(target.starts_at - 25 * HOUR) == []
    [subject] = post.at(target.starts_at - 24 * HOUR)
    assert target.starts_at.strftime("%-d %B") in subject


def test_what_is_booked_inside_the_hours_has_no_reminder(yoga: World, post: Post) -> None:
    starts_at = book(yoga, 0.9).starts_at
    assert post.at(starts_at) == []
    assert jobs_of(yoga, REMIND) == []


def test_after_an_outage_only_the_latest_reminder_goes_out_and_none_for_what_has_begun(yoga: World, post: Post) -> None:
    wants(yoga, "2 24")
    begun, soon = book(yoga, 3).starts_at, book(yoga, 3.1).starts_at
    post.at(NOW)
    assert len(post.at(begun + HOUR)) == 1
    assert soon - HOUR - begun < 2 * HOUR, "both of its reminders were due, and one of them came"
    assert len(post.at(soon + HOUR)) == 1


def test_the_business_that_wants_none_sends_none(yoga: World, post: Post) -> None:
    starts_at = book(yoga, 3).starts_at
    post.at(NOW)
    wants(yoga, "")
    assert post.at(starts_at - HOUR) == []


def test_hours_are_hours_when_clocks_change(yoga: World, post: Post) -> None:
    """In the night to 28 March 2027 London's clocks skip an hour: a day before is an hour earlier by the clock."""
    wants(yoga, "24")
    starts_at = datetime(2027, 3, 28, 9, 0, tzinfo=UTC)
    book(yoga, (starts_at - NOW) / timedelta(days=1))
    assert post.at(datetime(2027, 3, 27, 8, 59, tzinfo=UTC)) == []
    assert len(post.at(datetime(2027, 3, 27, 9, 0, tzinfo=UTC))) == 1

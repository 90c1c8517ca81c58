"""Waiting lists at the desk: a place offered by hand, somebody taken off, and both at once with everybody else."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bookwidget.accounts.models import Customer
from bookwidget.bookings.actions import list_waiting
from bookwidget.bookings.models import WaitlistEntry
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Hold
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.racing import WORK, Call, Part, Runners
from tests.bookings.studio import MINUTE, Studio, full_class
from tests.bookings.test_races import seats_equal_tickets
from tests.bookings.test_statements import counted
from tests.factories import World


@pytest.fixture
def studio(yoga: World) -> Studio:
    return full_class(yoga)


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    runners = Runners()
    yield runners
    runners.end()


def kept_for(studio: Studio) -> list[UUID]:
    """The customers for whom a place is kept."""
    with studio.world.database.session(studio.world.tenant_id) as session:
        kept = select(WaitlistEntry.customer_id).join(Hold, Hold.id == WaitlistEntry.offer_hold_id)
        return list(session.execute(kept).scalars())


def test_b13_a_place_is_offered_out_of_order_once(studio: Studio) -> None:
    """The next in line is passed over; a second press changes nothing; who has it can book."""
    studio.settings(waitlist__offer="off")
    _first, mine, owner = studio.wait("ben"), studio.wait("ada"), Acting(studio.world, "owner")
    with pytest.raises(Refused, match="No place is free"):
        owner.offer_now(studio.date.id, mine.id)
    studio.free()
    studio.work()
    assert studio.offered()
    for _press in range(2):
        owner.offer_now(studio.date.id, mine.id)
        studio.work()
    assert studio.offered("ada")
    [told] = events(studio.world, "waitlist.offered")
    assert (told.actor_kind, told.facts["after"]["is_kept"]) == ("member", True)
    assert studio.row("ada").offer.until == studio.world.now + 120 * MINUTE
    with pytest.raises(Refused, match="No place is free"):
        owner.offer_now(studio.date.id, _first.id)
    studio.take_and_book("ada", mine)
    with pytest.raises(Refused, match="no longer on the waiting list"):
        owner.offer_now(studio.date.id, mine.id)
    assert seats_equal_tickets(studio.world)


def test_b13_an_offer_by_hand_that_lapses_goes_to_the_next_in_line(studio: Studio) -> None:
    studio.wait("ben")
    mine = studio.wait("ada")
    studio.free()
    Acting(studio.world, "owner").offer_now(studio.date.id, mine.id)
    studio.work()
    assert studio.offered("ada")
    studio.work(studio.world.now + 121 * MINUTE)
    assert studio.offered("ada", "ben")
    assert studio.told("waitlist.offer_ended") == {studio.world.ids["ada"]: 1}


def test_b13_by_hand_the_notice_does_not_bind_and_the_start_does(studio: Studio) -> None:
    studio.settings(schedule__notice_hours=500)
    mine, pair = studio.wait("ben"), studio.wait("ada", 2)
    studio.free()
    late = studio.date.starts_at - timedelta(hours=1)
    studio.work(late)
    with pytest.raises(Refused, match="Not enough places are free"):
        Acting(studio.world, "owner", late).offer_now(studio.date.id, pair.id)
    Acting(studio.world, "owner", late).offer_now(studio.date.id, mine.id)
    assert studio.row("ben", late).offer.until == studio.date.starts_at
    studio.take_and_book("ben", mine, late)
    studio.free(2, now=late)
    with pytest.raises(Refused, match="already begun"):
        Acting(studio.world, "owner", studio.date.starts_at).offer_now(studio.date.id, pair.id)


def test_b13_what_all_were_told_of_can_be_kept_for_one(studio: Studio) -> None:
    studio.settings(waitlist__offer="all_at_once")
    other, mine = studio.wait("ben"), studio.wait("ada")
    studio.free()
    studio.work()
    Acting(studio.world, "owner").offer_now(studio.date.id, mine.id)
    assert kept_for(studio) == [studio.world.ids["ada"]]
    with pytest.raises(Refused, match="faster"):
        Acting(studio.world, "ben").take_offer(other.id)
    studio.take_and_book("ada", mine)
    assert seats_equal_tickets(studio.world)


def test_whom_the_business_has_blocked_is_offered_nothing_by_hand(studio: Studio) -> None:
    mine = studio.wait("ben")
    with studio.world.database.session(studio.world.tenant_id) as session, writing(session):
        session.get_one(Customer, (studio.world.tenant_id, studio.world.ids["ben"])).is_blocked = True
    studio.free()
    with pytest.raises(Refused, match="blocked"):
        Acting(studio.world, "owner").offer_now(studio.date.id, mine.id)


def test_b13_who_is_taken_off_makes_room_for_the_next(studio: Studio) -> None:
    mine, owner = studio.wait("ben"), Acting(studio.world, "owner")
    studio.wait("ada")
    studio.free()
    studio.work()
    assert studio.offered("ben")
    for _press in range(2):
        owner.remove_waiting(studio.date.id, mine.id)
    [told] = events(studio.world, "waitlist.removed")
    assert (told.customer_id, told.actor_kind) == (studio.world.ids["ben"], "member")
    studio.work()
    assert studio.offered("ben", "ada")
    assert not events(studio.world, "waitlist.offer_ended")
    with pytest.raises(Missing):
        Acting(studio.world, "ben").take_offer(mine.id)
    assert seats_equal_tickets(studio.world)


def test_only_members_of_this_business_offer_and_remove(studio: Studio, other: World) -> None:
    mine = studio.wait("ben")
    studio.free()
    for deed in ("offer_now", "remove_waiting"):
        with pytest.raises(Denied):
            getattr(Acting(studio.world, "ada"), deed)(studio.date.id, mine.id)
        with pytest.raises(Missing):
            getattr(Acting(other, "owner"), deed)(studio.date.id, mine.id)
    with pytest.raises(Missing):
        Acting(studio.world, "ada").list_waiting()
    gone = studio.world.staff_scope()
    with gone.session, writing(gone.session) as session:
        session.get_one(Member, (studio.world.tenant_id, studio.world.ids["owner"])).ended_at = studio.world.now
    with pytest.raises(Denied):
        Acting(studio.world, "owner").offer_now(studio.date.id, mine.id)
    assert kept_for(studio) == []
    assert len(Acting(other, "owner").list_waiting().dates) == 0


def test_the_lists_take_one_statement_for_any_number_and_go_on_on_the_next_page(studio: Studio) -> None:
    world = studio.world
    dates = [factories.make_class(world, days=days) for days in (2, 5)]
    for number in (3, 60):
        emails = [f"{number}-{n}@x.example" for n in range(number)]
        people = [factories.make_customer(uuid7(), email, "", "", world.now) for email in emails]
        lines = [
            WaitlistEntry(id=uuid7(), customer_id=one.id, occurrence_id=date.id, joined_at=world.now)
            for one in people
            for date in dates
        ]
        world.add(*people)
        world.add(*lines)
        scope = world.staff_scope()
        with scope.session, counted(world.database) as sent:
            page = list_waiting(scope)
            assert len(sent) == 1
    assert [len(date.waiters) for date in page.dates] == [50]
    second, third = (Acting(world, "owner").list_waiting(page=number) for number in (2, 3))
    assert [(len(date.waiters), date.waiters[0].position) for date in second.dates] == [(13, 51), (37, 1)]
    assert (third.has_more, third.dates[0].waiters[-1].position) == (False, 63)
    assert Acting(world, "owner").list_waiting(service_id=world.ids["massage"]).dates == ()


@pytest.mark.parametrize("way", ["in_order", "all_at_once"])
def test_b13_by_hand_and_by_the_worker_at_once_no_place_goes_twice(studio: Studio, runners: Runners, way: str) -> None:
    """One place is free. Three members each want to give it to somebody else, the worker to the next in line, and a
    customer who does not wait presses Book.
    """
    studio.settings(waitlist__offer=way)
    places = {name: studio.wait(name) for name in ("ben", "ada", "cleo")}
    studio.free()
    ids, owner, date = studio.world.ids, studio.world.ids["owner"], studio.date.id
    calls: list[Call] = [("offer_now", owner, (date, one.id), {}) for one in places.values() for _ in range(4)]
    calls += [(WORK, owner, (), {}) for _ in range(6)]
    calls += [("book", ids["olga"], (ids["flow"], str(OccurrenceKey(date))), {}) for _ in range(4)]
    outcomes = runners.race(Part(studio.world.database.url, studio.world.tenant_id, studio.world.now, calls, threads=4))
    assert set(outcomes) <= {"done", "Refused", "worked"}
    kept, booked = kept_for(studio), len(events(studio.world, "booking.made"))
    assert len(kept) + booked == 1
    assert occurrence(studio.world, date).seats_taken == 4
    assert seats_equal_tickets(studio.world)
    if kept:
        [name] = [name for name in places if ids[name] == kept[0]]
        studio.take_and_book(name, places[name])
        assert outcomes["done"] in (0, 4), "every press for the one who has it, and no other"
    assert seats_equal_tickets(studio.world)

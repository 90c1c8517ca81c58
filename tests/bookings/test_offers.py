"""Places that become free are offered to those who wait: in order, to all at once, or not at all."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bookwidget.accounts.guests import Guest
from bookwidget.accounts.models import Customer
from bookwidget.bookings.actions import Details, join_as_guest
from bookwidget.bookings.models import WaitlistEntry
from bookwidget.events.models import Job
from bookwidget.kernel.actors import visitor
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.actions import Change, tell
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.racing import WORK, Call, Part, Runners
from tests.bookings.studio import MINUTE, Studio, full_class
from tests.bookings.test_races import seats_equal_tickets
from tests.factories import World


@pytest.fixture
def studio(yoga: World) -> Studio:
    return full_class(yoga)


def waiting(world: World) -> int:
    with world.database.session(world.tenant_id) as session:
        return int(session.execute(select(func.count()).select_from(WaitlistEntry)).scalar_one())


def test_b13_a_freed_place_is_kept_for_the_next_in_line(studio: Studio) -> None:
    first, _second = studio.wait("ben"), studio.wait("ada")
    studio.free()
    studio.work()
    assert studio.offered("ben")
    offer = studio.row("ben").offer
    assert (offer.is_kept, offer.until) == (True, studio.world.now + 120 * MINUTE)
    assert studio.row("ada").offer is None
    assert occurrence(studio.world, studio.date.id).seats_taken == 4
    key = str(OccurrenceKey(studio.date.id))
    with pytest.raises(Refused):
        Acting(studio.world, "olga").book(studio.world.ids["flow"], key)
    booking = studio.take_and_book("ben", first)
    [made] = events(studio.world, "booking.made")
    assert (made.booking_id, made.facts["after"]["from_waiting_list"]) == (booking, True)
    assert waiting(studio.world) == 1
    assert seats_equal_tickets(studio.world)


def test_b13_an_unanswered_offer_goes_on_and_its_owner_stays_on_the_list(studio: Studio) -> None:
    studio.wait("ben"), studio.wait("ada")
    studio.free()
    studio.work()
    later = studio.world.now + 121 * MINUTE
    assert studio.row("ben", later).offer is None
    studio.work(later)
    assert studio.offered("ben", "ada")
    [ended] = events(studio.world, "waitlist.offer_ended")
    assert (ended.customer_id, ended.facts["after"]["ended"], ended.actor_kind) == (
        studio.world.ids["ben"], "lapsed", "system",
    )  # fmt: skip
    assert (studio.row("ben", later).position, studio.row("ada", later).offer.until) == (1, later + 120 * MINUTE)
    studio.work(later + 121 * MINUTE)
    studio.work(later + 500 * MINUTE)
    assert studio.offered("ben", "ada")  # nobody is asked twice about the same place
    assert occurrence(studio.world, studio.date.id).seats_taken == 3
    studio.free(now=later + 500 * MINUTE)
    studio.work(later + 500 * MINUTE)
    assert studio.offered("ben", "ada", "ben", "ada")
    assert seats_equal_tickets(studio.world)


def test_b13_leaving_with_an_offer_hands_it_to_the_next(studio: Studio) -> None:
    first, _second = studio.wait("ben"), studio.wait("ada")
    studio.free()
    studio.work()
    Acting(studio.world, "ben").leave_waiting_list(first.id)
    studio.work()
    assert studio.offered("ben", "ada")
    assert not events(studio.world, "waitlist.offer_ended")
    with pytest.raises(Missing):
        Acting(studio.world, "ben").take_offer(first.id)


def test_b13_without_a_worker_a_lapsed_place_is_anybody_s(studio: Studio) -> None:
    first = studio.wait("ben")
    studio.free()
    studio.work()
    later, key = studio.world.now + 121 * MINUTE, str(OccurrenceKey(studio.date.id))
    Acting(studio.world, "olga", later).book(studio.world.ids["flow"], key)
    assert studio.told("waitlist.offer_ended") == {studio.world.ids["ben"]: 1}
    with pytest.raises(Refused, match="no longer offered"):
        Acting(studio.world, "ben", later).take_offer(first.id)
    studio.work(later)
    assert studio.offered("ben")
    assert studio.told("waitlist.offer_ended").total() == 1
    assert seats_equal_tickets(studio.world)


def test_b13_a_place_kept_for_undo_is_offered_only_when_it_lapses(studio: Studio) -> None:
    studio.wait("ben")
    mine = studio.bookings.pop()
    Acting(studio.world, "olga").cancel_booking(mine.code)
    studio.work(studio.world.now + 9 * MINUTE)
    assert studio.offered()
    Acting(studio.world, "olga", studio.world.now + 9 * MINUTE).undo_cancel(mine.code)
    studio.work(studio.world.now + 11 * MINUTE)
    assert studio.offered()
    again = studio.world.now + 20 * MINUTE
    Acting(studio.world, "olga", again).cancel_booking(mine.code)
    studio.work(again + 10 * MINUTE)
    assert studio.offered("ben")


def test_b13_a_form_that_is_given_up_reaches_who_joined_meanwhile(studio: Studio) -> None:
    studio.free()
    key, hold = str(OccurrenceKey(studio.date.id)), uuid7()
    Acting(studio.world, "olga").hold_slot(hold, studio.world.ids["flow"], key, 1)
    studio.wait("ben")
    Acting(studio.world, "olga", studio.world.now + 5 * MINUTE).extend_place(hold)
    studio.work(studio.world.now + 11 * MINUTE)
    assert studio.offered()
    studio.work(studio.world.now + 16 * MINUTE)
    assert studio.offered("ben")


def test_b13_who_wants_more_than_there_is_keeps_their_place_in_line(studio: Studio) -> None:
    family, _ada = studio.wait("ben", 3), studio.wait("ada")
    studio.free()
    studio.work()
    assert studio.offered("ada")
    studio.free(3)
    studio.work()
    assert studio.offered("ada", "ben")
    studio.take_and_book("ben", family, tickets=3)
    assert seats_equal_tickets(studio.world)


@pytest.mark.parametrize("way", ["move", "capacity"])
def test_b13_a_place_is_free_in_other_ways_too(studio: Studio, way: str) -> None:
    studio.wait("ben")
    if way == "move":
        target = factories.make_class(studio.world, days=6)
        Acting(studio.world, "olga").move_booking(studio.bookings[0].code, str(OccurrenceKey(target.id)), moves=0)
    else:
        scope = studio.world.staff_scope()
        with scope.session, writing(scope.session):
            scope.session.get_one(Occurrence, (studio.world.tenant_id, studio.date.id)).capacity = 5
            scope.session.flush()
            tell(scope, studio.date.id, Change.FREED)
    studio.work()
    assert studio.offered("ben")


def test_b13_off_offers_nothing_and_the_notice_ends_offering(studio: Studio) -> None:
    studio.settings(waitlist__offer="off")
    studio.wait("ben")
    studio.free()
    studio.work()
    assert studio.offered()
    studio.settings(schedule__notice_hours=95)
    studio.free()
    studio.work()
    assert studio.row("ben").offer.until == studio.date.starts_at - timedelta(hours=95)
    studio.settings(schedule__notice_hours=97)
    studio.free()
    studio.work()
    assert studio.offered("ben")


def test_b13_all_at_once_the_first_has_it_and_the_rest_are_told(studio: Studio) -> None:
    studio.settings(waitlist__offer="all_at_once")
    places = {name: studio.wait(name) for name in ("ben", "ada", "cleo")}
    pair = studio.wait("dora", 2)
    studio.free()
    studio.work()
    assert studio.offered("ben", "ada", "cleo")
    assert studio.row("cleo").offer.is_kept is False
    taken = Acting(studio.world, "cleo").take_offer(places["cleo"].id)
    assert Acting(studio.world, "cleo").take_offer(places["cleo"].id) == taken
    with pytest.raises(Refused, match="faster"):
        Acting(studio.world, "ben").take_offer(places["ben"].id)
    studio.work()
    assert not events(studio.world, "waitlist.offer_ended")  # cleo has not booked yet
    Acting(studio.world, "cleo").confirm_hold(taken.hold_id, Details())
    studio.work()
    assert studio.told("waitlist.offer_ended") == {studio.world.ids["ben"]: 1, studio.world.ids["ada"]: 1}
    assert [event.facts["after"]["ended"] for event in events(studio.world, "waitlist.offer_ended")] == ["taken"] * 2
    studio.free(2)
    studio.work()
    assert studio.offered("ben", "ada", "cleo", "ben", "ada", "dora")
    with pytest.raises(Missing):
        Acting(studio.world, "ada").take_offer(pair.id)
    assert seats_equal_tickets(studio.world)


def test_who_takes_an_offer_late_has_time_for_the_form_and_no_more_by_pressing(studio: Studio) -> None:
    mine = studio.wait("ben")
    studio.free()
    studio.work()
    late = studio.world.now + 119 * MINUTE
    taken = Acting(studio.world, "ben", late).take_offer(mine.id)
    assert studio.row("ben", late).offer.until == late + 10 * MINUTE
    for minutes in (125, 129):
        Acting(studio.world, "ben", studio.world.now + minutes * MINUTE).take_offer(mine.id)
    assert studio.row("ben", late).offer.until == studio.world.now + 130 * MINUTE
    with pytest.raises(Refused):
        Acting(studio.world, "ben", studio.world.now + 130 * MINUTE).confirm_hold(taken.hold_id, Details())


def test_whom_the_business_has_blocked_is_offered_nothing(studio: Studio) -> None:
    studio.wait("ben"), studio.wait("ada")
    with studio.world.database.session(studio.world.tenant_id) as session, writing(session):
        session.get_one(Customer, (studio.world.tenant_id, studio.world.ids["ben"])).is_blocked = True
    studio.free()
    studio.work()
    assert studio.offered("ada")


def test_doing_the_job_again_changes_nothing(studio: Studio) -> None:
    studio.wait("ben"), studio.wait("ada")
    studio.free()
    studio.work()
    for _ in range(3):
        scope = studio.world.staff_scope()
        with scope.session, writing(scope.session):
            tell(scope, studio.date.id, Change.LET_GO)
        studio.work()
    assert studio.offered("ben")
    with studio.world.database.session(studio.world.tenant_id) as session:
        assert len(session.execute(select(Hold.id)).all()) == 1
        states = Counter(session.execute(select(Job.state).where(Job.kind == "waitlist.offer")).scalars())
    assert states["waiting"] == 1  # for when the offer lapses


def test_b13_a_guest_waits_as_the_customer_of_their_e_mail(studio: Studio) -> None:
    world = studio.world

    def join(email: str, places: int = 1) -> None:
        scope = world.scope(visitor())
        with scope.session:
            join_as_guest(scope, studio.date.id, places, Guest(email, "Gus"), address="192.0.2.1")

    join("gus@example.com", 2)
    join("gus@example.com")
    join("ada@example.com")
    [gus, ada] = sorted(events(world, "waitlist.joined"), key=lambda event: event.facts["after"]["position"])
    assert ada.customer_id == world.ids["ada"]
    assert (gus.facts["after"]["position"], gus.facts["after"]["places"]) == (1, 2)
    for places, email in ((0, "x@example.com"), (11, "x@example.com"), (1, "nobody")):
        with pytest.raises(Refused):
            join(email, places)
    studio.settings(accounts__sign_in_required_to_book=True)
    with pytest.raises(Denied):
        join("eve@example.com")
    studio.settings(waitlist__allowed=False)
    with pytest.raises(Missing):
        join("eve@example.com")
    assert waiting(world) == 2


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    runners = Runners()
    yield runners
    runners.end()


def run(studio: Studio, runners: Runners, calls: list[Call], now: datetime | None = None) -> Counter[str]:
    world = studio.world
    return runners.race(Part(world.database.url, world.tenant_id, now or world.now, calls, threads=4))


def test_b13_three_places_for_twenty_who_press_at_once(studio: Studio, runners: Runners) -> None:
    studio.settings(waitlist__offer="all_at_once")
    names = [f"person{n}" for n in range(20)]
    places = {name: studio.wait(name) for name in names}
    studio.free(3)
    studio.work()
    assert studio.offered(*names)
    calls: list[Call] = [("take_offer", studio.world.ids[name], (places[name].id,), {}) for name in names]
    assert run(studio, runners, calls) == {"done": 3, "Refused": 17}
    with studio.world.database.session(studio.world.tenant_id) as session:
        holds = session.execute(select(WaitlistEntry.offer_hold_id, WaitlistEntry.customer_id)).all()
    taken = [(hold, who) for hold, who in holds if hold is not None]
    calls = [("confirm_hold", who, (hold, Details()), {}) for hold, who in taken for _ in range(4)]
    assert run(studio, runners, calls) == {"done": 12}
    assert len(events(studio.world, "booking.made")) == 3
    assert waiting(studio.world) == 17
    assert seats_equal_tickets(studio.world)


@pytest.mark.parametrize("late", [False, True])
def test_b13_the_offer_a_new_booking_and_undo_at_once_are_one(studio: Studio, runners: Runners, late: bool) -> None:
    """In time the offered place is the one's who was offered it; afterwards one of those who want it has it."""
    mine = studio.wait("ben")
    gone = studio.bookings.pop()
    Acting(studio.world, "olga").cancel_booking(gone.code)
    freed = studio.world.now + 10 * MINUTE
    studio.work(freed)
    taken = Acting(studio.world, "ben", freed).take_offer(mine.id)
    wanted = (studio.world.ids["flow"], str(OccurrenceKey(studio.date.id)))
    calls: list[Call] = [("confirm_hold", studio.world.ids["ben"], (taken.hold_id, Details()), {}) for _ in range(6)]
    calls += [("book", studio.world.ids["ada"], wanted, {}) for _ in range(6)]
    calls += [("undo_cancel", studio.world.ids["olga"], (gone.code,), {}) for _ in range(6)]
    outcomes = run(studio, runners, calls, freed + (120 if late else 119) * MINUTE)
    assert outcomes == ({"done": 1, "Refused": 11, "Denied": 6} if late else {"done": 6, "Refused": 6, "Denied": 6})
    assert len(events(studio.world, "booking.made")) == 1
    assert len(events(studio.world, "waitlist.offer_ended")) == int(late)
    assert seats_equal_tickets(studio.world)


def test_b13_undo_a_new_booking_and_the_worker_at_once_are_one(studio: Studio, runners: Runners) -> None:
    """At the instant when undoing is over: the place is offered, or booked; never both."""
    studio.wait("ben")
    gone = studio.bookings.pop()
    Acting(studio.world, "olga").cancel_booking(gone.code)
    now, wanted = studio.world.now + 10 * MINUTE, (studio.world.ids["flow"], str(OccurrenceKey(studio.date.id)))
    calls: list[Call] = [("book", studio.world.ids["ada"], wanted, {}) for _ in range(6)]
    calls += [("undo_cancel", studio.world.ids["olga"], (gone.code,), {}) for _ in range(6)]
    calls += [(WORK, studio.world.ids["ada"], (), {}) for _ in range(6)]
    run(studio, runners, calls, now)
    studio.work(now)
    booked, offered = len(events(studio.world, "booking.made")), len(events(studio.world, "waitlist.offered"))
    assert booked + offered == 1
    assert not events(studio.world, "booking.restored")
    assert seats_equal_tickets(studio.world)

"""A business under any sequence of what people do: Hypothesis chooses, and after every step the books are looked at."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bookwidget.bookings.actions import Details, ListQuery, NewTicket, Tab
from bookwidget.bookings.models import Booking, WaitlistEntry
from bookwidget.bookings.offering import offer_places
from bookwidget.catalog.models import Service, TicketType
from bookwidget.kernel.actors import system
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.settings import Settings
from tests import factories
from tests.bookings.acting import Acting
from tests.bookings.looking import Look, check_news, look_at
from tests.bookings.soundness import Books, books_of, troubles_in
from tests.factories import World
from tests.fixtures import NOW

PEOPLE = ("ada", "ben", "cleo")
TIMES = [datetime(2026, 11, 26, 10, 0, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(5)]
"""Of appointments: each overlaps its neighbours."""
ONCE = ("leave_waiting_list", "start_series")
"""Who has left is not in line; and a series that begins where another does finds no room."""
MINUTES = (1, 9, 10, 11, 60, 24 * 60, 3 * 24 * 60)
PRICES = {"flow": (1400, 900), "massage": (6000, 6000), "yin": (1000, 600), "bath": (2800, 1400)}
"""Of the standard ticket, and of the other type."""
numbers = count()

deeds = st.sampled_from(["move", "postpone", "resume", "what fits", "what fits", "what fits"])
any_of = st.integers(0, 99)
"""Which of a list: counted around its end."""
who = st.sampled_from(PEOPLE)
roles = st.sampled_from(["owner", "owner", "owner", "staff", "stranger"])
stored_settings = st.fixed_dictionaries(
    {
        "bookings.cancel_notice_hours": st.sampled_from([0, 24]),
        "bookings.move_notice_hours": st.sampled_from([0, 24]),
        "bookings.undo_minutes": st.sampled_from([10, 10, 0, 1440]),
        "bookings.max_moves": st.sampled_from([0, 0, 1]),
        "bookings.postpone_allowed": st.booleans(),
        "bookings.transfer_value": st.sampled_from(["equal_or_lower", "any"]),
        "bookings.repeat_allowed": st.sampled_from([True, True, False]),
        "bookings.series_days": st.sampled_from([14, 28]),
        "bookings.cancelled_is_final": st.booleans(),
        "bookings.resume_days": st.sampled_from([1, 30]),
        "waitlist.offer": st.sampled_from(["in_order", "in_order", "all_at_once", "off"]),
        "waitlist.offer_minutes": st.sampled_from([5, 120]),
        "schedule.notice_hours": st.sampled_from([0, 2]),
        "schedule.hold_minutes": st.sampled_from([10, 30]),
    }
)


class Business(RuleBasedStateMachine):
    """Rules are what people do; the invariants are in `soundness.py` and at the end."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database, self.now, self.steps = database, NOW, 0
        self.holds: list[tuple[UUID, str]] = []
        """Ids of forms, and who has them open."""
        self.last_read: Books | None = None
        """What was read since somebody did something: rules and invariants ask for it a dozen times a step."""

    @initialize(capacities=st.lists(st.integers(1, 4), min_size=3, max_size=3), stored=stored_settings)
    def opens(self, capacities: list[int], stored: dict[str, Any]) -> None:
        self.world: World = factories.make_world(self.database, slug=f"m{next(numbers)}", now=NOW)
        self.stored = stored
        cleo = self.world.ids["cleo"] = uuid7()
        self.kinds = {name: uuid7() for name in ("flow", "yin", "bath")}
        self.world.ids |= {name: uuid7() for name in ("yin", "bath")}
        self.world.add(
            factories.make_customer(cleo, "cleo@example.com", "Cleo", "Ng", NOW),
            *self.other_classes(),
            *[
                TicketType(id=id, service_id=self.world.ids[name], name="Concession", price=PRICES[name][1])
                for name, id in self.kinds.items()
            ],
        )
        self.dates = [
            factories.make_class(self.world, days=days, capacity=places).id
            for days, places in zip((1, 2, 5), capacities, strict=True)
        ]
        self.targets = [*self.dates, *self.dates_of_others()]
        for number, person in enumerate(PEOPLE):
            self.staff_books(number != 1, number, person, 1 + (number == 2))
        for number, _date in enumerate(self.full_dates()):
            self.waits_for_a_full_one("cleo", number)
        self.begins()

    def begins(self) -> None:
        """What else there is on the first day."""

    def other_classes(self) -> list[Service]:
        return [
            Service(id=self.world.ids[name], name=name, kind="class", minutes=60, capacity=9, price=PRICES[name][0])
            for name in ("yin", "bath")
        ]

    def dates_of_others(self) -> list[UUID]:
        """Where tickets can be transferred to."""
        return [
            factories.make_class(
                self.world, days=days, capacity=2, service_id=self.world.ids[name], provider_id=None
            ).id
            for name, days in (("yin", 3), ("yin", 6), ("bath", 4))
        ]

    # How somebody acts, and what is true of every act

    def acting(self, name: str) -> Acting:
        return Acting(self.world, name, self.now, self.stored)

    def look(self) -> Look:
        return look_at(self.world)

    def act(self, name: str, person: str, *values: Any, event: str = "", **named: Any) -> bool:
        """Does it, and the same again. Whether it was allowed.

        What is refused changes nothing; what changes a booking, a ticket or a line is told once; the second click
        changes nothing, is told by nobody, and is answered like the first.
        """
        before = self.look()
        done = self.attempt(name, person, *values, **named)
        after = self.look()
        if not done:
            assert after == before, f"{name} was refused and did something"
        check_news(name, event, before, after)
        again = self.attempt(name, person, *values, **named)
        assert self.look() == after, f"{name} did something the second time"
        assert again is done or name in ONCE, f"{name} was answered otherwise the second time"
        return done

    def attempt(self, name: str, person: str, *values: Any, **named: Any) -> bool:
        self.last_read = None
        try:
            getattr(self.acting(person), name)(*values, **named)
        except (Denied, Refused, Missing):
            return False
        return True

    def worker(self, deed: Callable[..., None], *values: Any) -> None:
        """What a job does."""
        self.last_read = None
        scope = self.world.scope(system(), self.now)
        scope = replace(scope, tenant=replace(scope.tenant, settings=Settings(self.stored)))
        with scope.session, writing(scope.session):
            deed(scope, *values)

    def books(self) -> Books:
        if self.last_read is None:
            with self.database.session(self.world.tenant_id) as session:
                self.last_read = books_of(session)
        return self.last_read

    def booking(self, number: int) -> Booking:
        return pick(self.books().bookings.values(), number)

    def has_bookings(self) -> bool:
        return bool(self.books().bookings)

    def keys(self, number: int, *, is_class: bool) -> str:
        if is_class:
            return str(OccurrenceKey(pick(self.dates, number)))
        return str(TimeKey(self.world.ids[("mara", "tom")[number % 2]], pick(TIMES, number // 2)))

    def service(self, *, is_class: bool) -> UUID:
        return self.world.ids["flow" if is_class else "massage"]

    def places(self, books: Books, date: UUID) -> int:
        """Those left of a class, by a sum of our own."""
        taken = sum(ticket.occurrence_id == date for each in books.bookings.values() for ticket in books.live(each))
        taken += sum(hold.places for hold in books.holds if hold.occurrence_id == date and hold.until > self.now)
        return books.occurrences[date].capacity - taken

    def room(self, books: Books, date: UUID, places: int) -> bool:
        """Whether a customer can have so many places of a class now."""
        notice = timedelta(hours=self.stored["schedule.notice_hours"])
        return places <= self.places(books, date) and books.occurrences[date].starts_at >= self.now + notice

    # What people do

    @rule(minutes=st.sampled_from(MINUTES))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(person=who, is_class=st.booleans(), number=any_of, kinds=st.lists(st.booleans(), min_size=1, max_size=2))
    def books_at_once(self, person: str, is_class: bool, number: int, kinds: list[bool]) -> None:
        kinds = kinds if is_class else [False]
        open_forms = len(self.holds)
        self.opens_a_form(person, is_class, number, len(kinds))
        if len(self.holds) > open_forms:
            self.confirms(open_forms, kinds)
            assert self.holds[-1][0] in self.books().bookings

    @rule(person=who, is_class=st.booleans(), number=any_of, places=st.integers(1, 3))
    def opens_a_form(self, person: str, is_class: bool, number: int, places: int) -> None:
        id, key, places = uuid7(), self.keys(number, is_class=is_class), places if is_class else 1
        books = self.books()
        done = self.act("hold_slot", person, id, self.service(is_class=is_class), key, places)
        if is_class:
            assert done is self.room(books, pick(self.dates, number), places)
        if done:
            self.holds.append((id, person))

    @precondition(lambda self: self.holds)
    @rule(form=any_of, is_class=st.booleans(), number=any_of, places=st.integers(1, 3))
    def chooses_another_time(self, form: int, is_class: bool, number: int, places: int) -> None:
        id, person = pick(self.holds, form)
        key = self.keys(number, is_class=is_class)
        self.act("hold_slot", person, id, self.service(is_class=is_class), key, places if is_class else 1)

    @precondition(lambda self: self.holds)
    @rule(form=any_of, places=st.integers(1, 3))
    def brings_others(self, form: int, places: int) -> None:
        id, person = pick(self.holds, form)
        self.act("resize_place", person, id, places)

    @precondition(lambda self: self.holds)
    @rule(form=any_of, deed=st.sampled_from(["extend_place", "drop_place"]))
    def takes_longer_or_goes_away(self, form: int, deed: str) -> None:
        id, person = pick(self.holds, form)
        self.act(deed, person, id)

    @precondition(lambda self: self.holds)
    @rule(form=any_of, kinds=st.lists(st.booleans(), min_size=1, max_size=3))
    def confirms(self, form: int, kinds: list[bool]) -> None:
        id, person = pick(self.holds, form)
        tickets = [NewTicket(ticket_type_id=self.kinds["flow"] if is_cheap else None) for is_cheap in kinds]
        is_new = id not in self.books().bookings
        if self.act("confirm_hold", person, id, Details(tickets), event="booking.made") and is_new:
            made = self.books().bookings[id]
            assert made.customer_id == self.world.ids[person]

    @rule(is_class=st.booleans(), number=any_of, owner=who, places=st.integers(1, 2))
    def staff_books(self, is_class: bool, number: int, owner: str, places: int) -> None:
        """The one action whose second time is a second booking."""
        before, values = self.look(), (self.service(is_class=is_class), self.keys(number, is_class=is_class))
        tickets = [NewTicket()] * (places if is_class else 1)
        done = self.attempt("book", "owner", *values, tickets, customer_id=self.world.ids[owner])
        after = self.look()
        assert [kind for kind, _booking in after.events[len(before.events) :]] == ["booking.made"] * done
        assert done or after == before

    @precondition(has_bookings)
    @rule(number=any_of, role=roles)
    def cancels(self, number: int, role: str) -> None:
        booking = self.booking(number)
        person = self.somebody(role, booking)
        may = self.may(person, booking, "may_cancel") or (self.sees(person, booking) and booking.status == "cancelled")
        assert self.act("cancel_booking", person, booking.code, reason="ill", event="booking.cancelled") is may
        assert not may or self.books().bookings[booking.id].status == "cancelled"

    @precondition(has_bookings)
    @rule(number=any_of, role=roles)
    def takes_it_back(self, number: int, role: str) -> None:
        booking = self.booking(number)
        person = self.somebody(role, booking)
        may = self.may(person, booking, "may_undo") or (self.sees(person, booking) and booking.status != "cancelled")
        assert self.act("undo_cancel", person, booking.code, event="booking.restored") is may
        assert not may or self.books().bookings[booking.id].status != "cancelled"

    @precondition(has_bookings)
    @rule(number=any_of, role=roles, to=any_of, is_stale=st.sampled_from([False, False, True]), deed=deeds)
    def goes_elsewhere(self, number: int, role: str, to: int, is_stale: bool, deed: str) -> None:
        """Moved or postponed; or resumed, if it was cancelled."""
        booking = self.booking(number)
        if deed == "what fits":
            deed = "resume" if booking.status == "cancelled" else "move"
        person = self.somebody(role, booking)
        key = self.keys(to, is_class=booking.service_id != self.world.ids["massage"])
        may = self.may(person, booking, f"may_{deed}")
        values = {"moves": booking.moves - is_stale, "event": f"booking.{deed.removesuffix('e')}ed"}
        done = self.act(f"{deed}_booking", person, booking.code, key, **values)
        now = self.books().bookings[booking.id]
        assert now.moves == booking.moves or (done and may and not is_stale)
        assert (now.status, booking.status) != ("confirmed", "cancelled") or deed == "resume"

    @precondition(lambda self: self.full_dates())
    @rule(person=who, number=any_of)
    def waits_for_a_full_one(self, person: str, number: int) -> None:
        date = pick(self.full_dates(), number)
        line = {one.customer_id for one in self.entries() if one.occurrence_id == date.id}
        expected = date.starts_at > self.now or self.world.ids[person] in line
        assert self.act("join_waiting_list", person, date.id, event="waitlist.joined") is expected

    @rule(person=who, number=any_of)
    def waits(self, person: str, number: int) -> None:
        self.act("join_waiting_list", person, pick(self.dates, number), event="waitlist.joined")

    @precondition(lambda self: self.entries())
    @rule(number=any_of, person=who)
    def waits_no_longer(self, number: int, person: str) -> None:
        entry = pick(self.entries(), number)
        done = self.act("leave_waiting_list", person, entry.id, event="waitlist.left")
        assert done is (entry.customer_id == self.world.ids[person])

    @rule(number=any_of)
    def the_worker_offers(self, number: int) -> None:
        """Twice: the second time there is nothing left to offer."""
        looks = []
        for _time in range(2):
            self.worker(offer_places, pick(self.dates, number))
            looks.append(self.look())
        assert looks[0] == looks[1]

    @precondition(lambda self: self.entries())
    @rule(number=any_of, person=who, goes_on=st.booleans())
    def takes_what_is_offered(self, number: int, person: str, goes_on: bool) -> None:
        entry = pick(self.entries(), number)
        mine = entry.customer_id == self.world.ids[person]
        done = self.act("take_offer", person, entry.id)
        assert mine or not done
        if done and goes_on:
            self.holds.append((self.acting(person).take_offer(entry.id).hold_id, person))
            self.confirms(len(self.holds) - 1, [False])

    @precondition(lambda self: self.entries())
    @rule(number=any_of, removes=st.booleans())
    def the_desk_sees_to_the_line(self, number: int, removes: bool) -> None:
        entry, books = pick(self.entries(), number), self.books()
        if removes:
            assert self.act("remove_waiting", "owner", entry.occurrence_id, entry.id, event="waitlist.removed")
            return
        date, has_room = books.occurrences[entry.occurrence_id], entry.places <= self.places(books, entry.occurrence_id)
        has_one = any(hold.id == entry.offer_hold_id and hold.until > self.now for hold in books.holds)
        done = self.act("offer_now", "owner", entry.occurrence_id, entry.id, event="waitlist.offered")
        assert done is (has_one or (has_room and date.starts_at > self.now))

    def full_dates(self) -> list[Occurrence]:
        books = self.books()
        return [one for one in books.occurrences.values() if not one.is_private and not self.places(books, one.id)]

    def entries(self) -> list[WaitlistEntry]:
        return self.books().waiting

    def somebody(self, role: str, booking: Booking) -> str:
        """Mostly whose booking it is."""
        mine = next(name for name in PEOPLE if self.world.ids[name] == booking.customer_id)
        stranger = next(name for name in PEOPLE if name != mine)
        return {"owner": mine, "staff": "owner", "stranger": stranger}[role]

    def sees(self, person: str, booking: Booking) -> bool:
        return person == "owner" or self.world.ids[person] == booking.customer_id

    def may(self, person: str, booking: Booking, name: str) -> bool:
        """What the page shows."""
        if not self.sees(person, booking):
            return False
        return bool(getattr(self.acting(person).read_booking(booking.code), name).allowed)

    # What is true at every instant

    @invariant()
    def is_sound(self) -> None:
        assert troubles_in(self.books()) == []

    @invariant()
    def prices_are_those_of_the_tickets(self) -> None:
        books, named = self.books(), {id: name for name, id in self.world.ids.items()}
        for booking in books.bookings.values():
            prices = PRICES[named[booking.service_id]]
            mine = [one for one in books.tickets if one.booking_id == booking.id and not one.is_cancelled]
            assert booking.price == sum(prices[ticket.ticket_type_id is not None] for ticket in mine)

    @invariant()
    def each_booking_is_in_one_tab_of_its_customer(self) -> None:
        """Looked at for one customer after the other, for looking at all is most of the time."""
        self.steps += 1
        person = PEOPLE[self.steps % len(PEOPLE)]
        pages = {tab: self.acting(person).list_bookings(ListQuery(tab)) for tab in Tab}
        shown = [row.code for tab in Tab if tab is not Tab.WAITING for row in pages[tab].rows]
        mine = [one.code for one in self.books().bookings.values() if one.customer_id == self.world.ids[person]]
        assert sorted(shown) == sorted(mine)
        assert all(pages[tab].counts == pages[Tab.WAITING].counts for tab in Tab)
        lines = {one.id for one in self.entries() if one.customer_id == self.world.ids[person]}
        assert {row.id for row in pages[Tab.WAITING].rows} <= lines


def pick(things: Iterable[Any], number: int) -> Any:
    found = list(things)
    return found[number % len(found)]

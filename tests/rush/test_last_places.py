"""A crowd wants the same place at the same instant, over the real server in several processes."""

import time
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking
from bookwidget.events.jobs import Services
from bookwidget.events.worker import Worker
from bookwidget.kernel.clock import utc_now
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Hold
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.soundness import troubles
from tests.factories import PASSWORD, World
from tests.rush.conftest import Town
from tests.rush.people import Answer, Person, at_once

CROWD, SOME, THRONG = 200, 40, 600
KINDLY = ("This time has just been taken. Please choose another one.", "The nearest free times:")


def page_of(world: World, key: str) -> str:
    return f"book/{world.ids['flow' if key.startswith('o-') else 'massage'].hex}"


def weekday_at_ten(days: int = 7) -> datetime:
    day = utc_now() + timedelta(days=days)
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


def take(people: list[Person], world: World, key: str) -> list[Answer]:
    """All open the page of times; then all press the same time at once."""
    page = page_of(world, key)
    forms = at_once(partial(person.form, page) for person in people)
    pressed = zip(people, forms, strict=True)
    return at_once(partial(person.ask, page, {**form, "slot": key}) for person, form in pressed)


def book(person: Person, kept: Answer) -> list[Answer]:
    """Details, review, and the last button pressed three times at once, each time at another process."""
    name = f"guest{person.number}"
    form = person.ask(kept.location)
    review = person.press(form, "review", given_name=name, family_name="Adams", email=f"{name}@example.com")
    assert review.status == 200, review.text
    clicks = [Person(person.ports, person.number + n, person.base) for n in range(3)]
    return at_once(partial(click.press, review, "confirm") for click in clicks)


def booked_by(world: World) -> list[str]:
    with world.database.session(world.tenant_id) as session:
        emails = select(Customer.email).join(Booking, Booking.customer_id == Customer.id).order_by(Customer.email)
        return list(session.execute(emails.where(Booking.status == "confirmed")).scalars())


def told_kindly(answer: Answer, elsewhere: str) -> bool:
    return all(words in answer.text for words in KINDLY) and elsewhere in answer.text


def rush(town: Town, world: World, key: str, elsewhere: str, *, size: int, places: int) -> None:
    """So many people for so few places: these few have them, the others know where to go, and nobody waits in vain."""
    people = town.crowd(world, size)
    answers = take(people, world, key)
    assert Counter(answer.status for answer in answers) == {303: places, 422: size - places}, town.house.log()[-2000:]
    assert all(told_kindly(answer, elsewhere) for answer in answers if answer.status == 422)
    happy = [(person, answer) for person, answer in zip(people, answers, strict=True) if answer.status == 303]
    clicks = at_once(partial(book, person, kept) for person, kept in happy)
    for three in clicks:
        assert {answer.status for answer in three} == {303}
        assert len({answer.location for answer in three}) == 1
    assert booked_by(world) == sorted(f"guest{person.number}@example.com" for person, _kept in happy)
    assert len(events(world, "booking.made")) == places
    assert troubles(world) == []


@pytest.mark.parametrize("size", [CROWD, pytest.param(THRONG, marks=pytest.mark.slow)])
def test_K1_a_crowd_for_five_places_is_five_bookings(town: Town, size: int) -> None:
    world = town.business()
    full = factories.make_class(world, days=7, capacity=5)
    free = factories.make_class(world, days=8, capacity=500)
    rush(town, world, str(OccurrenceKey(full.id)), str(OccurrenceKey(free.id)), size=size, places=5)
    assert occurrence(world, full.id).seats_taken == 5


@pytest.mark.parametrize("size", [SOME, pytest.param(CROWD, marks=pytest.mark.slow)])
def test_K1_a_crowd_for_one_time_of_a_provider_is_one_booking(town: Town, size: int) -> None:
    world, at = town.business(), weekday_at_ten()
    wanted, beside = (str(TimeKey(world.ids[who], at)) for who in ("mara", "tom"))
    rush(town, world, wanted, beside, size=size, places=1)


@pytest.mark.parametrize("size", [SOME, pytest.param(CROWD, marks=pytest.mark.slow)])
def test_B8_a_crowd_waits_in_vain_for_a_place_that_is_taken_back(town: Town, size: int) -> None:
    """Undo within its minutes wins against everybody."""
    world = town.business()
    booking = factories.make_booking(world, occurrence=factories.make_class(world, days=7, capacity=1))
    factories.make_class(world, days=8)
    ada, page = town.crowd(world, 1)[0].sign_in("ada@example.com", PASSWORD), page_of(world, "o-")
    assert ada.ask(f"bookings/{booking.code}/cancel", ada.form(f"bookings/{booking.code}/cancel")).status == 303
    undo, key = f"bookings/{booking.code}/undo", str(OccurrenceKey(booking.occurrence_id))
    button, people = ada.form(undo), town.crowd(world, size)
    forms = at_once(partial(person.form, page) for person in people)
    backs = [Person(ada.ports, n, ada.base, ada.cookies) for n in range(4)]
    answers = at_once(
        [
            *(partial(back.ask, undo, button) for back in backs),
            *(partial(one.ask, page, {**form, "slot": key}) for one, form in zip(people, forms, strict=True)),
        ]
    )
    assert Counter(answer.status for answer in answers) == {303: 4, 422: size}
    assert booked_by(world) == ["ada@example.com"]
    assert len(events(world, "booking.restored")) == 1
    assert troubles(world) == []


@pytest.mark.parametrize("offered", ["in_order", "all_at_once"])
@pytest.mark.parametrize("size", [SOME, pytest.param(CROWD, marks=pytest.mark.slow)])
def test_B13_a_freed_place_goes_to_one_who_waited(town: Town, size: int, offered: str) -> None:
    """Offered to the next in line, or to all who wait; each of them presses, and a crowd of others too."""
    settings = {"waitlist.offer": offered, "bookings.undo_minutes": 0}
    world = town.business(settings=settings)
    booking = factories.make_booking(world, occurrence=factories.make_class(world, days=7, capacity=1), customer="ben")
    free = str(OccurrenceKey(factories.make_class(world, days=8, capacity=500).id))
    key, page = str(OccurrenceKey(booking.occurrence_id)), page_of(world, "o-")
    waiting = ["ada", *(waits(world, number) for number in range(5))]
    entries = [Acting(world, name, utc_now()).join_waiting_list(booking.occurrence_id).id for name in waiting]
    lines = [
        Person(town.house.ports, 300 + n, f"/w/{world.slug}/0/").sign_in(f"{name}@example.com", PASSWORD)
        for n, name in enumerate(waiting)
    ]
    Acting(world, "owner", utc_now()).cancel_booking(booking.code)
    worker = Worker(world.database, Services())
    while worker.run_once():
        pass
    pages = [f"bookings/waiting/{entry.hex}" for entry in entries]
    own = list(zip(lines, pages, strict=True))
    buttons = [line.ask(url).forms().get(f"{line.base}{url}/take", {}) for line, url in own]
    assert sum(map(bool, buttons)) == (1 if offered == "in_order" else len(waiting))
    people = town.crowd(world, size)
    forms = at_once(partial(person.form, page) for person in people)
    deeds = [partial(line.ask, f"{url}/take", button) for (line, url), button in zip(own, buttons, strict=True)]
    deeds += [partial(one.ask, page, {**form, "slot": key}) for one, form in zip(people, forms, strict=True)]
    answers = at_once(deeds)
    taken, others = answers[: len(lines)], answers[len(lines) :]
    assert {answer.status for answer in others} <= {303, 422}
    assert [answer.status for answer in answers].count(303) == 1
    assert offered == "all_at_once" or taken[0].status == 303
    assert all(told_kindly(answer, free) for answer in others if answer.status == 422)
    assert troubles(world) == []


def waits(world: World, number: int) -> str:
    """A customer more, by name."""
    name = f"waiter{number}"
    id = world.ids[name] = uuid7()
    world.add(factories.make_customer(id, f"{name}@example.com", name, "", world.now))
    return name


@pytest.mark.parametrize("size", [SOME, pytest.param(CROWD, marks=pytest.mark.slow)])
def test_B8_at_the_instant_when_undoing_ends_there_is_one_owner(town: Town, size: int) -> None:
    """The minutes end while everybody presses: either the booking is back, or one of the crowd keeps the place."""
    world = town.business()
    booking = factories.make_booking(world, occurrence=factories.make_class(world, days=7, capacity=1))
    factories.make_class(world, days=8)
    ada, page = town.crowd(world, 1)[0].sign_in("ada@example.com", PASSWORD), page_of(world, "o-")
    undo, key = f"bookings/{booking.code}/undo", str(OccurrenceKey(booking.occurrence_id))
    Acting(world, now=utc_now()).cancel_booking(booking.code)
    button, people = ada.form(undo), town.crowd(world, size)
    forms = at_once(partial(person.form, page) for person in people)
    over = utc_now() + timedelta(seconds=1)
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(update(Hold).values(until=over))
        session.execute(update(Booking).values(undo_until=over))

    def press(person: Person, path: str, fields: dict[str, str], delay: float) -> Answer:
        time.sleep(delay)
        return person.ask(path, fields)

    backs = [Person(ada.ports, n, ada.base, ada.cookies) for n in range(4)]
    deeds = [partial(press, back, undo, button, 0.85 + 0.1 * n) for n, back in enumerate(backs)]
    for n, (person, form) in enumerate(zip(people, forms, strict=True)):
        deeds.append(partial(press, person, page, {**form, "slot": key}, 2 * n / size))
    answers = at_once(deeds)
    undone, taken = answers[:4], answers[4:]
    came_back = any(answer.status == 303 for answer in undone)
    kept = [answer for answer in taken if answer.status == 303]
    assert {answer.status for answer in undone} <= {303, 403, 422}
    assert {answer.status for answer in taken} <= {303, 422}
    assert len(kept) + came_back == 1
    assert booked_by(world) == ["ada@example.com"] * came_back
    assert troubles(world) == []

"""Processes die in the middle of everything: nothing is half made, and what was answered is there."""

import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Thread

import pytest
from sqlalchemy import select

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking
from bookwidget.schedule.rules import OccurrenceKey
from tests import factories
from tests.bookings.acting import events
from tests.bookings.soundness import troubles
from tests.factories import World
from tests.rush.conftest import Town
from tests.rush.people import Answer, Fields, Gone, Person, at_once
from tests.rush.servers import House

GIVES_UP = 60
"""Seconds after which even the most patient says that nobody answers."""


@dataclass
class Patient(Person):
    """Somebody who sends the very same again until there is an answer."""

    unanswered: int = field(default=0, init=False)

    def ask(self, path: str, fields: Fields | None = None) -> Answer:
        end = time.monotonic() + GIVES_UP
        while time.monotonic() < end:
            with suppress(Gone):
                return super().ask(path, fields)
            self.unanswered += 1
            time.sleep(0.05)
        raise Gone("nobody answers any more")

    @property
    def email(self) -> str:
        return f"guest{self.number}@example.com"

    def books(self, page: str, key: str) -> Answer:
        """From the page of times to the last button."""
        kept = self.ask(page, {**self.form(page), "slot": key})
        if kept.status != 303:
            return kept
        form = self.ask(kept.location)
        review = self.press(form, "review", given_name="Eve", family_name="Adams", email=self.email)
        return self.press(review, "confirm")

    def cancels(self, booked: Answer) -> Answer:
        """By the link of the confirmation."""
        page = f"{booked.location.split('?')[0]}/cancel"
        return self.ask(page, self.form(page))


def kill_now_and_then(house: House, kills: int, stop: Event) -> None:
    """Any process, at any instant; it comes back, and meanwhile the others work."""
    for _kill in range(kills):
        if stop.wait(random.uniform(0.05, 0.5)):
            return
        port = random.choice(house.ports)
        house.kill(port)
        house.start(port)


@pytest.mark.parametrize(("people", "kills"), [(60, 4), pytest.param(400, 40, marks=pytest.mark.slow)])
def test_what_was_answered_is_there_and_nothing_is_half_made(town: Town, people: int, kills: int) -> None:
    world = town.business()
    dates = [factories.make_class(world, days=days, capacity=people // 5) for days in (7, 8, 9, 10)]
    page, stop = f"book/{world.ids['flow'].hex}", Event()
    crowd = [Patient(town.house.ports, number, f"/w/{world.slug}/0/") for number in range(people)]
    killer = Thread(target=kill_now_and_then, args=(town.house, kills, stop))
    killer.start()
    try:
        keys = [str(OccurrenceKey(dates[n % len(dates)].id)) for n in range(people)]
        told = at_once(partial(person.books, page, key) for person, key in zip(crowd, keys, strict=True))
        booked = [(person, answer) for person, answer in zip(crowd, told, strict=True) if answer.status == 303]
        gone = booked[::3]
        goodbyes = at_once(partial(person.cancels, answer) for person, answer in gone)
    finally:
        stop.set()
        killer.join()
    assert {answer.status for answer in told} == {303, 422}
    assert {answer.status for answer in goodbyes} == {303}
    expected = {person.email: "confirmed" for person, _answer in booked}
    expected |= {person.email: "cancelled" for person, _answer in gone}
    assert stored(world) == sorted(expected.items())
    assert len(booked) == sum(date.capacity for date in dates)
    assert (len(events(world, "booking.made")), len(events(world, "booking.cancelled"))) == (len(booked), len(gone))
    assert troubles(world) == []
    unanswered = sum(person.unanswered for person in crowd)
    assert unanswered > 0, "no kill has hit anything"
    sys.stdout.write(f"{kills} kills, {unanswered} requests without an answer\n")  # pytest -rP shows it


def stored(world: World) -> list[tuple[str, str]]:
    """Who has which booking, and in which status."""
    with world.database.session(world.tenant_id) as session:
        rows = select(Customer.email, Booking.status).join(Booking, Booking.customer_id == Customer.id)
        return sorted((email, status) for email, status in session.execute(rows))

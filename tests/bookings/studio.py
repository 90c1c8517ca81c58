"""A class that is full, and people who wait for it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.bookings.actions import Details, ListQuery, NewTicket, Tab, WaitingPlace
from bookwidget.bookings.models import Booking
from bookwidget.events.jobs import Services
from bookwidget.events.worker import Worker
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import Acting, events
from tests.events.work import HandClock
from tests.factories import World

MINUTE = timedelta(minutes=1)


@dataclass
class Studio:
    """A class whose places are all Olga's, and people who wait for them."""

    world: World
    date: Occurrence
    bookings: list[Booking]

    def settings(self, **values: object) -> None:
        named = {name.replace("__", "."): value for name, value in values.items()}
        with self.world.database.session(self.world.tenant_id) as session, writing(session):
            session.get_one(Tenant, self.world.tenant_id).settings = named

    def person(self, name: str) -> str:
        id = self.world.ids[name] = uuid7()
        self.world.add(factories.make_customer(id, f"{name}@wait.example", name, "", self.world.now))
        return name

    def wait(self, name: str, places: int = 1) -> WaitingPlace:
        who = name if name in self.world.ids else self.person(name)
        place: WaitingPlace = Acting(self.world, who).join_waiting_list(self.date.id, places)
        return place

    def free(self, number: int = 1, now: datetime | None = None) -> None:
        """The business cancels so many bookings of one place: there is no undoing that."""
        for _ in range(number):
            Acting(self.world, "owner", now).cancel_booking(self.bookings.pop().code)

    def work(self, now: datetime | None = None) -> None:
        worker = Worker(self.world.database, Services(), HandClock(now or self.world.now))
        while worker.run_once():
            pass

    def row(self, name: str, now: datetime | None = None) -> Any:
        [row] = Acting(self.world, name, now).list_bookings(ListQuery(Tab.WAITING)).rows
        return row

    def told(self, kind: str) -> Counter[UUID | None]:
        """Events of one millisecond are in no order."""
        return Counter(event.customer_id for event in events(self.world, kind))

    def offered(self, *names: str) -> bool:
        return self.told("waitlist.offered") == Counter(self.world.ids[name] for name in names)

    def take_and_book(self, name: str, place: WaitingPlace, now: datetime | None = None, tickets: int = 1) -> UUID:
        taken = Acting(self.world, name, now).take_offer(place.id)
        Acting(self.world, name, now).confirm_hold(taken.hold_id, Details((NewTicket(),) * tickets))
        return UUID(str(taken.hold_id))


def full_class(world: World, places: int = 4) -> Studio:
    date = factories.make_class(world, days=4, capacity=places)
    made = Studio(world, date, [])
    made.person("olga")
    made.bookings = [factories.make_booking(world, customer="olga", occurrence=date) for _ in range(places)]
    return made

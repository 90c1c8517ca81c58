"""What the demo's businesses with appointments are made of: services, a team with hours, and visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bookwidget.bookings.actions import Kind, NewTicket, Rhythm, book, cancel_booking, start_series
from bookwidget.catalog.actions import read_service
from bookwidget.catalog.models import Location, Provider, Service, ServiceLocation, ServiceProvider
from bookwidget.kernel.actors import Actor
from bookwidget.kernel.ids import uuid7
from bookwidget.ops.demo_content.business import Building, Person
from bookwidget.schedule.actions import Slot, slots_between
from bookwidget.schedule.models import OpeningHours
from bookwidget.schedule.rules import local_day
from bookwidget.tenancy.session import writing


@dataclass(frozen=True)
class Hours:
    """When somebody works, and what they do. Weekdays: 0 is Monday; opening and closing in full hours."""

    weekdays: tuple[int, ...]
    opens: int
    closes: int
    performs: tuple[str, ...]


Offer = tuple[int, int, str]
"""Minutes, price in minor units, and what it is."""


def add_services(building: Building, offers: Mapping[str, Offer], *, minutes_after: int, **more: Any) -> None:
    """Appointments by their names. `more` are columns that all of them share."""
    for name, (minutes, price, description) in offers.items():
        building.services[name] = Service(
            id=uuid7(), name=name, kind="appointment", minutes=minutes, minutes_after=minutes_after, price=price,
            description=description, **more,
        )  # fmt: skip
    building.add(*building.services.values())


def add_team(building: Building, team: Mapping[str, Hours]) -> None:
    for name, hours in team.items():
        person = building.providers[name] = Provider(id=uuid7(), name=name)
        building.add(
            person,
            *(
                OpeningHours(provider_id=person.id, weekday=day, opens=hours.opens * 60, closes=hours.closes * 60)
                for day in hours.weekdays
            ),
            *(
                ServiceProvider(service_id=building.services[service].id, provider_id=person.id)
                for service in hours.performs
            ),
        )


def add_place(building: Building, name: str, address: str) -> None:
    """All of the business's services take place there."""
    place = Location(id=uuid7(), name=name, address=address)
    building.add(
        place,
        *(ServiceLocation(service_id=service.id, location_id=place.id) for service in building.services.values()),
    )


def visit(building: Building, person: Person, service: str, *, days: int, note: str = "") -> str:
    """Books the first free time on that day or the next working one, some days before; the code."""
    booked_at = min(building.at(days - 10, "19:20"), building.now - timedelta(days=4, minutes=12))
    actor = building.customer(person)
    slot = first_slot(building, actor, service, days, booked_at)
    with building.acting(actor, booked_at) as scope:
        return book(scope, building.services[service].id, slot.key, (NewTicket(),), note=note).code


def repeat(building: Building, service: str) -> None:
    """Customers may book it every week or every few weeks."""
    with building.database.session(building.tenant.id) as session, writing(session):
        stored = session.get_one(Service, (building.tenant.id, building.services[service].id))
        stored.settings = {"bookings.repeat_allowed": True}


def come_every(
    building: Building, person: Person, service: str, weeks: int, *, days: int, note: str = "", provider: str = ""
) -> None:
    """Books it every so many weeks from that day on, or from the next one on which there is a time."""
    booked_at, actor = building.at(days - 10, "19:20"), building.customer(person)
    day = local_day(building.at(days, "12:00"), building.tenant.zone)
    who = building.providers[provider].id if provider else None
    with building.acting(actor, booked_at) as scope:
        facts = read_service(scope, building.services[service].id)
        slot = slots_between(scope, facts, day, day + timedelta(days=6), provider_id=who)[0]
        start_series(scope, facts.id, slot.key, Rhythm(Kind.WEEKLY, weeks), note=note)


def first_slot(building: Building, actor: Actor, service: str, days: int, now: datetime) -> Slot:
    day = local_day(building.at(days, "12:00"), building.tenant.zone)
    with building.acting(actor, now) as scope:
        facts = read_service(scope, building.services[service].id)
        return slots_between(scope, facts, day, day + timedelta(days=6))[0]


def cancel(building: Building, actor: Actor, code: str, at: datetime, reason: str) -> None:
    with building.acting(actor, at) as scope:
        cancel_booking(scope, code, reason=reason)

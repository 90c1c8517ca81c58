"""What is offered, from the database: providers, hours, time off, what is taken; and claiming it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import false, select
from sqlalchemy.exc import IntegrityError

from bookwidget.catalog.actions import ServiceFacts, list_services, list_ticket_types, read_service
from bookwidget.catalog.models import Provider, Service, TicketType
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.schedule import store
from bookwidget.schedule.actions import (
    Slot,
    change_places,
    find_slot,
    lock_occurrence,
    make_private_occurrence,
    parse_slot_key,
    release_seats,
    slots_between,
    take_seats,
)
from bookwidget.schedule.models import Occurrence, OpeningHours, TimeOff
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from bookwidget.tenancy.session import writing
from tests import factories
from tests.factories import World

THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)


def at(hour: int, minute: int = 0, day: date = THURSDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def slots(
    world: World, service: str = "massage", first: date = THURSDAY, last: date | None = None, **named: Any
) -> tuple[Slot, ...]:
    scope = named.pop("scope", None) or world.scope()
    with scope.session:
        return slots_between(scope, read_service(scope, world.ids[service]), first, last or first, **named)


def times(world: World, provider: str = "mara", **named: Any) -> list[str]:
    return [slot.starts_at.strftime("%H:%M") for slot in slots(world, provider_id=world.ids[provider], **named)]


def test_an_appointment_offers_every_provider_who_performs_it(yoga: World) -> None:
    yoga.add(Provider(name="Performs nothing"))
    offered = slots(yoga)
    assert {slot.provider_name for slot in offered} == {"Mara Oduya", "Tomas Reyl"}
    assert [slot.provider_name for slot in offered[:2]] == ["Mara Oduya", "Tomas Reyl"]
    assert len(offered) == 2 * 15
    first, last = offered[0], offered[-1]
    assert (first.starts_at, last.ends_at, first.places_left) == (at(9), at(17), 1)
    assert parse_slot_key(first.key) == TimeKey(yoga.ids["mara"], at(9))


def test_what_is_taken_is_not_offered_with_the_buffers_of_both(yoga: World) -> None:
    factories.make_appointment(yoga, starts_at=at(12))  # busy until 13:15
    offered = times(yoga)
    assert "10:30" in offered  # until 11:30, and 15 minutes after
    assert not {"11:00", "11:30", "12:00", "12:30", "13:00"} & set(offered)
    assert "13:30" in offered
    assert "12:00" in times(yoga, "tom")


def test_a_class_keeps_its_provider_busy_too(yoga: World) -> None:
    factories.make_class(yoga, starts_at=at(10))
    assert "10:00" not in times(yoga)


@pytest.mark.parametrize("state", ["cancelled", "released"])
def test_what_does_not_take_place_keeps_nobody_busy(yoga: World, state: str) -> None:
    factories.make_class(yoga, starts_at=at(10), state=state)
    assert "10:00" in times(yoga)


def test_the_ignored_occurrence_is_free(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=at(12))
    assert "12:00" in times(yoga, ignoring_occurrence=booking.occurrence_id)


def test_time_off_and_own_hours(yoga: World) -> None:
    yoga.add(
        TimeOff(provider_id=yoga.ids["mara"], first_day=THURSDAY, last_day=THURSDAY),
        OpeningHours(provider_id=yoga.ids["tom"], weekday=3, opens=600, closes=720),
    )
    assert times(yoga) == []
    assert times(yoga, "tom") == ["10:00", "10:30", "11:00"]
    assert times(yoga, first=FRIDAY) != []
    assert times(yoga, "tom", first=FRIDAY) == []  # own hours replace the general ones
    yoga.add(TimeOff(provider_id=None, first_day=FRIDAY, last_day=FRIDAY))
    assert times(yoga, first=FRIDAY) == []


def test_notice_and_horizon_bind_customers_but_not_staff(yoga: World) -> None:
    today = yoga.now.date()  # it is 09:00
    assert times(yoga, first=today)[0] == "11:00"
    assert times(yoga, first=today, scope=yoga.staff_scope())[0] == "09:00"
    far = today + timedelta(days=91)
    assert slots(yoga, first=far) == ()
    assert slots(yoga, first=far, scope=yoga.staff_scope()) != ()
    assert {slot.starts_at.date() for slot in slots(yoga, first=far - timedelta(days=3), last=far)} == {
        far - timedelta(days=1)
    }


@pytest.mark.parametrize(
    ("first", "last"),
    [(date.min, date.min), (date.max, date.max), (FRIDAY, THURSDAY), (date(2026, 11, 1), date(2026, 11, 23))],
)
def test_days_without_anything(yoga: World, first: date, last: date) -> None:
    assert slots(yoga, first=first, last=last) == ()
    assert slots(yoga, "flow", first=first, last=last) == ()


def test_a_class_offers_its_dates_with_places_left(yoga: World) -> None:
    open_one = factories.make_class(yoga, starts_at=at(18), capacity=5, seats_taken=3)
    factories.make_class(yoga, starts_at=at(8), capacity=5, seats_taken=5)
    factories.make_class(yoga, starts_at=at(12), state="cancelled")
    factories.make_class(yoga, starts_at=at(18, day=FRIDAY))
    [slot] = slots(yoga, "flow")
    assert (slot.key, slot.places_left, slot.provider_name) == (str(OccurrenceKey(open_one.id)), 2, "Mara Oduya")
    assert slots(yoga, "flow", ignoring_occurrence=open_one.id) == ()
    assert slots(yoga, "flow", provider_id=yoga.ids["tom"]) == ()


def test_seats_are_taken_up_to_the_capacity_and_not_beyond(yoga: World) -> None:
    occurrence = factories.make_class(yoga, capacity=3)
    scope = yoga.scope()
    with scope.session, writing(scope.session):
        take_seats(scope, occurrence.id, 2)
        with pytest.raises(Refused) as refused:
            take_seats(scope, occurrence.id, 2)
        assert refused.value.field == "slot"
        release_seats(scope, occurrence.id, 1)
        take_seats(scope, occurrence.id, 2)
        assert lock_occurrence(scope, occurrence.id).places_left == 0
        for places in (0, -1):
            with pytest.raises(Refused):
                take_seats(scope, occurrence.id, places)


def test_places_change_together_or_not_at_all(yoga: World) -> None:
    full, roomy = (
        factories.make_class(yoga, capacity=1, seats_taken=1),
        factories.make_class(yoga, days=3, seats_taken=2),
    )
    scope = yoga.scope()
    with scope.session:
        with pytest.raises(Refused), writing(scope.session):
            change_places(scope, {full.id: 1, roomy.id: -1})
        with writing(scope.session):
            assert lock_occurrence(scope, roomy.id).places_left == 10


def claim(world: World, starts_at: datetime) -> None:
    scope = world.scope()
    with scope.session, writing(scope.session):
        make_private_occurrence(scope, read_service(scope, world.ids["massage"]), world.ids["mara"], None, starts_at)


def test_a_provider_s_time_is_taken_once_and_back_to_back_is_fine(yoga: World) -> None:
    claim(yoga, at(12))  # busy until 13:15
    for minutes in (-74, 0, 74):
        with pytest.raises(Refused):
            claim(yoga, at(12) + timedelta(minutes=minutes))
    for minutes in (-75, 75):
        claim(yoga, at(12) + timedelta(minutes=minutes))


def test_postgresql_refuses_what_the_query_did_not_see(yoga: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody else's booking came in between, by a way that takes no lock."""
    claim(yoga, at(12))
    monkeypatch.setattr(store, "OVERLAPS", select(false()))
    if yoga.database.is_sqlite:
        claim(yoga, at(12))  # there is only the query
    else:
        with pytest.raises(Refused):
            claim(yoga, at(12))


def test_an_error_that_is_not_about_time_is_not_hidden(yoga: World) -> None:
    scope = yoga.scope()
    with scope.session, pytest.raises(IntegrityError), writing(scope.session):  # noqa: PT012 - both end together
        service = replace(read_service(scope, yoga.ids["massage"]), minutes=0)  # it would end as it starts
        make_private_occurrence(scope, service, yoga.ids["mara"], None, at(12))


def test_a_slot_is_found_by_its_key_only_while_it_can_be_booked(yoga: World) -> None:
    free, taken = TimeKey(yoga.ids["mara"], at(14)), TimeKey(yoga.ids["mara"], at(12))
    factories.make_appointment(yoga, starts_at=at(12))
    scope = yoga.scope()
    with scope.session:
        massage, flow = (read_service(scope, yoga.ids[name]) for name in ("massage", "flow"))
        assert find_slot(scope, massage, free).starts_at == at(14)
        wrong: list[tuple[ServiceFacts, OccurrenceKey | TimeKey]] = [
            (massage, taken),
            (flow, free),
            (massage, OccurrenceKey(yoga.ids["flow"])),
        ]
        for service, key in wrong:
            with pytest.raises(Refused):
                find_slot(scope, service, key)


def test_another_tenant_s_things_do_not_exist(yoga: World, other: World) -> None:
    occurrence = factories.make_class(yoga, starts_at=at(18))
    factories.make_appointment(yoga, starts_at=at(12))
    scope = other.scope()
    with scope.session:
        with pytest.raises(Missing):
            read_service(scope, yoga.ids["massage"])
        assert {service.id for service in list_services(scope)} == {other.ids["flow"], other.ids["massage"]}
        foreign = read_service(scope, other.ids["massage"])
        assert slots_between(scope, foreign, THURSDAY, THURSDAY, provider_id=yoga.ids["mara"]) == ()
        assert len(slots_between(scope, foreign, THURSDAY, THURSDAY)) == 2 * 15
        with pytest.raises(Missing), writing(scope.session):
            lock_occurrence(scope, occurrence.id)
        with pytest.raises(Refused), writing(scope.session):
            take_seats(scope, occurrence.id, 1)
        with writing(scope.session):
            release_seats(scope, occurrence.id, 0)
    with yoga.database.session(yoga.tenant_id) as session:
        assert session.get_one(Occurrence, (yoga.tenant_id, occurrence.id)).seats_taken == 0


def test_services_and_their_ticket_types(yoga: World) -> None:
    yoga.add(
        Service(name="Retired", kind="class", minutes=60, is_active=False),
        TicketType(service_id=yoga.ids["flow"], name="Child", price=700, is_child=True),
    )
    scope = yoga.scope()
    with scope.session:
        assert [service.name for service in list_services(scope)] == ["Massage", "Slow Flow"]
        [child] = list_ticket_types(scope, yoga.ids["flow"])
        assert (child.name, child.price, child.is_child) == ("Child", 700, True)

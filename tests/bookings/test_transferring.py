"""Transferring: all tickets or some, their price, and that nothing changes but what was reviewed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookwidget.bookings.actions import BookingDetails, Transfer
from bookwidget.bookings.models import Acceptance, GivenAnswer, Ticket
from bookwidget.catalog.models import Question, Service, TicketType
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.racing import Call, Part, Runners
from tests.bookings.soundness import troubles
from tests.factories import World

ANY = {"bookings.transfer_value": "any"}


def add_class(world: World, name: str, price: int, **settings: Any) -> Service:
    """Another class; its id is `world.ids[name]`."""
    world.ids[name] = uuid7()
    values = {"minutes": 60, "capacity": 9, "price": price, "settings": settings}
    service: Service = world.add(Service(id=world.ids[name], name=name, kind="class", **values))
    return service


def add_kind(world: World, service: str, name: str, price: int, *, is_child: bool = False) -> TicketType:
    kind: TicketType = world.add(
        TicketType(id=uuid7(), service_id=world.ids[service], name=name, price=price, is_child=is_child)
    )
    return kind


def key(date: Occurrence) -> str:
    return str(OccurrenceKey(date.id))


def date_of(world: World, service: str, *, days: float = 3, **values: Any) -> Occurrence:
    """With nobody, because a provider is in one place at a time."""
    return factories.make_class(world, days=days, service_id=world.ids[service], provider_id=None, **values)


def transfer(acting: Acting, code: str, wanted: Transfer, **named: Any) -> BookingDetails:
    moved: BookingDetails = acting.transfer_tickets(code, wanted, **{"moves": None, "price": None, **named})
    return moved


def test_b7_a_ticket_goes_to_another_class_and_both_counts_change_by_one(yoga: World) -> None:
    add_class(yoga, "Yin", 1000)
    booking, target = factories.make_booking(yoga), date_of(yoga, "Yin")
    moved = transfer(Acting(yoga), booking.code, Transfer(key(target)), moves=0, price=1000)
    assert (moved.code, moved.id, moved.service) == (booking.code, booking.id, "Yin")
    assert (moved.starts_at, moved.ends_at, moved.price.amount) == (target.starts_at, target.ends_at, 1000)
    assert (occurrence(yoga, booking.occurrence_id).seats_taken, occurrence(yoga, target.id).seats_taken) == (0, 1)
    [event] = events(yoga, "booking.transferred")
    assert (event.booking_id, event.customer_id) == (booking.id, yoga.ids["ada"])
    before, after = event.facts["before"], event.facts["after"]
    assert (before["service"], before["price"], before["places"]) == ("Slow Flow", 1400, 1)
    assert (after["service"], after["price"], after["places"]) == ("Yin", 1000, 1)
    assert not events(yoga, "booking.moved")
    assert not troubles(yoga)


def test_b7_the_review_changes_nothing_and_names_the_difference(yoga: World) -> None:
    add_class(yoga, "Yin", 1650)
    booking, target = factories.make_booking(yoga, tickets=2), date_of(yoga, "Yin")
    offer = Acting(yoga, settings=ANY).offer_transfer(booking.code, Transfer(key(target)))
    assert (offer.old_price.amount, offer.price.amount, offer.difference.amount) == (2800, 3300, 500)
    assert (offer.service.name, offer.slot.starts_at, offer.location) == ("Yin", target.starts_at, "Studio 1")
    assert not offer.is_too_dear
    assert occurrence(yoga, target.id).seats_taken == 0
    assert Acting(yoga).read_booking(booking.code).moves == 0


def test_b7_one_of_several_gets_a_booking_of_its_own(yoga: World) -> None:
    target, booking = factories.make_class(yoga, days=5), factories.make_booking(yoga, tickets=3, note="Mat, please")
    one, *others = Acting(yoga).read_booking(booking.code).tickets
    moved = transfer(Acting(yoga), booking.code, Transfer(key(target), (one.id,)), moves=0, price=1400)
    assert moved.code != booking.code
    assert ([ticket.id for ticket in moved.tickets], moved.price.amount, moved.moves) == ([one.id], 1400, 1)
    assert (moved.note, moved.created_at, moved.status) == ("Mat, please", booking.created_at, "confirmed")
    left = Acting(yoga).read_booking(booking.code)
    assert ([ticket.id for ticket in left.tickets], left.price.amount, left.moves) == (
        [ticket.id for ticket in others],
        2800,
        1,
    )
    assert (occurrence(yoga, booking.occurrence_id).seats_taken, occurrence(yoga, target.id).seats_taken) == (2, 1)
    [event] = events(yoga, "booking.transferred")
    assert (event.booking_id, event.facts["before"]["code"]) == (moved.id, booking.code)
    assert [change.kind for change in moved.history] == ["booking.transferred"]
    assert [change.kind for change in left.history] == ["booking.split"]
    assert not troubles(yoga)


def test_b7_a_booking_that_is_split_off_has_the_same_answers_and_agreements(yoga: World) -> None:
    target, booking = factories.make_class(yoga, days=5), factories.make_booking(yoga, tickets=2)
    question = yoga.add(Question(id=uuid7(), kind="text", label="Any injuries?"))
    facts = {"booking_id": booking.id, "question_id": question.id, "position": 0, "kind": "text"}
    agreed = {"document": "terms", "address": "https://yoga.example/terms", "version": "3"}
    yoga.add(
        GivenAnswer(**facts, label=question.label, value="Left knee"),
        Acceptance(booking_id=booking.id, **agreed, accepted_at=yoga.now),
    )
    [one, _other] = Acting(yoga).read_booking(booking.code).tickets
    moved = transfer(Acting(yoga), booking.code, Transfer(key(target), (one.id,)))
    for code in (booking.code, moved.code):
        read = Acting(yoga)
        assert [(answer.label, answer.value) for answer in read.answers_of(read.read_booking(code))] == [
            ("Any injuries?", "Left knee")
        ]
        assert [(accepted.document, accepted.version) for accepted in read.list_accepted(code)] == [("terms", "3")]


def test_what_becomes_of_a_split_off_booking_is_no_story_of_the_first(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=3)
    dates = [factories.make_class(yoga, days=days) for days in (5, 6, 7)]
    one, two, _three = Acting(yoga).read_booking(booking.code).tickets
    moved = transfer(Acting(yoga), booking.code, Transfer(key(dates[0]), (one.id, two.id)))
    again = transfer(Acting(yoga), moved.code, Transfer(key(dates[1]), (one.id,)))
    transfer(Acting(yoga), moved.code, Transfer(key(dates[2])))
    stories = [
        [change.kind for change in Acting(yoga).read_booking(code).history]
        for code in (booking.code, moved.code, again.code)
    ]
    assert stories == [
        ["booking.split"],
        ["booking.transferred", "booking.split", "booking.transferred"],
        ["booking.transferred"],
    ]
    assert not troubles(yoga)


def test_b7_types_are_chosen_by_ticket_and_else_what_comes_closest(yoga: World) -> None:
    add_class(yoga, "Family", 1400)
    young, old = add_kind(yoga, "Family", "Child", 600, is_child=True), add_kind(yoga, "Family", "Senior", 900)
    booking, target = factories.make_booking(yoga, tickets=2), date_of(yoga, "Family")
    mine = Acting(yoga).read_booking(booking.code).tickets
    usual = Acting(yoga).offer_transfer(booking.code, Transfer(key(target)))
    assert [change.kind for change in usual.changes] == ["", ""]
    wanted = Transfer(key(target), kinds={mine[0].id: old.id, mine[1].id: young.id})
    moved = transfer(Acting(yoga), booking.code, wanted, price=1500)
    assert sorted((ticket.kind, ticket.price.amount) for ticket in moved.tickets) == [("Child", 600), ("Senior", 900)]
    next_week = date_of(yoga, "Family", days=9)
    usual = Acting(yoga).offer_transfer(booking.code, Transfer(key(next_week)))
    assert usual.difference.amount == 0
    assert sorted(change.kind for change in usual.changes) == ["Child", "Senior"]
    stranger = add_kind(yoga, "flow", "Other", 1)
    with pytest.raises(Refused) as refused:
        transfer(Acting(yoga), booking.code, Transfer(key(next_week), kinds={mine[0].id: stranger.id}))
    assert refused.value.field == "kinds"
    assert not troubles(yoga)


def test_a_child_s_ticket_becomes_a_child_s(yoga: World) -> None:
    add_class(yoga, "Family", 1400)
    add_kind(yoga, "Family", "Adult", 1400)
    young = add_kind(yoga, "Family", "Child", 600, is_child=True)
    booking = factories.make_booking(yoga)
    yoga.add(Ticket(booking_id=booking.id, occurrence_id=booking.occurrence_id, is_child=True, price=700))
    offer = Acting(yoga).offer_transfer(booking.code, Transfer(key(date_of(yoga, "Family"))))
    assert [change.kind_id for change in offer.changes] == [None, young.id]


def test_b7_only_to_equal_or_lower_value_unless_the_business_says_any(yoga: World) -> None:
    add_class(yoga, "Bath", 2800)
    booking, target = factories.make_booking(yoga), date_of(yoga, "Bath")
    assert [one.name for one in Acting(yoga).services_to_transfer_to(booking.code)] == ["Slow Flow"]
    assert Acting(yoga).offer_transfer(booking.code, Transfer(key(target))).is_too_dear
    with pytest.raises(Refused) as refused:
        transfer(Acting(yoga), booking.code, Transfer(key(target)))
    assert refused.value.field == "kinds"
    assert [one.name for one in Acting(yoga, settings=ANY).services_to_transfer_to(booking.code)] == [
        "Slow Flow",
        "Bath",
    ]
    moved = transfer(Acting(yoga, settings=ANY), booking.code, Transfer(key(target)), price=2800)
    assert moved.price.amount == 2800


def test_b7_the_value_is_that_of_the_tickets_that_go_together(yoga: World) -> None:
    add_class(yoga, "Family", 2000)
    young = add_kind(yoga, "Family", "Child", 600, is_child=True)
    booking, target = factories.make_booking(yoga, tickets=2), date_of(yoga, "Family")
    one, two = Acting(yoga).read_booking(booking.code).tickets
    assert "Family" in [service.name for service in Acting(yoga).services_to_transfer_to(booking.code)]
    wanted = Transfer(key(target), (one.id,), {one.id: None})
    assert Acting(yoga).offer_transfer(booking.code, wanted).is_too_dear
    together = Transfer(key(target), (one.id, two.id), {one.id: None, two.id: young.id})
    assert transfer(Acting(yoga), booking.code, together).price.amount == 2600


def test_staff_and_customers_of_a_called_off_date_are_not_bound_by_value(yoga: World) -> None:
    add_class(yoga, "Bath", 2800, **{"bookings.transfer_target": False})
    target, late = date_of(yoga, "Bath"), factories.make_booking(yoga, days=0.5)
    moved = transfer(Acting(yoga, "owner"), late.code, Transfer(key(target)))
    assert moved.service == "Bath"
    add_class(yoga, "Dear", 9900)
    called_off = factories.make_booking(yoga, occurrence=date_of(yoga, "flow", days=0.4, state="cancelled"))
    moved = transfer(Acting(yoga), called_off.code, Transfer(key(date_of(yoga, "Dear"))))
    assert moved.price.amount == 9900
    assert not troubles(yoga)


def test_a_class_that_takes_no_transfers_is_not_offered_and_refuses(yoga: World) -> None:
    add_class(yoga, "Closed", 100, **{"bookings.transfer_target": False})
    booking, target = factories.make_booking(yoga), date_of(yoga, "Closed")
    assert [one.name for one in Acting(yoga).services_to_transfer_to(booking.code)] == ["Slow Flow"]
    with pytest.raises(Missing):
        Acting(yoga).slots_to_transfer_to(booking.code, yoga.ids["Closed"], yoga.now.date())
    with pytest.raises(Refused):
        transfer(Acting(yoga), booking.code, Transfer(key(target)))
    assert occurrence(yoga, target.id).seats_taken == 0


def test_b7_a_group_goes_together_or_not_at_all(yoga: World) -> None:
    small, booking = factories.make_class(yoga, days=4, capacity=2), factories.make_booking(yoga, tickets=3)
    assert key(small) not in offered(yoga, booking.code)
    with pytest.raises(Refused) as refused:
        transfer(Acting(yoga), booking.code, Transfer(key(small)))
    assert refused.value.field == "slot"
    two = [ticket.id for ticket in Acting(yoga).read_booking(booking.code).tickets[:2]]
    assert key(small) in offered(yoga, booking.code, tickets=two)
    transfer(Acting(yoga), booking.code, Transfer(key(small), tuple(two)))
    assert occurrence(yoga, small.id).seats_taken == 2
    assert not troubles(yoga)


def offered(world: World, code: str, **named: Any) -> list[str]:
    choices = Acting(world).slots_to_transfer_to(code, world.ids["flow"], world.now.date(), **named)
    return [slot.key for day in choices.days for slot in day.slots]


def test_b7_a_second_click_is_answered_like_the_first(yoga: World) -> None:
    booking, target = factories.make_booking(yoga, tickets=2), factories.make_class(yoga, days=5)
    one = Acting(yoga).read_booking(booking.code).tickets[0].id
    first, again = (
        transfer(Acting(yoga), booking.code, Transfer(key(target), (one,)), moves=0, price=1400) for _ in range(2)
    )
    assert (first.code, first.tickets, first.history) == (again.code, again.tickets, again.history)
    whole, twice = (transfer(Acting(yoga), booking.code, Transfer(key(target)), moves=1, price=1400) for _ in range(2))
    assert (whole.code, whole.tickets, whole.history) == (twice.code, twice.tickets, twice.history)
    assert len(events(yoga, "booking.transferred")) == 2
    assert occurrence(yoga, target.id).seats_taken == 2
    assert not troubles(yoga)


def test_a_form_that_is_old_is_refused(yoga: World) -> None:
    """Made before another move, before a ticket was cancelled, or before the price changed."""
    booking, target = factories.make_booking(yoga, tickets=3), factories.make_class(yoga, days=5)
    one, two, three = (ticket.id for ticket in Acting(yoga).read_booking(booking.code).tickets)
    Acting(yoga).cancel_ticket(booking.code, three)
    for wanted, named, field in (
        (Transfer(key(target), (one,)), {"moves": 1}, "slot"),
        (Transfer(key(target), (one, three)), {"moves": 0}, "tickets"),
        (Transfer(key(target), (one, two)), {"moves": 0, "price": 2700}, "kinds"),
        (Transfer(key(target), (uuid7(),)), {"moves": 0}, "tickets"),
    ):
        with pytest.raises(Refused) as refused:
            transfer(Acting(yoga), booking.code, wanted, **named)
        assert refused.value.field == field
    assert not events(yoga, "booking.transferred")
    assert not troubles(yoga)


@pytest.mark.parametrize("slot", ["", "x", "o-" + "0" * 32, "appointment", "own", "past", "full", "other"])
def test_only_a_date_that_can_be_had_is_taken(yoga: World, other: World, slot: str) -> None:
    booking = factories.make_booking(yoga)
    full = factories.make_class(yoga, days=4, capacity=1)
    factories.make_booking(yoga, customer="ben", occurrence=full)
    private = factories.make_appointment(yoga, starts_at=yoga.now + timedelta(days=2, hours=5), customer="ben")
    keys = {
        "appointment": str(TimeKey(yoga.ids["mara"], yoga.now + timedelta(days=2, hours=3))),
        "own": str(OccurrenceKey(private.occurrence_id)),
        "past": key(factories.make_class(yoga, days=-1)),
        "full": key(full),
        "other": key(factories.make_class(other)),
    }
    with pytest.raises(Refused) as refused:
        transfer(Acting(yoga), booking.code, Transfer(keys.get(slot, slot)))
    assert refused.value.field == "slot"
    assert Acting(yoga).read_booking(booking.code).moves == 0


def test_strangers_and_those_who_are_too_late_transfer_nothing(yoga: World) -> None:
    target, late = factories.make_class(yoga, days=5), factories.make_booking(yoga, days=0.5)
    with pytest.raises(Missing):
        transfer(Acting(yoga, "ben"), late.code, Transfer(key(target)))
    for action in (Acting(yoga).offer_transfer, lambda code, wanted: transfer(Acting(yoga), code, wanted)):
        with pytest.raises(Denied):
            action(late.code, Transfer(key(target)))
    with pytest.raises(Denied):
        Acting(yoga).services_to_transfer_to(late.code)
    appointment = factories.make_appointment(yoga, starts_at=yoga.now + timedelta(days=2, hours=1))
    assert Acting(yoga).read_booking(appointment.code).may_transfer.rule == "only_classes"
    with pytest.raises(Denied):
        transfer(Acting(yoga), appointment.code, Transfer(key(target)))
    assert occurrence(yoga, target.id).seats_taken == 0


def test_a_calendar_is_told_of_the_other_class(yoga: World) -> None:
    add_class(yoga, "Yin", 1000)
    booking, target = factories.make_booking(yoga, tickets=2), date_of(yoga, "Yin")
    one = Acting(yoga).read_booking(booking.code).tickets[0].id
    moved = transfer(Acting(yoga), booking.code, Transfer(key(target), (one,)))
    [event] = events(yoga, "booking.transferred")
    file = Acting(yoga).calendar_of_change(moved.id, event.kind, event.at)
    assert b"SUMMARY:Yin" in file.data
    assert b"SEQUENCE:1" in file.data
    assert str(moved.id).encode() in file.data
    assert b"SEQUENCE:0" in Acting(yoga).read_calendar(booking.code).data


@pytest.fixture(scope="module")
def runners() -> Iterator[Runners]:
    runners = Runners()
    yield runners
    runners.end()


def test_b7_of_two_who_transfer_to_the_last_place_one_gets_it(yoga: World, runners: Runners) -> None:
    add_class(yoga, "Yin", 1000)
    target, here = date_of(yoga, "Yin", capacity=1), factories.make_class(yoga, capacity=99)
    calls: list[Call] = []
    named = {"moves": 0, "price": 1000}
    for n in range(24):
        who = ("ada", "ben")[n % 2]
        booking = factories.make_booking(yoga, customer=who, occurrence=here, tickets=1 + n % 2)
        one = Acting(yoga, who).read_booking(booking.code).tickets[0].id
        calls.append((
            "transfer_tickets", yoga.ids[who], (booking.code, Transfer(key(target), (one,))), named
        ))  # fmt: skip
    assert runners.race(Part(yoga.database.url, yoga.tenant_id, yoga.now, calls, threads=4)) == {
        "done": 1,
        "Refused": 23,
    }
    assert occurrence(yoga, target.id).seats_taken == 1
    assert len(events(yoga, "booking.transferred")) == 1
    assert not troubles(yoga)


def test_b7_the_same_form_sent_many_times_is_one_transfer(yoga: World, runners: Runners) -> None:
    booking, target = factories.make_booking(yoga, tickets=3), factories.make_class(yoga, days=5)
    one = Acting(yoga).read_booking(booking.code).tickets[0].id
    wanted = (booking.code, Transfer(key(target), (one,)))
    calls: list[Call] = [("transfer_tickets", yoga.ids["ada"], wanted, {"moves": 0, "price": 1400})] * 16
    calls += [("cancel_ticket", yoga.ids["ada"], (booking.code, one), {})] * 8
    outcomes = runners.race(Part(yoga.database.url, yoga.tenant_id, yoga.now, calls, threads=4))
    told = len(events(yoga, "booking.transferred")), len(events(yoga, "booking.ticket_cancelled"))
    assert told in ((1, 0), (0, 1))
    assert outcomes["done"] == (16 if told[0] else 8)
    assert not troubles(yoga)


acts = st.tuples(
    st.sampled_from(["transfer", "one", "cancel", "ticket", "undo", "move"]), st.integers(0, 3), st.integers(0, 2)
)


@given(deeds=st.lists(acts, min_size=1, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_b7_b8_any_sequence_keeps_seats_tickets_dates_and_prices_together(
    yoga: World, deeds: list[tuple[str, int, int]]
) -> None:
    if "Yin" not in yoga.ids:
        add_class(yoga, "Yin", 1000)
    rooms = (("flow", 4, 3), ("Yin", 5, 2), ("flow", 6, 4))
    dates = [date_of(yoga, service, days=days, capacity=capacity) for service, days, capacity in rooms]
    codes = [factories.make_booking(yoga, occurrence=dates[0], tickets=2).code]
    acting = Acting(yoga, settings=ANY)
    for deed, which, where in deeds:
        booking = acting.read_booking(codes[which % len(codes)])
        one = tuple(ticket.id for ticket in booking.tickets[:1])
        try:
            if deed in ("transfer", "one"):
                wanted = Transfer(key(dates[where]), one if deed == "one" else ())
                codes.append(transfer(acting, booking.code, wanted).code)
            elif deed == "ticket" and one:
                acting.cancel_ticket(booking.code, one[0])
            elif deed == "move":
                acting.move_booking(booking.code, key(dates[where]), moves=None)
            elif deed in ("cancel", "undo"):
                (acting.cancel_booking if deed == "cancel" else acting.undo_cancel)(booking.code)
        except (Denied, Refused):
            pass
        assert not troubles(yoga)

"""Cancelling and moving: who may, what changes, what is written down, and what a second click does."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bookwidget.bookings.actions import ListQuery, Tab
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.factories import World

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
"""Thursday, in opening hours, two days after the tests' now."""
FINAL = {"bookings.undo_minutes": 0}
"""Nothing can be undone, so places are free at once."""


def tabs(world: World, code: str) -> list[Tab]:
    return [tab for tab in Tab if code in [row.code for row in Acting(world).list_bookings(ListQuery(tab)).rows]]


def test_B8_a_cancelled_booking_stands_under_cancelled_and_its_places_are_free(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=3)
    cancelled = Acting(yoga, settings=FINAL).cancel_booking(booking.code, reason="  ill ")
    assert (cancelled.status, cancelled.tab, cancelled.may_cancel.allowed) == ("cancelled", Tab.CANCELLED, False)
    assert (cancelled.cancellation.by, cancelled.cancellation.reason) == ("customer", "ill")
    assert tabs(yoga, booking.code) == [Tab.CANCELLED]
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 0
    [event] = events(yoga, "booking.cancelled")
    assert (event.booking_id, event.customer_id) == (booking.id, yoga.ids["ada"])
    assert event.facts == {
        "before": {
            "starts_at": "2026-11-26T09:00:00+00:00",
            "ends_at": "2026-11-26T10:15:00+00:00",
            "service": "Slow Flow",
            "provider": "Mara Oduya",
            "location": "Studio 1",
            "price": 4200,
        },
        "after": {"reason": "ill", "fee": 0, "fee_percent": 0},
    }


def test_B8_cancelling_twice_is_one_event_and_the_same_answer(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=2)
    first = Acting(yoga, settings=FINAL).cancel_booking(booking.code, reason="ill")
    later = Acting(yoga, now=yoga.now + timedelta(minutes=1), settings=FINAL)
    again = later.cancel_booking(booking.code, reason="another reason")
    assert again == first
    assert len(events(yoga, "booking.cancelled")) == 1
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 0


def test_a_cancelled_appointment_gives_the_provider_s_time_back(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    other = factories.make_appointment(yoga, starts_at=TEN + timedelta(hours=3))
    key = str(TimeKey(yoga.ids["mara"], TEN))
    assert key not in offered(yoga, other.code)
    Acting(yoga, settings=FINAL).cancel_booking(booking.code)
    assert occurrence(yoga, booking.occurrence_id).state == "released"
    assert key in offered(yoga, other.code)


@pytest.mark.parametrize("reason", ["x" * 501, "nul \0 sign"])
def test_a_reason_that_cannot_be_stored_is_refused(yoga: World, reason: str) -> None:
    booking = factories.make_booking(yoga)
    with pytest.raises(Refused) as refused:
        Acting(yoga).cancel_booking(booking.code, reason=reason)
    assert refused.value.field == "reason"
    assert tabs(yoga, booking.code) == [Tab.UPCOMING]


def test_B5_after_the_limit_the_control_is_gone_and_a_hand_made_request_is_denied(yoga: World) -> None:
    booking = factories.make_booking(yoga, days=0.9)
    assert not Acting(yoga).read_booking(booking.code).may_cancel.allowed
    with pytest.raises(Denied) as denied:
        Acting(yoga).cancel_booking(booking.code)
    assert denied.value.reason.values == {"until": booking.starts_at - timedelta(hours=24)}
    with pytest.raises(Denied):
        Acting(yoga).slots_to_move_to(booking.code, yoga.now.date())
    target = factories.make_class(yoga, days=5)
    with pytest.raises(Denied):
        Acting(yoga).move_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    assert tabs(yoga, booking.code) == [Tab.UPCOMING]
    assert not events(yoga, "booking.cancelled") + events(yoga, "booking.moved")


def test_B5_staff_are_not_bound_by_the_limits(yoga: World) -> None:
    booking = factories.make_booking(yoga, days=0.5)
    cancelled = Acting(yoga, "owner").cancel_booking(booking.code, reason="Studio flooded")
    assert cancelled.cancellation.by == "member"


def test_B6_an_appointment_moves_to_a_free_time_and_frees_the_old_one(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    later = TEN + timedelta(days=1)
    moved = Acting(yoga).move_booking(booking.code, str(TimeKey(yoga.ids["tom"], later)), moves=0)
    assert (moved.starts_at, moved.provider, moved.moves, moved.id) == (later, "Tomas Reyl", 1, booking.id)
    assert tabs(yoga, booking.code) == [Tab.UPCOMING]
    assert occurrence(yoga, booking.occurrence_id).state == "released"
    taken = occurrence(yoga, moved.occurrence_id)
    assert (taken.seats_taken, taken.busy_to) == (1, later + timedelta(minutes=75))
    [event] = events(yoga, "booking.moved")
    assert event.facts == {
        "before": {
            "starts_at": TEN.isoformat(),
            "ends_at": (TEN + timedelta(hours=1)).isoformat(),
            "service": "Massage",
            "provider": "Mara Oduya",
            "location": None,
        },
        "after": {
            "starts_at": later.isoformat(),
            "ends_at": (later + timedelta(hours=1)).isoformat(),
            "service": "Massage",
            "provider": "Tomas Reyl",
            "location": None,
        },
    }


def test_B6_an_appointment_may_move_into_its_own_time(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    half_past = TEN + timedelta(minutes=30)
    moved = Acting(yoga).move_booking(booking.code, str(TimeKey(yoga.ids["mara"], half_past)), moves=0)
    assert moved.starts_at == half_past


def test_B6_all_live_tickets_of_a_class_booking_move_and_both_counts_change(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=3)
    target = factories.make_class(yoga, days=4)
    moved = Acting(yoga).move_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    assert (moved.starts_at, len(moved.attendees), moved.occurrence_id) == (target.starts_at, 3, target.id)
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 0
    assert occurrence(yoga, target.id).seats_taken == 3


def test_B6_moving_twice_to_the_same_time_is_one_event_and_the_same_answer(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=2)
    target = factories.make_class(yoga, days=4)
    first = Acting(yoga).move_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    assert Acting(yoga).move_booking(booking.code, str(OccurrenceKey(target.id)), moves=0) == first
    assert len(events(yoga, "booking.moved")) == 1
    assert occurrence(yoga, target.id).seats_taken == 2


def test_B6_a_form_made_before_another_move_is_refused(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    keys = [str(TimeKey(yoga.ids["mara"], TEN + timedelta(hours=hours))) for hours in (2, 4)]
    Acting(yoga).move_booking(booking.code, keys[0], moves=0)
    with pytest.raises(Refused) as refused:
        Acting(yoga).move_booking(booking.code, keys[1], moves=0)
    assert refused.value.field == "slot"
    assert "changed in the meantime" in str(refused.value.reason)


def bad_targets(world: World) -> dict[str, str]:
    full = factories.make_class(world, days=5, capacity=1, seats_taken=1)
    small = factories.make_class(world, days=6, capacity=1)
    cancelled = factories.make_class(world, days=7, state="cancelled")
    foreign = factories.make_class(world, days=8, service_id=world.ids["massage"])
    return {
        "full": str(OccurrenceKey(full.id)),
        "too small": str(OccurrenceKey(small.id)),
        "cancelled": str(OccurrenceKey(cancelled.id)),
        "of another service": str(OccurrenceKey(foreign.id)),
        "in the past": str(OccurrenceKey(factories.make_class(world, days=-3).id)),
        "unknown": str(OccurrenceKey(world.ids["ada"])),
        "a time": str(TimeKey(world.ids["mara"], TEN)),
        "rubbish": "'; DROP TABLE booking",
        "empty": "",
    }


def test_B6_only_free_slots_can_be_saved(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=2)
    for what, key in bad_targets(yoga).items():
        with pytest.raises(Refused) as refused:
            Acting(yoga).move_booking(booking.code, key, moves=0)
        assert refused.value.field == "slot", what
    after = Acting(yoga).read_booking(booking.code)
    assert (after.moves, after.occurrence_id) == (0, booking.occurrence_id)
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 2
    assert not events(yoga, "booking.moved")


def test_B6_times_that_are_not_offered_cannot_be_saved(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    factories.make_appointment(yoga, starts_at=TEN + timedelta(days=1), customer="ben")
    mara = yoga.ids["mara"]
    for starts_at in (
        TEN + timedelta(days=1),  # taken
        TEN + timedelta(days=1, minutes=60),  # in the buffer after it
        TEN + timedelta(minutes=7),  # not on the grid
        TEN + timedelta(hours=6, minutes=30),  # would end after closing
        TEN + timedelta(days=2),  # Saturday
        TEN - timedelta(days=7),
        TEN + timedelta(days=700),
    ):
        with pytest.raises(Refused):
            Acting(yoga).move_booking(booking.code, str(TimeKey(mara, starts_at)), moves=0)
    with pytest.raises(Refused):
        Acting(yoga).move_booking(booking.code, str(TimeKey(yoga.ids["ada"], TEN)), moves=0)
    assert Acting(yoga).read_booking(booking.code).moves == 0


def offered(world: World, code: str, **named: Any) -> list[str]:
    choices = Acting(world).slots_to_move_to(code, world.now.date(), **named)
    return [slot.key for day in choices.days for slot in day.slots]


def test_what_is_offered_can_be_saved_and_is_not_where_the_booking_stands(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    keys = offered(yoga, booking.code, days=3)
    assert str(TimeKey(yoga.ids["mara"], TEN)) not in keys
    assert str(TimeKey(yoga.ids["mara"], TEN + timedelta(minutes=30))) in keys
    assert str(TimeKey(yoga.ids["tom"], TEN)) in keys
    for moves, key in enumerate(keys[::9]):
        assert Acting(yoga, "owner").move_booking(booking.code, key, moves=moves).moves == moves + 1


def test_a_target_has_room_for_all_tickets(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=3)
    factories.make_class(yoga, days=3, capacity=2)
    roomy = factories.make_class(yoga, days=4, capacity=3)
    assert offered(yoga, booking.code) == [str(OccurrenceKey(roomy.id))]


def test_the_days_to_move_to_stay_inside_what_can_be_booked(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    today = yoga.now.date()
    first = Acting(yoga).slots_to_move_to(booking.code, today - timedelta(days=400))
    assert (first.first_day, first.previous, first.next) == (today, None, today + timedelta(days=7))
    assert [day.day for day in first.days] == [today + timedelta(days=n) for n in range(7)]
    second = Acting(yoga).slots_to_move_to(booking.code, today + timedelta(days=3))
    assert second.previous == today
    last = Acting(yoga).slots_to_move_to(booking.code, date.max)
    assert (last.first_day, last.next) == (today + timedelta(days=90), None)


@pytest.mark.parametrize("who", ["stranger", "another tenant", "nonsense"])
def test_B3_somebody_else_s_booking_does_not_exist(yoga: World, other: World, who: str) -> None:
    booking = factories.make_booking(yoga)
    target = str(OccurrenceKey(factories.make_class(yoga, days=4).id))
    code = booking.code if who != "nonsense" else "nul\0code"
    acting = Acting(other) if who == "another tenant" else Acting(yoga, "ben")
    for action, values in {
        "read_booking": (),
        "cancel_booking": (),
        "slots_to_move_to": (yoga.now.date(),),
        "explain": (yoga.now,),
    }.items():
        if action == "explain" and who == "stranger":
            continue
        with pytest.raises(Missing):
            getattr(acting, action)(code, *values)
    with pytest.raises(Missing):
        acting.move_booking(code, target, moves=0)
    unchanged = Acting(yoga).read_booking(booking.code)
    assert (unchanged.status, unchanged.moves, unchanged.history) == ("confirmed", 0, ())
    assert not events(yoga, "booking.cancelled") + events(yoga, "booking.moved")


def test_explain_denies_strangers_everything(yoga: World) -> None:
    booking = factories.make_booking(yoga)
    assert {line.rule for line in Acting(yoga, "ben").explain(booking.code, yoga.now)} == {"not_yours"}


def test_explain_says_when_it_ends(yoga: World) -> None:
    booking = factories.make_booking(yoga)
    late = booking.starts_at - timedelta(hours=3)
    read, cancel, move, _transfer, _postpone, undo, *_others = Acting(yoga).explain(booking.code, late)
    assert (read.allowed, cancel.allowed, move.allowed, undo.rule) == (True, False, False, "not_cancelled")
    assert (cancel.rule, cancel.until) == ("cancel_notice", booking.starts_at - timedelta(hours=24))
    assert all(line.allowed for line in Acting(yoga, "owner").explain(booking.code, late)[:3])


def test_B3_details_show_everything_of_the_booking_and_its_history(yoga: World) -> None:
    booking = factories.make_booking(yoga, note="Mat, please")
    target = factories.make_class(yoga, days=4)
    Acting(yoga).move_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    details = Acting(yoga, now=yoga.now + timedelta(hours=1)).cancel_booking(booking.code, reason="ill")
    assert (details.address, details.note, details.organiser.email) == (
        "1 Harbour Row",
        "Mat, please",
        "hello@yoga.example",
    )
    assert [(change.kind, change.by) for change in details.history] == [
        ("booking.moved", "customer"),
        ("booking.cancelled", "customer"),
    ]
    assert details.history[0].after["starts_at"] == target.starts_at.isoformat()

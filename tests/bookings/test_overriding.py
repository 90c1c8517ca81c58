"""Staff allow the customer of one booking what the rules forbid; reality still binds."""

from datetime import timedelta
from typing import Any

import pytest

from bookwidget.bookings.actions import ListQuery, Transfer
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.schedule.rules import OccurrenceKey
from tests import factories
from tests.bookings.acting import Acting, events
from tests.bookings.test_statements import counted
from tests.bookings.test_transferring import add_class, date_of, key
from tests.factories import World

CANCEL, MOVE, TRANSFER = Permission.BOOKING_CANCEL, Permission.BOOKING_MOVE, Permission.BOOKING_TRANSFER
LATE = timedelta(hours=20)
"""How long before the start it is now: later than the notice of 24 hours."""


@pytest.fixture
def late(yoga: World) -> Any:
    return factories.make_booking(yoga, days=20 / 24)


def rules(world: World, code: str, **as_whom: Any) -> dict[str, tuple[bool, str]]:
    found = Acting(world, "owner").explain_for_customer(code, as_whom.get("at", world.now))
    return {one.permission: (one.allowed, one.rule) for one in found}


def test_p9_staff_allow_one_customer_to_cancel_late(yoga: World, late: Any) -> None:
    ada, staff = Acting(yoga), Acting(yoga, "owner")
    with pytest.raises(Denied):
        ada.cancel_booking(late.code)
    until = yoga.now + timedelta(hours=2)
    allowed = staff.allow_anyway(late.code, CANCEL, reason="Her child is ill", until=until)
    assert (allowed.override.permission, allowed.override.until) == (CANCEL, until)
    [given] = events(yoga, "booking.override_given")
    assert given.facts["after"] == {
        "permission": "booking:cancel", "until": until.isoformat(), "reason": "Her child is ill",
    }  # fmt: skip
    assert (given.actor_kind, given.actor_id, given.door) == ("member", yoga.ids["owner"], "console")
    shown = ada.read_booking(late.code)
    assert (shown.may_cancel.allowed, shown.may_cancel.rule, shown.may_cancel.until) == (True, "override", until)
    assert not shown.may_move.allowed
    assert rules(yoga, late.code)[CANCEL] == (True, "override")
    assert rules(yoga, late.code, at=until)[CANCEL] == (False, "cancel_notice")
    assert ada.cancel_booking(late.code).status == "cancelled"


def test_an_override_ends_by_itself_and_never_after_the_start(yoga: World, late: Any) -> None:
    Acting(yoga, "owner").allow_anyway(late.code, CANCEL, reason="x", until=yoga.now + timedelta(days=9))
    assert Acting(yoga).read_booking(late.code).override.until == late.starts_at
    with pytest.raises(Denied):
        Acting(yoga, now=late.starts_at).cancel_booking(late.code)


def test_an_override_for_one_thing_is_none_for_another_nor_for_another_booking(yoga: World, late: Any) -> None:
    other = factories.make_booking(yoga, days=21.5 / 24)
    Acting(yoga, "owner").allow_anyway(late.code, MOVE, reason="x", until=late.starts_at)
    assert rules(yoga, late.code)[CANCEL] == (False, "cancel_notice")
    assert rules(yoga, late.code)[MOVE] == (True, "override")
    assert rules(yoga, other.code)[MOVE] == (False, "move_notice")


def test_an_override_to_move_ends_with_the_move_and_one_to_cancel_does_not(yoga: World, late: Any) -> None:
    staff = Acting(yoga, "owner")
    for permission, left in ((MOVE, None), (CANCEL, CANCEL)):
        target = factories.make_class(yoga, days=1 + (permission == CANCEL) / 2)
        staff.allow_anyway(late.code, permission, reason="x", until=yoga.now + timedelta(hours=3))
        moved = staff.move_booking(late.code, str(OccurrenceKey(target.id)), moves=None)
        assert (moved.override and moved.override.permission) == left


def test_an_exception_that_ends_before_the_usual_deadline_takes_nothing_away(yoga: World) -> None:
    booking = factories.make_booking(yoga, days=9)
    Acting(yoga, "owner").allow_anyway(booking.code, CANCEL, reason="x", until=yoga.now + timedelta(hours=1))
    answer = Acting(yoga).read_booking(booking.code).may_cancel
    assert (answer.rule, answer.until) == ("cancel_allowed", booking.starts_at - timedelta(hours=24))


def test_what_staff_allow_costs_nothing_also_where_cancelling_is_possible_for_a_fee(yoga: World, late: Any) -> None:
    fees, until = {"bookings.cancel_notice_hours": 0, "bookings.cancel_fee_percent": 50}, yoga.now + timedelta(hours=1)
    assert Acting(yoga, settings=fees).read_booking(late.code).may_cancel.fee_percent == 50
    Acting(yoga, "owner").allow_anyway(late.code, CANCEL, reason="x", until=until)
    answer = Acting(yoga, settings=fees).read_booking(late.code).may_cancel
    assert (answer.rule, answer.until, answer.fee_percent) == ("override", until, 0)
    after = Acting(yoga, now=until, settings=fees).read_booking(late.code).may_cancel
    assert (after.rule, after.fee_percent) == ("cancel_with_fee", 50)


def test_b7_an_exception_to_transfer_is_used_up_by_some_of_the_tickets(yoga: World) -> None:
    booking, target = factories.make_booking(yoga, days=20 / 24, tickets=2), factories.make_class(yoga, days=5)
    ada, staff = Acting(yoga), Acting(yoga, "owner")
    one = ada.read_booking(booking.code).tickets[0]
    wanted = Transfer(str(OccurrenceKey(target.id)), (one.id,))
    with pytest.raises(Denied):
        ada.transfer_tickets(booking.code, wanted, moves=0, price=None)
    staff.allow_anyway(booking.code, TRANSFER, reason="x", until=booking.starts_at)
    moved = ada.transfer_tickets(booking.code, wanted, moves=0, price=None)
    assert (moved.starts_at, moved.override) == (target.starts_at, None)
    assert rules(yoga, booking.code)[TRANSFER] == (False, "move_notice")


def test_b7_an_exception_to_transfer_says_until_when_not_what_it_may_cost(yoga: World, late: Any) -> None:
    Acting(yoga, "owner").allow_anyway(late.code, TRANSFER, reason="x", until=late.starts_at)
    add_class(yoga, "Bath", 2800)
    dear = Transfer(key(date_of(yoga, "Bath")))
    assert Acting(yoga).offer_transfer(late.code, dear).is_too_dear
    with pytest.raises(Refused):
        Acting(yoga).transfer_tickets(late.code, dear, moves=0, price=None)


def test_there_is_no_exception_to_transfer_an_appointment(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=yoga.now + timedelta(days=1))
    with pytest.raises(Refused) as refused:
        Acting(yoga, "owner").allow_anyway(booking.code, TRANSFER, reason="x", until=booking.starts_at)
    assert refused.value.field == "permission"


def test_withdrawn_it_is_as_before_and_a_second_click_is_no_second_event(yoga: World, late: Any) -> None:
    staff = Acting(yoga, "owner")
    for _click in range(2):
        staff.allow_anyway(late.code, CANCEL, reason="x", until=late.starts_at)
    for _click in range(2):
        assert staff.withdraw_override(late.code).override is None
    assert len(events(yoga, "booking.override_given")) == len(events(yoga, "booking.override_withdrawn")) == 1
    assert rules(yoga, late.code)[CANCEL] == (False, "cancel_notice")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("reason", {"reason": "  "}),
        ("reason", {"reason": "x" * 501}),
        ("until", {"until": None}),
        ("until", {"until": timedelta(0)}),
        ("permission", {"permission": Permission.BOOKING_READ}),
        ("permission", {"permission": Permission.BOOKING_UNDO}),
    ],
)
def test_what_makes_no_sense_is_refused(yoga: World, late: Any, field: str, given: dict[str, Any]) -> None:
    values = {"reason": "x", "until": timedelta(hours=1), "permission": CANCEL, **given}
    until = None if values["until"] is None else yoga.now + values["until"]
    with pytest.raises(Refused) as refused:
        Acting(yoga, "owner").allow_anyway(late.code, values["permission"], reason=values["reason"], until=until)
    assert refused.value.field == field
    assert events(yoga, "booking.override_given") == []


def test_only_staff_and_only_what_can_still_happen(yoga: World, other: World, late: Any) -> None:
    values = {"reason": "x", "until": late.starts_at + timedelta(days=9)}
    with pytest.raises(Denied):
        Acting(yoga).allow_anyway(late.code, CANCEL, **values)
    with pytest.raises(Missing):
        Acting(yoga, "ben").allow_anyway(late.code, CANCEL, **values)
    with pytest.raises(Missing):
        Acting(other, "owner").allow_anyway(late.code, CANCEL, **values)
    with pytest.raises(Denied):
        Acting(yoga, "owner", now=late.starts_at).allow_anyway(late.code, CANCEL, **values)
    Acting(yoga, "owner").cancel_booking(late.code)
    for name in ("allow_anyway", "withdraw_override"):
        with pytest.raises(Denied):
            getattr(Acting(yoga, "owner"), name)(late.code, *([CANCEL] if "allow" in name else []),
                                                 **(values if "allow" in name else {}))  # fmt: skip
    assert events(yoga, "booking.override_given") == []


def test_the_list_shows_it_without_a_statement_more(yoga: World, late: Any) -> None:
    with counted(yoga.database) as before:
        assert not Acting(yoga).list_bookings(ListQuery()).rows[0].may_cancel.allowed
    Acting(yoga, "owner").allow_anyway(late.code, CANCEL, reason="x", until=late.starts_at)
    with counted(yoga.database) as after:
        assert Acting(yoga).list_bookings(ListQuery()).rows[0].may_cancel.rule == "override"
    assert len(before) == len(after)

"""The policy: each rule by name, the whole against a plain formula, and what it says against what happens."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookwidget.bookings.actions import Transfer
from bookwidget.bookings.policy import BookingFacts, decide
from bookwidget.kernel.actors import Actor, customer, member, system, visitor
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.settings import Settings
from tests import factories
from tests.bookings.acting import Acting, events
from tests.bookings.oracle import LOCKED
from tests.factories import World

ADA, BEN = UUID(int=1), UUID(int=2)
START = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
CHANGES = {
    Permission.BOOKING_CANCEL: "cancel",
    Permission.BOOKING_MOVE: "move",
    Permission.BOOKING_TRANSFER: "transfer",
}
NO_NOTICE = {"bookings.cancel_notice_hours": 0}
ACTORS = (customer(ADA), customer(BEN), member(BEN), system(), visitor())

POSTPONABLE = {"bookings.postpone_allowed": True}
RESUMABLE = {"bookings.cancelled_is_final": False}
CANCEL_ANYWAY = {"overridden": "booking:cancel", "overridden_until": START - timedelta(hours=2)}
BY_ADA = {"status": "cancelled", "cancelled_by": "customer", "cancelled_at": START - timedelta(days=7)}

notices = st.one_of(st.integers(0, 72), st.just(8760))
choices = st.fixed_dictionaries(
    {
        "bookings.cancel_allowed": st.booleans(),
        "bookings.cancel_notice_hours": notices,
        "bookings.cancel_fee_percent": st.integers(0, 100),
        "bookings.cancel_fee_hours": notices,
        "bookings.transfer_allowed": st.booleans(),
        "bookings.move_allowed": st.booleans(),
        "bookings.move_notice_hours": notices,
        "bookings.max_moves": st.integers(0, 3),
        "bookings.locked_statuses": st.sampled_from(LOCKED),
    }
)
hours_before = st.one_of(st.floats(-3, 80), st.sampled_from([-1.0, 0.0, 1.0, 24.0, 48.0]))


TOLD = ("booking.moved", "booking.transferred", "booking.cancelled")


def facts(**changes: Any) -> BookingFacts:
    values = {"customer_id": ADA, "status": "confirmed", "starts_at": START, "ends_at": END, "moves": 0, **changes}
    return BookingFacts(**values)


@pytest.mark.parametrize(
    ("rule", "permission", "changes", "stored", "hours"),
    [
        ("cancel_allowed", Permission.BOOKING_CANCEL, {}, {}, 25),
        ("cancel_notice", Permission.BOOKING_CANCEL, {}, {}, 24),
        ("cancel_not_allowed", Permission.BOOKING_CANCEL, {}, {"bookings.cancel_allowed": False}, 100),
        ("move_allowed", Permission.BOOKING_MOVE, {}, {"bookings.move_notice_hours": 0}, 0.1),
        ("move_notice", Permission.BOOKING_MOVE, {}, {"bookings.move_notice_hours": 48}, 30),
        ("move_not_allowed", Permission.BOOKING_MOVE, {}, {"bookings.move_allowed": False}, 100),
        ("max_moves", Permission.BOOKING_MOVE, {"moves": 2}, {"bookings.max_moves": 2}, 100),
        ("move_allowed", Permission.BOOKING_MOVE, {"moves": 99}, {"bookings.max_moves": 0}, 100),
        ("transfer_allowed", Permission.BOOKING_TRANSFER, {}, {"bookings.move_allowed": False}, 25),
        ("transfer_not_allowed", Permission.BOOKING_TRANSFER, {}, {"bookings.transfer_allowed": False}, 100),
        ("move_notice", Permission.BOOKING_TRANSFER, {}, {"bookings.move_notice_hours": 48}, 30),
        ("max_moves", Permission.BOOKING_TRANSFER, {"moves": 2}, {"bookings.max_moves": 2}, 100),
        ("only_classes", Permission.BOOKING_TRANSFER, {"kind": "appointment"}, {}, 100),
        ("cancelled_by_business", Permission.BOOKING_TRANSFER, {"is_occurrence_cancelled": True}, {}, 1),
        ("locked_status", Permission.BOOKING_TRANSFER, {"status": "hold"}, {}, 100),
        ("cancel_with_fee", Permission.BOOKING_CANCEL, {}, {**NO_NOTICE, "bookings.cancel_fee_percent": 1}, 24),
        ("cancel_allowed", Permission.BOOKING_CANCEL, {}, {**NO_NOTICE, "bookings.cancel_fee_percent": 1}, 24.1),
        ("locked_status", Permission.BOOKING_MOVE, {"status": "pending"}, {"bookings.locked_statuses": "pending"}, 100),
        ("locked_status", Permission.BOOKING_CANCEL, {"status": "hold"}, {}, 100),
        ("already_cancelled", Permission.BOOKING_CANCEL, {"status": "cancelled"}, {}, 100),
        ("already_begun", Permission.BOOKING_CANCEL, {}, {"bookings.cancel_notice_hours": 0}, 0),
        ("already_past", Permission.BOOKING_MOVE, {}, {}, -1),
        ("cancelled_by_business", Permission.BOOKING_MOVE, {"is_occurrence_cancelled": True}, {}, 1),
        ("override", Permission.BOOKING_CANCEL, CANCEL_ANYWAY, {"bookings.cancel_allowed": False}, 3),
        ("override", Permission.BOOKING_CANCEL, {**CANCEL_ANYWAY, "status": "hold"}, {}, 3),
        ("cancel_notice", Permission.BOOKING_CANCEL, CANCEL_ANYWAY, {}, 2),
        ("move_notice", Permission.BOOKING_MOVE, CANCEL_ANYWAY, {}, 3),
        ("already_begun", Permission.BOOKING_CANCEL, {**CANCEL_ANYWAY, "overridden_until": END}, {}, 0),
        ("already_cancelled", Permission.BOOKING_CANCEL, {**CANCEL_ANYWAY, "status": "cancelled"}, {}, 3),
        ("staff_only", Permission.BOOKING_OVERRIDE, {}, {}, 100),
        ("staff_only", Permission.BOOKING_MARK, {}, {}, 100),
        ("postpone_not_allowed", Permission.BOOKING_POSTPONE, {}, {}, 100),
        ("postpone_allowed", Permission.BOOKING_POSTPONE, {}, {"bookings.postpone_allowed": True}, 100),
        ("move_notice", Permission.BOOKING_POSTPONE, {}, {"bookings.postpone_allowed": True}, 24),
        ("max_moves", Permission.BOOKING_POSTPONE, {"moves": 1}, {**POSTPONABLE, "bookings.max_moves": 1}, 100),
        ("already_cancelled", Permission.BOOKING_POSTPONE, {"status": "cancelled"}, POSTPONABLE, 100),
        ("not_cancelled", Permission.BOOKING_RESUME, {}, RESUMABLE, 100),
        ("cancelled_is_final", Permission.BOOKING_RESUME, BY_ADA, {}, 100),
        ("resume_allowed", Permission.BOOKING_RESUME, BY_ADA, RESUMABLE, 100),
        ("resume_allowed", Permission.BOOKING_RESUME, BY_ADA, RESUMABLE, -100),
        ("resume_over", Permission.BOOKING_RESUME, BY_ADA, {**RESUMABLE, "bookings.resume_days": 1}, 100),
        ("cancelled_by_staff", Permission.BOOKING_RESUME, {**BY_ADA, "cancelled_by": "member"}, RESUMABLE, 100),
        ("not_completed", Permission.BOOKING_RATE, {}, {}, 1),
        ("not_completed", Permission.BOOKING_RATE, {"status": "cancelled"}, {}, -100),
        ("rate_allowed", Permission.BOOKING_RATE, {}, {}, -100),
        ("no_rating", Permission.BOOKING_RATE, {}, {"bookings.ratings": False}, -100),
        ("rating_change_allowed", Permission.BOOKING_RATE, {"rated_at": END}, {}, -24),
        ("rating_settled", Permission.BOOKING_RATE, {"rated_at": END}, {}, -24 * 15),
        ("note_allowed", Permission.BOOKING_NOTE, {}, {}, 1),
        ("notes_off", Permission.BOOKING_NOTE, {}, {"bookings.notes": False}, 1),
        ("notes_over", Permission.BOOKING_NOTE, {}, {}, -100),
        ("note_allowed", Permission.BOOKING_NOTE, {}, {"bookings.notes_afterwards": True}, -100),
        ("already_cancelled", Permission.BOOKING_NOTE, {"status": "cancelled"}, {}, 1),
        ("own_booking", Permission.BOOKING_READ, {"status": "cancelled"}, {}, -500),
        ("no_policy", Permission.PROFILE_CHANGE, {}, {}, 100),
    ],
)
def test_B5_each_rule_by_name(
    rule: str, permission: Permission, changes: dict[str, Any], stored: dict[str, Any], hours: float
) -> None:
    now = START - timedelta(hours=hours)
    answer = decide(permission, facts(**changes), Settings(stored), customer(ADA), now)
    assert answer.rule == rule
    assert answer.allowed is (answer.reason is None)


def test_B5_the_reason_names_the_end_of_the_limit_as_an_instant() -> None:
    answer = decide(Permission.BOOKING_CANCEL, facts(), Settings({}), customer(ADA), START - timedelta(hours=1))
    assert answer.reason is not None
    assert answer.reason.values == {"until": START - timedelta(hours=24)}


def test_a_service_may_say_otherwise() -> None:
    own = Settings({"bookings.cancel_notice_hours": 1}).for_service({"bookings.cancel_notice_hours": 72})
    assert not decide(Permission.BOOKING_CANCEL, facts(), own, customer(ADA), START - timedelta(hours=50)).allowed


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("actor", [customer(BEN), visitor()])
def test_strangers_and_visitors_may_nothing(permission: Permission, actor: Actor) -> None:
    assert decide(permission, facts(), Settings({}), actor, START - timedelta(days=9)).rule == "not_yours"


@given(
    permission=st.sampled_from(list(CHANGES)),
    kind=st.sampled_from(["class", "appointment"]),
    actor=st.sampled_from(ACTORS),
    stored=choices,
    hours=hours_before,
    moves=st.integers(0, 4),
    status=st.sampled_from(["pending", "hold", "confirmed", "cancelled"]),
    off=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_B5_the_decision_is_the_plain_formula(
    *,
    permission: Permission,
    kind: str,
    actor: Actor,
    stored: dict[str, Any],
    hours: float,
    moves: int,
    status: str,
    off: bool,
) -> None:
    now = START - timedelta(hours=hours)
    name = CHANGES[permission]
    limit = "cancel" if name == "cancel" else "move"
    possible = status != "cancelled" and now < END and (name != "transfer" or kind == "class")
    within_limits = (
        stored[f"bookings.{name}_allowed"]
        and now < START - timedelta(hours=stored[f"bookings.{limit}_notice_hours"])
        and (name == "cancel" or not stored["bookings.max_moves"] or moves < stored["bookings.max_moves"])
        and status not in stored["bookings.locked_statuses"].split()
    )
    mine = actor == customer(ADA) and now < START and (off or within_limits)
    booking = facts(status=status, moves=moves, is_occurrence_cancelled=off, kind=kind)
    answer = decide(permission, booking, Settings(stored), actor, now)
    assert answer.allowed is (possible and (actor.is_staff or mine))
    is_late = now >= START - timedelta(hours=stored["bookings.cancel_fee_hours"])
    owes = answer.allowed and name == "cancel" and not actor.is_staff and not off and is_late
    assert answer.fee_percent == (stored["bookings.cancel_fee_percent"] if owes else 0)
    assert answer.fee(1399) == answer.fee_percent * 1399 // 100


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_B5_a_control_is_shown_exactly_when_the_action_is_accepted(yoga: World, data: st.DataObject) -> None:
    start = yoga.now + timedelta(days=3)
    here, there, beyond = (occurrence_at(yoga, start + timedelta(hours=4 * n)) for n in range(3))
    status = data.draw(st.sampled_from(["pending", "hold", "confirmed"]))
    booking = factories.make_booking(yoga, occurrence=here, status=status, moves=data.draw(st.integers(0, 3)))
    stored = data.draw(choices) | {"schedule.notice_hours": 0}
    now = start - timedelta(hours=data.draw(hours_before))
    acting = Acting(yoga, data.draw(st.sampled_from(["ada", "owner"])), now, stored)
    shown = acting.read_booking(booking.code)
    counted = [len(events(yoga, kind)) for kind in TOLD]

    moved = accepted(acting.move_booking, booking.code, str(OccurrenceKey(there.id)), moves=None)
    assert moved is (shown.may_move.allowed and now < there.starts_at)
    if not moved:
        wanted = Transfer(str(OccurrenceKey(beyond.id)))
        moved = accepted(acting.transfer_tickets, booking.code, wanted, moves=None, price=None)
        assert moved is (shown.may_transfer.allowed and now < beyond.starts_at)
    cancelled = accepted(acting.cancel_booking, booking.code)
    if not moved:
        assert cancelled is shown.may_cancel.allowed
    after = [len(events(yoga, kind)) for kind in TOLD]
    assert (sum(after[:2]), after[2]) == (sum(counted[:2]) + moved, counted[2] + cancelled)


def occurrence_at(world: World, starts_at: datetime) -> Occurrence:
    """One date with room for every example, made by the first."""
    key = f"at {starts_at}"
    if key not in world.ids:
        world.ids[key] = factories.make_class(world, starts_at=starts_at, capacity=1000).id
    with world.database.session(world.tenant_id) as session, writing(session):
        return session.get_one(Occurrence, (world.tenant_id, world.ids[key]))


def accepted(action: Any, *values: Any, **named: Any) -> bool:
    try:
        action(*values, **named)
    except (Denied, Refused):
        return False
    return True

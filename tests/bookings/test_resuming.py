"""Cancelled is final, or may be resumed at a new time: the business decides."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookwidget.bookings.actions import Tab
from bookwidget.bookings.calendar import RAISES
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.test_undo import tickets_of
from tests.factories import World

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
RESUMABLE: dict[str, Any] = {"bookings.cancelled_is_final": False}
AT_ONCE: dict[str, Any] = {**RESUMABLE, "bookings.undo_minutes": 0}


def test_b11_resumable_the_same_booking_is_active_again_at_a_new_time(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=2, note="By the window")
    target, tickets = factories.make_class(yoga, days=5, capacity=2), tickets_of(yoga, booking)
    ada = Acting(yoga, settings=AT_ONCE)
    assert ada.cancel_booking(booking.code, reason="ill").may_resume.rule == "resume_allowed"
    resumed = ada.resume_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    assert (resumed.id, resumed.status, resumed.tab) == (booking.id, "confirmed", Tab.UPCOMING)
    assert (resumed.starts_at, resumed.note, resumed.cancellation) == (target.starts_at, "By the window", None)
    assert [ticket[0] for ticket in tickets_of(yoga, booking)] == [ticket[0] for ticket in tickets]
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 0
    assert occurrence(yoga, target.id).seats_taken == 2
    [event] = events(yoga, "booking.resumed")
    assert event.facts["after"]["starts_at"] == target.starts_at.isoformat()
    assert "booking.resumed" in RAISES


def test_b11_final_is_refused_and_changes_nothing(yoga: World) -> None:
    booking, target = factories.make_booking(yoga), factories.make_class(yoga, days=5)
    ada = Acting(yoga, settings={"bookings.undo_minutes": 0})
    assert ada.cancel_booking(booking.code).may_resume.rule == "cancelled_is_final"
    with pytest.raises(Denied):
        ada.slots_to_resume_at(booking.code, yoga.now.date())
    with pytest.raises(Denied):
        ada.resume_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    assert occurrence(yoga, target.id).seats_taken == 0
    assert not events(yoga, "booking.resumed")


def test_b11_its_own_old_time_may_be_taken_again_once_undoing_is_over(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    key, late = str(TimeKey(yoga.ids["mara"], TEN)), yoga.now + timedelta(minutes=10)
    assert Acting(yoga, settings=RESUMABLE).cancel_booking(booking.code).may_resume.rule == "undo_instead"
    with pytest.raises(Denied):
        Acting(yoga, settings=RESUMABLE).resume_booking(booking.code, key, moves=0)
    ada = Acting(yoga, now=late, settings=RESUMABLE)
    assert key in {slot.key for day in ada.slots_to_resume_at(booking.code, TEN.date(), 1).days for slot in day.slots}
    first, second = (ada.resume_booking(booking.code, key, moves=0) for _press in range(2))
    assert first == second
    assert (first.starts_at, first.occurrence_id == booking.occurrence_id) == (TEN, False)
    assert occurrence(yoga, booking.occurrence_id).state == "released"
    assert len(events(yoga, "booking.resumed")) == 1


def test_b11_a_place_that_somebody_else_has_is_refused(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    ada = Acting(yoga, settings=AT_ONCE)
    ada.cancel_booking(booking.code)
    factories.make_appointment(yoga, starts_at=TEN, customer="ben")
    with pytest.raises(Refused):
        ada.resume_booking(booking.code, str(TimeKey(yoga.ids["mara"], TEN)), moves=0)
    assert ada.read_booking(booking.code).status == "cancelled"


def test_b11_it_ends_after_the_days_that_the_business_sets(yoga: World) -> None:
    settings = {**AT_ONCE, "bookings.resume_days": 3}
    booking = factories.make_booking(yoga)
    until = yoga.now + timedelta(days=3)
    assert Acting(yoga, settings=settings).cancel_booking(booking.code).may_resume.until == until
    late = Acting(yoga, now=until, settings=settings).read_booking(booking.code).may_resume
    assert (late.rule, late.reason.values) == ("resume_over", {"until": until})


def test_b11_what_the_business_cancelled_it_resumes_itself(yoga: World) -> None:
    booking, target = factories.make_booking(yoga), factories.make_class(yoga, days=5)
    Acting(yoga, "owner").cancel_booking(booking.code)
    assert Acting(yoga, settings=RESUMABLE).read_booking(booking.code).may_resume.rule == "cancelled_by_staff"
    resumed = Acting(yoga, "owner").resume_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    assert resumed.status == "confirmed"

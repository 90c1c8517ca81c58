"""Postponing one booking to a later day. Of a series: tests/bookings/test_series_changes.py."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bookwidget.kernel.errors import Denied, Refused
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.factories import World

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 11, 0, tzinfo=UTC)
POSTPONABLE: dict[str, Any] = {"bookings.postpone_allowed": True}


def test_b10_a_single_one_gets_the_chosen_date(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    ada, key = Acting(yoga, settings=POSTPONABLE), str(TimeKey(yoga.ids["mara"], LATER))
    choices = ada.slots_to_postpone_to(booking.code, LATER.date())
    assert choices.first_day == LATER.date()
    assert key in {slot.key for slot in choices.days[0].slots}
    first, second = (ada.postpone_booking(booking.code, key, moves=0) for _press in range(2))
    assert first == second
    assert (first.id, first.starts_at, first.status) == (booking.id, LATER, "confirmed")
    assert occurrence(yoga, booking.occurrence_id).state == "released"
    [event] = events(yoga, "booking.postponed")
    assert event.facts["before"]["starts_at"] == TEN.isoformat()
    assert event.facts["after"]["starts_at"] == LATER.isoformat()
    assert not events(yoga, "booking.moved")


def test_b10_it_is_off_unless_the_business_wants_it(yoga: World) -> None:
    booking, target = factories.make_booking(yoga), factories.make_class(yoga, days=9)
    with pytest.raises(Denied):
        Acting(yoga).slots_to_postpone_to(booking.code, target.starts_at.date())
    with pytest.raises(Denied):
        Acting(yoga).postpone_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    assert Acting(yoga, "owner").postpone_booking(booking.code, str(OccurrenceKey(target.id)), moves=0).moves == 1


@pytest.mark.parametrize("day", [date(2026, 11, 26), date(2026, 11, 1), date(2036, 1, 1)])
def test_b10_only_a_later_day_is_a_postponement(yoga: World, day: date) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    with pytest.raises(Refused) as refused:
        Acting(yoga, settings=POSTPONABLE).slots_to_postpone_to(booking.code, day)
    assert refused.value.field == "day"


def test_b10_a_later_hour_of_the_same_day_is_none(yoga: World) -> None:
    booking = factories.make_appointment(yoga, starts_at=TEN)
    key = str(TimeKey(yoga.ids["mara"], TEN + timedelta(hours=3)))
    with pytest.raises(Refused):
        Acting(yoga, settings=POSTPONABLE).postpone_booking(booking.code, key, moves=0)
    assert Acting(yoga).read_booking(booking.code).starts_at == TEN


def test_b10_the_notice_for_rescheduling_holds(yoga: World) -> None:
    booking, target = factories.make_booking(yoga, days=0.5), factories.make_class(yoga, days=9)
    ada = Acting(yoga, settings=POSTPONABLE)
    assert ada.read_booking(booking.code).may_postpone.rule == "move_notice"
    with pytest.raises(Denied):
        ada.postpone_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)

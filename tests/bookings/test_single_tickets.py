"""Cancelling one ticket of several, and what cancelling late costs."""

from datetime import timedelta
from typing import Any

import pytest

from bookwidget.bookings.actions import Tab
from bookwidget.bookings.models import Booking
from bookwidget.kernel.errors import Denied, Missing
from bookwidget.kernel.ids import uuid7
from tests import factories
from tests.bookings.acting import Acting, events, occurrence
from tests.bookings.soundness import troubles
from tests.factories import World

LATE = {"bookings.cancel_notice_hours": 0, "bookings.cancel_fee_percent": 50, "bookings.cancel_fee_hours": 24}
"""Half the price on the last day."""


def tickets(world: World, booking: Booking) -> list[Any]:
    return list(Acting(world).read_booking(booking.code).tickets)


def test_b8_one_ticket_is_cancelled_and_the_others_stay(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=3)
    one, *others = tickets(yoga, booking)
    left = Acting(yoga).cancel_ticket(booking.code, one.id, reason=" ill ")
    assert (left.status, left.tab, left.price.amount) == ("confirmed", Tab.UPCOMING, 2800)
    assert ([ticket.id for ticket in left.tickets], len(left.attendees)) == ([ticket.id for ticket in others], 2)
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 2
    [event] = events(yoga, "booking.ticket_cancelled")
    assert (event.booking_id, event.customer_id) == (booking.id, yoga.ids["ada"])
    before, after = event.facts["before"], event.facts["after"]
    assert (before["price"], before["places"], before["ticket"]) == (4200, 3, str(one.id))
    assert after == {"reason": "ill", "fee": 0, "fee_percent": 0, "price": 2800, "places": 2}
    assert not left.may_undo.allowed
    assert not troubles(yoga)


def test_b8_a_second_click_cancels_no_second_ticket(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=3)
    one = tickets(yoga, booking)[0]
    first, again = (Acting(yoga).cancel_ticket(booking.code, one.id) for _ in range(2))
    assert (first.tickets, first.price, first.history) == (again.tickets, again.price, again.history)
    assert len(events(yoga, "booking.ticket_cancelled")) == 1
    assert occurrence(yoga, booking.occurrence_id).seats_taken == 2


def test_b8_with_the_last_ticket_the_booking_is_cancelled_and_can_be_undone(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=2)
    for ticket in tickets(yoga, booking):
        Acting(yoga).cancel_ticket(booking.code, ticket.id)
    cancelled = Acting(yoga).read_booking(booking.code)
    assert (cancelled.status, cancelled.may_undo.allowed, cancelled.price.amount) == ("cancelled", True, 1400)
    assert (len(events(yoga, "booking.ticket_cancelled")), len(events(yoga, "booking.cancelled"))) == (1, 1)
    restored = Acting(yoga).undo_cancel(booking.code)
    assert (len(restored.tickets), restored.price.amount) == (1, 1400)
    assert not troubles(yoga)


def test_a_ticket_of_somebody_else_or_of_another_booking_does_not_exist(yoga: World, other: World) -> None:
    mine, bens = factories.make_booking(yoga, tickets=2), factories.make_booking(yoga, customer="ben", days=3)
    foreign = factories.make_booking(other)
    for code, ticket in (
        (mine.code, Acting(yoga, "ben").read_booking(bens.code).tickets[0].id),
        (mine.code, uuid7()),
        (bens.code, tickets(yoga, mine)[0].id),
        (mine.code, Acting(other).read_booking(foreign.code).tickets[0].id),
    ):
        with pytest.raises(Missing):
            Acting(yoga).cancel_ticket(code, ticket)
    assert len(tickets(yoga, mine)) == 2


def test_too_late_is_too_late_for_one_ticket_too(yoga: World) -> None:
    booking = factories.make_booking(yoga, days=0.5, tickets=2)
    with pytest.raises(Denied):
        Acting(yoga).cancel_ticket(booking.code, tickets(yoga, booking)[0].id)
    assert len(Acting(yoga, "owner").cancel_ticket(booking.code, tickets(yoga, booking)[0].id).tickets) == 1


@pytest.mark.parametrize(
    ("hours", "settings", "rule", "fee"),
    [
        (24.1, LATE, "cancel_allowed", 0),
        (24, LATE, "cancel_with_fee", 1400),
        (0.5, LATE, "cancel_with_fee", 1400),
        (0.5, {**LATE, "bookings.cancel_fee_percent": 33}, "cancel_with_fee", 924),
        (0.5, {**LATE, "bookings.cancel_fee_percent": 0}, "cancel_allowed", 0),
        (30, {**LATE, "bookings.cancel_notice_hours": 24}, "cancel_allowed", 0),
        (20, {**LATE, "bookings.cancel_notice_hours": 24}, "cancel_notice", None),
    ],
)
def test_b8_cancelling_late_costs_what_the_business_says(
    yoga: World, hours: float, settings: dict[str, Any], rule: str, fee: int | None
) -> None:
    booking = factories.make_booking(yoga, tickets=2)
    acting = Acting(yoga, now=booking.starts_at - timedelta(hours=hours), settings=settings)
    assert acting.read_booking(booking.code).may_cancel.rule == rule
    if fee is None:
        return
    cancelled = acting.cancel_booking(booking.code)
    assert cancelled.cancellation.fee.amount == fee
    [event] = events(yoga, "booking.cancelled")
    assert event.facts["after"]["fee"] == fee
    assert cancelled.price.amount == 2800


def test_b8_a_fee_is_rounded_down_and_goes_with_the_undoing(yoga: World) -> None:
    booking = factories.make_booking(yoga, price=1399)
    acting = Acting(yoga, now=booking.starts_at - timedelta(hours=3), settings=LATE)
    assert acting.cancel_booking(booking.code).cancellation.fee.amount == 699
    assert acting.undo_cancel(booking.code).cancellation is None
    free = Acting(yoga, "owner", now=booking.starts_at - timedelta(hours=2), settings=LATE).cancel_booking(booking.code)
    assert free.cancellation.fee.amount == 0


def test_b8_a_single_ticket_costs_its_own_share(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=2)
    acting = Acting(yoga, now=booking.starts_at - timedelta(hours=3), settings=LATE)
    left = acting.cancel_ticket(booking.code, tickets(yoga, booking)[0].id)
    assert (left.ticket_fees.amount, left.price.amount) == (700, 1400)
    cancelled = acting.cancel_booking(booking.code)
    assert (cancelled.ticket_fees.amount, cancelled.cancellation.fee.amount) == (700, 700)
    assert acting.undo_cancel(booking.code).ticket_fees.amount == 700


def test_b8_nobody_owes_a_fee_for_what_the_business_called_off(yoga: World) -> None:
    called_off = factories.make_booking(yoga, occurrence=factories.make_class(yoga, days=0.1, state="cancelled"))
    cancelled = Acting(yoga, settings=LATE).cancel_booking(called_off.code)
    assert cancelled.cancellation.fee.amount == 0

"""Series, tickets and cancelled bookings at the console: the customers' own pages, without the limits for customers."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from bookwidget.bookings.models import Booking, Ticket
from bookwidget.catalog.models import Service, TicketType
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import events
from tests.bookings.repeating import TEN, WEEK, codes, dates, key_at, start, weeks
from tests.console.desks import hire, nobody, sign_in
from tests.web_fixtures import Visitor, Web

NEVER = {
    "bookings__cancel_allowed": False, "bookings__move_allowed": False, "bookings__transfer_allowed": False,
    "bookings__series_days": 35,
}  # fmt: skip
"""Customers may nothing at all."""


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    return web_everywhere


@pytest.fixture
def staff(web: Web) -> Visitor:
    hire(web.yoga, "sam@staff.example", "staff")
    return sign_in(nobody(web), "sam@staff.example")


@pytest.fixture
def five(web: Web) -> Web:
    """Ada has five future dates, weekly, and may change none of them."""
    start(web.yoga)
    web.settings(web.yoga, **NEVER)
    return web


def words(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def stored(web: Web) -> list[Booking]:
    with web.database.session(web.yoga.tenant_id) as session:
        return list(session.scalars(select(Booking).order_by(Booking.id)))


def seats(web: Web, *occurrences: Occurrence) -> list[int]:
    with web.database.session(web.yoga.tenant_id) as session:
        return [session.get_one(Occurrence, (web.yoga.tenant_id, one.id)).seats_taken for one in occurrences]


def test_b9_staff_see_how_it_repeats_and_cancel_just_one(five: Web, staff: Visitor) -> None:
    code = codes(five.yoga)[1]
    page = words(staff, f"bookings/{code}/")
    assert "Repeats Every week" in page
    assert f"/console/bookings/{codes(five.yoga)[2]}" in staff.get(f"bookings/{code}/").text
    assert "This and all later ones (4 dates)" in words(staff, f"bookings/{code}/cancel")
    assert five.customer().get(f"bookings/{code}/cancel").status_code == 403
    assert staff.send(f"bookings/{code}/cancel", reason="Mara is ill").status_code == 303
    assert dates(five.yoga) == weeks(0, 2, 3, 4)


def test_b9_staff_cancel_this_and_all_later_ones(five: Web, staff: Visitor) -> None:
    code = codes(five.yoga)[2]
    fields = {**staff.form(f"bookings/{code}/cancel"), "which": "all", "reason": "Mara leaves"}
    for _click in range(2):
        answer = staff.post(f"bookings/{code}/cancel", fields)
    assert "The booking has been cancelled" in words(staff, str(answer.location))
    assert dates(five.yoga) == weeks(0, 1)
    told = [event for event in events(five.yoga, "booking.cancelled") if not event.facts["after"].get("quiet")]
    assert [(one.actor_kind, one.door, one.facts["after"]["reason"]) for one in told] == [
        ("member", "console", "Mara leaves")
    ]


def test_b9_staff_move_this_and_all_later_ones_after_seeing_them(five: Web, staff: Visitor) -> None:
    code, slot = codes(five.yoga)[2], key_at(five.yoga, TEN + 2 * WEEK + timedelta(hours=3))
    answer = staff.send(f"bookings/{code}/move", slot=slot, which="all")
    assert answer.status_code == 303
    assert dates(five.yoga) == weeks(0, 1, 2, 3, 4), "nothing moves before it was seen"
    review = str(answer.location)
    assert "3 dates move" in words(staff, review)
    assert staff.send(review).status_code == 303
    assert dates(five.yoga) == [*weeks(0, 1), *[at + timedelta(hours=3) for at in weeks(2, 3, 4)]]
    stale = staff.post(review, {**staff.form(f"bookings/{code}/move"), "slot": "nonsense"})
    assert stale.status_code in (403, 422)


@pytest.fixture
def classes(web: Web) -> tuple[Occurrence, Occurrence]:
    """Tonight's class, which customers may not leave any more, and one of another kind with a dearer ticket."""
    yoga, other = web.yoga, uuid7()
    web.settings(yoga, **NEVER)
    yoga.add(
        Service(id=other, name="Aerial", kind="class", minutes=75, capacity=12, price=2000),
        TicketType(id=uuid7(), service_id=other, name="Junior", price=900, is_child=True),
    )
    return factories.make_class(yoga, days=0.3), factories.make_class(yoga, days=3, service_id=other)


def test_b7_staff_transfer_one_ticket_after_a_review(
    web: Web, staff: Visitor, classes: tuple[Occurrence, Occurrence]
) -> None:
    tonight, aerial = classes
    booking = factories.make_booking(web.yoga, occurrence=tonight, tickets=2)
    with web.database.session(web.yoga.tenant_id) as session:
        first, _second = session.scalars(select(Ticket).order_by(Ticket.id))
    page = staff.get(f"bookings/{booking.code}/").text
    path = f"bookings/{booking.code}/transfer?tickets={first.id.hex}"
    assert f"/console/{path}" in page
    assert "Aerial" in words(staff, path)
    path += f"&service={aerial.service_id.hex}&slot={OccurrenceKey(aerial.id)}"
    assert "Junior" in words(staff, f"{path}&step=kinds")
    review = words(staff, f"{path}&step=review")
    assert "Difference £6.00" in review
    assert seats(web, tonight, aerial) == [2, 0]
    answer = staff.send(f"bookings/{booking.code}/transfer", f"{path}&step=review")
    assert answer.status_code == 303, answer.text
    assert seats(web, tonight, aerial) == [1, 1]
    old, new = stored(web)
    assert (new.split_from_id, new.price, old.price) == (old.id, 2000, 1400)
    assert "Transferred from" in words(staff, f"bookings/{new.code}/")


def test_b7_staff_transfer_all_tickets_and_are_told_when_it_is_full(
    web: Web, staff: Visitor, classes: tuple[Occurrence, Occurrence]
) -> None:
    tonight, aerial = classes
    booking = factories.make_booking(web.yoga, occurrence=tonight, tickets=2)
    assert web.customer().get(f"bookings/{booking.code}/transfer").status_code == 403
    path = f"bookings/{booking.code}/transfer?service={aerial.service_id.hex}&slot={OccurrenceKey(aerial.id)}"
    fields = staff.form(f"{path}&step=review", f"bookings/{booking.code}/transfer")
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Occurrence, (web.yoga.tenant_id, aerial.id)).seats_taken = 11
    full = staff.post(f"bookings/{booking.code}/transfer", fields)
    assert full.status_code == 422
    assert "not enough places left" in full.text
    assert seats(web, tonight, aerial) == [2, 11]
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Occurrence, (web.yoga.tenant_id, aerial.id)).seats_taken = 0
    for _click in range(2):
        assert staff.post(f"bookings/{booking.code}/transfer", fields).status_code == 303
    assert seats(web, tonight, aerial) == [0, 2]
    assert len(events(web.yoga, "booking.transferred")) == 1


def test_b8_staff_cancel_one_ticket_of_two(web: Web, staff: Visitor, classes: tuple[Occurrence, Occurrence]) -> None:
    tonight, _aerial = classes
    booking = factories.make_booking(web.yoga, occurrence=tonight, tickets=2)
    with web.database.session(web.yoga.tenant_id) as session:
        first, _second = session.scalars(select(Ticket).order_by(Ticket.id))
    path = f"bookings/{booking.code}/cancel-ticket/{first.id.hex}"
    assert "The other tickets stay booked" in words(staff, path)
    answer = staff.send(path, reason="Only one mat left")
    assert answer.status_code == 303
    assert seats(web, tonight) == [1]
    page = staff.client.get(str(answer.location), base_url="https://widgets.localhost", follow_redirects=True).text
    assert "The ticket has been cancelled" in page
    assert staff.get(f"bookings/{booking.code}/cancel-ticket/{uuid7().hex}").status_code == 404


def test_b11_staff_resume_what_is_final_for_customers(web: Web, staff: Visitor) -> None:
    booking = factories.make_booking(web.yoga, days=2)
    target = factories.make_class(web.yoga, days=4)
    staff.send(f"bookings/{booking.code}/cancel", reason="")
    assert f"bookings/{booking.code}/resume" in staff.get(f"bookings/{booking.code}/").text
    assert web.customer().get(f"bookings/{booking.code}/resume").status_code == 403
    answer = staff.send(f"bookings/{booking.code}/resume", slot=str(OccurrenceKey(target.id)))
    assert answer.status_code == 303, answer.text
    assert "The booking is active again" in words(staff, str(answer.location))
    assert [(one.status, one.occurrence_id) for one in stored(web)] == [("confirmed", target.id)]


def test_staff_undo_a_customers_cancellation_while_the_place_is_kept(web: Web, staff: Visitor) -> None:
    booking = factories.make_booking(web.yoga, days=2)
    web.customer().send(f"bookings/{booking.code}/cancel", reason="")
    assert "its place is still kept" in words(staff, f"bookings/{booking.code}/")
    answer = staff.send(f"bookings/{booking.code}/undo", f"bookings/{booking.code}/")
    assert "The cancellation has been undone" in words(staff, str(answer.location))
    assert [one.status for one in stored(web)] == ["confirmed"]

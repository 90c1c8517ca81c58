"""Transferring tickets to another class (B7), and what can be done with one of several (B8)."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from bookwidget.bookings.models import Booking
from bookwidget.catalog.models import Service, TicketType
from bookwidget.events.models import Event
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey
from tests import factories
from tests.bookings.acting import Acting
from tests.bookings.soundness import troubles
from tests.web_fixtures import Visitor, Web


def add_yin(web: Web, price: int = 1000, days: float = 3, **values: object) -> Occurrence:
    """A date of another class, at 10.00."""
    service = web.yoga.add(Service(id=uuid7(), name="Yin", kind="class", minutes=60, capacity=9, price=price))
    return factories.make_class(web.yoga, days=days, service_id=service.id, provider_id=None, **values)


def taken(web: Web, *occurrences: UUID) -> list[int]:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return [session.get_one(Occurrence, (web.yoga.tenant_id, id)).seats_taken for id in occurrences]


def told(web: Web) -> list[str]:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        kinds = session.execute(select(Event.kind).where(Event.kind.like("booking.t%"))).scalars()
        return sorted(kinds)


def review(code: str, target: Occurrence, **more: str) -> str:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return (
        f"bookings/{code}/transfer?service={target.service_id.hex}&slot={OccurrenceKey(target.id)}&step=review{query}"
    )


@pytest.fixture
def ada(web_everywhere: Web) -> Visitor:
    return web_everywhere.customer()


def test_b7_only_confirm_changes_and_both_events_change_by_one(web_everywhere: Web, ada: Visitor) -> None:
    web, booking = web_everywhere, factories.make_booking(web_everywhere.yoga)
    target = add_yin(web)
    counts = booking.occurrence_id, target.id
    assert f"{booking.code}/transfer" in ada.get(f"bookings/{booking.code}").text
    first = ada.get(f"bookings/{booking.code}/transfer").text
    assert f"transfer?service={target.service_id.hex}" in first
    dates = ada.get(f"bookings/{booking.code}/transfer?service={target.service_id.hex}").text
    assert str(OccurrenceKey(target.id)) in dates
    page = ada.get(review(booking.code, target)).text
    for words in ("Slow Flow", "Yin", "£14.00", "£10.00", "Difference", "-£4.00", "price falls by £4.00", "Confirm"):
        assert words in page, words
    assert (taken(web, *counts), told(web)) == ([1, 0], [])
    path = review(booking.code, target)
    fields = ada.form(path)
    answers = [ada.post(path, fields) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, f"/w/yoga/0/bookings/?transferred={booking.code}")
    ] * 2
    assert (taken(web, *counts), told(web)) == ([0, 1], ["booking.transferred"])
    assert "Your tickets have been transferred: Yin, " in ada.get(str(answers[0].location)).text
    assert "You transferred it to Yin, " in ada.get(f"bookings/{booking.code}").text
    assert not troubles(web.yoga)


def test_b7_the_ticket_type_is_chosen_before_the_review(web_everywhere: Web, ada: Visitor) -> None:
    web, booking = web_everywhere, factories.make_booking(web_everywhere.yoga)
    target = add_yin(web)
    kind = web.yoga.add(TicketType(id=uuid7(), service_id=target.service_id, name="Senior", price=900))
    choosing = ada.get(review(booking.code, target).replace("step=review", "step=kinds")).text
    [field] = set(re.findall(r'name="(kind-[0-9a-f]+)"', choosing))
    path = review(booking.code, target, **{field: kind.id.hex})
    page = ada.get(path).text
    assert "Senior, £9.00" in page
    assert "-£5.00" in page
    assert ada.send(path).status_code == 303
    [ticket] = Acting(web.yoga).read_booking(booking.code).tickets
    assert (ticket.kind, ticket.price.amount) == ("Senior", 900)


def test_b7_a_date_that_is_full_meanwhile_costs_no_ticket_types(web: Web) -> None:
    ada, booking, target = web.customer(), factories.make_booking(web.yoga), add_yin(web, capacity=1)
    kind = web.yoga.add(TicketType(id=uuid7(), service_id=target.service_id, name="Senior", price=900))
    choosing = ada.get(review(booking.code, target).replace("step=review", "step=kinds")).text
    [field] = set(re.findall(r'name="(kind-[0-9a-f]+)"', choosing))
    path = review(booking.code, target, **{field: kind.id.hex})
    fields = ada.form(path)
    factories.make_booking(web.yoga, customer="ben", occurrence=target)
    later = factories.make_class(web.yoga, days=4, service_id=target.service_id, provider_id=None)
    full = ada.post(path, fields)
    assert (full.status_code, 'name="step" value="review"' in full.text) == (422, True)
    assert f'name="{field}" value="{kind.id.hex}"' in full.text
    assert "Senior, £9.00" in ada.get(review(booking.code, later, **{field: kind.id.hex})).text


def test_b7_what_cannot_be_is_said_and_what_was_chosen_stays(web: Web) -> None:
    ada, booking = web.customer(), factories.make_booking(web.yoga, tickets=2)
    target, dear = add_yin(web, capacity=2), add_yin(web, 9900, days=4)
    path = review(booking.code, target)
    fields = ada.form(path)
    assert ada.post(path, {**fields, "price": "1"}).status_code == 422
    stale = ada.post(path, {**fields, "moves": "7"})
    assert stale.status_code == 422
    assert str(OccurrenceKey(target.id)) in stale.text
    page = ada.get(review(booking.code, dear)).text
    assert "Tickets can go only to those of equal or lower value." in page
    assert "Confirm" not in page
    assert ada.get(f"bookings/{booking.code}/transfer?step=kinds").status_code == 422
    assert ada.get(f"bookings/{booking.code}/transfer?tickets={uuid7().hex}").status_code == 422
    assert ada.get(f"bookings/{booking.code}/transfer?tickets=x").status_code == 404
    factories.make_booking(web.yoga, customer="ben", occurrence=target)
    full = ada.post(path, fields)
    assert full.status_code == 422
    assert 'role="alert"' in full.text
    assert "Yin" in full.text
    assert told(web) == []


def test_b7_not_allowed_is_403_without_a_control_and_others_get_404(web_everywhere: Web, ada: Visitor) -> None:
    web, booking = web_everywhere, factories.make_booking(web_everywhere.yoga, tickets=2)
    path = review(booking.code, add_yin(web))
    fields = ada.form(path)
    for stranger in (web.customer("ben"), web.customer("ada", web.other)):
        assert stranger.get(path).status_code == 404
    web.settings(web.yoga, bookings__transfer_allowed=False)
    for answer in (ada.get(path), ada.post(path, fields), ada.get(f"bookings/{booking.code}/transfer")):
        assert answer.status_code == 403
        assert "To transfer your tickets, please contact us." in answer.text
    assert f"{booking.code}/transfer" not in ada.get(f"bookings/{booking.code}").text
    appointment = factories.make_appointment(web.yoga, starts_at=web.now.replace(hour=14, day=26))
    assert f"{appointment.code}/transfer" not in ada.get(f"bookings/{appointment.code}").text
    assert told(web) == []


def tickets_of(web: Web, booking: Booking) -> list[str]:
    return [ticket.id.hex for ticket in Acting(web.yoga).read_booking(booking.code).tickets]


def test_b8_one_ticket_goes_to_another_class(web_everywhere: Web, ada: Visitor) -> None:
    web, booking = web_everywhere, factories.make_booking(web_everywhere.yoga, tickets=3)
    target, one = add_yin(web), tickets_of(web, booking)[0]
    assert f"{booking.code}/transfer?tickets={one}" in ada.get(f"bookings/{booking.code}").text
    path = review(booking.code, target, tickets=one)
    fields = ada.form(path)
    first, again = ada.post(path, fields), ada.post(path, fields)
    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert taken(web, booking.occurrence_id, target.id) == [2, 1]
    listed = ada.get(str(first.location)).text
    assert "1 ticket has been transferred to Yin. It is a booking of its own now." in listed
    assert "You transferred some of the tickets to Yin, " in ada.get(f"bookings/{booking.code}").text
    assert not troubles(web.yoga)


def test_b8_one_ticket_is_cancelled_by_its_button_only(web_everywhere: Web, ada: Visitor) -> None:
    web, booking = web_everywhere, factories.make_booking(web_everywhere.yoga, tickets=2)
    one, two = tickets_of(web, booking)
    path = f"bookings/{booking.code}/cancel-ticket/{one}"
    assert path in ada.get(f"bookings/{booking.code}").text
    assert "Cancel this ticket?" in ada.get(path).text
    for stranger in (web.customer("ben"), web.customer("ada", web.other)):
        assert stranger.get(path).status_code == 404
    assert taken(web, booking.occurrence_id) == [2]
    fields = ada.form(path)
    assert ada.post(path, {**fields, "reason": "x" * 501}).status_code == 422
    answers = [ada.post(path, fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    page = ada.get(str(answers[0].location)).text
    assert "The ticket has been cancelled." in page
    assert "You cancelled one ticket." in page
    assert (taken(web, booking.occurrence_id), told(web)) == ([1], ["booking.ticket_cancelled"])
    assert tickets_of(web, booking) == [two]
    assert ada.get(path).status_code == 404
    assert not troubles(web.yoga)

"""Booking the same once more: a filled form that asks for a new time, or the business's own page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.bookings.models import Booking, Ticket
from bookwidget.catalog.models import Location, Service, ServiceLocation
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from bookwidget.tenancy.session import writing
from tests import factories
from tests.web_fixtures import HERE, Visitor, Web

from .asking import EVE, again, answers, ask, open_form, press, rows

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    return web_everywhere


def follow(visitor: Visitor, answer: TestResponse) -> TestResponse:
    assert answer.status_code == 303, answer.text
    return visitor.get(str(answer.location))


def everything(web: Web, what: Any) -> list[Any]:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return list(session.execute(select(what.__table__).order_by(what.id)).all())


def tickets(web: Web, booking: Booking) -> list[tuple[str, bool, int | None]]:
    found = [ticket for ticket in rows(web, Ticket) if ticket.booking_id == booking.id]
    return [(ticket.attendee, ticket.is_child, ticket.age) for ticket in found]


def book_a_class(web: Web, ada: Visitor, field: str) -> Booking:
    two = press(ada, open_form(web, ada), "add", **{field: "Left knee"}, note="By the window")
    review = again(ada, two, "review", **{"name-1": "Kim", "child-1": "1", "age-1": "7"})
    assert again(ada, review, "confirm").status_code == 303
    [booking] = rows(web, Booking)
    found: Booking = booking
    return found


def test_k2_book_again_from_the_past_fills_the_form_and_leaves_the_old_booking(web: Web) -> None:
    field, ada = ask(web.yoga, "text", "Any injuries?"), web.customer()
    old = book_a_class(web, ada, field)
    web.now += timedelta(days=5)
    key = str(OccurrenceKey(factories.make_class(web.yoga, days=9).id))
    ada = web.customer()
    [link] = set(re.findall(r'href="([^"]+/again)"', ada.get("bookings/?tab=past").text))
    before = everything(web, Booking), everything(web, Ticket)
    times = follow(ada, ada.get(link))
    assert "Choose a new time. Your details from last time are filled in." in times.text
    url = str(again(ada, times, "", slot=key).location)
    form = ada.get(url).text
    for filled in ('value="Kim"', 'value="7"', "Left knee", "By the window", "Person 2"):
        assert filled in form
    review = press(ada, url, "review", **{"name-1": "Kim", "child-1": "1"})
    assert again(ada, review, "confirm").status_code == 303
    after = everything(web, Booking), everything(web, Ticket)
    assert [row for row in after[0] if row in before[0]] == before[0], "the old booking is as it was"
    assert [row for row in after[1] if row in before[1]] == before[1]
    [new] = [booking for booking in rows(web, Booking) if booking.id != old.id]
    assert tickets(web, new) == tickets(web, old) == [("", False, None), ("Kim", True, 7)]
    assert (new.note, answers(web)) == ("By the window", [("Any injuries?", "Left knee")] * 2)


def test_k2_an_appointment_again_is_with_the_same_provider_at_the_same_place(web: Web) -> None:
    other = uuid7()
    web.yoga.add(
        Location(id=other, name="Studio 2"),
        ServiceLocation(service_id=web.yoga.ids["massage"], location_id=web.yoga.ids["studio"]),
        ServiceLocation(service_id=web.yoga.ids["massage"], location_id=other),
    )
    ada, key = web.customer(), str(TimeKey(web.yoga.ids["mara"], TEN))
    review = press(ada, open_form(web, ada, service="massage", key=key), "review", where=other.hex)
    again(ada, review, "confirm")
    [booking] = rows(web, Booking)
    details = ada.get(f"bookings/{booking.code}").text
    times = follow(ada, ada.get(next(iter(re.findall(r'href="([^"]+/again)"', details)))))
    slots = re.findall(r'name="slot" value="([^"]+)"', times.text)
    assert slots
    assert all(web.yoga.ids["mara"].hex in slot for slot in slots)
    form = ada.get(str(again(ada, times, "", slot=slots[0]).location)).text
    assert re.search(rf'value="{other.hex}" checked', form)


def test_k2_by_the_link_of_a_mail_too(web: Web) -> None:
    field, guest = ask(web.yoga, "line", "Who sent you?"), web.visitor()
    review = press(guest, open_form(web, guest), "review", **EVE, **{field: "Ben"})
    page = guest.get(str(again(guest, review, "confirm").location))
    [link] = set(re.findall(r'href="([^"]+/again)"', page.text))
    key = str(OccurrenceKey(factories.make_class(web.yoga, days=9).id))
    form = guest.get(str(again(guest, follow(guest, guest.get(link)), "", slot=key).location)).text
    assert 'value="Ben"' in form
    assert "eve@example.com" not in form, "whoever forwards the link does not hand out their address"


@pytest.mark.parametrize("address", ["https://yoga.example/timetable", "http://yoga.example/", "javascript:x", ""])
def test_k2_the_business_may_want_its_own_page(web: Web, address: str) -> None:
    web.settings(web.yoga, bookings__book_again="public_page", bookings__public_page_address=address)
    ada, booking = web.customer(), factories.make_booking(web.yoga, days=-2)
    led = ada.get(f"bookings/{booking.code}/again").location
    is_usable = address.startswith("https://")
    assert led == address if is_usable else "/book/" in str(led)
    if is_usable:
        framed = web.customer(site=web.yoga.ids["site"].hex).get(f"bookings/{booking.code}/again")
        assert framed.headers["X-Bookwidget-Leave"] == address, "a stranger's page never opens inside the frame"


def test_k2_somebody_elses_booking_fills_nothing(web: Web) -> None:
    booking = factories.make_booking(web.yoga, note="Private", days=-2)
    key = str(OccurrenceKey(factories.make_class(web.yoga, days=9).id))
    page = f"book/{web.yoga.ids['flow'].hex}?again={booking.code}"
    for visitor in (web.customer("ben"), web.visitor()):
        times = visitor.get(page)
        assert "filled in" not in times.text
        url = str(again(visitor, times, "", slot=key).location)
        for address in (url, f"{url}?again={booking.code}"):
            assert "Private" not in visitor.get(address).text
    assert web.customer("ben").get(f"bookings/{booking.code}/again").status_code == 404


def test_k2_as_many_places_as_then_or_another_time(web: Web) -> None:
    ada, booking = web.customer(), factories.make_booking(web.yoga, tickets=3, days=-2)
    small = str(OccurrenceKey(factories.make_class(web.yoga, days=3, capacity=2).id))
    large = str(OccurrenceKey(factories.make_class(web.yoga, days=4).id))
    times = ada.get(f"book/{web.yoga.ids['flow'].hex}?again={booking.code}")
    full = again(ada, times, "", slot=small)
    assert full.status_code == 422
    assert "There are not enough places left." in full.text
    url = str(again(ada, full, "", slot=large).location)
    assert "Person 3" in ada.get(url).text
    assert {one.seats_taken for one in rows(web, Occurrence)} == {0, 3}


def test_k2_a_service_that_is_no_longer_offered_leads_to_the_others(web: Web) -> None:
    ada, booking = web.customer(), factories.make_booking(web.yoga, days=-2)
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Service, (web.yoga.tenant_id, booking.service_id)).is_active = False
    led = ada.client.get(ada.url(f"bookings/{booking.code}/again"), base_url=HERE, follow_redirects=True)
    assert led.status_code == 200
    assert "Slow Flow is not offered any more. Here is what you can book." in led.text

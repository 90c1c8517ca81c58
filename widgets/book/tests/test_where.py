"""Where an appointment takes place, and the account that is offered when it is booked."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking
from bookwidget.catalog.models import Location, Service, ServiceLocation
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import TimeKey
from bookwidget.tenancy.session import writing
from tests.bookings.acting import Acting
from tests.factories import World
from tests.web_fixtures import Forms, Visitor, Web

from .asking import EVE, again, open_form, press, rows, words

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    return web_everywhere


def at_locations(world: World, number: int, *, is_at_customer: bool = False) -> list[UUID]:
    """The massage takes place at so many locations."""
    ids = [uuid7() for _number in range(number)]
    with world.database.session(world.tenant_id) as session, writing(session):
        session.add_all(Location(id=id, name=f"Room {n}", address=f"{n} Quay") for n, id in enumerate(ids))
        session.add_all(ServiceLocation(service_id=world.ids["massage"], location_id=id) for id in ids)
        session.get_one(Service, (world.tenant_id, world.ids["massage"])).is_at_customer = is_at_customer
    return ids


def form_for(web: Web, visitor: Visitor) -> str:
    return open_form(web, visitor, service="massage", key=str(TimeKey(web.yoga.ids["mara"], TEN)))


def place_of(web: Web) -> tuple[UUID | None, str]:
    [booking] = rows(web, Booking)
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        occurrence = session.get_one(Occurrence, (web.yoga.tenant_id, booking.occurrence_id))
        return occurrence.location_id, booking.visit_address


def test_k1_one_of_several_locations_is_chosen(web: Web) -> None:
    first, second = at_locations(web.yoga, 2)
    guest = web.visitor()
    url = form_for(web, guest)
    missing = press(guest, url, "review", **EVE)
    assert missing.status_code == 422
    assert "Please choose where." in missing.text
    for made_up in ("x", "customer", web.yoga.ids["studio"].hex, uuid7().hex):
        assert press(guest, url, "review", **EVE, where=made_up).status_code == 422
    review = again(guest, missing, "review", where=second.hex)
    assert "Where Room 1 1 Quay" in words(review.text)
    changed = again(guest, again(guest, review, "edit"), "review", where=first.hex)
    page = guest.get(str(again(guest, changed, "confirm").location))
    assert place_of(web) == (first, "")
    assert "Where Room 0 0 Quay" in words(page.text)


def test_k1_at_the_customers_own_address(web: Web) -> None:
    at_locations(web.yoga, 1, is_at_customer=True)
    guest = web.visitor()
    url = form_for(web, guest)
    missing = press(guest, url, "review", **EVE, where="customer")
    assert missing.status_code == 422
    assert "Please fill this in." in words(re.findall(r'id="visit_address-error".*?</p>', missing.text, re.S)[0])
    bad = again(guest, missing, "review", where="customer", visit_address="7 Elm\u202e Row")
    assert bad.status_code == 422
    review = again(guest, bad, "review", where="customer", visit_address="7 Elm Row")
    page = guest.get(str(again(guest, review, "confirm").location))
    assert place_of(web) == (None, "7 Elm Row")
    assert "Where 7 Elm Row" in words(page.text)


def test_k1_what_is_the_only_place_is_not_asked_for(web: Web) -> None:
    [only] = at_locations(web.yoga, 1)
    guest = web.visitor()
    url = form_for(web, guest)
    assert 'name="where"' not in guest.get(url).text
    again(guest, press(guest, url, "review", **EVE, where="x", visit_address="ignored"), "confirm")
    assert place_of(web) == (only, "")


def test_k1_where_the_business_only_comes_to_the_customer_the_address_is_asked_for(web: Web) -> None:
    at_locations(web.yoga, 0, is_at_customer=True)
    guest = web.visitor()
    url = form_for(web, guest)
    assert 'name="where"' not in guest.get(url).text
    assert press(guest, url, "review", **EVE).status_code == 422
    again(guest, press(guest, url, "review", **EVE, visit_address="7 Elm Row"), "confirm")
    assert place_of(web) == (None, "7 Elm Row")


def test_k1_a_moved_appointment_keeps_its_place(web: Web) -> None:
    first, _second = at_locations(web.yoga, 2)
    ada = web.customer()
    again(ada, press(ada, form_for(web, ada), "review", where=first.hex), "confirm")
    [booking] = rows(web, Booking)
    acting = Acting(web.yoga, "owner")
    acting.move_booking(booking.code, str(TimeKey(web.yoga.ids["tom"], TEN)), moves=None)
    assert place_of(web) == (first, "")


def test_k1_staff_book_at_a_place_too(web: Web) -> None:
    key = str(TimeKey(web.yoga.ids["mara"], TEN))
    made = Acting(web.yoga, "owner").book(
        web.yoga.ids["massage"], key, customer_id=web.yoga.ids["ada"], visit_address="7 Elm Row"
    )
    assert made.address == "7 Elm Row"
    assert place_of(web) == (None, "7 Elm Row")


def test_k3_the_account_that_is_offered_at_the_end_opens_the_booking(web: Web) -> None:
    """The button, the mail's link, a password, and the booking is there."""
    guest = web.visitor()
    done = again(guest, press(guest, open_form(web, guest), "review", **EVE), "confirm")
    page = guest.get(str(done.location))
    [booking] = rows(web, Booking)
    action, fields = next(form for form in Forms(page.text).found.items() if form[0].endswith("/account"))
    mailed = guest.get(str(guest.post(action, fields).location))
    assert "is on its way" in mailed.text
    [eve] = [one for one in rows(web, Customer) if one.email == "eve@example.com"]
    assert eve.password_hash == "", "nothing is set by asking"
    link = f"login/reset/{web.services.tokens.reset(web.yoga.tenant_id, eve.id, '')}"
    assert guest.send(link, password="a brand new password").status_code == 303
    again_eve = web.visitor().sign_in("eve@example.com", "a brand new password")
    assert booking.code in again_eve.get("bookings/").text

"""Booking for a customer at the console, over HTTP: somebody known, somebody new, and what can go wrong."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.catalog.models import TicketType
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey
from tests import factories
from tests.bookings.acting import events
from tests.bookings.repeating import TEN, key_at
from tests.console.desks import HOSTILE_LINES, hire, nobody, sign_in
from tests.web_fixtures import Visitor, Web


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    return web_everywhere


@pytest.fixture
def staff(web: Web) -> Visitor:
    hire(web.yoga, "sam@staff.example", "staff")
    return sign_in(nobody(web), "sam@staff.example")


@pytest.fixture
def tonight(web: Web) -> Occurrence:
    """Two places, at a time that customers can no longer book."""
    web.settings(web.yoga, schedule__notice_hours=48, bookings__max_places=5)
    return factories.make_class(web.yoga, days=0.2, capacity=2)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def step(web: Web, who: str, occurrence: Occurrence, places: int = 1) -> str:
    customer = web.yoga.ids[who].hex if who in web.yoga.ids else who
    slot = OccurrenceKey(occurrence.id)
    return f"bookings/new?customer={customer}&service={web.yoga.ids['flow'].hex}&slot={slot}&places={places}"


def stored(web: Web, what: Any) -> list[Any]:
    with web.database.session(web.yoga.tenant_id) as session:
        return list(session.scalars(select(what).order_by(what.id)))


def test_bk4_a_customer_is_found_by_name_email_or_phone(web: Web, staff: Visitor) -> None:
    web.yoga.add(
        Customer(email="zoe@lang.example", given_name="Zoë", family_name="Lang", phone="+447700900123",
                 created_at=web.now)
    )  # fmt: skip
    assert "/console/bookings/new" in staff.get("bookings/").text
    for typed in ("Zoë", "zoë lang", "LANG.EXAMPLE", "07700 900123", "0123"):
        page = words(staff.get(f"bookings/new?q={typed}").text)
        assert "zoe@lang.example" in page, typed
        assert "ada@example.com" not in page, typed
    assert "Nobody matches" in staff.get("bookings/new?q=xyzzy").text
    for odd in ("q=%25", "q=%00", "page=-1", "page=x", "page=" + "9" * 30):
        assert staff.get(f"bookings/new?{odd}").status_code == 200, odd


def test_k1_staff_book_for_a_customer_inside_the_notice(web: Web, staff: Visitor, tonight: Occurrence) -> None:
    when = staff.get(step(web, "ada", tonight).partition("&slot")[0]).text
    assert str(OccurrenceKey(tonight.id)) in when
    assert "2 places left" in when
    answer = staff.send(step(web, "ada", tonight), note="Rang this morning")
    assert answer.status_code == 303, answer.text
    page = words(staff.get(str(answer.location)).text)
    assert "The booking has been made" in page
    assert "Rang this morning" in page
    [event] = events(web.yoga, "booking.made")
    assert (event.actor_kind, event.door) == ("member", "console")
    [made] = stored(web, Booking)
    assert made.customer_id == web.yoga.ids["ada"]
    assert web.customer().get(f"bookings/{made.code}").status_code == 200


def test_bk4_booking_for_somebody_new_makes_the_customer_once(web: Web, staff: Visitor, tonight: Occurrence) -> None:
    path = step(web, "new", tonight)
    fields = {**staff.form(path), "given_name": "Eve", "family_name": "Adams", "email": "Eve@Example.com"}
    codes = {staff.post(path, fields).location for _click in range(2)}
    assert len(codes) == 1
    [made] = stored(web, Booking)
    [eve] = [one for one in stored(web, Customer) if one.email == "eve@example.com"]
    assert made.customer_id == eve.id
    assert [event.customer_id for event in events(web.yoga, "customer.added")] == [eve.id]
    again = staff.send(path, given_name="Other", email="eve@example.com")
    assert again.status_code == 422
    assert "There is a customer with this email already" in again.text
    assert 'value="Other"' in again.text
    assert len(stored(web, Booking)) == 1


def test_k1_several_people_with_names_and_ticket_types(web: Web, staff: Visitor, tonight: Occurrence) -> None:
    kind = web.yoga.add(TicketType(id=uuid7(), service_id=web.yoga.ids["flow"], name="Junior", price=500))
    typed = {"name-1": "Tim", "kind-1": kind.id.hex, "child-1": "1"}
    assert staff.send(step(web, "ada", tonight, 2), **typed).status_code == 303
    [made] = stored(web, Booking)
    assert made.price == 1900
    assert [(one.attendee, one.is_child, one.price) for one in stored(web, Ticket)] == [
        ("", False, 1400), ("Tim", True, 500),
    ]  # fmt: skip


def test_k1_capacity_still_holds_and_what_was_typed_stays(web: Web, staff: Visitor, tonight: Occurrence) -> None:
    other = factories.make_class(web.yoga, days=1, capacity=3)
    path = step(web, "ada", tonight, 2)
    fields = {**staff.form(path), "name-0": "Grace <3", "note": "Kept"}
    factories.make_booking(web.yoga, occurrence=tonight, customer="ben")
    answer = staff.post(path, fields)
    assert answer.status_code == 422
    assert 'value="Grace &lt;3"' in answer.text
    assert "Kept" in answer.text
    assert f'value="{OccurrenceKey(other.id)}"' in answer.text, "the nearest time with room"
    assert len(stored(web, Booking)) == 1
    assert staff.post(path, {**fields, "slot": str(OccurrenceKey(other.id))}).status_code == 303
    assert len(stored(web, Booking)) == 2


def test_k1_an_appointment_is_booked_with_its_provider(web: Web, staff: Visitor) -> None:
    path = f"bookings/new?customer={web.yoga.ids['ada'].hex}&service={web.yoga.ids['massage'].hex}"
    times = words(staff.get(f"{path}&from={TEN:%Y-%m-%d}").text)
    assert "Mara Oduya" in times
    assert "Tomas Reyl" in times
    assert staff.send(f"{path}&slot={key_at(web.yoga, TEN, 'tom')}").status_code == 303
    taken = staff.get(f"{path}&slot={key_at(web.yoga, TEN, 'tom')}")
    refused = staff.post(taken.request.full_path, staff.form(taken.request.full_path))
    assert refused.status_code == 422
    assert "just been taken" in refused.text
    closed = staff.get(f"{path}&slot={key_at(web.yoga, TEN + timedelta(hours=12))}").request.full_path
    assert staff.post(closed, staff.form(closed)).status_code == 422
    assert len(stored(web, Booking)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"given_name": ""}, {"email": "nobody"}, {"email": ""}, {"phone": "12"}, {"note": "n" * 2001},
        {"name-0": "x" * 161}, {"kind-0": "x"}, {"kind-0": "0" * 32}, {"slot": "x"}, {"slot": ""},
        *[{"given_name": line} for line in HOSTILE_LINES],
    ],
)  # fmt: skip
def test_what_makes_no_booking_is_refused_and_makes_no_customer(
    web: Web, staff: Visitor, tonight: Occurrence, typed: dict[str, str]
) -> None:
    eve = {"given_name": "Eve", "email": "eve@example.com", "family_name": "Kept"}
    answer = staff.send(step(web, "new", tonight), **{**eve, **typed})
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.text
    assert stored(web, Booking) == []
    assert len(stored(web, Customer)) == 2


def test_another_businesss_customer_or_service_is_not_found(web: Web, staff: Visitor, tonight: Occurrence) -> None:
    fields, other = staff.form(step(web, "ada", tonight)), web.other.ids
    for path in (
        step(web, other["ada"].hex, tonight), step(web, "nonsense", tonight), step(web, "0" * 32, tonight),
        f"bookings/new?customer={web.yoga.ids['ada'].hex}&service={other['flow'].hex}",
    ):  # fmt: skip
        assert staff.get(path).status_code == 404
        assert staff.post(path, fields).status_code == 404
    theirs = factories.make_class(web.other, days=1)
    assert staff.post(step(web, "ada", tonight), {**fields, "slot": str(OccurrenceKey(theirs.id))}).status_code == 422
    assert "ada@example.com" in staff.get("bookings/new").text
    assert web.other.slug not in staff.get("bookings/new?q=example").text
    assert stored(web, Booking) == []

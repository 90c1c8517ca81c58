"""The link in a mail: one booking, without an account, and nothing happens by looking."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, create_engine, select
from werkzeug.test import TestResponse

from bookwidget.bookings.actions import booking_token, end_links
from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event
from tests import factories
from tests.web_fixtures import Visitor, Web


def link_of(web: Web, booking: Booking, version: int = 1) -> str:
    return "booking/" + booking_token(web.services.tokens, web.yoga.tenant_id, booking.id, version)


def last_event(web: Web) -> Event:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return session.execute(select(Event).order_by(Event.id.desc()).limit(1)).scalars().one()


def everything(web: Web) -> list[str]:
    engine, metadata = create_engine(web.database.url), MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in connection.execute(table.select())]
    engine.dispose()
    return sorted(rows)


@pytest.fixture
def booking(web: Web) -> Booking:
    return factories.make_booking(web.yoga, days=4, note="Knee")


@pytest.fixture
def stranger(web: Web) -> Visitor:
    return web.visitor()


def test_K3_a_link_opens_this_one_booking(web: Web, booking: Booking, stranger: Visitor) -> None:
    other = factories.make_booking(web.yoga, days=5)
    page = stranger.get(link_of(web, booking))
    assert page.status_code == 200
    assert booking.code in page.text
    assert other.code not in page.text
    assert "ada@example.com" not in page.text
    assert stranger.get("bookings/").status_code == 401
    assert stranger.get(f"bookings/{booking.code}").status_code == 401


def test_looking_changes_nothing(web: Web, booking: Booking, stranger: Visitor) -> None:
    before = everything(web)
    for path in ("", "/cancel", "/move", "/account"):
        stranger.get(link_of(web, booking) + path)
        stranger.client.head(stranger.url(link_of(web, booking) + path), base_url="https://widgets.localhost")
    assert everything(web) == before


def test_B8_it_is_cancelled_by_the_button_as_its_customer_through_the_mail(
    web: Web, booking: Booking, stranger: Visitor
) -> None:
    answer = stranger.send(link_of(web, booking) + "/cancel", reason="Ill")
    assert answer.status_code == 303
    page = stranger.get(answer.location).text
    assert "This booking has been cancelled. You can undo this until 09:10." in page
    assert f'data-event="booking.cancelled?booking={booking.code}"' in page
    event = last_event(web)
    assert (event.kind, event.actor_kind, event.door) == ("booking.cancelled", "customer", "mail")
    assert event.actor_id == web.yoga.ids["ada"]
    assert stranger.get(link_of(web, booking) + "/cancel").status_code == 403


def test_B8_what_was_cancelled_by_the_link_is_undone_by_it(web: Web, booking: Booking, stranger: Visitor) -> None:
    link = link_of(web, booking)
    stranger.send(link + "/cancel")
    answer = stranger.send(link + "/undo", page=link)
    assert answer.status_code == 303
    page = stranger.get(answer.location).text
    assert "Slow Flow on Sat 28 Nov is booked again." in page
    assert "bw-undo" not in page
    assert (last_event(web).kind, last_event(web).door) == ("booking.restored", "mail")


def test_B3_the_page_behind_a_link_tells_all(web: Web, booking: Booking, stranger: Visitor) -> None:
    page = stranger.get(link_of(web, booking)).text
    for words in (
        "Slow Flow", "75 minutes", "Mara Oduya", "1 Harbour Row", "You", "Knee", booking.code, "Contact",
        "hello@yoga.example", "Add to calendar", "Reschedule", "Cancel booking", "History", "Booked.",
    ):  # fmt: skip
        assert words in page, words
    file = stranger.get(link_of(web, booking) + "/calendar")
    assert (file.status_code, file.mimetype) == (200, "text/calendar")
    assert str(booking.id) in file.text


def move(web: Web, stranger: Visitor, booking: Booking, slot: str) -> TestResponse:
    return stranger.send(link_of(web, booking) + "/move", slot=slot)


def test_B6_it_is_moved_by_the_button(web: Web, booking: Booking, stranger: Visitor) -> None:
    target = factories.make_class(web.yoga, days=6)
    page = stranger.get(link_of(web, booking) + "/move").text
    [slot] = re.findall(r'name="slot" value="([^"]+)"', page)
    answer = move(web, stranger, booking, slot)
    assert "Slow Flow has been moved to" in stranger.get(answer.location).text
    event = last_event(web)
    assert (event.kind, event.door) == ("booking.moved", "mail")
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        assert session.get_one(Booking, (web.yoga.tenant_id, booking.id)).occurrence_id == target.id


def test_a_time_that_is_gone_is_no_dead_end(web: Web, booking: Booking, stranger: Visitor) -> None:
    full = factories.make_class(web.yoga, days=6, capacity=1)
    factories.make_class(web.yoga, days=7)
    fields = stranger.form(link_of(web, booking) + "/move")
    factories.make_booking(web.yoga, customer="ben", occurrence=full)
    answer = stranger.post(link_of(web, booking) + "/move", {**fields, "slot": f"o-{full.id.hex}"})
    assert answer.status_code == 422
    assert "The nearest free times:" in answer.text


def test_the_policy_is_the_same(web: Web, stranger: Visitor) -> None:
    late = factories.make_booking(web.yoga, days=0.5)
    page = stranger.get(link_of(web, late))
    assert "Cancel booking" not in page.text
    assert "Free cancellation ended on" in page.text
    for path in ("/cancel", "/move"):
        answer = stranger.get(link_of(web, late) + path)
        assert answer.status_code == 403
        assert late.code in answer.text


def test_it_ends_with_the_booking(web: Web, booking: Booking, stranger: Visitor) -> None:
    url = link_of(web, booking)
    web.now = booking.ends_at
    page = stranger.get(url)
    assert page.status_code == 410
    assert booking.code not in page.text
    assert "This link no longer works" in page.text


def test_it_can_be_ended(web: Web, booking: Booking, stranger: Visitor) -> None:
    scope = web.yoga.scope()
    with scope.session:
        end_links(scope, booking.code)
    assert stranger.get(link_of(web, booking)).status_code == 404
    assert stranger.get(link_of(web, booking, 2)).status_code == 200


def test_a_forged_link_is_nothing(web: Web, booking: Booking, stranger: Visitor) -> None:
    token = link_of(web, booking)
    reset = web.services.tokens.reset(web.yoga.tenant_id, web.yoga.ids["ada"], "x")
    other = "booking/" + booking_token(web.services.tokens, web.other.tenant_id, booking.id, 1)
    for wrong in (token[:-1], token.replace(".1.", ".2."), f"booking/{reset}", other, "booking/x", "booking/a.b.c.d"):
        assert stranger.get(wrong).status_code == 404
    assert web.visitor(web.other).get(token).status_code == 404


def test_a_post_needs_the_page_s_own_form(web: Web, booking: Booking, stranger: Visitor) -> None:
    before = everything(web)
    for path in ("/cancel", "/move", "/account"):
        assert stranger.post(link_of(web, booking) + path, {}).status_code == 403
        assert stranger.post(link_of(web, booking) + path, {}, origin="https://evil.localhost").status_code == 403
    assert everything(web) == before


def test_L5_an_account_is_offered_and_asked_for_by_mail(web: Web, booking: Booking, stranger: Visitor) -> None:
    answer = stranger.send(link_of(web, booking) + "/account", page=link_of(web, booking))
    assert answer.status_code == 303
    assert "The link to set your password is on its way" in stranger.get(answer.location).text
    event = last_event(web)
    assert (event.kind, event.customer_id) == ("password.reset_requested", web.yoga.ids["ada"])


def test_a_link_of_a_booking_that_has_begun_still_shows_it(web: Web, booking: Booking, stranger: Visitor) -> None:
    url = link_of(web, booking)
    web.now = booking.starts_at + timedelta(minutes=5)
    assert stranger.get(url).status_code == 200
    assert "Cancel booking" not in stranger.get(url).text

"""Cancelling: only the confirm button does it, and only where it is allowed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event
from tests import factories
from tests.web_fixtures import Web


def status(web: Web, code: str) -> tuple[str, int]:
    """The booking's status, and how many events tell of a cancellation."""
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        stored = session.execute(select(Booking.status).where(Booking.code == code)).scalar_one()
        events = session.execute(select(Event).where(Event.kind == "booking.cancelled")).scalars().all()
    return stored, len(events)


@pytest.fixture
def code(web: Web) -> str:
    return factories.make_booking(web.yoga).code


def test_B8_the_page_asks_and_the_button_cancels(web: Web, code: str) -> None:
    ada = web.customer()
    page = ada.get(f"bookings/{code}/cancel").text
    assert "You can cancel for free until Wed 25 Nov, 09:00." in page
    assert "Keep it" in page
    assert "bw-btn--main" not in page.split("<main")[1]
    assert status(web, code) == ("confirmed", 0)
    answer = ada.send(f"bookings/{code}/cancel", reason="Ill")
    assert (answer.status_code, answer.location) == (303, f"/w/yoga/0/bookings/?cancelled={code}")
    assert status(web, code) == ("cancelled", 1)
    listed = ada.get(answer.location).text
    assert "Slow Flow on Thu 26 Nov has been cancelled." in listed
    assert 'role="status"' in listed
    assert f'data-event="booking.cancelled?booking={code}"' in listed
    assert code in ada.get("bookings/?tab=cancelled").text


def test_a_second_press_shows_the_same_and_does_nothing(web: Web, code: str) -> None:
    ada = web.customer()
    fields = ada.form(f"bookings/{code}/cancel")
    answers = [ada.post(f"bookings/{code}/cancel", fields) for _ in range(2)]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"/w/yoga/0/bookings/?cancelled={code}")
    }
    assert status(web, code) == ("cancelled", 1)


def test_two_at_once_are_one(web_everywhere: Web) -> None:
    web = web_everywhere
    code = factories.make_booking(web.yoga).code
    tabs = [web.customer(), web.customer()]
    fields = [tab.form(f"bookings/{code}/cancel") for tab in tabs]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda tab, data: tab.post(f"bookings/{code}/cancel", data), tabs, fields))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert status(web, code) == ("cancelled", 1)


def test_going_back_to_the_question_shows_what_became_of_it(web: Web, code: str) -> None:
    ada = web.customer()
    ada.send(f"bookings/{code}/cancel")
    page = ada.get(f"bookings/{code}/cancel")
    assert page.status_code == 403
    assert "This booking has already been cancelled." in page.text
    assert "Slow Flow" in page.text


def test_B5_too_late_is_403_with_the_reason_and_changes_nothing(web: Web) -> None:
    code = factories.make_booking(web.yoga, days=2).code
    ada = web.customer()
    fields = ada.form(f"bookings/{code}/cancel")
    web.settings(web.yoga, bookings__cancel_notice_hours=72)
    for answer in (ada.get(f"bookings/{code}/cancel"), ada.post(f"bookings/{code}/cancel", fields)):
        assert answer.status_code == 403
        assert "Free cancellation ended on Mon, 23 Nov 2026, 09:00." in answer.text
    assert status(web, code) == ("confirmed", 0)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("x" * 501, "at most 500 characters"),
        ("ill\x00", "characters that cannot be"),
        ("\x1b[2J", "characters that cannot be"),
    ],
)
def test_a_reason_that_cannot_be_kept_is_said_beside_its_field(web: Web, code: str, reason: str, message: str) -> None:
    answer = web.customer().send(f"bookings/{code}/cancel", reason=reason)
    assert answer.status_code == 422
    assert message in answer.text.split('id="reason-error"')[1].split("</p>")[0]
    assert 'aria-invalid="true"' in answer.text
    assert reason[:20].replace("\x00", "") in answer.text.replace("\x00", "")
    assert status(web, code) == ("confirmed", 0)


def test_only_its_customer_cancels(web: Web, code: str) -> None:
    own = factories.make_booking(web.yoga, customer="ben", days=5).code
    ben = web.customer("ben")
    token = ben.form(f"bookings/{own}/cancel")
    assert ben.post(f"bookings/{code}/cancel", token).status_code == 404
    assert web.customer("ada", web.other).post(f"bookings/{code}/cancel", token).status_code == 403
    assert web.visitor().post(f"bookings/{code}/cancel", token).status_code == 401
    assert status(web, code) == ("confirmed", 0)


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://widgets.localhost", None])
def test_posts_of_other_origins_are_refused(web: Web, code: str, origin: Any) -> None:
    ada = web.customer()
    fields = ada.form(f"bookings/{code}/cancel")
    assert ada.post(f"bookings/{code}/cancel", fields, origin=origin).status_code == 403
    assert ada.post(f"bookings/{code}/cancel", {"reason": ""}).status_code == 403
    assert status(web, code) == ("confirmed", 0)


def test_notes_are_only_said_while_they_are_true(web: Web, code: str) -> None:
    ada = web.customer()
    theirs = factories.make_booking(web.yoga, customer="ben", days=3, status="cancelled").code
    for address in (
        f"?cancelled={code}",
        f"?moved={theirs}",
        f"?cancelled={theirs}",
        "?cancelled=%00",
        "?moved=x",
    ):
        page = ada.get(f"bookings/{address}")
        assert page.status_code == 200
        assert 'role="status"' not in page.text

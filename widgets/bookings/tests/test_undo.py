"""Undo after cancelling: a bar with a real form, which names the moment it ends."""

from datetime import timedelta

import pytest

from tests import factories
from tests.web_fixtures import Web


@pytest.fixture
def code(web: Web) -> str:
    return factories.make_booking(web.yoga).code


def test_B8_the_bar_stands_after_cancelling_and_undoes(web: Web, code: str) -> None:
    ada = web.customer()
    assert "You can undo it for 10 minutes." in ada.get(f"bookings/{code}/cancel").text
    answer = ada.send(f"bookings/{code}/cancel")
    page = ada.get(answer.location).text
    bar = page.split('class="bw-undo"')[1].split("</form>")[0]
    assert 'role="status"' in bar
    assert "Slow Flow on Thu 26 Nov has been cancelled." in bar
    assert "You can undo this until 09:10." in bar
    assert f'data-event="booking.cancelled?booking={code}"' in bar
    answer = ada.send(f"bookings/{code}/undo", page=answer.location)
    assert (answer.status_code, answer.location) == (303, f"/w/yoga/0/bookings/?restored={code}")
    page = ada.get(answer.location).text
    assert "Slow Flow on Thu 26 Nov is booked again." in page
    assert f'data-event="booking.restored?booking={code}"' in page
    assert "bw-undo" not in page
    told = ada.get(f"bookings/{code}").text.split('class="bw-log"')[1]
    assert told.index("You cancelled.") < told.index("You undid the cancellation.")


def test_too_late_is_403_with_the_reason(web: Web, code: str) -> None:
    ada = web.customer()
    ada.send(f"bookings/{code}/cancel")
    fields = ada.form(f"bookings/{code}", action=f"bookings/{code}/undo")
    web.now += timedelta(minutes=10)
    answer = ada.post(f"bookings/{code}/undo", fields)
    assert answer.status_code == 403
    assert "You could undo this until Tue, 24 Nov 2026, 09:10." in answer.text
    assert "bw-undo" not in ada.get(f"bookings/?cancelled={code}").text


def test_a_second_press_shows_the_same(web: Web, code: str) -> None:
    ada = web.customer()
    ada.send(f"bookings/{code}/cancel")
    fields = ada.form(f"bookings/{code}", action=f"bookings/{code}/undo")
    answers = [ada.post(f"bookings/{code}/undo", fields) for _ in range(2)]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"/w/yoga/0/bookings/?restored={code}")
    }


def test_the_address_alone_shows_the_booking(web: Web, code: str) -> None:
    ada = web.customer()
    ada.send(f"bookings/{code}/cancel")
    page = ada.get(f"bookings/{code}/undo")
    assert page.status_code == 200
    assert "This booking has been cancelled." in page.text
    assert "already been cancelled" not in page.text


def test_without_undo_there_is_a_plain_note(web: Web, code: str) -> None:
    web.settings(web.yoga, bookings__undo_minutes=0)
    ada = web.customer()
    assert "undo it" not in ada.get(f"bookings/{code}/cancel").text
    page = ada.get(ada.send(f"bookings/{code}/cancel").location).text
    assert "Slow Flow on Thu 26 Nov has been cancelled." in page
    assert "bw-undo" not in page

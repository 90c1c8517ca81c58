"""One booking: everything about it, for its customer only."""

import pytest

from bookwidget.bookings.models import Ticket
from tests import factories
from tests.web_fixtures import Web

ROUTES = ("", "/cancel", "/move")


@pytest.mark.parametrize("route", ROUTES)
def test_B3_it_is_its_customers_only(web: Web, route: str) -> None:
    code = factories.make_booking(web.yoga).code
    path = f"bookings/{code}{route}"
    assert web.customer().get(path).status_code == 200
    assert web.visitor().get(path).status_code == 401
    assert web.customer("ben").get(path).status_code == 404
    assert web.customer("ada", web.other).get(path).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("code", ["NOTHERE2", "0", "x" * 400, "%00", "a b"])
def test_codes_typed_by_hand(web: Web, route: str, code: str) -> None:
    assert web.customer().get(f"bookings/{code}{route}").status_code == 404


def test_everything_stands_there(web: Web) -> None:
    booking = factories.make_booking(web.yoga, price=2800, note="Window seat\nplease")
    web.yoga.add(
        Ticket(booking_id=booking.id, occurrence_id=booking.occurrence_id, attendee="Ines", is_child=True, age=7)
    )
    page = web.customer().get(f"bookings/{booking.code}").text
    for words in (
        "Slow Flow",
        "Thursday, 26 November 2026", "09:00–10:15", "75 minutes", "Mara Oduya", "Studio 1", "1 Harbour Row",
        "You", "Ines (child, 7)", "£28.00", booking.code, "Window seat\nplease", "Booked.", "hello@yoga.example",
        "+441632960144", "Reschedule", "Cancel booking",
    ):  # fmt: skip
        assert words in page, words


def test_what_is_not_allowed_is_absent_and_explained(web: Web) -> None:
    booking = factories.make_booking(web.yoga, days=0.5)
    page = web.customer().get(f"bookings/{booking.code}").text
    assert "Free cancellation ended on Mon, 23 Nov 2026, 21:00." in page
    assert "Rescheduling was possible until Mon, 23 Nov 2026, 21:00." in page
    assert f"{booking.code}/cancel" not in page
    assert f"{booking.code}/move" not in page


def test_a_reason_that_holds_for_both_is_said_once(web: Web) -> None:
    booking = factories.make_booking(web.yoga, days=-2)
    assert web.customer().get(f"bookings/{booking.code}").text.count("This booking is in the past.") == 1


def test_its_history_is_told_in_words(web: Web) -> None:
    booking = factories.make_booking(web.yoga)
    later = factories.make_class(web.yoga, days=3)
    ada = web.customer()
    ada.send(f"bookings/{booking.code}/move", slot=f"o-{later.id.hex}")
    ada.send(f"bookings/{booking.code}/cancel", reason="Caught <a> cold")
    page = ada.get(f"bookings/{booking.code}").text
    told = page.split('class="bw-log"')[1]
    assert "You moved it from Thu, 26 Nov 2026, 09:00 to Fri, 27 Nov 2026, 09:00." in told
    assert told.index("Booked.") < told.index("You moved it") < told.index("You cancelled.")
    assert "Caught &lt;a&gt; cold" in page

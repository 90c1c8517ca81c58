"""Add to calendar: a file, also in a frame whose sign-in a download cannot bring along."""

from datetime import timedelta

import pytest

from bookwidget.kernel.clock import utc_now
from tests import factories
from tests.web_fixtures import HERE, Web

FETCHED = {"X-Bookwidget": "1"}


@pytest.fixture
def code(web: Web) -> str:
    return factories.make_booking(web.yoga).code


def test_the_page_leads_to_a_file(web: Web, code: str) -> None:
    ada = web.customer()
    assert f'href="/w/yoga/0/bookings/{code}/calendar"' in ada.get(f"bookings/{code}").text
    answer = ada.get(f"bookings/{code}/calendar")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{code}.ics"'
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.data.startswith(b"BEGIN:VCALENDAR\r\n")


def link(web: Web, code: str) -> str:
    answer = web.customer().get(f"bookings/{code}/calendar", headers=FETCHED)
    assert answer.data == b""
    return answer.headers["X-Bookwidget-File"]


def test_a_script_is_told_a_link_that_needs_no_sign_in(web: Web, code: str) -> None:
    answer = web.visitor().get(link(web, code))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"BEGIN:VEVENT" in answer.data


def test_the_link_is_good_for_a_minute_for_that_one_address(
    web: Web, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = factories.make_booking(web.yoga, days=4).code
    address, visitor = link(web, code), web.visitor()
    token = address.partition("?")[2]
    for path in (f"bookings/{second}/calendar", f"bookings/{code}", "bookings/", "profile/", f"bookings/{code}/cancel"):
        assert visitor.get(f"{path}?{token}").status_code == 401, path
    assert visitor.get(f"bookings/{code}/calendar?file=x").status_code == 401
    other = web.visitor(web.other).get(f"bookings/{code}/calendar?{token}")
    assert other.status_code == 401
    posted = visitor.client.post(address, base_url=HERE, headers={"Origin": HERE})
    assert posted.status_code == 405
    monkeypatch.setattr("bookwidget.web.files.utc_now", lambda: utc_now() + timedelta(minutes=2))
    assert visitor.get(address).status_code == 401


def test_it_is_its_customers_only(web: Web, code: str) -> None:
    path = f"bookings/{code}/calendar"
    assert web.visitor().get(path).status_code == 401
    assert web.customer("ben").get(path).status_code == 404
    assert web.customer("ada", web.other).get(path).status_code == 404

"""Appointments that repeat, booked over HTTP."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bookwidget.bookings.models import Booking
from bookwidget.catalog.models import Service
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.repeating import REPEATS, TEN, WEEK, dates, key_at, weeks
from tests.web_fixtures import Visitor, Web

from .asking import EVE, again, open_form, press, rows, words

CONTROL = 'name="repeat"'


def settle(web: Web, **settings: object) -> None:
    web.settings(web.yoga, **{name.replace(".", "__"): value for name, value in {**REPEATS, **settings}.items()})


def form_for(web: Web, visitor: Visitor) -> str:
    return open_form(web, visitor, service="massage", key=key_at(web.yoga, TEN))


def test_b9_a_customer_books_every_week_and_sees_the_dates_first(web: Web) -> None:
    settle(web)
    factories.make_appointment(web.yoga, starts_at=TEN + 2 * WEEK, customer="ben")
    ada = web.customer()
    url = form_for(web, ada)
    form = words(ada.get(url).text)
    assert "Repeat Does not repeat Every week Every 2 weeks Every 4 weeks Every month on the first Tuesday" in form
    review = press(ada, url, "review", repeat="week")
    assert review.status_code == 200
    shown = words(review.text)
    assert (
        "Repeats Every week Next dates Tue 8 Dec, 10:00 Tue 15 Dec, 10:00 Not booked: already taken "
        "Tue 22 Dec, 10:00 Tue 29 Dec, 10:00 Later dates" in shown
    )
    assert "Price of each date £60.00" in shown
    assert dates(web.yoga) == [], "nothing is booked before the review is confirmed"
    back = again(ada, review, "edit")
    assert '<option value="week" selected>' in back.text, "what was chosen stays"
    done = again(ada, again(ada, back, "review", repeat="week"), "confirm")
    assert done.status_code == 303
    assert dates(web.yoga) == weeks(0, 1, 3, 4)
    assert again(ada, review, "confirm").location == done.location
    assert dates(web.yoga) == weeks(0, 1, 3, 4), "a second click books nothing more"


def test_b9_a_guest_books_every_two_weeks(web: Web) -> None:
    settle(web)
    guest = web.visitor()
    done = again(guest, press(guest, form_for(web, guest), "review", **EVE, repeat="2-weeks"), "confirm")
    assert done.status_code == 303
    assert sorted(one.starts_at for one in rows(web, Booking)) == weeks(0, 2, 4)


def test_b9_what_does_not_repeat_is_one_booking(web: Web) -> None:
    settle(web)
    ada = web.customer()
    review = press(ada, form_for(web, ada), "review")
    assert "Next dates" not in review.text
    again(ada, review, "confirm")
    assert dates(web.yoga) == weeks(0)


def test_b9_dates_that_changed_since_the_review_are_shown_again(web: Web) -> None:
    settle(web)
    ada = web.customer()
    review = press(ada, form_for(web, ada), "review", repeat="week", note="Knee")
    factories.make_appointment(web.yoga, starts_at=TEN + WEEK + timedelta(minutes=30), customer="ben")
    answer = again(ada, review, "confirm")
    assert answer.status_code == 422
    assert '<option value="week" selected>' in answer.text
    assert "The free dates have changed in the meantime." in words(answer.text.split('id="repeat-error"')[1])
    assert "Knee" in answer.text
    assert dates(web.yoga) == []
    assert again(ada, review, "confirm", seen="").status_code == 422, "dates that nobody saw are not booked"
    again(ada, again(ada, answer, "review", repeat="week"), "confirm")
    assert dates(web.yoga) == weeks(0, 2, 3, 4)


@pytest.mark.parametrize("button", ["review", "confirm"])
def test_b9_a_service_without_the_setting_has_no_control_and_refuses_a_crafted_one(web: Web, button: str) -> None:
    settle(web)
    of_service = {"bookings.repeat_allowed": False}
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.execute(select(Service).where(Service.name == "Massage")).scalar_one().settings = of_service
    ada = web.customer()
    url = form_for(web, ada)
    assert CONTROL not in ada.get(url).text
    answer = press(ada, url, button, repeat="week")
    assert answer.status_code == 422
    assert "This cannot be booked as a series." in words(answer.text.split('id="repeat-error"')[1])
    assert CONTROL not in answer.text
    assert dates(web.yoga) == []


def test_b9_a_class_has_no_control_and_what_is_no_rhythm_is_refused(web: Web) -> None:
    settle(web)
    ada = web.customer()
    flow = open_form(web, ada)
    assert CONTROL not in ada.get(flow).text
    assert press(ada, flow, "confirm", repeat="week").status_code == 422
    assert press(ada, form_for(web, ada), "review", repeat="x").status_code == 422
    assert rows(web, Booking) == []

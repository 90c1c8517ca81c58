"""Joining the waiting list over HTTP, taking what is offered, and giving it up: with an account and by the mail."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.accounts.models import Customer
from bookwidget.bookings.actions import cancel_booking, waiting_token
from bookwidget.bookings.models import Booking, Ticket, WaitlistEntry
from bookwidget.events.jobs import Services
from bookwidget.events.models import Event
from bookwidget.events.worker import Worker
from bookwidget.schedule.models import Occurrence
from tests import factories
from tests.web_fixtures import Forms, Visitor, Web

EVE = {"given_name": "Eve", "email": "eve@example.com"}


@pytest.fixture
def full(web: Web) -> Occurrence:
    """A date whose two places are Ben's."""
    date = factories.make_class(web.yoga, days=4, capacity=2)
    for _place in range(2):
        factories.make_booking(web.yoga, customer="ben", occurrence=date)
    return date


def rows(web: Web, what: type) -> list[object]:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return list(session.execute(select(what).order_by(what.id)).scalars())  # type: ignore[attr-defined]


def kinds(web: Web) -> list[str]:
    return [event.kind for event in rows(web, Event)]  # type: ignore[attr-defined]


def entry_of(web: Web, email: str) -> WaitlistEntry:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        mine = select(WaitlistEntry).join(Customer, Customer.id == WaitlistEntry.customer_id)
        return session.execute(mine.where(Customer.email == email)).scalars().one()


def link_of(web: Web, email: str) -> str:
    return "booking/waiting/" + waiting_token(web.services.tokens, web.yoga.tenant_id, entry_of(web, email).id)


def wait_page(date: Occurrence) -> str:
    return f"book/wait/o-{date.id.hex}"


def free_a_place(web: Web) -> None:
    """The business cancels one of Ben's bookings, and the worker looks at it."""
    booking = next(one for one in rows(web, Booking) if one.status == "confirmed")  # type: ignore[attr-defined]
    scope = web.yoga.staff_scope(web.now)
    with scope.session:
        cancel_booking(scope, booking.code)  # type: ignore[attr-defined]
    work(web)


def work(web: Web) -> None:
    worker = Worker(web.database, Services(), lambda: web.now)
    while worker.run_once():
        pass


def press(visitor: Visitor, page: TestResponse, button: str, **typed: str) -> TestResponse:
    """The last form of a page that was an answer."""
    url, fields = list(Forms(page.text).found.items())[-1]
    return visitor.post(url or page.request.path, {**fields, "do": button, **typed})


def book(visitor: Visitor, form: str, **typed: str) -> TestResponse:
    """Through details and review."""
    review = press(visitor, visitor.get(form), "review", **typed)
    assert review.status_code == 200, review.text
    return press(visitor, review, "confirm")


def test_b13_a_full_date_is_joined_with_one_press(web: Web, full: Occurrence) -> None:
    factories.make_class(web.yoga, days=5)
    ada = web.customer()
    times = ada.get(f"book/{web.yoga.ids['flow'].hex}").text
    assert wait_page(full) in times
    assert times.count("Join the waiting list") == 1
    assert f'value="o-{full.id.hex}"' not in times
    assert "You would be next in line" in ada.get(wait_page(full)).text
    fields = {**ada.form(wait_page(full)), "places": "2"}
    answer = ada.post(wait_page(full), fields)
    assert answer.status_code == 303
    page = ada.get(str(answer.location)).text
    for words in ("You are on the waiting list.", "You are next in line", "2 places", 'data-event="waitlist.joined"'):
        assert words in page, words
    assert ada.get(wait_page(full)).status_code == 303  # who waits already sees that
    assert ada.post(wait_page(full), fields).location == answer.location
    assert kinds(web).count("waitlist.joined") == 1


def test_b13_a_date_with_a_place_left_is_not_joined(web: Web, full: Occurrence) -> None:
    ada = web.customer()
    fields = ada.form(wait_page(full))
    free_a_place(web)
    assert "There are still places: you can book." in ada.get(wait_page(full)).text
    assert ada.post(wait_page(full), fields).status_code == 422
    assert not rows(web, WaitlistEntry)


@pytest.mark.parametrize("id", ["", "x", "o-" + "0" * 32, "t-" + "0" * 32 + "-1", "%00"])
def test_a_date_that_is_none_is_not_there(web: Web, id: str) -> None:
    assert web.visitor().get(f"book/wait/{id}").status_code == 404
    assert web.visitor().get(f"book/waiting/{id}").status_code == 404


def test_b13_a_guest_joins_by_name_and_e_mail_and_is_told_nothing_of_others(web: Web, full: Occurrence) -> None:
    guest = web.visitor()
    wrong = guest.send(wait_page(full), email="nobody", given_name="")
    assert wrong.status_code == 422
    assert 'id="email-error"' in wrong.text
    assert 'value="nobody"' in wrong.text
    answers = []
    for email in ("ada@example.com", "ada@example.com", "eve@example.com"):
        answer = guest.send(wait_page(full), **{**EVE, "email": email})
        assert answer.status_code == 303
        answers.append(re.sub(r"<(meta|input)[^>]*>", "", guest.get(str(answer.location)).text))
    assert "You are on the waiting list." in answers[0]
    assert [len(one) for one in answers].count(len(answers[0])) == 3
    assert "Log in" in guest.get("bookings/").text
    assert entry_of(web, "ada@example.com").customer_id == web.yoga.ids["ada"]
    assert kinds(web).count("waitlist.joined") == 2


def test_b13_leaving_removes_the_row_and_the_next_person_is_offered_the_place(web: Web, full: Occurrence) -> None:
    ada, eve = web.customer(), web.visitor()
    ada.send(wait_page(full))
    eve.send(wait_page(full), **EVE)
    free_a_place(web)
    page = ada.get("bookings/?tab=waiting").text
    assert "A place is free for you until 11:00" in page
    assert "Take the place" in page
    entry = entry_of(web, "ada@example.com").id.hex
    assert "The place goes to the next person" in ada.get(f"bookings/waiting/{entry}/leave").text
    assert "Take the place" not in eve.get(link_of(web, EVE["email"])).text
    left = ada.send(f"bookings/waiting/{entry}/leave")
    assert left.status_code == 303
    assert "<article" not in ada.get(str(left.location)).text
    work(web)
    assert "Take the place" in eve.get(link_of(web, EVE["email"])).text
    assert kinds(web).count("waitlist.offered") == 2


def test_b13_the_place_is_taken_from_the_widget(web: Web, full: Occurrence) -> None:
    ada = web.customer()
    ada.send(wait_page(full), places="1")
    free_a_place(web)
    entry = entry_of(web, "ada@example.com").id.hex
    page = f"bookings/waiting/{entry}"
    assert "120 minutes are left." in ada.get(page).text
    form = ada.send(f"{page}/take", page)
    assert form.status_code == 303
    assert ada.send(f"{page}/take", page).location == form.location
    made = book(ada, str(form.location))
    assert made.status_code == 303
    assert "You are booked." in ada.get(str(made.location)).text
    assert "You are not on this waiting list" in ada.get(page).text
    assert not rows(web, WaitlistEntry)
    [event] = [one for one in rows(web, Event) if one.kind == "booking.made"]  # type: ignore[attr-defined]
    assert event.facts["after"]["from_waiting_list"] is True  # type: ignore[attr-defined]


@pytest.mark.parametrize("how", ["taken", "late"])
def test_b13_a_place_that_is_gone_is_said_kindly(web: Web, full: Occurrence, how: str) -> None:
    if how == "taken":
        web.settings(web.yoga, waitlist__offer="all_at_once")
    ada, eve = web.customer(), web.visitor()
    ada.send(wait_page(full))
    eve.send(wait_page(full), **EVE)
    free_a_place(web)
    page = f"bookings/waiting/{entry_of(web, 'ada@example.com').id.hex}"
    fields = ada.form(page, f"{page}/take")
    if how == "taken":
        assert "Whoever takes it first has it." in ada.get(page).text
        assert eve.send(link_of(web, EVE["email"]) + "/take", link_of(web, EVE["email"])).status_code == 303
    else:
        web.now += timedelta(minutes=121)
    answer = ada.post(f"{page}/take", fields)
    assert answer.status_code == 422
    assert "You are still on the waiting list." in answer.text


def test_b13_the_mail_s_link_shows_the_offer_and_changes_nothing_until_a_button(web: Web, full: Occurrence) -> None:
    web.settings(web.yoga, bookings__terms_address="https://yoga.example/terms")
    eve = web.visitor()
    eve.send(wait_page(full), **EVE, places="2")
    link = link_of(web, EVE["email"])
    assert "You are next in line" in eve.get(link).text
    free_a_place(web)
    assert "Take the place" not in eve.get(link).text  # one is not enough for two
    free_a_place(web)
    before = len(kinds(web))
    for path in (link, f"{link}/take", f"{link}/leave"):
        eve.client.head(eve.url(path), base_url="https://widgets.localhost")
        assert eve.get(path).status_code in (200, 303)
    assert len(kinds(web)) == before
    assert "until 11:00" in eve.get(link).text
    form = eve.send(f"{link}/take", link)
    assert form.status_code == 303
    details = eve.get(str(form.location)).text
    for words in ('value="eve@example.com"', 'value="Eve"', 'name="name-1"', 'name="terms"'):
        assert words in details, words
    assert press(eve, eve.get(str(form.location)), "review").status_code == 422  # the terms
    made = book(eve, str(form.location), terms="y")
    assert "You are booked." in eve.get(str(made.location)).text
    assert len(rows(web, Ticket)) == 4
    gone = eve.get(link)
    assert gone.status_code == 404
    assert "You are not on this waiting list" in gone.text


def test_b13_no_thank_you_in_the_mail_hands_the_place_on(web: Web, full: Occurrence) -> None:
    eve, ada = web.visitor(), web.customer()
    eve.send(wait_page(full), **EVE)
    ada.send(wait_page(full))
    free_a_place(web)
    link = link_of(web, EVE["email"])
    fields = eve.form(link, f"{link}/leave")
    assert eve.post(f"{link}/leave", fields).status_code == 303
    assert eve.post(f"{link}/leave", fields).status_code == 404
    work(web)
    assert "Take the place" in ada.get("bookings/?tab=waiting").text


def test_a_forged_link_and_another_tenant_s_open_nothing(web: Web, full: Occurrence) -> None:
    web.customer().send(wait_page(full))
    token = waiting_token(web.services.tokens, web.yoga.tenant_id, entry_of(web, "ada@example.com").id)
    assert web.visitor(web.other).get(f"booking/waiting/{token}").status_code == 404
    assert web.visitor().get(f"booking/waiting/{token[:-2]}").status_code == 404


def test_where_there_are_no_waiting_lists_full_dates_are_not_shown(web: Web, full: Occurrence) -> None:
    web.settings(web.yoga, waitlist__allowed=False)
    assert "Join the waiting list" not in web.visitor().get(f"book/{web.yoga.ids['flow'].hex}").text
    assert web.visitor().get(wait_page(full)).status_code == 404

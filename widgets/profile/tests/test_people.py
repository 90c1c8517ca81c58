"""People one books for: kept in the profile or from the form, offered in the next one, only ever one's own."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from bookwidget.accounts.models import Companion
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.schedule.rules import OccurrenceKey
from tests import factories
from tests.web_fixtures import Forms, Visitor, Web


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    return web_everywhere


def kept(web: Web) -> list[tuple[str, bool, int | None]]:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        people = select(Companion.name, Companion.is_child, Companion.birth_year).order_by(Companion.name)
        return [tuple(row) for row in session.execute(people)]


def link(visitor: Visitor) -> str:
    [found] = re.findall(r'href="([^"]+/people/[^"]+)"', visitor.get("profile/people").text)
    return str(found)


def form_of(web: Web, visitor: Visitor, *, days: float = 2) -> str:
    key = str(OccurrenceKey(factories.make_class(web.yoga, days=days).id))
    page = f"book/{web.yoga.ids['flow'].hex}"
    return str(visitor.post(page, {**visitor.form(page), "slot": key}).location)


def send(visitor: Visitor, url: str, **typed: Any) -> str:
    """From the form to the booking."""
    review = visitor.post(url, {**visitor.form(url), "do": "review", **typed})
    assert review.status_code == 200, review.text
    action, fields = list(Forms(review.text).found.items())[-1]
    made = visitor.post(action, {**fields, "do": "confirm"})
    assert made.status_code == 303, made.text
    return review.text


def attendees(web: Web) -> list[tuple[str, bool, int | None]]:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return [tuple(row) for row in session.execute(select(Ticket.attendee, Ticket.is_child, Ticket.age))]


def test_k1_people_are_added_changed_and_removed(web: Web) -> None:
    ada = web.customer()
    assert "Nobody is here yet." in ada.get("profile/people").text
    assert ada.send("profile/people", name=" Kim ", is_child="y", birth_year="2019").status_code == 303
    assert kept(web) == [("Kim", True, 2019)]
    assert "child, 7" in ada.get("profile/people?saved=1").text
    page = link(ada)
    assert 'value="2019"' in ada.get(page).text
    assert ada.send(page, name="Kim Lee", birth_year="").status_code == 303
    assert kept(web) == [("Kim Lee", True, None)]
    fields = ada.form(page)
    assert ada.post(page, {**fields, "do": "remove"}).status_code == 303
    assert ada.post(page, {**fields, "do": "remove"}).status_code == 404
    assert not kept(web)


@pytest.mark.parametrize(
    ("name", "year", "reason"),
    [
        ("", "", "Please fill this in."), ("x" * 161, "", "Use at most 160 characters."),
        ("a\u202eb", "", "cannot be used here"), ("Kim", "1899", "Type a year from 2008 to 2026."),
        ("Kim", "2027", "Type a year"), ("Kim", "7", "Type a year"), ("Kim", "٢٠١٩", "Type a year"),
    ],
)  # fmt: skip
def test_k1_who_cannot_be_kept_is_refused(web: Web, name: str, year: str, reason: str) -> None:
    ada = web.customer()
    answer = ada.send("profile/people", name=name, is_child="y", birth_year=year)
    assert answer.status_code == 422
    assert reason in answer.text
    assert not kept(web)


def test_k1_an_adults_year_of_birth_is_not_kept(web: Web) -> None:
    web.customer().send("profile/people", name="Lee", birth_year="1980")
    assert kept(web) == [("Lee", False, None)]


def test_k1_somebody_is_remembered_only_if_the_customer_says_so(web: Web) -> None:
    ada = web.customer()
    send(ada, form_of(web, ada), **{"name-0": "Lee"})
    assert not kept(web)
    send(ada, form_of(web, ada, days=3), **{"name-0": "Kim", "child-0": "1", "age-0": "7", "remember-0": "1"})
    assert kept(web) == [("Kim", True, 2019)]
    send(ada, form_of(web, ada, days=4), **{"name-0": "kim", "child-0": "1", "age-0": "6", "remember-0": "1"})
    assert kept(web) == [("kim", True, 2020)], "the same name is the same person"


def test_k1_b3_people_are_offered_next_time_and_marked_as_children(web: Web) -> None:
    ada = web.customer()
    ada.send("profile/people", name="Kim", is_child="y", birth_year="2019")
    person = link(ada).rpartition("/")[2]
    url = form_of(web, ada)
    assert f'<option value="{person}">Kim (child, 7)</option>' in ada.get(url).text
    review = send(ada, url, **{"who-0": person, "name-0": "typed by mistake"})
    assert "Kim (child, 7)" in review
    assert "typed by mistake" not in review
    assert attendees(web) == [("Kim", True, 7)]
    assert kept(web) == [("Kim", True, 2019)]
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        code = session.execute(select(Booking.code)).scalar_one()
    assert "Kim (child, 7)" in ada.get(f"bookings/{code}").text


def test_k1_who_was_chosen_stays_chosen(web: Web) -> None:
    ada = web.customer()
    ada.send("profile/people", name="Kim")
    person, url = link(ada).rpartition("/")[2], form_of(web, ada)
    two = ada.post(url, {**ada.form(url), "do": "add", "who-0": person})
    assert f'<option value="{person}" selected>Kim</option>' in two.text
    assert 'value="Kim"' not in two.text, "the name stands in the list only"


def test_k1_nobody_sees_or_uses_another_customers_people(web: Web) -> None:
    ada = web.customer()
    ada.send("profile/people", name="Kim", is_child="y", birth_year="2019")
    page = link(ada)
    for stranger in (web.customer("ben"), web.customer("ada", web.other)):
        path = page if stranger.base.startswith("/w/yoga") else page.replace("/yoga/", "/other/")
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, {"do": "remove"}).status_code in (403, 404)
        assert "Kim" not in stranger.get("profile/people").text
    ben = web.customer("ben")
    send(ben, form_of(web, ben), **{"who-0": page.rpartition("/")[2]})
    assert attendees(web) == [("", False, None)]
    guest = web.visitor()
    url = form_of(web, guest, days=3)
    assert "remember-0" not in guest.get(url).text
    send(guest, url, given_name="Eve", email="ada@example.com", **{"name-0": "Lee", "remember-0": "1"})
    assert kept(web) == [("Kim", True, 2019)], "typing an address proves nothing"


def test_k1_there_is_an_end_to_it(web: Web) -> None:
    ada = web.customer()
    web.yoga.add(*(Companion(customer_id=web.yoga.ids["ada"], name=f"Child {n}") for n in range(30)))
    full = ada.send("profile/people", name="Kim")
    assert (full.status_code, len(kept(web))) == (422, 30)
    assert "You keep as many people as possible." in full.text
    url = form_of(web, ada)
    review = ada.post(url, {**ada.form(url), "do": "review", "name-0": "Kim", "remember-0": "1"})
    action, fields = list(Forms(review.text).found.items())[-1]
    refused = ada.post(action, {**fields, "do": "confirm"})
    assert refused.status_code == 422
    assert "You keep as many people as possible." in refused.text
    assert not attendees(web)

"""Forgotten and first passwords: links that tell nobody who has an account, and that work once."""

import re
from datetime import timedelta

import pytest

from bookwidget.accounts.models import Customer
from bookwidget.tenancy.session import writing
from tests.factories import PASSWORD, World
from tests.web_fixtures import Web

NEW = "a better horse battery"


def link(web: Web, world: World | None = None, who: str = "ada") -> str:
    world = world or web.yoga
    with world.database.session(world.tenant_id) as session:
        stored = session.get_one(Customer, (world.tenant_id, world.ids[who])).password_hash
    return f"login/reset/{web.services.tokens.reset(world.tenant_id, world.ids[who], stored)}"


def test_known_and_unknown_addresses_get_the_same_answer(web: Web) -> None:
    pages = []
    for email in ("ada@example.com", "who@example.com"):
        visitor = web.visitor()
        answer = visitor.send("login/forgot", email=email)
        assert (answer.status_code, answer.location) == (303, "/w/yoga/0/login/forgot?sent=1")
        pages.append(re.sub(r'value="[^"]{40,}"', "", visitor.get(answer.location).text))
    assert pages[0] == pages[1]
    assert "a link is on its way" in pages[0]
    assert 'role="status"' in pages[0]


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a\x00@example.com", "x" * 5000 + "@example.com"])
def test_what_is_no_email_is_said_beside_the_field(web: Web, email: str) -> None:
    answer = web.visitor().send("login/forgot", email=email)
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'aria-describedby="email-error"' in answer.text


def test_a_link_sets_a_password_once_and_logs_in(web: Web) -> None:
    before, address, visitor = web.customer(), link(web), web.visitor()
    assert "Choose a password" in visitor.get(address).text
    assert visitor.send(address, password=NEW).status_code == 303
    assert visitor.get("bookings/").status_code == 200
    assert before.get("bookings/").status_code == 401
    assert web.visitor().send("login/", email="ada@example.com", password=NEW).status_code == 303
    assert web.visitor().send("login/", email="ada@example.com", password=PASSWORD).status_code == 422
    used = web.visitor().get(address)
    assert used.status_code == 410
    assert "This link is no longer valid" in used.text
    assert "Send me a new link" in used.text


def test_a_first_password_is_set_the_same_way(web: Web) -> None:
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids["ben"])).password_hash = ""
    assert web.visitor().send("login/", email="ben@example.com", password="").status_code == 422
    visitor = web.visitor()
    assert visitor.send(link(web, who="ben"), password=NEW).status_code == 303
    assert visitor.get("bookings/").status_code == 200


def test_two_who_use_one_link_at_once(web: Web) -> None:
    address, first, second = link(web), web.visitor(), web.visitor()
    forms = [visitor.form(address) for visitor in (first, second)]
    assert first.post(address, {**forms[0], "password": NEW}).status_code == 303
    late = second.post(address, {**forms[1], "password": "another horse battery"})
    assert late.status_code == 410
    assert "This link is no longer valid" in late.text
    assert second.get("bookings/").status_code == 401


def test_an_expired_link_offers_a_new_one(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    address = link(web)
    monkeypatch.setattr("bookwidget.accounts.tokens.RESET_LIFETIME", timedelta(seconds=-1))
    assert web.visitor().get(address).status_code == 410


def test_a_forged_link_and_another_tenants_are_as_expired(web: Web) -> None:
    for address in (
        link(web, web.other),
        link(web)[:-2] + "xx",
        "login/reset/x",
        "login/reset/" + "x" * 3000,
    ):
        page = web.visitor().get(address)
        assert page.status_code == 410
        assert "Send me a new link" in page.text


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("short", "at least 8"),
        ("x" * 257, "at most 256"),
        ("password1", "too easy"),
        ("ada@example.com", "too easy"),
        ("", "at least 8"),
    ],
)
def test_a_password_that_is_none_is_said_beside_the_field(web: Web, password: str, message: str) -> None:
    answer = web.visitor().send(link(web), password=password)
    assert answer.status_code == 422
    assert message in answer.text.split('id="password-error"')[1].split("</p>")[0]
    assert web.visitor().send("login/", email="ada@example.com", password=PASSWORD).status_code == 303


def test_without_a_token_nothing_is_set(web: Web) -> None:
    address, visitor = link(web), web.visitor()
    assert visitor.post(address, {"password": NEW}).status_code == 403
    assert visitor.post(address, {**visitor.form(address), "password": NEW}, origin="null").status_code == 403
    assert visitor.get(address).status_code == 200

"""Logging in: one message for all that is wrong, and no way to be sent elsewhere."""

import re
from datetime import timedelta

import pytest

from tests.factories import PASSWORD
from tests.web_fixtures import Visitor, Web


def without_tokens(html: str) -> str:
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", html)


def test_a_customer_logs_in_and_sees_their_name_where_log_in_stood(web: Web) -> None:
    visitor = web.visitor()
    assert ">Log in<" in visitor.get("login/").text
    answer = visitor.send("login/", email="ada@example.com", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/w/yoga/0/bookings/")
    page = visitor.get(answer.location).text
    assert '<span class="bw-hide-s">Ada</span>' in page
    assert "Log out" in page
    assert visitor.get("login/").status_code == 303


@pytest.mark.parametrize("email", ["  ADA@Example.com ", "ada@example.com"])
def test_how_the_email_is_written_does_not_matter(web: Web, email: str) -> None:
    assert web.visitor().send("login/", email=email, password=PASSWORD).status_code == 303


def test_wrong_password_and_unknown_email_get_the_same_page(web: Web) -> None:
    pages = []
    for email in ("ada@example.com", "who@example.com"):
        answer = web.visitor().send("login/", email=email, password="wrong horse")
        assert answer.status_code == 422
        assert f'value="{email}"' in answer.text
        assert "wrong horse" not in answer.text
        assert answer.text.count('role="alert"') == 1
        pages.append(without_tokens(answer.text).replace(email, ""))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("email", ["", "x" * 5000, "a\x00b@example.com", "<script>@x", "ada@example.com\nx"])
@pytest.mark.parametrize("password", ["", "\x00", "x" * 5000])
def test_anything_may_be_typed(web: Web, email: str, password: str) -> None:
    answer = web.visitor().send("login/", email=email, password=password)
    assert answer.status_code == 422
    assert "<script>" not in answer.text.split("</head>")[1]


def test_a_page_that_needs_it_shows_the_form_and_goes_on_there(web: Web) -> None:
    visitor = web.visitor()
    asked = visitor.get("bookings/?tab=past")
    assert asked.status_code == 401
    answer = visitor.post("login/", {**visitor.form("bookings/?tab=past", "login/"), **ada()})
    assert answer.location == "/w/yoga/0/bookings/?tab=past"


def ada() -> dict[str, str]:
    return {"email": "ada@example.com", "password": PASSWORD}


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example", "//evil.example", "/w/other/0/bookings/",
        "/w/yoga/0/../../p", "/w/yoga/0//evil.example",
        "/w/yoga/0/\\evil", "javascript:alert(1)", "/console/", "",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(web: Web, elsewhere: str) -> None:
    visitor = web.visitor()
    answer = visitor.post("login/", {**visitor.form("login/"), **ada(), "next": elsewhere})
    assert answer.status_code == 303
    assert answer.location.startswith("/w/yoga/0/")
    assert "evil" not in answer.location
    assert visitor.get(answer.location).status_code in (200, 404)


@pytest.mark.parametrize("origin", ["null", "https://evil.example", None])
def test_forms_of_others_are_refused(web: Web, origin: str | None) -> None:
    visitor = web.visitor()
    assert visitor.post("login/", {**visitor.form("login/"), **ada()}, origin=origin).status_code == 403
    assert visitor.get("bookings/").status_code == 401


def test_a_token_is_good_for_its_tenant_and_its_form_only(web: Web) -> None:
    visitor, elsewhere = web.visitor(), web.visitor(web.other)
    for token in (elsewhere.form("login/"), visitor.form("login/forgot"), {"csrf_token": "x"}, {}):
        assert visitor.post("login/", {**token, **ada()}).status_code == 403
    assert visitor.get("bookings/").status_code == 401


def test_a_form_that_was_open_too_long_is_refused(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = web.visitor()
    fields = visitor.form("login/")
    monkeypatch.setattr("bookwidget.web.guard.LIFETIME", timedelta(seconds=-1))
    assert visitor.post("login/", {**fields, **ada()}).status_code == 403


def test_too_many_attempts_are_stopped_for_a_while(web: Web) -> None:
    answers = [web.visitor().send("login/", email="ada@example.com", password="no") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    web.now += timedelta(minutes=16)
    assert web.visitor().send("login/", **ada()).status_code == 303


def test_logging_out_ends_it(web: Web) -> None:
    visitor = web.customer()
    assert visitor.send("-/sign-out", "bookings/").status_code == 303
    assert visitor.get("bookings/").status_code == 401
    assert visitor.get("-/sign-out").status_code == 401


def test_a_frame_keeps_its_sign_in_apart_from_the_hosted_page(web: Web) -> None:
    site = web.yoga.ids["site"].hex
    framed = web.visitor(site=site).sign_in()
    assert framed.get("bookings/").status_code == 200
    assert Visitor.get(framed, "/w/yoga/0/bookings/").status_code == 401

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bookwidget.accounts import passwords
from bookwidget.accounts.actions import WRONG_CREDENTIALS
from bookwidget.accounts.models import SignIn
from bookwidget.tenancy.models import Member, Tenant
from bookwidget.tenancy.session import writing
from tests.console.desks import hire, nobody, owner, sign_in
from tests.factories import PASSWORD
from tests.web_fixtures import HERE, Visitor, Web


def test_the_way_in_and_out(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor = nobody(web)
    answer = visitor.get("branding/?saved=x")
    assert (answer.status_code, answer.location) == (303, "/console/login?next=/console/branding/?saved%3Dx")
    fields = visitor.form(answer.location, "/console/login")
    answer = visitor.post("login", {**fields, "email": "Owner@Yoga.example ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/console/branding/?saved=x")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-bw-console=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"):
        assert part in cookie
    assert "Olga Owner" in visitor.get("branding/").text
    assert visitor.get("login").location == "/console/"
    answer = visitor.send("logout", page="branding/")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert visitor.get("branding/").status_code == 303


def test_a_kept_cookie_opens_nothing_after_the_log_out(web: Web) -> None:
    visitor = owner(web)
    kept = visitor.client.get_cookie("__Host-bw-console", domain="widgets.localhost")
    assert kept is not None
    visitor.send("logout", page="branding/")
    visitor.client.set_cookie("__Host-bw-console", kept.value, domain="widgets.localhost", secure=True)
    assert visitor.get("branding/").status_code == 303


def test_the_row_lives_twelve_hours_of_use(web: Web) -> None:
    visitor = owner(web)
    for _hour in range(11):
        web.now += timedelta(hours=1)
        assert visitor.get("branding/").status_code == 200
    web.now += timedelta(minutes=59)
    assert visitor.get("branding/").status_code == 200
    web.now += timedelta(minutes=2)
    assert visitor.get("branding/").status_code == 303


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/w/yoga/0/login/", "/console\\@evil", ""])
def test_signing_in_never_leads_elsewhere(web: Web, path: str) -> None:
    answer = nobody(web).send("login", email="owner@yoga.example", password=PASSWORD, next=path)
    assert answer.location == "/console/"


def test_known_and_unknown_and_a_customer_get_one_answer(web: Web) -> None:
    answers = [
        nobody(web).send("login", email=email, password=password)
        for email, password in (
            ("owner@yoga.example", "wrong password"),
            ("nobody@nowhere.example", PASSWORD),
            ("ada@example.com", PASSWORD),
        )
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    pages = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(pages) == 1
    assert str(WRONG_CREDENTIALS) in answers[0].text
    assert 'href="/login"' in answers[0].text
    assert "ada@example.com" in answers[2].text, "the e-mail stays typed"
    assert PASSWORD not in answers[2].text


def test_known_and_unknown_cost_the_same_hashes_and_write_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda stored, typed: checked.append(stored) or real(stored, typed))
    counts = []
    for email in ("owner@yoga.example", "nobody@nowhere.example"):
        checked.clear()
        nobody(web).send("login", email=email, password="wrong password")
        counts.append(len(checked))
    assert counts == [2, 2]
    with web.database.session(web.yoga.tenant_id) as session:
        assert session.scalars(select(SignIn)).all() == []


@pytest.mark.parametrize("email", ["owner@yoga.example", "nobody@nowhere.example"])
def test_too_many_attempts_for_one_email(web: Web, email: str) -> None:
    visitor = nobody(web)
    fields = visitor.form("login")
    tries = [visitor.post("login", {**fields, "email": email, "password": "wrong one"}) for _ in range(11)]
    assert [answer.status_code for answer in tries] == [422] * 10 + [429]
    assert 0 < int(tries[-1].headers["Retry-After"]) <= 900
    assert email in tries[-1].text
    assert visitor.post("login", {**fields, "email": email, "password": PASSWORD}).status_code == 429
    web.now += timedelta(minutes=15)
    assert visitor.post("login", {**fields, "email": email, "password": "wrong one"}).status_code == 422


def test_several_businesses_ask_which(web: Web) -> None:
    for world in (web.yoga, web.other):
        hire(world, "bo@both.example", "manager")
    visitor = nobody(web)
    answer = visitor.send("login", email="bo@both.example", password=PASSWORD)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    tokens = {name: token for token, name in re.findall(r'value="([^"]+)"><span>([^<]+)</span>', answer.text)}
    assert set(tokens) == {"Yoga", "Other"}
    guard = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert guard
    fields = {"csrf_token": guard[1], "next": ""}
    assert visitor.post("choose", {**fields, "choice": tokens["Other"] + "x"}).location == "/console/login"
    assert visitor.post("choose", {**fields, "choice": tokens["Other"]}).location == "/console/"
    assert "https://other.localhost" in visitor.get("sites/").text
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.execute(update(Member).where(Member.email == "bo@both.example").values(password_hash="another"))
    assert visitor.post("choose", {**fields, "choice": tokens["Yoga"]}).location == "/console/login"


def test_a_business_that_is_off_lets_nobody_in(web: Web) -> None:
    visitor = owner(web)
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, web.yoga.tenant_id).is_active = False
    assert visitor.get("branding/").status_code == 303
    assert nobody(web).send("login", email="owner@yoga.example", password=PASSWORD).status_code == 422


def test_a_customers_secret_is_no_members_and_the_reverse(web: Web) -> None:
    customer, member = web.customer("ada"), owner(web)
    with web.database.session(web.yoga.tenant_id) as session:
        rows = {row.kind: row for row in session.scalars(select(SignIn))}
    assert set(rows) == {"hosted", "console"}
    (cookie,) = [c for c in customer.client._cookies.values() if "hosted" in c.key]
    thief = nobody(web)
    text = f"{web.yoga.tenant_id.hex}.{cookie.value}"
    thief.client.set_cookie("__Host-bw-console", text, domain="widgets.localhost", secure=True)
    assert thief.get("branding/").status_code == 303
    kept = member.client.get_cookie("__Host-bw-console", domain="widgets.localhost")
    assert kept is not None
    other = f"{web.other.tenant_id.hex}.{kept.value.partition('.')[2]}"
    thief.client.set_cookie("__Host-bw-console", other, domain="widgets.localhost", secure=True)
    assert thief.get("branding/").status_code == 303


@pytest.mark.parametrize("text", ["", ".", "zz.zz.zz", "0" * 32, "0" * 32 + "." + "1" * 32 + ".x", "é"])
def test_a_broken_cookie_is_as_none(web: Web, text: str) -> None:
    visitor = nobody(web)
    visitor.client.set_cookie("__Host-bw-console", text, domain="widgets.localhost", secure=True)
    assert visitor.get("branding/").status_code == 303


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://widgets.localhost"])
def test_posts_from_elsewhere_are_refused(web: Web, origin: str | None) -> None:
    visitor = nobody(web)
    fields = {**visitor.form("login"), "email": "owner@yoga.example", "password": PASSWORD}
    assert visitor.post("login", fields, origin=origin).status_code == 403


def test_a_sign_in_without_its_guard_is_refused(web: Web) -> None:
    fields = {"email": "owner@yoga.example", "password": PASSWORD}
    assert nobody(web).post("login", fields).status_code == 403
    guard = owner(web).form("branding/")["csrf_token"]
    assert nobody(web).post("login", {**fields, "csrf_token": guard}).status_code == 403


def test_over_plain_loopback_the_cookie_goes_without_secure(web: Web) -> None:
    client = web.app.test_client()
    base = "http://localhost:8000"
    page = client.get("/console/login", base_url=base).text
    guard = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert guard
    data = {"csrf_token": guard[1], "email": "owner@yoga.example", "password": PASSWORD}
    cookie = client.post("/console/login", base_url=base, data=data, headers={"Origin": base}).headers["Set-Cookie"]
    assert cookie.startswith("bw-console=")
    assert "Secure" not in cookie


def test_the_first_partys_headers(web: Web) -> None:
    for path in ("/login", "/console/login", "/console/nothing"):
        answer = nobody(web).get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "frame-src 'self'" in policy
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("typed", "location"),
    [
        ("yoga", "/p/yoga/"),
        (" Yoga ", "/p/yoga/"),
        (f"{HERE}/p/yoga/", "/p/yoga/"),
        ("/w/other/0/login/?x=1", "/p/other/"),
    ],
)
def test_a_booker_is_shown_the_way_to_the_business(web: Web, typed: str, location: str) -> None:
    assert Visitor(web.app, "/").get("/login", query_string={"business": typed}).location == location


@pytest.mark.parametrize("typed", ["nope", "https://[broken", "../../etc", "a" * 5000, "\x00", "<b>"])
def test_an_unknown_business_stays_typed(web: Web, typed: str) -> None:
    answer = Visitor(web.app, "/").get("/login", query_string={"business": typed})
    assert answer.status_code == 422
    assert "There is no business with this name" in answer.text
    assert "<b>" not in answer.text


def test_signing_in_is_written_down(web: Web) -> None:
    sign_in(nobody(web), "owner@yoga.example")
    with web.database.session(web.yoga.tenant_id) as session:
        (row,) = session.scalars(select(SignIn))
    assert row.kind == "console"
    assert row.member_id == web.yoga.ids["owner"]

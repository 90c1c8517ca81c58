"""From an e-mail and a name to a business of one's own, and nothing for anybody else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from bookwidget.events.housekeeping import keep_house
from bookwidget.tenancy.models import Member, Tenant
from bookwidget.tenancy.platform import slugs_for
from tests.console.desks import nobody, owner
from tests.console.signing_up import PASSWORD, link_in, mails, newcomer, sign_up, stranger
from tests.factories import PASSWORD as KNOWN_PASSWORD
from tests.notices.mailing import html_of, text_of
from tests.web_fixtures import HERE, Visitor, Web

COUNT = select(func.count()).select_from(Tenant)


def tenants(web: Web) -> dict[str, bool]:
    with web.database.all_tenants("a test") as connection:
        return {row.slug: row.is_active for row in connection.execute(select(Tenant.slug, Tenant.is_active))}


def test_from_a_mail_to_the_console(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor = stranger(web, "de-CH")
    sign_up(visitor, " Noor@Harbour.example ", "Café Übung")
    [pending] = [slug for slug in tenants(web) if slug.startswith("~")]
    assert not tenants(web)[pending]
    for path in (f"/p/{pending}/", f"/w/{pending}/0/login/", f"/w/{pending}/login", f"/media/{pending}/x.png"):
        assert visitor.get(path).status_code == 404, path
    [mail] = mails(web)
    assert (mail["To"], mail["Reply-To"]) == ("noor@harbour.example", None)
    assert str(mail["From"]).startswith("bookwidget <")
    assert "Café Übung" in str(mail["Subject"])
    assert "Bestätigen" in text_of(mail) + html_of(mail), "in the language that the browser asked for"
    link = link_in(mail)
    assert visitor.get(link).status_code == 200
    assert visitor.get(link).status_code == 200, "looked at, it does nothing"
    assert visitor.send(link, password="short").status_code == 422
    assert visitor.send(link, password="12345678").status_code == 422
    fields = visitor.form(link)
    answer = visitor.post(link, {**fields, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/console/")
    assert tenants(web)["cafe-uebung"]
    assert "Café Übung" in visitor.get("/console/sites/").text
    assert visitor.post(link, {**fields, "password": "another one 123"}).location == "/console/", "a second click"
    assert "has been used" in stranger(web).get(link).text
    assert nobody(web).send("login", email="noor@harbour.example", password=PASSWORD).location == "/console/"
    assert visitor.get("/p/cafe-uebung/").status_code == 303
    found = newcomer_tenant(web, "cafe-uebung")
    assert (found.locale, found.timezone, found.currency) == ("de_CH", "Europe/Zurich", "CHF")


def newcomer_tenant(web: Web, slug: str) -> Tenant:
    with web.database.all_tenants("a test") as connection:
        row = connection.execute(select(Tenant.__table__).where(Tenant.slug == slug)).one()
    return Tenant(**row._mapping)


def test_known_and_unknown_get_one_answer_and_different_mails(web: Web) -> None:
    pages = {}
    sign_up(stranger(web), "first@nowhere.example", "Opens the connections")
    for email in ("owner@yoga.example", "nobody@nowhere.example"):
        visitor = stranger(web)
        with counting(web) as statements:
            sign_up(visitor, email, "Second Studio")
        pages[email] = visitor.get("sent").text, len(statements)
    assert len(set(pages.values())) == 1
    by_address = {mail["To"]: text_of(mail) for mail in mails(web)}
    assert "the password you have" in by_address["owner@yoga.example"]
    assert "choose a password" in by_address["nobody@nowhere.example"]


@contextmanager
def counting(web: Web) -> Iterator[list[str]]:
    """Statements while it lasts."""
    seen: list[str] = []
    engines = (web.database.walled, web.database._platform)

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        seen.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def test_a_member_elsewhere_adds_a_business_with_the_password_they_have(web: Web) -> None:
    visitor = stranger(web)
    sign_up(visitor, "owner@yoga.example", "Yoga")
    [mail] = mails(web)
    link = link_in(mail)
    assert visitor.send(link, password=PASSWORD).status_code == 422, "no other password will do"
    assert set(tenants(web)) >= {"yoga", "other"}
    assert "yoga-2" not in tenants(web)
    assert visitor.send(link, password=KNOWN_PASSWORD).location == "/console/"
    assert tenants(web)["yoga-2"], "the name was taken"
    answer = nobody(web).send("login", email="owner@yoga.example", password=KNOWN_PASSWORD)
    assert "Which business?" in answer.text
    with web.database.session(web.yoga.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Member)) == 1


@pytest.mark.parametrize("token", ["x", "0" * 32 + ".x", "", "é", "." * 300])
def test_a_forged_link_opens_nothing(web: Web, token: str) -> None:
    assert stranger(web).get(f"/signup/confirm/{token}").status_code == 404


def test_links_of_another_sign_up_and_of_long_ago_open_nothing(web: Web) -> None:
    visitor = stranger(web)
    sign_up(visitor)
    sign_up(visitor, "bo@harbour.example", "Bo")
    links = [link_in(mail) for mail in mails(web)]
    ids, signs = zip(*(link.rpartition("/")[2].split(".") for link in links), strict=True)
    assert visitor.get(f"/signup/confirm/{ids[0]}.{signs[1]}").status_code == 404
    web.now += timedelta(hours=49)
    page = visitor.get(links[0])
    assert page.status_code == 404
    assert "no longer works" in page.text


def test_what_nobody_confirms_goes_away_and_nothing_else(web: Web) -> None:
    confirmed = newcomer(web)
    sign_up(stranger(web), "gone@nowhere.example", "Gone")
    mails(web)
    before = tenants(web)
    assert keep_house(web.database, web.now + timedelta(days=6))["sign_ups"] == 0
    assert keep_house(web.database, web.now + timedelta(days=8))["sign_ups"] == 1
    assert set(tenants(web)) == {slug for slug in before if not slug.startswith("~")}
    assert confirmed.visitor.get("sites/").status_code == 200
    assert owner(web).get("sites/").status_code == 200


def test_sign_ups_have_limits(web: Web) -> None:
    visitor = stranger(web)
    fields = visitor.form("/signup/")
    for n in range(3):
        assert visitor.post("/signup/", {**fields, "email": "a@b.example", "business": f"A {n}"}).status_code == 303
    answer = visitor.post("/signup/", {**fields, "email": "A@b.example", "business": "A 4"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    for n in range(17):
        visitor.post("/signup/", {**fields, "email": f"a{n}@b.example", "business": "B"})
    assert visitor.post("/signup/", {**fields, "email": "x@b.example", "business": "B"}).status_code == 429
    assert sum(slug.startswith("~") for slug in tenants(web)) == 19


@pytest.mark.parametrize(
    ("field", "typed"),
    [("email", "nobody"), ("email", ""), ("business", " "), ("business", "x" * 81), ("business", "a\nb")],
)
def test_what_cannot_be_is_refused_and_stays_typed(web: Web, field: str, typed: str) -> None:
    answer = stranger(web).send("/signup/", **{"email": "a@b.example", "business": "Harbour", field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert ("Harbour" if field == "email" else "a@b.example") in answer.text
    assert len(tenants(web)) == 2


def test_strangers_posts_from_elsewhere_are_refused(web: Web) -> None:
    visitor = stranger(web)
    fields = {**visitor.form("/signup/"), "email": "a@b.example", "business": "B"}
    assert visitor.post("/signup/", fields, origin="https://evil.example").status_code == 403
    assert visitor.post("/signup/", {**fields, "csrf_token": ""}).status_code == 403
    assert len(tenants(web)) == 2


def test_signing_up_can_be_turned_off(web: Web) -> None:
    assert 'href="/signup/"' in Visitor(web.app, "/").get("/login").text
    web.services.config = replace(web.services.config, sign_up=False)
    for path in ("/signup/", "/signup", "/signup/sent", "/signup/confirm/x"):
        assert stranger(web).get(path).status_code == 404
    assert "/signup" not in Visitor(web.app, "/").get("/login").text


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Harbour Yoga", "harbour-yoga"), ("Café Übung & Söhne!", "cafe-uebung-soehne"), ("Joe's", "joes"),
        ("استوديو", "business"), ("AB", "business-ab"), ("Admin", "admin-2"), ("x" * 80, "x" * 34), ("Ōkami", "okami"),
    ],
)  # fmt: skip
def test_a_slug_is_made_from_the_name(name: str, slug: str) -> None:
    names = slugs_for(name)
    assert next(names) == slug
    more = [next(names) for _ in range(12)]
    assert len({slug, *more}) == 13
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one) and len(one) <= 40 for one in more)


def test_the_pages_belong_to_no_business_and_no_frame(web: Web) -> None:
    answer = stranger(web, "ar").get("/signup/")
    assert 'dir="rtl"' in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert HERE not in answer.text

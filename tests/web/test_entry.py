"""The addresses that snippets name: for whom they open, and what a visitor sees when they do not."""

import pytest

from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests.web_fixtures import HERE, Web

IN_FRAME = {"Sec-Fetch-Dest": "iframe"}


def switch_off(web: Web) -> None:
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, web.yoga.tenant_id).is_active = False


@pytest.mark.parametrize(
    "path", ["/w/nobody/bookings", "/w/yoga/nothing", "/p/nobody/", "/w/nobody/0/bookings/", "/w/yoga/0/no/"]
)
def test_what_is_not_there_is_a_small_neutral_page(web: Web, path: str) -> None:
    answer = web.app.test_client().get(path, base_url=HERE)
    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert len(answer.data) < 2000
    assert "frame-ancestors" not in answer.headers["Content-Security-Policy"], "seen inside a frame too"


def test_a_business_that_is_switched_off_shows_nothing_of_itself(web: Web) -> None:
    visitor = web.customer("ada")
    assert visitor.get("bookings/").status_code == 200
    switch_off(web)
    for path in ("bookings/", "login/", "/w/yoga/bookings", "/p/yoga/", f"/w/yoga/{web.yoga.ids['site'].hex}/login/"):
        answer = visitor.get(path)
        assert answer.status_code == 404, path
        assert "Yoga" not in answer.text
        assert "Ada" not in answer.text


def test_an_allowed_page_gets_its_own_address(web: Web) -> None:
    site = web.yoga.ids["site"].hex
    for asked in ({"Referer": "https://yoga.localhost/any/page"}, {}):
        query = "" if asked else "?o=https://yoga.localhost"
        answer = web.app.test_client().get(f"/w/yoga/bookings{query}", base_url=HERE, headers={**IN_FRAME, **asked})
        assert (answer.status_code, answer.location) == (303, f"/w/yoga/{site}/bookings/")


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("lang=de", ".de/bookings/"), ("lang=de-AT", ".de/bookings/"), ("lang=AR", ".ar/bookings/"),
        ("lang=en", "/bookings/"), ("lang=fr", "/bookings/"), ("lang=../de", "/bookings/"), ("lang=", "/bookings/"),
        ("page=waiting/12", "/bookings/waiting/12"), ("page=/evil.example", "/bookings/"),
        ("page=..%2Fbook", "/bookings/"), ("page=a%0d%0ab", "/bookings/"), ("lang=de&page=x", ".de/bookings/x"),
    ],
)  # fmt: skip
def test_a_snippet_names_its_language_and_a_page_to_begin_with(web: Web, asked: str, leads_to: str) -> None:
    answer = web.app.test_client().get(f"/w/yoga/bookings?o=https://yoga.localhost&{asked}", base_url=HERE)
    assert answer.location == f"/w/yoga/{web.yoga.ids['site'].hex}{leads_to}"


def test_the_language_of_the_page_around_stays_through_links_and_forms(web: Web) -> None:
    site = web.yoga.ids["site"].hex
    german = web.visitor(site=f"{site}.de")
    page = german.get("login/")
    assert '<html lang="de"' in page.text
    assert "Passwort" in page.text
    assert f'href="/w/yoga/{site}.de/login/forgot' in page.text
    assert '/w/yoga/0.de/-/popup"' in page.text, "the window that logs in speaks it, too"
    assert "frame-ancestors https://yoga.localhost;" in page.headers["Content-Security-Policy"] + ";"
    assert "Passwort" in german.send("login/", email="ada@example.com", password="wrong").text
    assert german.get("/w/yoga/0.de/login/").status_code == 200
    assert german.get(f"/w/yoga/{web.other.ids['site'].hex}.de/login/").status_code == 404
    for nonsense in ("fr", "x", ".de", "%2e"):
        assert '<html lang="en-GB"' in german.get(f"/w/yoga/{site}.{nonsense}/login/").text
    web.settings(web.yoga, portal__follows_language=False)
    assert '<html lang="en-GB"' in german.get("login/").text


def test_a_page_that_is_not_allowed_gets_a_card_with_a_way_out(web: Web) -> None:
    for _ in range(3):
        answer = web.app.test_client().get(
            "/w/yoga/bookings", base_url=HERE, headers={**IN_FRAME, "Referer": "https://evil.localhost/"}
        )
        assert answer.status_code == 403
        assert 'href="/w/yoga/0/bookings/"' in answer.text
        assert "frame-ancestors" not in answer.headers["Content-Security-Policy"], (
            "any page may show it: it holds nothing"
        )
    with web.database.all_tenants("look at refused sites") as connection:
        refused = connection.exec_driver_sql("SELECT origin, widget FROM refused_site").all()
    assert [tuple(row) for row in refused] == [("https://evil.localhost", "bookings")], "written down once an hour"

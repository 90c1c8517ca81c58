"""Layer 1: a business's own host name shows that business only, with ordinary cookies."""

from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from bookwidget.tenancy.hosts import add_host
from tests.factories import PASSWORD
from tests.web_fixtures import Forms, Web

BOOK = "https://book.yoga.localhost"
ADA = {"email": "ada@example.com", "password": PASSWORD}


class Guest:
    """A browser at the business's own host name."""

    def __init__(self, web: Web, *, cookies: bool = True) -> None:
        self.client = web.app.test_client(use_cookies=cookies)
        self.base = f"/w/yoga/{web.yoga.ids['site'].hex}/"

    def get(self, path: str, **headers: str) -> TestResponse:
        url = path if path.startswith("/") else self.base + path
        return self.client.get(url, base_url=BOOK, headers=headers)

    def sign_in(self, *, origin: str = BOOK, **headers: str) -> TestResponse:
        fields: dict[str, Any] = Forms(self.get("login/").text).found[self.base + "login/"]
        sent = {"Origin": origin, **headers}
        return self.client.post(self.base + "login/", base_url=BOOK, data={**fields, **ADA}, headers=sent)


@pytest.fixture
def book(web: Web) -> Guest:
    add_host(
        web.database, web.yoga.tenant_id, "book.yoga.localhost", public_url="https://widgets.localhost", now=web.now
    )
    return Guest(web)


def test_L1_the_cookies_are_ordinary_ones(book: Guest) -> None:
    first = book.get("login/")
    assert "frame-ancestors https://yoga.localhost" in first.headers["Content-Security-Policy"]
    probe = first.headers["Set-Cookie"]
    answer = book.sign_in(**{"X-Bookwidget": "1"})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-bw-frame-")
    for one in (probe, cookie):
        assert "SameSite=Lax" in one
        assert "Secure" in one
        assert "HttpOnly" in one
        assert "Path=/" in one
        assert "Partitioned" not in one
        assert "Domain" not in one
    assert "ada@example.com" in book.get("profile/").text
    book.client.post(book.base + "-/sign-out", base_url=BOOK, headers={"Origin": BOOK})
    gone = book.client.post(
        book.base + "-/sign-out",
        base_url=BOOK,
        headers={"Origin": BOOK},
        data=Forms(book.get("profile/").text).found[book.base + "-/sign-out"],
    )
    assert "SameSite=Lax" in gone.headers["Set-Cookie"]
    assert "Partitioned" not in gone.headers["Set-Cookie"]


def test_where_the_probe_does_not_come_back_it_is_the_bearer_layer(web: Web, book: Guest) -> None:
    stranger = Guest(web, cookies=False)
    answer = stranger.sign_in(**{"X-Bookwidget": "1"})
    assert answer.headers["X-Bookwidget-Token"]
    assert "__Host-bw-frame" not in str(answer.headers.getlist("Set-Cookie"))


def test_the_front_door_is_the_portal(web: Web, book: Guest) -> None:
    assert book.get("/").location == "/p/yoga/"
    assert book.get("/p/yoga/").location == "/w/yoga/0/portal/"
    assert web.visitor().get("/").location == "/login", "on our own, the doors for customers and businesses"


@pytest.mark.parametrize(
    "path",
    ["/p/other/", "/w/other/bookings", "/w/other/0/login/", "/w/other/0/-/popup", "/w/other/0/-/probe",
     "/brand/other.css", "/media/other/logo.png", "/login", "/login?business=yoga", "/console/", "/console/login",
     "/w/nobody/0/login/"],
)  # fmt: skip
def test_nothing_of_anybody_else_is_there(book: Guest, path: str) -> None:
    assert book.get(path).status_code == 404


def test_another_tenants_post_is_not_taken(web: Web, book: Guest) -> None:
    url = f"/w/other/{web.other.ids['site'].hex}/login/"
    assert book.client.post(url, base_url=BOOK, headers={"Origin": BOOK}, data=ADA).status_code == 404


@pytest.mark.parametrize("path", ["/embed.js", "/embed/v1.js", "/healthz", "/brand/yoga.css", "/static/frame.js"])
def test_what_widgets_need_is(book: Guest, path: str) -> None:
    assert book.get(path).status_code == 200


def test_posts_come_from_this_very_host(book: Guest) -> None:
    for origin in ("https://widgets.localhost", "https://yoga.localhost", "null"):
        assert book.sign_in(origin=origin).status_code == 403


def test_the_site_around_has_to_be_on_the_list_all_the_same(book: Guest) -> None:
    entry = "/w/yoga/bookings"
    assert book.get(entry, Referer="https://yoga.localhost/").location == f"{book.base}bookings/"
    assert book.get(entry, Referer="https://blog.yoga.localhost/").status_code == 403


def test_the_same_sign_in_page_stays_at_the_service(web: Web, book: Guest) -> None:
    """The platform's own name goes on showing everybody, with the cookies for frames of other sites."""
    frame = web.visitor(site=web.yoga.ids["site"].hex)
    assert "Partitioned" in frame.get("login/").headers["Set-Cookie"]
    assert web.visitor(web.other).get("login/").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "book.yoga.localhost.evil.example", "xbook.yoga.localhost", "127.0.0.1"]
)
def test_a_made_up_host_changes_nothing(web: Web, book: Guest, host: str) -> None:
    client = web.app.test_client()
    assert client.get("/w/other/0/login/", base_url=f"https://{host}").status_code == 200
    answer = client.get("/w/yoga/0/login/", base_url=f"https://{host}")
    assert host not in answer.text, "no address of ours is made of it"


def test_it_costs_no_statement(web: Web, book: Guest) -> None:
    book.get("login/")
    seen: list[str] = []
    for engine in (web.database.walled, web.database._platform):
        event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert book.get("login/").status_code == 200
    assert len(seen) == 1, seen


def test_a_mail_never_names_the_host(web: Web, book: Guest) -> None:
    """Whoever asks for a password reset with a made-up Host must not choose where its link leads."""
    page = book.client.get("/w/yoga/0/login/forgot", base_url="https://evil.example").text
    token = Forms(page).found["/w/yoga/0/login/forgot"]
    client = web.app.test_client()
    answer = client.post(
        "/w/yoga/0/login/forgot",
        base_url="https://evil.example",
        data={**token, "email": "ada@example.com"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.location == "/w/yoga/0/login/forgot?sent=1"
    with web.database.all_tenants("test") as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        stored = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]
    assert "evil.example" not in str(stored)

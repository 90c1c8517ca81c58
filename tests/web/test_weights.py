"""What a first view weighs on the wire: the page and everything that it names, but the tenant's own logo."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bookwidget import create_app
from bookwidget.accounts.signing_in import Kind, open_sign_in
from bookwidget.config import Config
from bookwidget.tenancy.session import writing
from bookwidget.web.services import EXTENSION
from tests.factories import World, make_booking

FIRST_VIEW, REPEAT_VIEW, LOADER = 20_000, 5_000, 4_096
HERE = "https://widgets.localhost"


@pytest.fixture
def app(yoga: World, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(Config.load({}, instance=tmp_path, database_url=yoga.database.url), clock=lambda: yoga.now)
    yield app
    app.extensions[EXTENSION].database.dispose()


def on_the_wire(app: Flask, url: str, headers: dict[str, str]) -> int:
    client = app.test_client(use_cookies=False)
    answer = client.get(url, base_url=HERE, headers={**headers, "Accept-Encoding": "gzip"})
    assert answer.status_code == 200, url
    return len(answer.data)


def named(app: Flask, url: str, headers: dict[str, str]) -> set[str]:
    """Addresses of everything the page loads."""
    html = app.test_client(use_cookies=False).get(url, base_url=HERE, headers=headers).text
    return set(re.findall(r'(?:src|href)="(/(?:static|brand)/[^"#]+)', html))


@pytest.mark.parametrize("bookings", [0, 3, 20])
def test_a_first_view_is_light(app: Flask, yoga: World, bookings: int) -> None:
    for n in range(bookings):
        make_booking(yoga, days=2 + n)
    scope = yoga.scope()
    with scope.session, writing(scope.session):
        text = open_sign_in(scope, Kind.FRAME, customer_id=yoga.ids["ada"])
    signed_in = {"Cookie": f"__Host-bw-frame-{yoga.tenant_id.hex[-12:]}={text}"}
    site = yoga.ids["site"].hex
    for widget, headers in (("login", {}), ("bookings", signed_in), ("profile", signed_in)):
        url = f"/w/yoga/{site}/{widget}/"
        page = on_the_wire(app, url, headers)
        rest = sum(on_the_wire(app, address, {}) for address in named(app, url, headers))

        assert page <= REPEAT_VIEW
        assert page + rest <= FIRST_VIEW


def test_the_length_of_a_page_says_nothing(app: Flask, yoga: World) -> None:
    url = f"/w/yoga/{yoga.ids['site'].hex}/login/"
    lengths = {on_the_wire(app, url, {}) for _ in range(30)}
    assert len(lengths) > 10
    plain = app.test_client().get(url, base_url=HERE)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_the_loader_is_small_and_never_stale_for_long(app: Flask) -> None:
    answer = app.test_client().get("/embed.js", headers={"Accept-Encoding": "gzip"})
    assert len(answer.data) <= LOADER
    assert answer.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
    again = app.test_client().get("/embed.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert app.test_client().get("/embed/v1.js").data == app.test_client().get("/embed.js").data


def test_what_is_named_by_its_content_is_kept_for_a_year(app: Flask, yoga: World) -> None:
    for address in named(app, f"/w/yoga/{yoga.ids['site'].hex}/login/", {}):
        assert "immutable" in app.test_client().get(address).headers["Cache-Control"], address

"""The whole application over HTTP: the fixture `web`, loaded by `-p tests.web_fixtures`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from bookwidget import create_app
from bookwidget.accounts import passwords
from bookwidget.accounts.members import Counter
from bookwidget.accounts.tokens import Tokens
from bookwidget.config import Config
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from bookwidget.web.services import EXTENSION, Services
from tests import factories
from tests.factories import PASSWORD, World
from tests.fixtures import NOW

HERE = "https://widgets.localhost"


def is_sent(given: dict[str, str | None]) -> bool:
    """Whether a browser sends an input with these attributes as it stands."""
    is_chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
    return bool(given.get("name")) and is_chosen


class Forms(HTMLParser):
    """The forms of a page: by their action, what a browser would send for each without touching it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._open: dict[str, str] | None = None
        self._textarea = self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._open = self.found.setdefault(given.get("action") or "", {})
        elif self._open is not None and tag == "textarea":
            self._textarea = given.get("name") or ""
            self._open[self._textarea] = ""
        elif self._open is not None and tag == "select":
            self._select = given.get("name") or ""
        elif self._open is not None and tag == "option" and (self._select not in self._open or "selected" in given):
            self._open[self._select] = given.get("value") or ""
        elif self._open is not None and tag == "input" and is_sent(given):
            self._open[str(given["name"])] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._textarea:
            self._open[self._textarea] += data.removeprefix("\r\n").removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._textarea = ""


@dataclass
class Visitor:
    """Somebody's browser on one page: it keeps cookies, sends an Origin, and writes addresses from the page's base."""

    app: Flask
    base: str

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def url(self, path: str) -> str:
        return path if path.startswith("/") else self.base + path

    def get(self, path: str, **named: Any) -> TestResponse:
        return self.client.get(self.url(path), base_url=HERE, **named)

    def post(self, path: str, data: dict[str, Any], *, origin: str | None = HERE) -> TestResponse:
        """Sends exactly `data`."""
        headers = {"Origin": origin} if origin is not None else {}
        return self.client.post(self.url(path), base_url=HERE, data=data, headers=headers)

    def form(self, page: str, action: str = "") -> dict[str, str]:
        """The fields of the form on `page` that posts to `action`, by default to the page itself."""
        found = {url.split("?")[0]: fields for url, fields in Forms(self.get(page).text).found.items()}
        path = self.url(action or page).split("?")[0]
        return found[path if path in found else ""]

    def send(self, path: str, page: str = "", **changes: Any) -> TestResponse:
        """Opens the page, changes fields of its form and sends it."""
        return self.post(path, {**self.form(page or path, path), **changes})

    def sign_in(self, email: str = "ada@example.com", password: str = PASSWORD) -> "Visitor":
        answer = self.send("login/", email=email, password=password)
        assert answer.status_code == 303, answer.text
        return self


def hidden(answer: TestResponse, name: str) -> str:
    """What the first hidden field of this name would send."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', answer.text)
    assert found, name
    return unescape(found[1])


@dataclass
class Web:
    """An application with two tenants; `now` is its clock. All customers' password is `factories.PASSWORD`."""

    app: Flask
    yoga: World
    other: World
    now: datetime

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions[EXTENSION]
        return found

    @property
    def database(self) -> Database:
        return self.services.database

    def visitor(self, world: World | None = None, *, site: str = "0") -> Visitor:
        """Nobody yet: a browser on the tenant's hosted page, or in a frame of the site with this id."""
        return Visitor(self.app, f"/w/{(world or self.yoga).slug}/{site}/")

    def customer(self, who: str = "ada", world: World | None = None, *, site: str = "0") -> Visitor:
        return self.visitor(world, site=site).sign_in(f"{who}@example.com")

    def settings(self, world: World, **values: object) -> None:
        """Settings of the business, dots of their names written as two underscores."""
        named = {name.replace("__", "."): value for name, value in values.items()}
        with world.database.session(world.tenant_id) as session, writing(session):
            session.get_one(Tenant, world.tenant_id).settings = named


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real algorithm with the smallest costs: 80 ms a hash would be most of the time of these tests."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", cheap)
    monkeypatch.setattr(passwords, "DUMMY_HASH", cheap.hash("nobody"))
    monkeypatch.setattr(factories, "PASSWORD_HASH", cheap.hash(PASSWORD))


@cache
def shipped() -> Flask:
    """The application with what is shipped, its templates read: making it anew took most of the time of a test."""
    with TemporaryDirectory() as folder:
        return create_app(Config.load({}, instance=Path(folder)))


@contextmanager
def serving(url: str, instance: Path) -> Iterator[Web]:
    """The application on this database, with two tenants. Of other tests it has nothing but code."""
    clock: list[Web] = []
    app, config = shipped(), Config.load({}, instance=instance, database_url=url)
    app.secret_key, app.extensions[EXTENSION] = config.secret_key, replace(
        app.extensions[EXTENSION], config=config, database=Database(url), clock=lambda: clock[0].now,
        tokens=Tokens(config.secret_key), console_attempts=Counter(), asset_urls={},
    )  # fmt: skip
    database: Database = app.extensions[EXTENSION].database
    yoga, other = (factories.make_world(database, slug=slug, now=NOW) for slug in ("yoga", "other"))
    clock.append(Web(app, yoga, other, NOW))
    yield clock[0]
    database.dispose()


@pytest.fixture
def web(cheap_hashes: None, sqlite_url: str, tmp_path: Path) -> Iterator[Web]:
    """On SQLite. The domain behind it is tested on both databases."""
    with serving(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
def web_everywhere(cheap_hashes: None, database: Database, tmp_path: Path) -> Iterator[Web]:
    """The same; every test that uses it runs on SQLite and on PostgreSQL."""
    with serving(database.url, tmp_path) as made:
        yield made

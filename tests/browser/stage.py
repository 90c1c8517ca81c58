"""The product and the tenants' own pages, each at its own site over https, for journeys in real browsers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask

from bookwidget import create_app
from bookwidget.config import Config
from bookwidget.migrations import migrate
from bookwidget.tenancy.models import Site
from bookwidget.web.services import EXTENSION, Services
from tests import factories
from tests.browser.servers import Server

STRICT = "default-src 'none'; script-src {service}; frame-src {service}; style-src 'none'; img-src 'self'"
LOADER = '<script async src="{service}/embed.js"></script>'


class HostPages:
    """Pages as businesses write them. `/` has the loader and a strict policy, `/plain` a bare iframe without script."""

    def __init__(self) -> None:
        self.service = ""
        self.others: dict[str, tuple[str, dict[str, str]]] = {}

    def write(self, path: str, body: str, **headers: str) -> None:
        """One more page of every host: `{service}` stands for our origin; no policy but the named headers."""
        self.others[path] = body, {name.replace("_", "-"): value for name, value in headers.items()}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        slug = environ["HTTP_HOST"].split(".")[0]
        path = environ["PATH_INFO"]
        if path in self.others:
            return self.other(start, slug, *self.others[path])
        if path not in ("/", "/plain", "/profile"):
            start("204 No Content", [])  # the browser's own wish for an icon
            return []
        widget = "profile" if path == "/profile" else "bookings"
        parts = {
            "/": f'<div id="place" data-bookwidget="{escape(slug)}/{widget}"></div>'
            + LOADER.replace("{service}", self.service),
            "/plain": f'<iframe id="place" title="Bookings" width="700" height="900"'
            f' src="{self.service}/w/{escape(slug)}/{widget}"></iframe>',
        }
        body = parts.get(path, parts["/"])
        start(
            "200 OK",
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", STRICT.format(service=self.service)),
            ],
        )
        return [f'<!doctype html><html lang="en"><title>{slug}</title><h1>{slug}</h1>{body}</html>'.encode()]

    def other(self, start: Callable[..., Any], slug: str, body: str, headers: dict[str, str]) -> Iterable[bytes]:
        named = [(name, value.replace("{service}", self.service)) for name, value in headers.items()]
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), *named])
        body = body.replace("{service}", self.service)
        return [f'<!doctype html><html lang="en"><title>{slug}</title><body>{body}</html>'.encode()]


def leave_alone(environ: dict[str, Any]) -> None:
    """What happens to requests on their way to the service: nothing."""


@dataclass
class Stage:
    """A running product with two tenants and their sites."""

    app: Flask
    service: Server
    hosts: Server
    yoga: factories.World
    other: factories.World
    mailbox: Path
    pages: HostPages
    ahead: timedelta
    """How far the service's clock is ahead of the browser's."""
    meddle: Callable[[dict[str, Any]], None] = leave_alone
    """Sees and may change each request to the service: a slow line, a browser that loses its cookies."""

    def now(self) -> datetime:
        """What the service's clock shows."""
        return datetime.now(UTC) + self.ahead

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions[EXTENSION]
        return found

    @property
    def service_origin(self) -> str:
        return self.service.origin("widgets")

    def page(self, slug: str, path: str = "/") -> str:
        return self.hosts.origin(slug) + path

    def stop(self) -> None:
        self.hosts.stop()
        self.service.stop()
        self.services.database.dispose()


def raise_stage(folder: Path, password_hash: str) -> Stage:
    """Starts everything; `stop()` ends it."""
    hosts_app = HostPages()
    hosts = Server(hosts_app)
    made: list[Stage] = []

    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if made:
            made[0].meddle(environ)
        return app(environ, start)  # made below, once the port is known

    service = Server(serve)
    origin = service.origin("widgets")
    config = Config.load({}, instance=folder, public_url=origin)
    migrate(config.database_url)
    ahead = until_morning(datetime.now(UTC))
    app = create_app(config, clock=lambda: datetime.now(UTC) + (made[0].ahead if made else ahead))
    hosts_app.service = origin
    database = app.extensions[EXTENSION].database
    now = datetime.now(UTC) + ahead
    factories.PASSWORD_HASH = password_hash
    worlds = {slug: factories.make_world(database, slug=slug, now=now) for slug in ("yoga", "other")}
    for slug, world in worlds.items():
        world.ids["journey"] = factories.uuid7()
        world.add(Site(id=world.ids["journey"], origin=hosts.origin(slug), created_at=now))
    fill(worlds["yoga"])
    made.append(Stage(app, service, hosts, worlds["yoga"], worlds["other"], folder / "mailbox", hosts_app, ahead))
    return made[0]


def until_morning(now: datetime) -> timedelta:
    """To six o'clock UTC of the coming Wednesday: which times are offered first does not hang on when tests run."""
    day = now + timedelta(days=(2 - now.weekday()) % 7 or 7)
    return day.replace(hour=6, minute=0, second=0, microsecond=0) - now


def fill(world: factories.World) -> None:
    """Ada's bookings: two classes, and an appointment on the next weekday that can be moved."""
    factories.make_booking(world, days=3)
    factories.make_booking(world, days=9)
    factories.make_booking(world, days=-20)
    factories.make_appointment(world, starts_at=next_weekday(world.now, hour=11))


def next_weekday(now: datetime, *, hour: int) -> datetime:
    """At `hour` UTC on the next Monday to Friday that is at least two days away."""
    day = (now + timedelta(days=2)).replace(hour=hour, minute=0, second=0, microsecond=0)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def private_words(world: factories.World) -> re.Pattern[str]:
    """What may stand in no log and no address of a host page."""
    return re.compile(r"ada@example|Byron|\bAda\b|Okri|441632|correct.horse|csrf_token|Bearer ", re.IGNORECASE)

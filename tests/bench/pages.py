"""What is visited, and what a visit carries."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bookwidget import create_app
from bookwidget.config import Config
from bookwidget.logs import configure_logging
from bookwidget.web.services import EXTENSION
from tests.bench import data
from tests.bench.databases import Prepared
from tests.bench.load import request

FRAME = f"/w/{data.SLUG}/{data.SITE.hex}/"
COOKIE = f"__Host-bw-frame-{data.TENANT.hex[-12:]}"
RESOURCE = re.compile(r'(?:href|src)="(/(?:static|brand)/[^"#]+)')


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    needs_sign_in: bool = True

    def cookies(self, key: str) -> str:
        return f"__Host-bw-probe=1; {COOKIE}={key}" if self.needs_sign_in else "__Host-bw-probe=1"

    def requests(self, keys: list[str], *, packed: bool = False) -> list[bytes]:
        """One for each person, in a frame of a browser that keeps our cookies."""
        people = keys if self.needs_sign_in else keys[:1]
        return [request(self.path, cookies=self.cookies(key), packed=packed) for key in people]


LOGIN = Page("login", f"{FRAME}login/", needs_sign_in=False)
BOOKINGS = Page("bookings", f"{FRAME}bookings/")
PROFILE = Page("profile", f"{FRAME}profile/")
PAGES = (LOGIN, BOOKINGS, PROFILE)


@contextmanager
def client_of(database: Prepared, instance: Path) -> Iterator[tuple[Any, list[str]]]:
    """The application in this process, and the statements it sends."""
    app = create_app(Config.load({}, instance=instance, database_url=database.url))
    configure_logging(level=logging.ERROR)
    sent: list[str] = []
    held = app.extensions[EXTENSION].database

    @event.listens_for(held.walled, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    yield app.test_client(use_cookies=False), sent
    held.dispose()


def statements(database: Prepared, instance: Path) -> dict[str, int]:
    """How many each page sends, once the process knows the business."""
    counts = {}
    with client_of(database, instance) as (client, sent):
        for page in PAGES:
            for _warm in range(2):
                sent.clear()
                client.get(page.path, headers={"Cookie": page.cookies(database.keys[0])})
            counts[page.name] = len(sent)
    return counts


def weights(database: Prepared, instance: Path) -> dict[str, int]:
    """Bytes of bodies as browsers get them, gzip: the loader, and each page with and without what it loads."""
    packed = {"Accept-Encoding": "gzip"}
    with client_of(database, instance) as (client, _sent):
        found = {"embed.js": len(client.get("/embed.js", headers=packed).data)}
        for page in PAGES:
            headers = {"Cookie": page.cookies(database.keys[0])}
            html = client.get(page.path, headers=headers).text
            found[f"{page.name}, repeat view"] = len(client.get(page.path, headers={**headers, **packed}).data)
            urls = {url.replace("&amp;", "&") for url in RESOURCE.findall(html)}
            loaded = {url: len(client.get(url, headers=packed).data) for url in urls}
            found[f"{page.name}, first view"] = found[f"{page.name}, repeat view"] + sum(loaded.values())
            found |= {url.split("?")[0]: size for url, size in loaded.items()}
    return found

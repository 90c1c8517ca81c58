"""A development server for people who make widgets and themes: invented businesses, somebody signed in, and pages that
are loaded again whenever a file is saved.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from bookwidget import create_app
from bookwidget.config import Config
from bookwidget.kernel.clock import Clock, utc_now
from bookwidget.logs import configure_logging
from bookwidget.ops.demo_content import Business
from bookwidget.ops.invented import Guest
from bookwidget.ops.processes import Wsgi, check_port, serve_app
from bookwidget.web.discovery import PACKAGE
from bookwidget.web.errors import MISTAKES_SHOWN
from bookwidget.web.services import EXTENSION
from bookwidget.web.states import is_for_strangers
from bookwidget.web.visits import HOSTED, PREVIEW

LOOK_EVERY = 0.5
"""Seconds between two looks at the files."""
VERSION, SCRIPT = "/dev/live/version", "/dev/live/reload.js"
RELOAD = f"""(async () => {{
  let known;
  for (;;) {{
    try {{
      const now = await (await fetch("{VERSION}")).text();
      if (known && now !== known && dispatchEvent(new Event("saved", {{ cancelable: true }}))) return location.reload();
      known = now;
    }} catch {{ /* the server is starting anew */ }}
    await new Promise((done) => setTimeout(done, 700));
  }}
}})();
"""


@dataclass
class Live:
    """The application as its files are now; made anew when one of them changes."""

    config: Config
    businesses: Mapping[str, Business]
    version: int = 0
    trouble: str = ""
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    """By business and place: the cookie of somebody who is signed in."""
    app: Flask | None = None
    starts: list[str] = field(default_factory=list)
    """Addresses that no link leads to."""
    first: str = ""
    """The page of the front door; a short address for people to type."""
    clock: Clock = utc_now
    _seen: tuple[tuple[str, int], ...] | None = None
    _making: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> bool:
        """Whether something has changed; then the application is made anew."""
        if self._files() == self._seen:
            return False
        with self._making:
            self._make()
            self._seen = self._files()
        return True

    def _files(self) -> tuple[tuple[str, int], ...]:
        """Of all widgets and themes, the shipped ones among them."""
        folders = {*self.config.widget_folders, *self.config.theme_folders}
        if self.app:
            own = self.app.extensions[EXTENSION]
            folders |= {*own.themes.folders, *(widget.folder for widget in own.widgets.values())}
        return files_in(*folders)

    def _make(self) -> None:
        for module in [name for name in sys.modules if name.startswith(f"{PACKAGE}.")]:
            del sys.modules[module]
        before = self.app
        try:
            self.app = create_app(self.config, clock=self.clock)
            self.app.config[MISTAKES_SHOWN] = True
            # hundreds of pages are asked for: a line about each would push what goes wrong out of sight
            configure_logging(level=logging.WARNING)
            self.trouble = ""
        except Exception:  # whatever it is, whoever saved the file is told on the page
            self.trouble = traceback.format_exc(limit=-6)
        else:
            if before is not None:
                before.extensions[EXTENSION].database.dispose()
        self.version += 1

    def sign_in(self) -> None:
        """At each business, on its hosted page and in the workbench's frames."""
        for (slug, business), site in product(self.businesses.items(), (HOSTED, PREVIEW)):
            if self.app:
                guest = Guest(self.config, slug, business, self.app, site=site).sign_in()
                self.cookies[slug, site] = guest.cookie
                self.starts += guest.come_further() if site == PREVIEW else []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        answer = self.answer(request)
        return answer(environ, start_response)

    def answer(self, request: Request) -> Response:
        if request.path == VERSION:
            return Response(str(self.version), headers={"Cache-Control": "no-store"})
        if request.path == SCRIPT:
            return Response(RELOAD, mimetype="text/javascript")
        if request.path == "/" and self.first:
            return Response(status=303, headers={"Location": self.first, "Cache-Control": "no-store"})
        if self.trouble or self.app is None:
            return Response(
                f"{self.trouble}\n\nMend it and save: this page loads by itself.", 500, mimetype="text/plain"
            )
        self.let_in(request.environ)
        request.environ.pop("HTTP_ACCEPT_ENCODING", "")  # something is put into pages, so they must not be packed
        found = Client(self.app, use_cookies=False).open(request.environ, buffered=True)
        if found.mimetype == "text/html":
            found.set_data(found.get_data().replace(b"</head>", f'<script src="{SCRIPT}"></script></head>'.encode(), 1))
        return found

    def let_in(self, environ: dict[str, Any]) -> None:
        """Somebody is signed in already, but on the pages for logging in; the workbench sees what they see.

        A site may name the page's language behind a dot.
        """
        parts: list[str] = [*environ["PATH_INFO"].split("/"), "", "", "", ""]
        root, slug, site = parts[1], parts[2], parts[3].partition(".")[0]
        mine = (
            [self.cookies.get((slug, site), "")] if root == "w" and not is_for_strangers(environ["PATH_INFO"]) else []
        )
        mine = [*self.cookies.values()] if root == "dev" else mine
        environ["HTTP_COOKIE"] = "; ".join(filter(None, (*mine, environ.get("HTTP_COOKIE", ""))))


def files_in(*folders: Path) -> tuple[tuple[str, int], ...]:
    """Every file and when it was saved; what Python and tests leave behind does not count."""
    found = {path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts}
    return tuple(sorted((str(path), path.stat().st_mtime_ns) for path in found if path.is_file()))


def run(live: Live, stop: threading.Event) -> None:
    """Serves until `stop`; `PortTaken`."""
    check_port(live.config.listen, live.config.port)

    def watch() -> None:
        while not stop.wait(LOOK_EVERY):
            live.look()

    threading.Thread(target=watch, name="files", daemon=True).start()
    serve: Wsgi = live
    serve_app(serve, live.config.listen, live.config.port, live.config.threads, stop)

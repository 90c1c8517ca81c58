"""`bookwidget theme shots`: a picture of every state of every widget in a theme, in a folder; and what two such folders
have otherwise.

Two runs on two days give the same pictures: what is invented is relative to a fixed instant, which the service takes
for now. So what differs is a change of the theme, of a widget, of the product or of the browser.
"""

import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from itertools import product
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

from jinja2 import Environment, FileSystemLoader
from PIL import Image, ImageChops

from bookwidget import HERE
from bookwidget.config import Config, ConfigError
from bookwidget.ops import invented
from bookwidget.ops.chromium import Chromium
from bookwidget.ops.demo_content import Business
from bookwidget.ops.live import Live
from bookwidget.ops.processes import serve_app
from bookwidget.web.discovery import Manifest
from bookwidget.web.services import EXTENSION
from bookwidget.web.states import State, states_of

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
"""A Wednesday: classes and opening hours are ahead."""
SAME = """(() => {
  for (const code of document.querySelectorAll(".bw-code")) code.textContent = "K7P2QX9M";
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) words.currentNode.data = words.currentNode.data.replaceAll(location.host, location.hostname);
})()"""
"""Codes of bookings are drawn by lot, and the port is whichever is free."""
STUBS = HERE / "ops" / "stubs" / "shots"
PAGES = Environment(loader=FileSystemLoader(STUBS), autoescape=True, trim_blocks=True)
INDEX, REPORT = "index.html", "changes.html"
SOME = 16
"""Of 255: a pixel that differs by less in each colour is the same, as browsers round."""


@dataclass(frozen=True)
class Looks:
    """What is shot."""

    theme: str
    widths: Sequence[int]
    schemes: Sequence[str]
    widget: str = ""
    """All, if empty."""


@dataclass(frozen=True)
class Shot:
    """A picture that was taken; `path` is relative to the folder."""

    path: str
    widget: str
    state: str
    title: str
    direction: str
    width: int
    scheme: str


@dataclass(frozen=True)
class Change:
    path: str
    share: float
    """Of the pixels that differ, 0 to 1; 1 where there is no picture on one side."""
    is_old: bool
    is_new: bool


def shoot(config: Config, looks: Looks, folder: Path, program: str) -> Iterator[Shot]:
    """Takes the pictures one after the other; afterwards `FOLDER/index.html` shows them all."""
    businesses = {
        "ltr": (invented.LEFT_TO_RIGHT, invented.of_demo(invented.LEFT_TO_RIGHT, theme=looks.theme)),
        "rtl": (invented.RIGHT_TO_LEFT, invented.of_demo(invented.RIGHT_TO_LEFT, theme=looks.theme)),
    }
    shots: list[Shot] = []
    with serving(config, dict(businesses.values())) as live, Chromium.started(program) as browser:
        for direction, (slug, _business) in businesses.items():
            for widget, state in states(live, slug, looks.widget):
                browser.open(live.config.public_url + state.url)
                browser.js(SAME)
                (folder / widget.slug).mkdir(parents=True, exist_ok=True)
                for width, scheme in product(looks.widths, looks.schemes):
                    path = f"{widget.slug}/{state.name}-{direction}-{width}-{scheme}.png"
                    (folder / path).write_bytes(browser.look(width, scheme))
                    shots.append(Shot(path, widget.title, state.name, state.title, direction, width, scheme))
                    yield shots[-1]
    write_page(folder / INDEX, theme=looks.theme, shots=shots)


@contextmanager
def serving(config: Config, businesses: Mapping[str, Business]) -> Iterator[Live]:
    """The businesses on a free port of this machine, somebody signed in at each."""
    with socket() as probe:
        probe.bind((config.listen, 0))
        port = probe.getsockname()[1]
    stop = threading.Event()
    with TemporaryDirectory(ignore_cleanup_errors=True) as kept:
        own = replace(config, instance=Path(kept), port=port, public_url=f"http://localhost:{port}")
        live = Live(invented.invent(own, businesses, clock=lambda: NOW), businesses, clock=lambda: NOW)
        live.look()
        live.sign_in()
        server = threading.Thread(target=serve_app, args=(live, own.listen, port, 2, stop), daemon=True)
        server.start()
        yield live
        stop.set()
        server.join()


def states(live: Live, slug: str, wanted: str) -> list[tuple[Manifest, State]]:
    """`ConfigError` if the service could not be made, or there is no such widget."""
    if live.app is None:
        raise ConfigError(live.trouble)
    widgets = live.app.extensions[EXTENSION].widgets
    if wanted and wanted not in widgets:
        raise ConfigError(f"there is no widget {wanted!r}")
    cookies = {"Cookie": "; ".join(live.cookies.values())}
    with live.app.test_request_context("/", base_url=live.config.public_url, headers=cookies):
        chosen = [one for one in widgets.values() if wanted in ("", one.slug)]
        return [(widget, state) for widget in chosen for state in states_of(widget, slug, live.starts)]


def compare(old: Path, new: Path) -> list[Change]:
    """What two folders of pictures have otherwise, the greatest changes first; `NEW/changes.html` shows both beside.
    `ConfigError` if one of them holds no pictures.
    """
    before, after = pictures(old), pictures(new)
    changes = [Change(path, changed(old, new, path), path in before, path in after) for path in before | after]
    changes = sorted((one for one in changes if one.share), key=lambda one: (-one.share, one.path))
    same = sorted(before & after - {one.path for one in changes})
    write_page(new / REPORT, changes=changes, same=same, old=os.path.relpath(old, new), old_name=old, new_name=new)
    return changes


def pictures(folder: Path) -> set[str]:
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.png")}
    if not found:
        raise ConfigError(f"{folder}: there are no pictures; `bookwidget theme shots` makes some")
    return found


def changed(old: Path, new: Path, path: str) -> float:
    """The share of pixels that differ; what one of the two pictures is longer by counts."""
    if not (old / path).is_file() or not (new / path).is_file():
        return 1.0
    with Image.open(old / path) as first, Image.open(new / path) as second:
        one, other = first.convert("RGB"), second.convert("RGB")
    width, height = max(one.width, other.width), max(one.height, other.height)
    both = min(one.width, other.width), min(one.height, other.height)
    differs = ImageChops.difference(one.crop((0, 0, *both)), other.crop((0, 0, *both)))
    most = reduce(ImageChops.lighter, differs.split())
    same = sum(most.histogram()[:SOME])
    return 1 - same / (width * height)


def write_page(path: Path, **page: object) -> None:
    shutil.copyfile(STUBS / "shots.css", path.parent / "shots.css")
    path.write_text(PAGES.get_template(path.name).render(**page), "utf-8")

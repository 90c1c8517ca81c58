"""Takes pictures with a Chromium that is installed, over the pipe that it offers to programs: it needs nothing else."""

import base64
import json
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from select import select
from tempfile import TemporaryDirectory
from typing import Any, Self

from bookwidget.config import ConfigError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PATIENCE = 30.0
"""Seconds for one answer."""
LOADED = "Page.loadEventFired"
READS, WRITES = 3, 4
"""Where Chromium expects the two ends of its pipe."""
UNSEEN = (
    "--headless=new",
    "--no-sandbox",  # as root in a container; only pages of our own are opened
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",  # they would take room that a phone does not give them
)
"""Without a window, and without a word to anybody."""
ARGUMENTS = (*UNSEEN, "--font-render-hinting=none", "--remote-debugging-pipe")
SETTLED = """new Promise((done) => (function look() {
  if (document.documentElement.style.visibility === "hidden") return setTimeout(look, 30);
  document.fonts.ready.then(() => setTimeout(() => done(true), 60));
})())"""
"""Once the page is shown and its fonts are there."""


class BrowserFailed(ConfigError):
    """The browser is not there, or does not answer; the message says so."""


def find_chromium(named: str = "") -> str:
    """`BrowserFailed` with what to do if there is none."""
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    if found is None:
        what = f"there is no {named}" if named else "no Chromium is installed (or Chrome)"
        raise BrowserFailed(f"{what}: install one, or name its program with --browser")
    return found


class Chromium:
    """One page of a browser without windows."""

    def __init__(self, process: int, to: int, source: int) -> None:
        self._process, self._to, self._from = process, to, source
        self._number, self._read, self._session, self._loads = 0, b"", "", 0
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")

    @classmethod
    @contextmanager
    def started(cls, program: str) -> Iterator[Self]:
        with TemporaryDirectory(prefix="bookwidget-chromium-", ignore_cleanup_errors=True) as profile:
            process, to, source = spawn([program, *ARGUMENTS, f"--user-data-dir={profile}"])
            try:
                yield cls(process, to, source)
            finally:
                os.close(to)
                os.close(source)
                os.kill(process, signal.SIGTERM)
                os.waitpid(process, 0)

    def open(self, url: str) -> None:
        """Until it is loaded and seen."""
        before = self._loads
        self._ask("Page.navigate", url=url)
        if self._loads == before:
            self._until(lambda said: said.get("method") == LOADED)
        self.js(SETTLED)

    def js(self, expression: str) -> Any:
        found = self._ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return found["result"].get("value")

    def look(self, width: int, scheme: str, most: int = 6000) -> bytes:
        """A picture (PNG) of the whole page in a window that wide; what is further down than `most` is left out."""
        self._ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._resize(width, 300)  # no higher than its content
        height = min(int(self.js("document.documentElement.scrollHeight")), most)
        self._resize(width, height)
        return base64.b64decode(self._ask("Page.captureScreenshot")["data"])

    def _resize(self, width: int, height: int) -> None:
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def _ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        number, session = self._number, {"sessionId": self._session} if self._session else {}
        asked = json.dumps({"id": number, "method": method, "params": params, **session})
        os.write(self._to, asked.encode() + b"\0")
        said = self._until(lambda said: said.get("id") == number)
        if "error" in said:
            raise BrowserFailed(f"the browser refused {method}: {said['error'].get('message')}")
        return said["result"]

    def _until(self, is_wanted: Any) -> Mapping[str, Any]:
        while True:
            while b"\0" not in self._read:
                ready, _writable, _broken = select([self._from], [], [], PATIENCE)
                read = os.read(self._from, 1 << 20) if ready else b""
                if not read:
                    raise BrowserFailed("the browser does not answer")
                self._read += read
            line, _end, self._read = self._read.partition(b"\0")
            said: Mapping[str, Any] = json.loads(line)
            self._loads += said.get("method") == LOADED
            if is_wanted(said):
                return said


def spawn(command: list[str]) -> tuple[int, int, int]:
    """The process, where one writes to it, and where one reads from it."""
    (its_end, to), (source, its_start) = os.pipe(), os.pipe()
    keep = [os.dup(end) for end in (its_end, its_start)]  # above those that are about to be replaced
    silence = os.open(os.devnull, os.O_RDWR)
    actions = [
        (os.POSIX_SPAWN_DUP2, keep[0], READS),
        (os.POSIX_SPAWN_DUP2, keep[1], WRITES),
        *((os.POSIX_SPAWN_DUP2, silence, stream) for stream in (0, 1, 2)),
    ]
    try:
        return os.posix_spawn(command[0], command, os.environ, file_actions=actions), to, source
    finally:
        for end in (its_end, its_start, silence, *keep):
            os.close(end)

"""Browsers and servers for tests; loaded by pytest with `-p tests.browser.fixtures`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium as chromium_module
from tests.browser import firefox as firefox_module
from tests.browser import table
from tests.browser import webkit as webkit_module
from tests.browser.chromium import Chromium
from tests.browser.firefox import Firefox
from tests.browser.hands import WAYS
from tests.browser.modes import MODES
from tests.browser.servers import Server, Wsgi
from tests.browser.webkit import WebKit

TABLES = {
    "engine x step": ([mode.title for mode in MODES], "instance/engine-steps.md"),
    "way x journey": ([*WAYS], "instance/ways.md"),
    "axe findings": (table.AXE, "instance/axe.md"),
}
"""By name: the columns, and where the last run's is kept."""


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Prints the tables of this run, and keeps them."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    for name, (columns, path) in TABLES.items():
        if rows := table.gather(reports, columns):
            terminalreporter.section(name)
            terminalreporter.write_line(table.plain(rows))
            kept = config.rootpath / path
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(table.markdown(rows))


def need(*programs: Path) -> None:
    """Skips the test where one of them is not installed."""
    missing = [str(program) for program in programs if not program.exists()]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture
def fresh_chromium() -> Iterator[Callable[..., Chromium]]:
    """Makes Chromium with an empty profile: `fresh_chromium(script=False)`, `fresh_chromium(storage=False)`."""
    need(chromium_module.BINARY, chromium_module.DRIVER)
    made: list[Chromium] = []

    def make(*, script: bool = True, storage: bool = True) -> Chromium:
        made.append(Chromium(script=script, storage=storage))
        return made[-1]

    yield make
    for browser in made:
        browser.quit()


@pytest.fixture
def fresh_firefox() -> Iterator[Callable[..., Firefox]]:
    """Makes Firefox with an empty profile: `fresh_firefox(script=False)`, `fresh_firefox(cookie_behavior=1)`."""
    need(firefox_module.BINARY)
    made: list[Firefox] = []

    def make(*, script: bool = True, cookie_behavior: int = firefox_module.TOTAL_PARTITION) -> Firefox:
        made.append(Firefox(script=script, cookie_behavior=cookie_behavior))
        return made[-1]

    yield make
    for browser in made:
        browser.quit()


@pytest.fixture
def fresh_webkit() -> Iterator[Callable[[], WebKit]]:
    """Makes WebKitGTK with tracking prevention and an empty profile, on a screen in memory."""
    need(webkit_module.BINARY, webkit_module.DRIVER, webkit_module.DISPLAY)
    display = webkit_module.Display()
    made: list[WebKit] = []

    def make() -> WebKit:
        made.append(WebKit(display))
        return made[-1]

    yield make
    for browser in made:
        browser.quit()
    display.stop()


@pytest.fixture
def serve() -> Iterator[Callable[[Wsgi], Server]]:
    """Serves a WSGI application over https until the test ends; errors it raised fail the test."""
    made: list[Server] = []

    def start(app: Wsgi) -> Server:
        made.append(Server(app))
        return made[-1]

    yield start
    for server in made:
        server.stop()
    errors = [error for server in made for error in server.errors]
    assert not errors, "\n".join(errors)

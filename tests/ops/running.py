"""Runs the command line as people do: in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port

PATIENCE = 60.0  # seconds; a loaded machine starts three processes slowly


def settings(**given: str) -> dict[str, str]:
    """The environment without settings of the developer's own."""
    own = ("BOOKWIDGET_", "DATABASE_URL", "INSTANCE", "PORT", "SITES_PORT")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(own)}, **given}


class Running:
    """A demo under way."""

    def __init__(self, instance: Path, port: int, sites_port: int) -> None:
        self.instance, self.port, self.sites_port = instance, port, sites_port
        self.facts_file = instance / "demo.json"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bookwidget.ops", "demo", "--sites-port", str(sites_port)],
            env=settings(INSTANCE=str(instance), PORT=str(port)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_ready(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while not self.facts_file.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                self.process.kill()
                raise AssertionError(f"the demo is not ready: {self.process.communicate()[0]}")
            time.sleep(0.1)
        facts: dict[str, Any] = json.loads(self.facts_file.read_text("utf-8"))
        return facts

    def children(self) -> list[int]:
        """Process ids, from the kernel."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(id) for id in path.read_text().split()]

    def stop(self, number: int = signal.SIGTERM) -> str:
        """What it printed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.communicate(timeout=PATIENCE)[0]


@contextmanager
def running_demo(instance: Path) -> Iterator[Running]:
    demo = Running(instance, free_port(), free_port())
    try:
        yield demo
    finally:
        demo.stop(signal.SIGKILL)


def is_alive(process_id: int) -> bool:
    """Whether it still runs; one that waits to be collected does not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def all_gone(process_ids: list[int], *, within: float = 15) -> bool:
    until = time.monotonic() + within
    while any(map(is_alive, process_ids)) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(map(is_alive, process_ids))

"""Several processes of `bookwidget serve` on one database: what an installation has, and no less."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ops.running import PATIENCE, settings
from tests.ports import free_port

THREADS = 16


class House:
    """So many processes, each on a port of its own. They share the database and the installation's secret."""

    def __init__(self, url: str, instance: Path, processes: int) -> None:
        self.url, self.instance = url, instance
        self.ports = [free_port() for _process in range(processes)]
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, *ports: int) -> None:
        """These, or all; ready when it returns."""
        for port in ports or self.ports:
            with (self.instance / f"{port}.log").open("ab") as log:
                self.running[port] = subprocess.Popen(
                    [sys.executable, "-m", "bookwidget.ops", "serve", "--port", str(port), "--threads", str(THREADS)],
                    env=settings(INSTANCE=str(self.instance), DATABASE_URL=self.url),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                )
        for port in ports or self.ports:
            self.wait_for(port)

    def wait_for(self, port: int) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.running[port].poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        raise AssertionError(f"not ready: {self.log()[-2000:]}")

    def kill(self, port: int) -> None:
        """At once, whatever it is doing."""
        self.running[port].kill()
        self.running[port].wait()

    def log(self) -> str:
        """What the processes said."""
        return "".join(path.read_text() for path in sorted(self.instance.glob("*.log")))

    def stop(self) -> None:
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def serving(url: str, instance: Path, processes: int = 3) -> Iterator[House]:
    house = House(url, instance, processes)
    try:
        house.start()
        yield house
    finally:
        house.stop()

"""Processes that serve, and what the kernel says they used."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path(sys.executable).parent
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 120.0
"""Seconds that a server may take to start or to stop."""


class Server:
    """A process and its children, on a port of this machine."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, started: float) -> None:
        self.process, self.port = process, port
        self.started_after = time.monotonic() - started
        """Seconds until the first answer."""

    def cpu_seconds(self) -> float:
        """User and system time of the whole tree so far."""
        return sum(cpu_ticks(pid) for pid in tree(self.process.pid)) / TICKS

    def megabytes(self) -> float:
        """Proportional set size of the whole tree."""
        return sum(proportional_kilobytes(pid) for pid in tree(self.process.pid)) / 1024


def granian(app: str, port: int) -> list[str]:
    """One worker, one thread, no log of its own: as the ceilings were measured."""
    name, is_factory = app, not app.endswith(":app")
    options = "--interface wsgi --host 127.0.0.1 --workers 1 --blocking-threads 1 --no-ws --log-level warning".split()
    return [str(BINARIES / "granian"), *options, "--port", str(port), *(["--factory"] if is_factory else []), name]


def gunicorn(app: str, port: int) -> list[str]:
    """One worker of its plain kind: as the peer was measured."""
    options = "--workers 1 --worker-class sync --log-level critical".split()
    return [str(BINARIES / "gunicorn"), *options, "--bind", f"127.0.0.1:{port}", app]


@contextmanager
def running(command: list[str], port: int, environment: Mapping[str, str], path: str = "/") -> Iterator[Server]:
    """Up as soon as `path` answers; gone at the end."""
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(process, f"http://127.0.0.1:{port}{path}", started)
        yield Server(process, port, started)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], url: str, started: float) -> None:
    while time.monotonic() - started < PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"the server of {url} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)
    raise RuntimeError(f"no answer from {url}")


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += tree(int(child))
    return found


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def proportional_kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))

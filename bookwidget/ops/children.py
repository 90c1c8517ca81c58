"""Child processes that live and die together."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bookwidget.ops.errors import ChildDied

PATIENCE = 12
"""Seconds that a child is given to end by itself; a little more than its requests are given."""
TAIL = 12
"""Lines of a dead child's log that are shown."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Children:
    """Started one by one, watched together, stopped at the end of the `with` block in reverse order.

    Each runs `bookwidget …` in a session of its own, so that Ctrl-C reaches only the parent, which stops them in
    order. Each holds the other end of a pipe that closes when the parent is gone, however it went.
    """

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self._children: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self, name: str, arguments: Sequence[str], settings: Mapping[str, str]) -> None:
        """`settings` are added to the environment. Output goes to a file of the child's name."""
        path = self.logs / f"{name}.log"
        with path.open("wb") as log:
            self._children.append(Child(name, self._spawn(arguments, settings, log), path))

    def _spawn(self, arguments: Sequence[str], settings: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "bookwidget.ops", *arguments, "--with-input"]
        return subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings},
            start_new_session=True,
        )

    def check(self) -> None:
        """Raises `ChildDied` if one has ended."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                last = child.log.read_text("utf-8", "replace").splitlines()[-TAIL:]
                raise ChildDied(
                    "\n".join([f"the {child.name} ended by itself (status {status}); its last words:", *last])
                )

    def stop(self) -> None:
        """Asks all, then waits for all; who does not listen is killed."""
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + PATIENCE
        for child in reversed(self._children):
            try:
                child.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            if child.process.stdin is not None:
                child.process.stdin.close()
        self._children.clear()

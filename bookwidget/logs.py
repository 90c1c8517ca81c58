"""Structured logs without personal data: rules instead of addresses, ids instead of names.

One JSON object a line, written by a few lines here: a library for it was a twentieth of the start, and a fiftieth of
each page.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NamedTuple, TextIO

encode = json.JSONEncoder(default=repr).encode
"""`json.dumps` would make an encoder for each line that has a default."""


LEVELS = {
    level: logging.getLevelName(level).lower()
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
}


class Target(NamedTuple):
    """Where lines go, and from which level on."""

    file: TextIO
    level: int


class Log:
    """What happened, in a word or two, and values that name nobody."""

    def __init__(self) -> None:
        self.target = Target(sys.stderr, logging.INFO)

    def debug(self, event: str, **values: object) -> None:
        self._write(logging.DEBUG, event, values)

    def info(self, event: str, **values: object) -> None:
        self._write(logging.INFO, event, values)

    def warning(self, event: str, **values: object) -> None:
        self._write(logging.WARNING, event, values)

    def error(self, event: str, **values: object) -> None:
        self._write(logging.ERROR, event, values)

    def exception(self, event: str, **values: object) -> None:
        """An error with what is being handled.

        It is told by type, file, line and function. Neither messages nor local variables: either may hold what
        somebody typed, a password among it.
        """
        chain = [described(one) for one in chain_of(sys.exc_info()[1])]
        self._write(logging.ERROR, event, {**values, "exception": chain})

    def _write(self, level: int, event: str, values: dict[str, object]) -> None:
        file, least = self.target
        if level < least:
            return
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        line = encode({**values, "event": event, "level": LEVELS[level], "timestamp": at})
        file.write(f"{line}\n")
        file.flush()


log = Log()
"""The one of the process."""


def configure_logging(*, level: int = logging.INFO, file: TextIO | None = None) -> None:
    """From now on; without a file to what is standard error now."""
    log.target = Target(file or sys.stderr, level)


def chain_of(error: BaseException | None) -> list[BaseException]:
    """The error, then what it came from."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def described(error: BaseException) -> dict[str, Any]:
    return {"type": f"{type(error).__module__}.{type(error).__qualname__}", "frames": frames_of(error.__traceback__)}


def frames_of(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]

"""Structured logs without personal data: rules instead of addresses, ids instead of names."""

import json
import logging
import sys
import traceback
from collections.abc import Callable
from functools import lru_cache
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict


def configure_logging(*, level: int = logging.INFO) -> None:
    """One JSON object a line on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            exceptions_without_values,
            structlog.processors.JSONRenderer(serializer=in_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def in_json(event: EventDict, *, default: Callable[[Any], Any]) -> str:
    """`json.dumps` makes an encoder for each line that has a default; ours is the same each time."""
    return encoder_of(default).encode(event)


@lru_cache(maxsize=4)
def encoder_of(default: Callable[[Any], Any]) -> json.JSONEncoder:
    return json.JSONEncoder(default=default)


def exceptions_without_values(logger: Any, name: str, event: EventDict) -> EventDict:
    """What broke and where, by type, file, line and function.

    Neither messages nor local variables: either may hold what somebody typed, a password among it.
    """
    if event.pop("exc_info", None):
        event["exception"] = [described(error) for error in chain_of(sys.exc_info()[1])]
    return event


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

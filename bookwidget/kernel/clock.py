"""Time is passed in: rules take `now`, the process has one clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""


SKEW = timedelta(seconds=60)
"""How far the clocks of two hosts of one installation may lie apart."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def is_fresh(made_at: datetime, lifetime: timedelta, now: datetime) -> bool:
    """Whether something signed is not too old, and is not made later than another host's clock can explain."""
    return -SKEW <= now - made_at <= lifetime

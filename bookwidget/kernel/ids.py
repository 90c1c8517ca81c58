"""Identifiers: UUIDv7 for rows, short codes for people, digests for what a page showed."""

import hashlib
import re
import secrets
import time
from collections.abc import Iterable
from uuid import UUID

from bookwidget.kernel.errors import Missing

HEX = re.compile("[0-9a-f]{32}")
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, O, 1 and I, which people confuse when they read a code aloud."""


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562, section 5.7): 48 bits of Unix milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & (1 << 62) - 1)


def booking_code() -> str:
    """Eight characters, 40 random bits: unguessable enough to name a booking, never enough to open one."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


def parse_uuid(text: str) -> UUID | None:
    """The UUID that `text` writes as 32 hexadecimal digits, or None: an address typed by hand must not raise."""
    return UUID(hex=text) if HEX.fullmatch(text) else None


def known_uuid(text: str) -> UUID:
    """The same, or `Missing`: an address that names nothing."""
    found = parse_uuid(text)
    if found is None:
        raise Missing
    return found


def digest(facts: Iterable[object]) -> str:
    """Names what a page showed, so that a form says what was seen before it was sent."""
    return hashlib.sha256("|".join(map(str, facts)).encode()).hexdigest()[:20]

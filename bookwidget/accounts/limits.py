"""How often something may be tried. The count commits before the attempt, so that a crash does not give one away."""

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bookwidget.accounts.store import count_up
from bookwidget.kernel.errors import TooMany
from bookwidget.tenancy.session import TenantSession, writing


@dataclass(frozen=True)
class Limit:
    """At most `count` attempts in each window of `window`."""

    purpose: str
    count: int
    window: timedelta


SIGN_IN_ACCOUNT = Limit("sign-in account", 10, timedelta(minutes=15))
SIGN_IN_ADDRESS = Limit("sign-in address", 60, timedelta(minutes=15))
RESET_ACCOUNT = Limit("reset account", 3, timedelta(hours=1))
HOLD_ADDRESS = Limit("hold address", 60, timedelta(hours=1))
UPLOAD_ADDRESS = Limit("upload address", 60, timedelta(hours=1))
GUEST_ADDRESS = Limit("guest address", 30, timedelta(hours=1))
SIGN_UP_EMAIL = Limit("sign-up email", 3, timedelta(hours=1))
SIGN_UP_ADDRESS = Limit("sign-up address", 20, timedelta(hours=1))
INVITATIONS = Limit("invitations", 60, timedelta(hours=1))
HOST_CHECK = Limit("host check", 30, timedelta(hours=1))
RESET_ADDRESS = Limit("reset address", 30, timedelta(hours=1))


def count_attempt(session: TenantSession, limit: Limit, who: str, now: datetime) -> None:
    """Counts one attempt in a transaction of its own; `TooMany` once the window is used up."""
    seconds = int(limit.window.total_seconds())
    start = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    key = f"{limit.purpose}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    with writing(session):
        count = count_up(session, key, start)
    if count > limit.count:
        raise TooMany(math.ceil((start + limit.window - now).total_seconds()))

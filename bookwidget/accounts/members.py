"""Who may open the console: a member's password, checked before any business is known."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from bookwidget.accounts import limits, passwords
from bookwidget.accounts.actions import WRONG_CREDENTIALS, sign_in_member
from bookwidget.accounts.limits import Limit
from bookwidget.accounts.tokens import fingerprint_of
from bookwidget.kernel.actors import member
from bookwidget.kernel.errors import Missing, Refused, TooMany
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.platform import Membership, tenants_of_member
from bookwidget.tenancy.scope import Scope

FEWEST_CHECKS = 2
"""Passwords checked for every attempt, also for an unknown e-mail, so that one or two businesses take as long as
none. Who works for more takes longer."""
CHOICE_SECONDS = 300
MOST_REMEMBERED = 50_000


@dataclass
class Counter:
    """Attempts at the platform's sign-in, kept in this process.

    For an e-mail that nobody has there is no tenant whose tables could count it, and counting only the known ones
    would show which are known by the time it takes. So all are counted here, in the same way; several web
    processes allow that many times as much, and a restart forgets.
    """

    _counts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, limit: Limit, who: str, now: datetime) -> None:
        """Counts one attempt; `TooMany` once the window is used up."""
        seconds = int(limit.window.total_seconds())
        window, past = divmod(int(now.timestamp()), seconds)
        key = (limit.purpose, who, window)
        with self._lock:
            if len(self._counts) >= MOST_REMEMBERED:
                del self._counts[next(iter(self._counts))]  # the oldest
            self._counts[key] = count = self._counts.get(key, 0) + 1
        if count > limit.count:
            raise TooMany(seconds - past)


def check_member(
    database: Database, counter: Counter, email: str, password: str, *, address: str, now: datetime
) -> list[Membership]:
    """The businesses that this e-mail and password open, at least one. `Refused("password")` never says which part
    was wrong, nor whether a customer has them; `TooMany` after too many attempts.
    """
    email = email.strip().lower()[:254]
    counter.count(limits.SIGN_IN_ADDRESS, address, now)
    counter.count(limits.SIGN_IN_ACCOUNT, email, now)
    known = tenants_of_member(database, email)
    fitting = [membership for membership in known if passwords.matches(membership.password_hash, password)]
    for _missing in range(FEWEST_CHECKS - len(known)):
        passwords.matches("", password)
    if not fitting:
        raise Refused("password", WRONG_CREDENTIALS)
    return fitting


class Choice(NamedTuple):
    """A business that somebody proved to work for, with the password of that moment."""

    tenant_id: UUID
    member_id: UUID
    fingerprint: str

    @classmethod
    def of(cls, membership: Membership) -> "Choice":
        return cls(membership.tenant_id, membership.member_id, fingerprint_of(membership.password_hash))


def open_console(database: Database, choice: Choice, *, device: str, now: datetime) -> str:
    """Signs the member in; gives the text for the browser to keep, which names the business too.

    `Missing` if the business was switched off, or the member went or has another password by now.
    """
    with database.session(choice.tenant_id) as session:
        scope = Scope(session, facts_of(session), member(choice.member_id), now)
        found = session.get(Member, (choice.tenant_id, choice.member_id))
        if not scope.tenant.is_active or found is None or fingerprint_of(found.password_hash) != choice.fingerprint:
            raise Missing
        return f"{choice.tenant_id.hex}.{sign_in_member(scope, choice.member_id, device=device)}"


class Choices:
    """Between password and console: which of several businesses? Signed, because nothing is stored meanwhile."""

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeTimedSerializer(secret_key, salt="console-choice")

    def token(self, choice: Choice) -> str:
        token = self._signer.dumps([choice.tenant_id.hex, choice.member_id.hex, choice.fingerprint])
        return token if isinstance(token, str) else token.decode()

    def read(self, token: str) -> Choice:
        """`Missing` for a token that is forged or older than five minutes."""
        try:
            tenant, person, fingerprint = self._signer.loads(token, max_age=CHOICE_SECONDS)
        except (BadData, ValueError, TypeError) as error:
            raise Missing from error
        return Choice(UUID(tenant), UUID(person), fingerprint)

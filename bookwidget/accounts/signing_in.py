"""Sign-in rows: one kind of row for cookie, bearer token and the console, bound to tenant and kind."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from bookwidget.accounts.models import SignIn
from bookwidget.accounts.store import (
    END_HAND_OVERS,
    END_SIGN_IN,
    END_SIGN_INS,
    END_SIGN_INS_OF_MEMBER,
    NOTE_SEEN,
    WHO_AND_WHERE,
    WHO_AT_CONSOLE,
)
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.ids import parse_uuid, uuid7
from bookwidget.tenancy.actions import facts_from
from bookwidget.tenancy.scope import Scope, TenantFacts
from bookwidget.tenancy.session import TenantSession, writing

GRACE = timedelta(seconds=30)
"""A renewed bearer token's predecessor lives on this long, for requests already under way."""
SEEN_EVERY = timedelta(minutes=1)


class Kind(StrEnum):
    """How the browser keeps the secret; a secret opens nothing by another way."""

    FRAME = "frame"
    BEARER = "bearer"
    HOSTED = "hosted"
    CONSOLE = "console"


LIFETIME = {
    Kind.FRAME: timedelta(days=30),
    Kind.BEARER: timedelta(minutes=30),
    Kind.HOSTED: timedelta(days=30),
    Kind.CONSOLE: timedelta(hours=12),
}
"""How long a secret opens its row. A bearer token is renewed on the way, up to `LONGEST_BEARER`."""
LONGEST_BEARER = timedelta(hours=12)
IDLE = {
    Kind.FRAME: timedelta(days=14),
    Kind.BEARER: timedelta(minutes=30),
    Kind.HOSTED: timedelta(days=14),
    Kind.CONSOLE: timedelta(hours=2),
}
"""A sign-in that was not used for so long has ended."""


class Credential(NamedTuple):
    """What a request brought: the row it claims, by which way, with which secret."""

    kind: Kind
    sign_in_id: UUID
    secret: str

    @classmethod
    def parse(cls, kind: Kind, text: str) -> "Credential | None":
        row, _, secret = text.partition(".")
        id = parse_uuid(row)
        return cls(kind, id, secret) if id and secret else None


class SignedIn(NamedTuple):
    """The person of a valid sign-in."""

    sign_in_id: UUID
    kind: Kind
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    person_id: UUID
    email: str
    name: str
    """The name to greet with."""
    full_name: str
    locale: str
    role: str = ""
    """Of a member; empty for customers."""

    def is_worth_noting(self, now: datetime) -> bool:
        return now - self.seen_at > SEEN_EVERY

    def is_due_for_renewal(self, now: datetime) -> bool:
        if self.kind is not Kind.BEARER or now - self.created_at >= LONGEST_BEARER:
            return False
        return self.expires_at - now < LIFETIME[Kind.BEARER] / 2


class Visit(NamedTuple):
    """Where a request belongs and who makes it."""

    tenant: TenantFacts
    site_origin: str | None
    """Origin of the host page; None if the site is not one of the tenant's."""
    signed_in: SignedIn | None


def who_and_where(session: TenantSession, site: UUID | None, credential: Credential | None, now: datetime) -> Visit:
    """One statement. `Missing` if the tenant is gone; an invalid credential is as none."""
    values = {"site": site, "sign_in": credential and credential.sign_in_id}
    row = session.rows(WHO_AND_WHERE, values).one_or_none()
    if row is None:
        raise Missing
    origin, sign_in, person, tenant = row[0], row[1:9], row[9:15], row[15:]
    signed_in = None
    if credential and person[0] and not person[5] and is_valid(sign_in, credential, now):
        id, email, given, family, locale, _blocked = person
        made, seen, until = sign_in[5:8]
        full = f"{given} {family}".strip()
        signed_in = SignedIn(sign_in[0], credential.kind, made, seen, until, id, email, given, full, locale)
    return Visit(facts_from(tenant), origin, signed_in)


def who_at_console(session: TenantSession, credential: Credential, now: datetime) -> Visit:
    """The same for a member at the console, where there is no host page."""
    row = session.rows(WHO_AT_CONSOLE, {"sign_in": credential.sign_in_id}).one_or_none()
    if row is None:
        raise Missing
    sign_in, person, tenant = row[:8], row[8:12], row[12:]
    signed_in = None
    if person[0] and is_valid(sign_in, credential, now):
        id, email, name, role = person
        made, seen, until = sign_in[5:8]
        signed_in = SignedIn(sign_in[0], credential.kind, made, seen, until, id, email, name, name, "", role)
    return Visit(facts_from(tenant), None, signed_in)


def is_valid(row: Sequence[Any], credential: Credential, now: datetime) -> bool:
    """Whether the secret opens the row (`SIGN_IN_COLUMNS`) now, by the way it came."""
    _, kind, digest, old_digest, old_until, _, seen_at, expires_at = row
    if kind != credential.kind or expires_at <= now or now - seen_at >= IDLE[credential.kind]:
        return False
    given = digest_of(credential.secret)
    if hmac.compare_digest(digest, given):
        return True
    return old_until is not None and old_until > now and hmac.compare_digest(old_digest, given)


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def open_sign_in(
    scope: Scope,
    kind: Kind,
    *,
    customer_id: UUID | None = None,
    member_id: UUID | None = None,
    device: str = "",
    site: str = "",
) -> str:
    """A new row inside the open write transaction; gives the text that the browser keeps."""
    id, secret = uuid7(), secrets.token_urlsafe(32)
    scope.session.add(
        SignIn(
            id=id, customer_id=customer_id, member_id=member_id, kind=kind, digest=digest_of(secret),
            device=device[:200], site=site,
            created_at=scope.now, seen_at=scope.now, expires_at=scope.now + LIFETIME[kind],
        )
    )  # fmt: skip
    return f"{id.hex}.{secret}"


def renew(scope: Scope, sign_in_id: UUID) -> str | None:
    """A fresh secret for a bearer row; the old one lives on for `GRACE`. None if the row ended meanwhile."""
    secret = secrets.token_urlsafe(32)
    with writing(scope.session) as session:
        row = session.get(SignIn, (scope.tenant.id, sign_in_id))
        if row is None or row.ended_at is not None or row.kind != Kind.BEARER:
            return None
        row.old_digest, row.old_until = row.digest, scope.now + GRACE
        row.digest, row.seen_at = digest_of(secret), scope.now
        row.expires_at = min(scope.now + LIFETIME[Kind.BEARER], row.created_at + LONGEST_BEARER)
    return f"{sign_in_id.hex}.{secret}"


def note_seen(session: TenantSession, sign_in_id: UUID, now: datetime) -> None:
    """Remembers the last use; at most once a minute, and in a transaction of its own."""
    with writing(session):
        session.rows(NOTE_SEEN, {"sign_in": sign_in_id, "now": now})


def end_sign_in(session: TenantSession, sign_in_id: UUID, now: datetime) -> None:
    """Ends one sign-in inside the open write transaction."""
    session.rows(END_SIGN_IN, {"sign_in": sign_in_id, "now": now})


def end_sign_ins_of(session: TenantSession, customer_id: UUID, now: datetime, *, keep: UUID | None = None) -> int:
    """Ends all of a customer's sign-ins but `keep` inside the open write transaction; gives how many.

    What is on its way from a window into a frame goes too, or it would become a sign-in a moment later.
    """
    session.rows(END_HAND_OVERS, {"customer": customer_id})
    return session.rows(END_SIGN_INS, {"customer": customer_id, "kept": keep, "now": now}).rowcount


def end_sign_ins_of_member(session: TenantSession, member_id: UUID, now: datetime) -> None:
    """Ends all of a member's sign-ins inside the open write transaction."""
    session.rows(END_SIGN_INS_OF_MEMBER, {"member": member_id, "now": now})

"""Members who forgot their password: a link by mail, asked for before any business is known.

Each business has its own password for a member, so each one that knows the address sends a link of its own
(docs/decisions: "A member's forgotten password").
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from bookwidget.accounts import limits, passwords, rules
from bookwidget.accounts.actions import SPENT_LINK, enter_as_member
from bookwidget.accounts.members import Counter
from bookwidget.accounts.signing_in import end_sign_ins_of_member
from bookwidget.accounts.tokens import MemberClaim, Tokens
from bookwidget.events.record import record
from bookwidget.kernel.actors import Door, member, visitor
from bookwidget.kernel.errors import Denied, Missing
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.platform import tenants_of_member
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

LEAST_SECONDS = 0.25
"""Every answer takes so long: there is no business whose tables could do the same work for an unknown address."""


def request_member_reset(database: Database, counter: Counter, email: str, *, address: str, now: datetime) -> None:
    """Asks for a link from every business that this e-mail may sign in to. Known or unknown: the same answer after
    the same time. `Refused("email")` for what is none; `TooMany`.
    """
    begun = time.monotonic()
    email = rules.clean_email(email)
    counter.count(limits.RESET_ADDRESS, address, now)
    counter.count(limits.RESET_ACCOUNT, email, now)
    for found in tenants_of_member(database, email):
        if not found.is_invited:  # they have a link already, and only that one
            with scope_at(database, found.tenant_id, None, now) as scope, writing(scope.session):
                record(scope, "member.reset_requested", after={"member": found.member_id.hex})
    time.sleep(max(0.0, LEAST_SECONDS - (time.monotonic() - begun)))


def name_of_reset(database: Database, tokens: Tokens, token: str, now: datetime) -> str:
    """The business whose console the link is for; `Denied` if it may not be used any more. Looking spends nothing."""
    claim = _claim(tokens, token)
    with scope_at(database, claim.tenant_id, claim.member_id, now) as scope:
        _claimed(scope, claim)
        return scope.tenant.name


def reset_member_password(
    database: Database, tokens: Tokens, token: str, password: str, *, device: str, now: datetime
) -> str:
    """Sets the password, ends all of the member's sign-ins and opens a new one; gives what the browser keeps.

    `Denied` for a link that is spent; of two who use it at once only the first is let in.
    """
    claim = _claim(tokens, token)
    with scope_at(database, claim.tenant_id, claim.member_id, now) as scope:
        passwords.check_new_password(password, email=_claimed(scope, claim).email)
        scope.session.rollback()
        new_hash = passwords.hashed(password)
        with writing(scope.session) as session:
            found = _claimed(scope, claim)
            found.password_hash = new_hash
            end_sign_ins_of_member(session, found.id, now)
            record(scope, "member.password_changed", after={"member": found.id.hex, "by": "link"})
            return f"{claim.tenant_id.hex}.{enter_as_member(scope, found, device=device)}"


def _claim(tokens: Tokens, token: str) -> MemberClaim:
    claim = tokens.read_member_password(token)
    if claim is None:
        raise Denied(SPENT_LINK)
    return claim


@contextmanager
def scope_at(database: Database, tenant_id: UUID, member_id: UUID | None, now: datetime) -> Iterator[Scope]:
    """`Denied` for a business that is gone or switched off."""
    actor = visitor(Door.CONSOLE) if member_id is None else member(member_id)
    with database.session(tenant_id) as session:
        try:
            scope = Scope(session, facts_of(session), actor, now)
        except Missing:
            raise Denied(SPENT_LINK) from None
        if not scope.tenant.is_active:
            raise Denied(SPENT_LINK)
        yield scope


def _claimed(scope: Scope, claim: MemberClaim) -> Member:
    """The member the link was made for, locked where this is a write transaction."""
    lock = {"key_share": True} if scope.session.is_writing else None
    found = scope.session.get(Member, (scope.tenant.id, claim.member_id), with_for_update=lock)
    if found is None or found.ended_at or found.invited_at or not claim.fits(found.password_hash):
        raise Denied(SPENT_LINK)
    return found

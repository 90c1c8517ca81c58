"""What somebody does who was invited to work for a business: accepts by the mail's link."""

from dataclasses import dataclass
from datetime import datetime

from bookwidget.accounts import limits, passwords
from bookwidget.accounts.actions import SPENT_LINK, enter_as_member
from bookwidget.accounts.member_passwords import scope_at
from bookwidget.accounts.members import Counter
from bookwidget.accounts.team import facts_of
from bookwidget.accounts.tokens import INVITATION_LIFETIME, MemberClaim, Tokens
from bookwidget.events.record import record
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.text import _
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.platform import tenants_of_member
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing


@dataclass(frozen=True)
class Invitation:
    """What the link's page shows."""

    business: str
    name: str
    email: str
    role: str
    is_known: bool
    """Works for another business too, so that password will do."""


def read_invitation(database: Database, tokens: Tokens, token: str, now: datetime) -> Invitation:
    """`Denied` if it is spent, withdrawn or too old. Looking accepts nothing."""
    claim = _claim(tokens, token)
    with scope_at(database, claim.tenant_id, claim.member_id, now) as scope:
        found = _invited(scope, claim)
        shown = (scope.tenant.name, found.name, found.email, found.role)
    return Invitation(*shown, is_known=bool(_known_hashes(database, shown[2])))


def accept_with_new_password(
    database: Database, tokens: Tokens, token: str, password: str, *, device: str, now: datetime
) -> str:
    """Sets the password at this business and opens the console; gives what the browser keeps."""
    claim = _claim(tokens, token)
    with scope_at(database, claim.tenant_id, claim.member_id, now) as scope:
        passwords.check_new_password(password, email=_invited(scope, claim).email)
        scope.session.rollback()
        return _accept(scope, claim, passwords.hashed(password), device)


def accept_with_known_password(
    database: Database, counter: Counter, tokens: Tokens, token: str, password: str, *, device: str, now: datetime
) -> str:
    """The same for who proves to be the one that works for another business: that password opens this one too.

    `Refused("known")` for a wrong password; `TooMany`.
    """
    claim = _claim(tokens, token)
    with scope_at(database, claim.tenant_id, claim.member_id, now) as scope:
        email = _invited(scope, claim).email
        scope.session.rollback()
        counter.count(limits.SIGN_IN_ACCOUNT, email, now)
        fitting = [stored for stored in _known_hashes(database, email) if passwords.matches(stored, password)]
        if not fitting:
            raise Refused("known", _("This is not the password that you log in to the console with."))
        return _accept(scope, claim, fitting[0], device)


def _accept(scope: Scope, claim: MemberClaim, password_hash: str, device: str) -> str:
    with writing(scope.session):
        found = _invited(scope, claim)
        found.password_hash, found.invited_at = password_hash, None
        record(scope, "member.joined", after=facts_of(found))
        return f"{claim.tenant_id.hex}.{enter_as_member(scope, found, device=device)}"


def _known_hashes(database: Database, email: str) -> list[str]:
    return [one.password_hash for one in tenants_of_member(database, email) if one.password_hash]


def _claim(tokens: Tokens, token: str) -> MemberClaim:
    claim = tokens.read_invitation(token)
    if claim is None:
        raise Denied(SPENT_LINK)
    return claim


def _invited(scope: Scope, claim: MemberClaim) -> Member:
    """Who the link was made for, locked where this is a write transaction."""
    lock = {"key_share": True} if scope.session.is_writing else None
    found = scope.session.get(Member, (scope.tenant.id, claim.member_id), with_for_update=lock)
    if found is None or found.ended_at or not found.invited_at or not claim.fits(found.invited_at.isoformat()):
        raise Denied(SPENT_LINK)
    if scope.now - found.invited_at > INVITATION_LIFETIME:
        raise Denied(SPENT_LINK)
    return found

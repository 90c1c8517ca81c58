"""Who works for a business: invited, given another role, ended. Only owners touch owners, and one always remains."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from bookwidget.accounts import limits, rules
from bookwidget.accounts.signing_in import end_sign_ins_of_member
from bookwidget.accounts.store import LOCK_TEAM, TEAM
from bookwidget.accounts.tokens import INVITATION_LIFETIME
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

ROLES = ("owner", "manager", "staff")
LAST_OWNER = _("This is the only owner. Make somebody else an owner first.")
AGAIN_AFTER = timedelta(minutes=1)
"""A second press within it sends no second mail."""


class Colleague(NamedTuple):
    """Somebody of the business, for its owners and managers."""

    id: UUID
    email: str
    name: str
    role: str
    invited_at: datetime | None
    ended_at: datetime | None
    signed_in_at: datetime | None

    @property
    def state(self) -> str:
        """`ended`, `invited` or `active`."""
        return "ended" if self.ended_at else "invited" if self.invited_at else "active"

    def is_expired(self, now: datetime) -> bool:
        """Whether the invitation's link is too old."""
        return self.invited_at is not None and now - self.invited_at > INVITATION_LIFETIME


def list_team(scope: Scope) -> tuple[Colleague, ...]:
    """Everybody, those who have left last; `Denied` for staff."""
    require(scope, Permission.TEAM_CHANGE)
    return tuple(Colleague(*row) for row in scope.session.rows(TEAM))


def invite_member(scope: Scope, *, name: str, email: str, role: str) -> UUID:
    """Sends an invitation by mail; sent twice, it is one. Who has left is invited as somebody new.

    `Refused` under `email` for who is there already.
    """
    name, email = rules.clean_name(name, "name"), rules.clean_email(email)
    check_role(role)
    limits.count_attempt(scope.session, limits.INVITATIONS, scope.tenant.id.hex, scope.now)
    with changing(scope) as team:
        require_for(scope, role)
        found = next((one for one in team.values() if one.email == email), None)
        if found is None:
            found = Member(id=uuid7(), email=email, created_at=scope.now)
            scope.session.add(found)
        elif not found.ended_at:
            if found.invited_at and (found.name, found.role) == (name, role):
                return found.id
            raise Refused("email", _("Somebody with this address is on the team already."))
        found.name, found.role, found.password_hash = name, role, ""
        found.invited_at, found.ended_at, found.signed_in_at = scope.now, None, None
        record(scope, "member.invited", after=facts_of(found))
        return found.id


def invite_again(scope: Scope, member_id: UUID) -> None:
    """Sends the invitation once more; links sent before open nothing from then on."""
    limits.count_attempt(scope.session, limits.INVITATIONS, scope.tenant.id.hex, scope.now)
    with changing(scope) as team:
        found = one_of(team, member_id)
        require_for(scope, found.role)
        if found.ended_at or not found.invited_at:
            raise Missing
        if scope.now - found.invited_at >= AGAIN_AFTER:
            found.invited_at = scope.now
            record(scope, "member.invited", after=facts_of(found))


def change_role(scope: Scope, member_id: UUID, role: str) -> None:
    """Holds from that member's next click. `Refused("role")` for the only owner."""
    check_role(role)
    with changing(scope) as team:
        found = one_of(team, member_id)
        require_for(scope, found.role, role)
        if found.ended_at:
            raise Missing
        if found.role == role:
            return
        refuse_last_owner(team, found)
        before, found.role = found.role, role
        record(scope, "member.role_changed", before={"role": before}, after=facts_of(found))


def end_access(scope: Scope, member_id: UUID) -> None:
    """Withdraws the invitation, or ends the access: all sign-ins end with it. Twice is as once."""
    with changing(scope) as team:
        found = one_of(team, member_id)
        require_for(scope, found.role)
        if found.ended_at:
            return
        refuse_last_owner(team, found)
        kind = "member.invitation_withdrawn" if found.invited_at else "member.ended"
        found.ended_at, found.invited_at, found.password_hash = scope.now, None, ""
        end_sign_ins_of_member(scope.session, found.id, scope.now)
        record(scope, kind, after=facts_of(found))


@contextmanager
def changing(scope: Scope) -> Iterator[dict[UUID, Member]]:
    """A write transaction with the whole team locked, by ids: two owners who end each other come one after the other,
    and what the second one may do is asked after the first one's deed.
    """
    with writing(scope.session) as session:
        team = {one.id: one for one in session.scalars(LOCK_TEAM)}
        require(scope, Permission.TEAM_CHANGE)
        yield team


def require_for(scope: Scope, *roles: str) -> None:
    """Only owners make, change and end owners."""
    if "owner" in roles:
        require(scope, Permission.OWNERS_CHANGE)


def refuse_last_owner(team: dict[UUID, Member], found: Member) -> None:
    owners = [one for one in team.values() if one.role == "owner" and not one.ended_at and not one.invited_at]
    if owners == [found]:
        raise Refused("role", LAST_OWNER)


def one_of(team: dict[UUID, Member], member_id: UUID) -> Member:
    if member_id not in team:
        raise Missing
    return team[member_id]


def check_role(role: str) -> None:
    if role not in ROLES:
        raise Refused("role", _("Choose a role."))


def facts_of(found: Member) -> dict[str, str]:
    return {"member": found.id.hex, "name": found.name, "role": found.role}

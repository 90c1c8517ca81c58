"""Who of the business may do what; deny by default."""

from sqlalchemy import bindparam, select

from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Denied
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.scope import Scope

MANAGERS = frozenset({"owner", "manager"})
EVERYBODY = MANAGERS | {"staff"}
ROLES = {
    Permission.BOOKING_READ: EVERYBODY,
    Permission.BRANDING_CHANGE: MANAGERS,
    Permission.CATALOG_CHANGE: MANAGERS,
    Permission.SETTINGS_CHANGE: MANAGERS,
    Permission.SITES_CHANGE: MANAGERS,
}
ROLE = select(Member.role).where(Member.id == bindparam("member"), Member.ended_at.is_(None))
NOT_YOURS = _("Only owners and managers of the business can do this. Ask one of them.")


def may(role: str, permission: Permission) -> bool:
    """Whether a member of this role may."""
    return role in ROLES.get(permission, ())


def require(scope: Scope, permission: Permission) -> None:
    """`Denied` unless the actor may. The role is read now: who lost it a moment ago has lost it."""
    if scope.actor.kind is ActorKind.SYSTEM:
        return
    role = None
    if scope.actor.kind is ActorKind.MEMBER:
        role = scope.session.scalar(ROLE, {"member": scope.actor.id})
    if role is None or not may(role, permission):
        raise Denied(NOT_YOURS)

"""Who of the business may do what; deny by default."""

from sqlalchemy import bindparam, select

from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Denied
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.scope import Scope

OWNERS = frozenset({"owner"})
MANAGERS = OWNERS | {"manager"}
EVERYBODY = MANAGERS | {"staff"}
ROLES = {
    Permission.BOOKING_READ: EVERYBODY,
    Permission.BRANDING_CHANGE: MANAGERS,
    Permission.CATALOG_CHANGE: MANAGERS,
    Permission.CUSTOMERS_ERASE: MANAGERS,
    Permission.CUSTOMERS_IMPORT: MANAGERS,
    Permission.CUSTOMER_VIEW_AS: MANAGERS,
    Permission.HISTORY_READ: MANAGERS,
    Permission.NUMBERS_READ: MANAGERS,
    Permission.OWNERS_CHANGE: OWNERS,
    Permission.SETTINGS_CHANGE: MANAGERS,
    Permission.SITES_CHANGE: MANAGERS,
    Permission.TEAM_CHANGE: MANAGERS,
}
WORDS = {
    Permission.BOOKING_READ: _("Bookings and customers: see, make, change, cancel"),
    Permission.BRANDING_CHANGE: _("Name, logo and colours"),
    Permission.CATALOG_CHANGE: _("Services, dates, hours, people, locations and questions"),
    Permission.CUSTOMERS_ERASE: _("Close accounts for good: without a name, or without a trace"),
    Permission.CUSTOMERS_IMPORT: _("Import customers and bookings from files"),
    Permission.CUSTOMER_VIEW_AS: _("See the widgets as a customer sees them, without changing anything"),
    Permission.HISTORY_READ: _("History of everything that happened"),
    Permission.NUMBERS_READ: _("Numbers: bookings, no-shows, occupancy and booked value"),
    Permission.OWNERS_CHANGE: _("Make somebody an owner, change and end owners"),
    Permission.SETTINGS_CHANGE: _("Settings"),
    Permission.SITES_CHANGE: _("Websites that may show the widgets"),
    Permission.TEAM_CHANGE: _("Team: invite, change and end managers and staff"),
}
"""What each permission of `ROLES` is called on the team's page."""
ROLE = select(Member.role).where(Member.id == bindparam("member"), Member.ended_at.is_(None))
NOT_YOURS = _("Only owners and managers of the business can do this. Ask one of them.")
FOR_OWNERS = _("Only owners of the business can do this. Ask one of them.")


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
        raise Denied(not_yours(permission))


def not_yours(permission: Permission) -> Text:
    """Whom to ask instead."""
    return FOR_OWNERS if ROLES.get(permission) == OWNERS else NOT_YOURS

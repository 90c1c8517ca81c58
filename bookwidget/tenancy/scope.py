"""What an action is given: whose data, who acts, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bookwidget.kernel.actors import Actor
from bookwidget.tenancy.session import TenantSession
from bookwidget.tenancy.settings import Settings


@dataclass(frozen=True, eq=False)
class TenantFacts:
    """The tenant as read once for a request or a job; actions do not read it again.

    It is equal to itself only. As long as its row says the same it is the same object (`actions.facts_from`), so what
    was made of it, such as its look, can be kept by it.
    """

    id: UUID
    slug: str
    name: str
    is_active: bool
    locale: str
    timezone: str
    currency: str
    email: str
    phone: str
    theme: str
    branding: Mapping[str, Any]
    portal: Mapping[str, Any]
    plan: str
    settings: Settings

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Scope:
    """The first argument of every action."""

    session: TenantSession
    tenant: TenantFacts
    actor: Actor
    now: datetime
    """Aware UTC; the one instant of the whole action."""

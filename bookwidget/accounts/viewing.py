"""Somebody of the business looks at a customer's pages as the customer sees them; the customer can read who and when.

No sign-in row is made: the member's own sign-in at the console opens the pages, as long as the last event says that
the member looks at this customer. So nothing of the customer's is touched, and what ends the one ends the other.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from bookwidget.accounts.actions import own_id
from bookwidget.accounts.customers import BLOCKED, locked
from bookwidget.accounts.store_viewing import ENDED, LATEST, VIEWED, VIEWS
from bookwidget.events.record import record
from bookwidget.kernel.errors import Denied
from bookwidget.kernel.permissions import Permission
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing

LASTS = timedelta(minutes=15)
MOST_SHOWN = 50


class RunningView(NamedTuple):
    since: datetime
    customer_id: UUID
    email: str
    given_name: str
    family_name: str
    locale: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def until(self) -> datetime:
        return self.since + LASTS


class PastView(NamedTuple):
    """What a customer reads."""

    at: datetime
    member: str


def begin_view(scope: Scope, customer_id: UUID) -> None:
    """Lets the acting member look for `LASTS`; pressed twice, it is one. Event: `customer.viewed`.

    `Missing`; `Denied` for who may not, and where the customer is blocked and so sees nothing.
    """
    with writing(scope.session):
        require(scope, Permission.CUSTOMER_VIEW_AS)
        customer = locked(scope, customer_id)
        if customer.is_blocked:
            raise Denied(BLOCKED)
        if find_view(scope.session, customer_id, scope.actor.id, scope.now) is None:
            record(scope, VIEWED, customer_id=customer_id)


def end_view(scope: Scope, customer_id: UUID) -> None:
    """Ends it before its time; twice is as once. Raises `Missing`. Event: `customer.view_ended`."""
    with writing(scope.session):
        locked(scope, customer_id)
        if find_view(scope.session, customer_id, scope.actor.id, scope.now) is not None:
            record(scope, ENDED, customer_id=customer_id)


def find_view(session: TenantSession, customer_id: UUID, member_id: UUID | None, now: datetime) -> RunningView | None:
    """What this member looks at; None if it is over, was ended, or the customer is blocked meanwhile."""
    values = {"customer": customer_id, "member": member_id, "since": now - LASTS}
    row = session.rows(LATEST, values).one_or_none()
    if row is None:
        return None
    kind, at, *details, is_blocked = row
    return RunningView(at, *details) if kind == VIEWED and not is_blocked else None


def list_views(scope: Scope) -> tuple[PastView, ...]:
    """Who of the business looked at the acting customer's pages, the latest first. `Denied` for everybody else."""
    values = {"customer": own_id(scope), "size": MOST_SHOWN}
    return tuple(PastView(*row) for row in scope.session.rows(VIEWS, values))

"""Requests to close an account, and what ends with an account, inside the caller's write transaction."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bookwidget.accounts import store_personal as store
from bookwidget.accounts.models import Customer
from bookwidget.accounts.signing_in import end_sign_ins_of
from bookwidget.kernel.errors import Missing
from bookwidget.tenancy.scope import Scope

OPEN, APPROVED, REFUSED, WITHDRAWN = "open", "approved", "refused", "withdrawn"
CLOSED, ANONYMISE, ERASE, ANONYMISED = "closed", "anonymise", "erase", "anonymised"
FOR_GOOD = (ANONYMISE, ERASE, ANONYMISED)
"""No way back from these."""


class AskedFor(NamedTuple):
    """A request to close an account, as staff see it."""

    id: UUID
    customer_id: UUID
    given_name: str
    family_name: str
    email: str
    reason: str
    asked_at: datetime
    state: str
    answer: str
    """Why it was refused."""
    decided_at: datetime | None

    @property
    def customer(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email


def list_closure_requests(scope: Scope) -> tuple[AskedFor, ...]:
    """The open ones, the oldest first, then those that were decided last. `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    return tuple(AskedFor(*row) for row in scope.session.rows(store.REQUESTS))


def read_closure_request(scope: Scope, request_id: UUID) -> AskedFor:
    """`Missing` for all but staff."""
    row = scope.session.rows(store.REQUEST, {"request": request_id}).one_or_none()
    if row is None or not scope.actor.is_staff:
        raise Missing
    return AskedFor(*row)


def asked_to_close_at(scope: Scope, customer_id: UUID) -> datetime | None:
    """When the request was made that nobody has decided yet; None without one."""
    row = scope.session.rows(store.OPEN_REQUEST, {"customer": customer_id}).one_or_none()
    return row.asked_at if row else None


def decide(scope: Scope, customer_id: UUID, state: str, answer: str = "") -> None:
    """About the customer's open request, if there is one."""
    values = {"of": customer_id, "decided": state, "why": answer, "now": scope.now}
    scope.session.rows(store.DECIDE, values)


def lock_out(scope: Scope, customer: Customer, how: str) -> None:
    """Ends log-in of a locked customer, everywhere and for as long as the account is closed."""
    customer.closing, customer.is_blocked, customer.password_hash = how, True, ""
    customer.version += 1
    end_sign_ins_of(scope.session, customer.id, scope.now)
    decide(scope, customer.id, APPROVED)

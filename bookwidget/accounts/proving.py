"""That whoever is logged in knows the password, too: asked before anything that would shut the customer out."""

from typing import NamedTuple
from uuid import UUID

from bookwidget.accounts import limits, passwords
from bookwidget.accounts.models import Customer
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope

WRONG_PASSWORD: Text = _("This is not your current password.")


class Proven(NamedTuple):
    """What stood when the password was right; the change itself looks whether it still does."""

    password_hash: str
    email: str


def prove(scope: Scope, customer_id: UUID, typed: str, *, field: str = "password") -> Proven:
    """`Refused(field, …)` unless that is the customer's password; `TooMany`, counted before. Ends the transaction."""
    limits.count_attempt(scope.session, limits.SIGN_IN_ACCOUNT, customer_id.hex, scope.now)
    customer = scope.session.get_one(Customer, (scope.tenant.id, customer_id))
    found = Proven(customer.password_hash, customer.email)
    scope.session.rollback()  # no transaction stays open while hashing
    if not passwords.matches(found.password_hash, typed):
        raise Refused(field, WRONG_PASSWORD)
    return found

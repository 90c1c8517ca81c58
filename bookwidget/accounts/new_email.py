"""A customer's new e-mail: asked for with the password, theirs only once its own mailbox has said so."""

from bookwidget.accounts import limits, rules
from bookwidget.accounts.actions import SPENT_LINK, own_id
from bookwidget.accounts.models import Customer
from bookwidget.accounts.proving import prove
from bookwidget.accounts.settings import EMAIL_EDITABLE
from bookwidget.accounts.store import CREDENTIALS
from bookwidget.accounts.tokens import EmailClaim, Tokens
from bookwidget.events.record import record
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import flush_unless_taken, writing

TAKEN = _("This email belongs to another customer here. Please contact us.")


def may_change_email(scope: Scope) -> bool:
    return scope.tenant.settings[EMAIL_EDITABLE]


def ask_for_new_email(scope: Scope, typed: str, password: str) -> str:
    """Has a link sent to the new address; the address. Whether somebody else has it, only its mailbox learns.

    Raises `Denied`, `TooMany`, `Refused` under `email` or `password`. Event: `customer.email_asked`.
    """
    customer_id = own_id(scope)
    if not may_change_email(scope):
        raise Denied(_("Please contact us to change this."))
    email = rules.clean_email(typed)
    if email == prove(scope, customer_id, password).email:
        raise Refused("email", _("This is your email already."))
    limits.count_attempt(scope.session, limits.RESET_ACCOUNT, email, scope.now)
    with writing(scope.session):
        record(scope, "customer.email_asked", customer_id=customer_id, after={"email": email})
    return email


def open_new_email(scope: Scope, tokens: Tokens, token: str) -> str:
    """The address that the link is for; empty if it may not be used any more. Looking spends nothing."""
    claim = tokens.read_new_email(scope.tenant.id, token)
    customer = scope.session.get(Customer, (scope.tenant.id, claim.customer_id)) if claim else None
    return claim.email if claim and fits(claim, customer) else ""


def confirm_new_email(scope: Scope, tokens: Tokens, token: str) -> str:
    """From now on it is the one to log in with; a mark that mail came back is gone. Gives it. The second press is
    answered like the first.

    `Denied` for a link that is spent or an address that is taken. Event: `customer.email_changed`.
    """
    claim = tokens.read_new_email(scope.tenant.id, token)
    with writing(scope.session) as session:
        key = (scope.tenant.id, claim.customer_id) if claim else None
        customer = session.get(Customer, key, with_for_update=True) if key else None
        if claim and customer and customer.email == claim.email:
            return claim.email
        if claim is None or customer is None or not fits(claim, customer):
            raise Denied(SPENT_LINK)
        if session.rows(CREDENTIALS, {"email": claim.email}).one_or_none() is not None:
            raise Denied(TAKEN)
        before = {"email": customer.email, "has_bounced": customer.bounced_at is not None}
        customer.email, customer.email_proven_at = claim.email, scope.now
        customer.bounced_at, customer.bounced_why = None, ""
        customer.version += 1
        if not flush_unless_taken(session):
            raise Denied(TAKEN)
        record(scope, "customer.email_changed", customer_id=customer.id, before=before)
    return claim.email


def fits(claim: EmailClaim, customer: Customer | None) -> bool:
    return customer is not None and not customer.is_blocked and claim.fits(customer.email)

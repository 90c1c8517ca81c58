"""People who book without an account. Nothing here says whether somebody is a customer already."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bookwidget.accounts import limits, rules
from bookwidget.accounts.models import Customer
from bookwidget.accounts.settings import SIGN_IN_REQUIRED_TO_BOOK
from bookwidget.accounts.store import CREDENTIALS, LOCK_CUSTOMER, RESET_ASKED, put_customer
from bookwidget.events.record import record
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

SAME_CLICK = timedelta(minutes=1)


@dataclass(frozen=True)
class Guest:
    """What somebody says of themselves."""

    email: str
    given_name: str
    family_name: str = ""
    phone: str = ""


def cleaned(scope: Scope, guest: Guest) -> Guest:
    """The details as they are stored; `Refused` under the field's name."""
    return Guest(
        rules.clean_email(guest.email),
        rules.clean_name(guest.given_name, "given_name"),
        rules.clean_name(guest.family_name, "family_name", required=False),
        rules.clean_phone(guest.phone, "phone", region=rules.region_of(scope.tenant.locale)),
    )


def guest_problems(scope: Scope, guest: Guest) -> list[Refused]:
    """Everything that is wrong in the details, each under its field."""
    region = rules.region_of(scope.tenant.locale)
    checks: list[Callable[[], str]] = [
        lambda: rules.clean_email(guest.email),
        lambda: rules.clean_name(guest.given_name, "given_name"),
        lambda: rules.clean_name(guest.family_name, "family_name", required=False),
        lambda: rules.clean_phone(guest.phone, "phone", region=region),
    ]
    wrong = []
    for check in checks:
        try:
            check()
        except Refused as refused:
            wrong.append(refused)
    return wrong


def customer_of_guest(scope: Scope, guest: Guest) -> UUID:
    """The customer with this e-mail, made if there is none, inside the open write transaction.

    Of one that exists nothing is changed: whoever types an address has not proven that it is theirs.
    `Denied` where the business wants people to log in, or has blocked this one.
    """
    if scope.tenant.settings[SIGN_IN_REQUIRED_TO_BOOK]:
        raise Denied(_("Please log in to book."))
    put_customer(scope.session, email=guest.email, given_name=guest.given_name, family_name=guest.family_name,
                 phone=guest.phone, created_at=scope.now)  # fmt: skip
    customer_id, _password, is_blocked = scope.session.rows(CREDENTIALS, {"email": guest.email}).one()
    if is_blocked:
        raise Denied(_("This cannot be booked online. Please contact us."))
    found: UUID = customer_id
    return found


RESET, INVITED = "password.reset_requested", "customer.invited"
"""Events that a mail with a link to set a password follows."""


def offer_password(scope: Scope, customer_id: UUID, *, address: str, kind: str = RESET) -> None:
    """Asks for the mail by which a customer sets a password. Whether they have one makes no difference.

    Within a minute it is the same click. Raises `Missing`, `TooMany`. Event: `kind`.
    """
    customer = scope.session.get(Customer, (scope.tenant.id, customer_id))
    if customer is None:
        raise Missing
    email = customer.email
    limits.count_attempt(scope.session, limits.RESET_ADDRESS, address, scope.now)
    if asked_just_now(scope, customer_id):
        return
    limits.count_attempt(scope.session, limits.RESET_ACCOUNT, email, scope.now)
    with writing(scope.session):
        scope.session.rows(LOCK_CUSTOMER, {"customer": customer_id})
        if not asked_just_now(scope, customer_id):
            record(scope, kind, customer_id=customer_id)


def asked_just_now(scope: Scope, customer_id: UUID) -> bool:
    """Whether such a mail is on its way already: a second click asks for no second one."""
    values = {"customer": customer_id, "since": scope.now - SAME_CLICK}
    return scope.session.rows(RESET_ASKED, values).first() is not None

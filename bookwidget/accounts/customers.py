"""Customers as staff find, add and change them."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bookwidget.accounts import store
from bookwidget.accounts.actions import CHANGED_MEANWHILE, OpenSignIn, open_sign_ins
from bookwidget.accounts.closing import CLOSED, FOR_GOOD
from bookwidget.accounts.guests import INVITED, RESET, Guest, cleaned, offer_password
from bookwidget.accounts.models import Customer
from bookwidget.accounts.signing_in import end_sign_ins_of
from bookwidget.events.record import record
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.lines import like_pattern
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import flush_unless_taken, writing

BLOCKED = _("This customer is blocked. Unblock them first.")
TAKEN = _("There is a customer with this email already. Look for them instead.")
PAGE = 25
MOST_PAGES = 100_000
"""Beyond this there is nothing: numbers in addresses are typed by anybody, and databases have a largest one."""
FEWEST_DIGITS = 3
"""Of a telephone number that is looked for."""


class DeskCustomer(NamedTuple):
    """A customer as staff know them."""

    id: UUID
    given_name: str
    family_name: str
    email: str
    phone: str
    """E.164, or empty."""
    has_account: bool
    is_blocked: bool
    version: int
    """Of the row; a form sends it back."""
    created_at: datetime
    bounced_at: datetime | None
    """When a mail to this address was refused; None: never."""
    bounced_why: str
    """The code."""
    closing: str
    """As `Customer.closing`."""

    @property
    def is_closed(self) -> bool:
        """They closed their account; it can be opened again."""
        return self.closing == CLOSED

    @property
    def is_gone(self) -> bool:
        """The account is closed for good."""
        return self.closing in FOR_GOOD

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class CustomerStep(NamedTuple):
    """Something that happened to a customer apart from bookings."""

    kind: str
    """Of the event."""
    at: datetime
    by: str
    """The kind of actor."""
    member: str
    """Name of the member who did it, if it was one."""


@dataclass(frozen=True)
class CustomerPage:
    rows: tuple[DeskCustomer, ...]
    page: int
    has_more: bool


def find_customers(scope: Scope, text: str, page: int = 1) -> CustomerPage:
    """Customers with these words in name (either of its parts first) or e-mail, or these digits in the telephone
    number, by name; all without words. One statement. `Missing` for everybody but staff.
    """
    if not scope.actor.is_staff:
        raise Missing
    typed, number = like_pattern(" ".join(text.replace(",", " ").split())), min(max(1, page), MOST_PAGES)
    values: dict[str, object] = {"size": PAGE + 1, "skip": (number - 1) * PAGE}
    if typed:
        values |= {"typed": typed, "lowered": typed.lower(), "digits": digits_of(text) or typed}
    rows = scope.session.rows(store.DESK_FOUND if typed else store.DESK_PAGE, values).all()
    return CustomerPage(tuple(DeskCustomer(*row) for row in rows[:PAGE]), number, len(rows) > PAGE)


def digits_of(text: str) -> str:
    """For LIKE on a number in E.164: what is typed as at home has a zero in place of the country."""
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit()).lstrip("0")
    return f"%{digits}%" if len(digits) >= FEWEST_DIGITS else ""


def read_customer(scope: Scope, customer_id: UUID) -> DeskCustomer:
    """`Missing` for everybody but staff."""
    row = scope.session.rows(store.DESK_CUSTOMER, {"customer": customer_id}).one_or_none()
    if row is None or not scope.actor.is_staff:
        raise Missing
    return DeskCustomer(*row)


def list_customer_steps(scope: Scope, customer_id: UUID) -> tuple[CustomerStep, ...]:
    """The latest ones, latest first; `Missing` for everybody but staff."""
    if not scope.actor.is_staff:
        raise Missing
    return tuple(CustomerStep(*row) for row in scope.session.rows(store.CUSTOMER_LOG, {"customer": customer_id}))


def list_sign_ins_of(scope: Scope, customer_id: UUID) -> tuple[OpenSignIn, ...]:
    """Where a customer is logged in, the last used first; `Missing` for everybody but staff."""
    if not scope.actor.is_staff:
        raise Missing
    return open_sign_ins(scope, customer_id)


def add_customer(scope: Scope, new: Guest, customer_id: UUID) -> UUID:
    """A customer without a password; the id, which is the form's: sent twice, it is one customer.

    Raises `Missing`, `Refused` under the field's name. Event: `customer.added`.
    """
    clean = cleaned(scope, new)
    with writing(scope.session):
        if scope.session.rows(store.DESK_CUSTOMER, {"customer": customer_id}).one_or_none() is not None:
            return customer_id
        return put_new_customer(scope, clean, customer_id)


def put_new_customer(scope: Scope, new: Guest, customer_id: UUID | None = None) -> UUID:
    """A customer with these details, which were cleaned, inside the open write transaction; the id.

    `Missing` for everybody but staff; `Refused("email", …)` if there is one with this e-mail. Event: `customer.added`.
    """
    if not scope.actor.is_staff:
        raise Missing
    check_free(scope, new.email, None)
    id = customer_id or uuid7()
    if not store.put_customer(scope.session, id=id, **vars(new), created_at=scope.now):
        check_free(scope, new.email, id)
        return id  # the same form, sent twice at once
    record(scope, "customer.added", customer_id=id)
    return id


def change_customer(scope: Scope, customer_id: UUID, wanted: Guest, *, version: int) -> bool:
    """Saves the same details that customers see in their profile; gives whether anything changed. A new e-mail is the
    new name to log in with, and not proven yet.

    Raises `Missing`, `Refused` under the field's name, `Refused("version", …)` if somebody else was faster. Event:
    `customer.updated`.
    """
    clean = cleaned(scope, wanted)
    with writing(scope.session):
        customer = locked(scope, customer_id)
        if customer.closing in FOR_GOOD:
            raise Denied(_("This account is closed for good."))
        changed = {name: value for name, value in vars(clean).items() if getattr(customer, name) != value}
        if not changed:
            return False
        if customer.version != version:
            raise Refused("version", CHANGED_MEANWHILE)
        if "email" in changed:
            check_free(scope, clean.email, customer_id)
            customer.email_proven_at = customer.bounced_at = None
            customer.bounced_why = ""
        for name, value in changed.items():
            setattr(customer, name, value)
        customer.version += 1
        if not flush_unless_taken(scope.session):
            raise Refused("email", TAKEN)
        record(scope, "customer.updated", customer_id=customer_id, after={"fields": sorted(changed)})
    return True


def block_customer(scope: Scope, customer_id: UUID, *, is_blocked: bool) -> None:
    """Who is blocked is logged out, and neither logs in nor books online; bookings stay. Also the other way round.

    An account that was closed on request is open again. Raises `Missing`, `Denied` for one that is closed for good.
    Event: `customer.blocked` or `customer.unblocked`, none if nothing changes.
    """
    with writing(scope.session) as session:
        customer = locked(scope, customer_id)
        if customer.is_blocked is is_blocked:
            return
        if customer.closing in FOR_GOOD:
            raise Denied(_("This account is closed for good."))
        customer.is_blocked, customer.closing = is_blocked, ""
        customer.version += 1
        if is_blocked:
            end_sign_ins_of(session, customer_id, scope.now)
        record(scope, "customer.blocked" if is_blocked else "customer.unblocked", customer_id=customer_id)


def invite_customer(scope: Scope, customer_id: UUID, *, address: str) -> None:
    """Invites who has no password, and sends others a link to set a new one; pressed twice, it is one mail.

    Raises `Missing`, `Denied` for who is blocked, `TooMany`. Event: `customer.invited` or `password.reset_requested`.
    """
    customer = read_customer(scope, customer_id)
    if customer.is_blocked:
        raise Denied(BLOCKED)
    offer_password(scope, customer_id, address=address, kind=RESET if customer.has_account else INVITED)


def locked(scope: Scope, customer_id: UUID) -> Customer:
    """`Missing` for everybody but staff."""
    key = (scope.tenant.id, customer_id)
    customer = scope.session.get(Customer, key, with_for_update=True) if scope.actor.is_staff else None
    if customer is None:
        raise Missing
    return customer


def check_free(scope: Scope, email: str, own_id: UUID | None) -> None:
    row = scope.session.rows(store.CREDENTIALS, {"email": email}).one_or_none()
    if row is not None and row[0] != own_id:
        raise Refused("email", TAKEN)

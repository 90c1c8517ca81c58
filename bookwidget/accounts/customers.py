"""Customers as staff find and add them."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from bookwidget.accounts import store
from bookwidget.accounts.guests import Guest
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.lines import like_pattern
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope

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

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class CustomerPage:
    rows: tuple[DeskCustomer, ...]
    page: int
    has_more: bool


def find_customers(scope: Scope, text: str, page: int = 1) -> CustomerPage:
    """Customers with these words in name or e-mail, or these digits in the telephone number, by name; all without
    words. One statement. `Missing` for everybody but staff.
    """
    if not scope.actor.is_staff:
        raise Missing
    typed, number = like_pattern(text), min(max(1, page), MOST_PAGES)
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


def put_new_customer(scope: Scope, new: Guest) -> UUID:
    """A customer with these details, which were cleaned, inside the open write transaction; the id.

    `Missing` for everybody but staff; `Refused("email", …)` if there is one with this e-mail. Event: `customer.added`.
    """
    if not scope.actor.is_staff:
        raise Missing
    if scope.session.rows(store.CREDENTIALS, {"email": new.email}).one_or_none() is not None:
        raise Refused("email", _("There is a customer with this email already. Look for them instead."))
    store.put_customer(scope.session, **vars(new), created_at=scope.now)
    added: UUID = scope.session.rows(store.CREDENTIALS, {"email": new.email}).one()[0]
    record(scope, "customer.added", customer_id=added)
    return added

"""Closing a customer's account: asked for and approved, or at once; and the log-in, links and lines that end with it.

What is to come must be cancelled first, by the rules for that: closing an account is no way round a deadline or a fee.
What goes afterwards goes by a job (`notices/forgetting.py`), which may be killed anywhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from bookwidget.accounts.actions import own_id
from bookwidget.accounts.closing import (
    ANONYMISE,
    APPROVED,
    CLOSED,
    ERASE,
    OPEN,
    REFUSED,
    WITHDRAWN,
    asked_to_close_at,
    decide,
    lock_out,
    read_closure_request,
)
from bookwidget.accounts.customers import DeskCustomer, locked, read_customer
from bookwidget.accounts.models import ClosureRequest, Customer
from bookwidget.accounts.proving import WRONG_PASSWORD, prove
from bookwidget.accounts.settings import CLOSING, CLOSING_ALLOWED
from bookwidget.bookings import store_feeds, store_waiting
from bookwidget.bookings import store_personal as store
from bookwidget.bookings.rules import checked_text
from bookwidget.events.record import enqueue, record
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _, n_
from bookwidget.schedule.actions import drop_hold, lock_occurrences
from bookwidget.schedule.claims import forget_places
from bookwidget.schedule.rules import local_day
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

FORGET = "customer.forget"
"""The kind of the job that removes what is known of a closed account."""
MAX_REASON = 500
MAILS_FIRST = timedelta(seconds=10)
"""So long at least, what was done just before can still be told."""
DECIDED: Text = _("Somebody else has decided this request in the meantime.")


@dataclass(frozen=True)
class Closing:
    """How the acting customer's account can be closed. What a page does not ask is not looked up."""

    scope: Scope
    how: str
    """`approval`, `anonymise` or `erase`."""

    @cached_property
    def upcoming(self) -> int:
        """Bookings that stand in the way."""
        return count_upcoming(self.scope, own_id(self.scope))

    @cached_property
    def asked_at(self) -> datetime | None:
        """They have asked, and nobody has decided."""
        return asked_to_close_at(self.scope, own_id(self.scope))

    @property
    def is_asked(self) -> bool:
        """The business has to approve."""
        return self.how == "approval"


def read_closing(scope: Scope) -> Closing | None:
    """None where the business does not let customers close their account. Raises `Denied` for all but customers."""
    own_id(scope)  # whoever asks is a customer
    settings = scope.tenant.settings
    return Closing(scope, settings[CLOSING]) if settings[CLOSING_ALLOWED] else None


def close_account(scope: Scope, password: str, *, reason: str = "") -> Closing:
    """Asks for it, or does it and logs out everywhere; as the business has it. Twice is as once.

    Raises `Denied`, `TooMany`, `Refused("password", "reason" or "", …)`. Event: `customer.closing_asked` or
    `customer.closed`.
    """
    customer_id, why = own_id(scope), checked_text("reason", reason, MAX_REASON)
    proven = prove(scope, customer_id, password)
    with writing(scope.session) as session:
        closing = read_closing(scope)
        customer = session.get_one(Customer, (scope.tenant.id, customer_id), with_for_update=True)
        if closing is None or customer.closing:
            raise Denied(_("Accounts are not closed here. Please contact us."))
        if customer.password_hash != proven.password_hash:
            raise Refused("password", WRONG_PASSWORD)
        if not closing.is_asked:
            shut(scope, customer, closing.how)
        elif asked_to_close_at(scope, customer_id) is None:
            session.add(ClosureRequest(customer_id=customer_id, reason=why, asked_at=scope.now))
            record(scope, "customer.closing_asked", customer_id=customer_id, after={"reason": why})
    return closing


def withdraw_closing(scope: Scope) -> None:
    """The customer thinks better of it; without a request nothing changes. Event: `customer.closing_withdrawn`."""
    customer_id = own_id(scope)
    with writing(scope.session) as session:
        session.get_one(Customer, (scope.tenant.id, customer_id), with_for_update=True)
        if asked_to_close_at(scope, customer_id) is not None:
            decide(scope, customer_id, WITHDRAWN)
            record(scope, "customer.closing_withdrawn", customer_id=customer_id)


def decide_closing(scope: Scope, request_id: UUID, *, is_approved: bool, answer: str = "") -> None:
    """Approved, log-in ends and all else stays; refused, the customer reads why. The same word twice is as once.

    Raises `Missing`, `Refused("answer" or "", …)`. Event: `customer.closed` or `customer.closing_refused`.
    """
    why = checked_text("answer", answer, MAX_REASON)
    with writing(scope.session):
        customer = locked(scope, read_closure_request(scope, request_id).customer_id)
        request, wanted = read_closure_request(scope, request_id), APPROVED if is_approved else REFUSED
        if request.state == wanted:
            return
        if request.state != OPEN:
            raise Refused("", DECIDED)
        if is_approved:
            shut(scope, customer, CLOSED)
            return
        if not why:
            raise Refused("answer", _("Please say why: the customer reads it."))
        decide(scope, customer.id, REFUSED, why)
        record(scope, "customer.closing_refused", customer_id=customer.id, after={"reason": why})


def forget_customer(scope: Scope, customer_id: UUID, how: str, *, typed: str) -> None:
    """Staff close an account for good, typing the customer's name (or email, without one). Twice is as once.

    Raises `Denied`, `Missing`, `Refused("how", "typed" or "", …)`. Event: `customer.closed`.
    """
    if how not in (ANONYMISE, ERASE):
        raise Refused("how", _("Choose one of the listed values."))
    with writing(scope.session):
        require(scope, Permission.CUSTOMERS_ERASE)
        customer = locked(scope, customer_id)
        if customer.closing == how:
            return
        if " ".join(typed.split()).casefold() != confirmation(read_customer(scope, customer_id)).casefold():
            raise Refused("typed", _("This is not the name of the customer."))
        shut(scope, customer, how)


def confirmation(customer: DeskCustomer) -> str:
    """What has to be typed."""
    return " ".join(customer.name.split()) or customer.email


def shut(scope: Scope, customer: Customer, how: str) -> None:
    """Of a locked customer, inside the open write transaction. `Refused("", …)` while something is to come."""
    id = customer.id
    if customer.closing in (ANONYMISE, ERASE):
        raise Missing
    upcoming = count_upcoming(scope, id)
    if upcoming:
        raise Refused("", in_the_way(upcoming))
    lock_out(scope, customer, how)
    leave_lines(scope, id)
    scope.session.rows(store_feeds.END_FEED, {"of": id})
    scope.session.rows(store.END_ALL_LINKS, {"customer": id})
    scope.session.rows(store.END_SERIES, {"customer": id, "today": local_day(scope.now, scope.tenant.zone)})
    record(scope, "customer.closed", customer_id=id, after={"how": how})
    if how != CLOSED:
        undo_until = scope.session.rows(store.UNDO_UNTIL, {"customer": id}).scalar_one()
        payload = {"customer": id.hex, "how": how}
        due_at = max(scope.now + MAILS_FIRST, undo_until or scope.now)
        enqueue(scope.session, FORGET, uuid7().hex, payload, now=scope.now, due_at=due_at)


def count_upcoming(scope: Scope, customer_id: UUID) -> int:
    """Bookings that are not over."""
    number: int = scope.session.rows(store.UPCOMING, {"customer": customer_id, "now": scope.now}).scalar_one()
    return number


def in_the_way(upcoming: int) -> Text:
    return n_(
        "%(n)s booking is still to come. Cancel it first.",
        "%(n)s bookings are still to come. Cancel them first.",
        upcoming,
    )


def leave_lines(scope: Scope, customer_id: UUID) -> None:
    """What was offered to them goes to the next in line."""
    entries = scope.session.rows(store.WAITS_FOR, {"customer": customer_id}).all()
    lock_occurrences(scope, *(row.occurrence_id for row in entries))
    for row in entries:
        mine = {"entry": row.id, "customer": customer_id}
        entry = scope.session.rows(store_waiting.ENTRY, mine).one_or_none()
        if entry is None:
            continue
        scope.session.rows(store_waiting.LEAVE, mine)
        record(scope, "waitlist.left", customer_id=customer_id, before={"occurrence": str(row.occurrence_id)})
        if entry.offer_hold_id is not None:
            drop_hold(scope, entry.offer_hold_id)


def free_for_good(scope: Scope, customer_id: UUID) -> None:
    """Before bookings are erased: places are counted without them, and appointments go, which nobody else has."""
    whose = {"customer": customer_id}
    alone = scope.session.rows(store.ALONE, whose).all()
    seats = {row[0]: row[1] for row in scope.session.rows(store.SEATS, whose)}
    forget_places(scope, [row.provider_id for row in alone], seats, [row.id for row in alone])

"""Statements on members who look at a customer's pages as the customer sees them."""

from sqlalchemy import bindparam, select

from bookwidget.accounts.models import Customer
from bookwidget.accounts.store import CUSTOMER_COLUMNS
from bookwidget.events.models import Event
from bookwidget.tenancy.models import Member

VIEWED, ENDED = "customer.viewed", "customer.view_ended"

# What this member did last about viewing this customer.
LATEST = (
    select(Event.kind, Event.at, *CUSTOMER_COLUMNS)
    .select_from(Event)
    .join(Customer, Customer.id == Event.customer_id)
    .where(
        Event.customer_id == bindparam("customer"),
        Event.at > bindparam("since"),
        Event.actor_kind == "member",
        Event.actor_id == bindparam("member"),
        Event.kind.in_((VIEWED, ENDED)),
    )
    .order_by(Event.at.desc(), Event.id.desc())
    .limit(1)
)
VIEWS = (
    select(Event.at, Member.name)
    .select_from(Event)
    .join(Member, Member.id == Event.actor_id)
    .where(Event.customer_id == bindparam("customer"), Event.kind == VIEWED)
    .order_by(Event.at.desc(), Event.id.desc())
    .limit(bindparam("size"))
)

"""Addresses that refuse mail: marked when the mail server says so, or when a mail comes back afterwards."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

from bookwidget.accounts.models import Customer
from bookwidget.events.record import record
from bookwidget.kernel.actors import Door, system
from bookwidget.kernel.ids import parse_uuid
from bookwidget.notices.kinds import CUSTOMER
from bookwidget.notices.store import BOUNCED
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

OURS = re.compile(r"<([0-9a-f]{32})@")
PERMANENT = re.compile(r"5\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Bounce:
    """What a delivery status notification (RFC 3464) says of a mail of ours."""

    message_id: UUID
    status: str
    """Such as `5.1.1`."""


def read_bounce(data: bytes) -> Bounce | None:
    """None for what is no notice of a final failure, or of no mail of ours."""
    report = message_from_bytes(data, policy=policy.default)
    status, ids = "", []
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():
                if isinstance(block, EmailMessage) and str(block.get("Action", "")).strip().lower() == "failed":
                    status = str(block.get("Status", "")).strip()
        elif part is not report and part.get("Message-ID"):
            ids += OURS.findall(str(part["Message-ID"]))
        elif part.get_content_type() == "text/rfc822-headers":
            ids += OURS.findall(str(part.get_content()))
    id = parse_uuid(ids[0]) if ids else None
    return Bounce(id, status) if id and PERMANENT.fullmatch(status) else None


def note_bounce(database: Database, bounce: Bounce, now: datetime) -> bool:
    """Marks the customer's address, if it is still the one that the mail went to; whether it did."""
    with database.all_tenants("a mail came back") as connection:
        row = connection.execute(BOUNCED, {"bounced_message": bounce.message_id}).one_or_none()
    if row is None or row.recipient != CUSTOMER or row.customer_id is None:
        return False
    with database.session(row.tenant_id) as session:
        scope = Scope(session, facts_of(session), system(Door.COMMAND), now)
        return mark_address(scope, row.customer_id, row.address, bounce.status)


def mark_address(scope: Scope, customer_id: UUID, address: str, why: str) -> bool:
    """Event: `customer.bounced`, none if the customer has another address by now or it is marked already."""
    with writing(scope.session) as session:
        customer = session.get(Customer, (scope.tenant.id, customer_id), with_for_update=True)
        if customer is None or customer.email != address or customer.bounced_at is not None:
            return False
        customer.bounced_at, customer.bounced_why = scope.now, why[:20]
        record(scope, "customer.bounced", customer_id=customer_id, after={"why": why[:20]})
    return True

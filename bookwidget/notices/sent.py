"""What was written to a customer, for staff."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bookwidget.kernel.errors import Missing
from bookwidget.kernel.text import Text
from bookwidget.notices import store
from bookwidget.notices.undelivered import reason_of
from bookwidget.tenancy.scope import Scope


class SentMessage(NamedTuple):
    subject: str
    address: str
    channel: str
    created_at: datetime
    sent_at: datetime | None
    """None: not on its way yet, or never."""
    given_up: Text | None
    """Why we have stopped trying to send it."""


def list_messages_to(scope: Scope, customer_id: UUID) -> tuple[SentMessage, ...]:
    """The latest ones, latest first, in one statement, and another if some were not sent; `Missing` for everybody but
    staff.
    """
    if not scope.actor.is_staff:
        raise Missing
    rows = scope.session.rows(store.SENT_TO_CUSTOMER, {"customer": customer_id}).all()
    unsent = [str(row.id) for row in rows if row.sent_at is None]
    dead = dict(scope.session.rows(store.GIVEN_UP, {"messages": unsent}).all()) if unsent else {}
    return tuple(
        SentMessage(
            subject, address, channel, created_at, sent_at, reason_of(dead[str(id)]) if str(id) in dead else None
        )
        for id, subject, address, channel, created_at, sent_at in rows
    )

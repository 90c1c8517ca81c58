"""What was written to a customer, for staff."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bookwidget.kernel.errors import Missing
from bookwidget.notices import store
from bookwidget.tenancy.scope import Scope


class SentMessage(NamedTuple):
    subject: str
    address: str
    channel: str
    created_at: datetime
    sent_at: datetime | None
    """None: not on its way yet."""


def list_messages_to(scope: Scope, customer_id: UUID) -> tuple[SentMessage, ...]:
    """The latest ones, latest first, in one statement; `Missing` for everybody but staff."""
    if not scope.actor.is_staff:
        raise Missing
    return tuple(SentMessage(*row) for row in scope.session.rows(store.SENT_TO_CUSTOMER, {"customer": customer_id}))

"""What did not get through: mails that wait because the mail server is away, and those that were given up."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from bookwidget.events.record import record
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.notices import store
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

PATIENCE = timedelta(minutes=5)
"""A mail that waits longer after a failure is worth saying."""


REASONS = {
    "smtp": _("the mail server refuses this address or this mail (%(code)s)"),
    "http": _("the gateway refuses this number or this text (%(code)s)"),
}
"""By what the failures of each channel begin with; a code follows."""
OTHER_REASONS = {
    "too late": _("it would have come too late"),
    "the message is gone": _("the message is gone"),
    "the customer is gone": _("the customer is gone"),
    "the member has left": _("the member has left"),
    "no mail can be made for this address": _("no mail can be sent to this address"),
}
TRIED_LONG: Text = _("it could not be sent, however often we tried (%(code)s)")


class Undelivered(NamedTuple):
    """A message that was given up."""

    job_id: UUID
    ended_at: datetime
    why: str
    """A code or a class; names nobody."""
    reason: Text
    """The same in words."""
    subject: str
    address: str
    """Both empty where the message itself is gone."""


class Queue(NamedTuple):
    """How the business's mails stand."""

    stuck: int
    """Mails that wait because they could not be sent."""
    since: datetime | None
    dead: int


def queue_of(scope: Scope) -> Queue:
    """Two statements."""
    require(scope, Permission.SETTINGS_CHANGE)
    stuck, since = scope.session.rows(store.QUEUE, {"before": scope.now - PATIENCE}).one()
    return Queue(stuck, since, scope.session.rows(store.DEAD_COUNT).scalar_one())


def list_undelivered(scope: Scope) -> list[Undelivered]:
    """The latest first, at most a hundred."""
    require(scope, Permission.SETTINGS_CHANGE)
    jobs = scope.session.rows(store.DEAD).all()
    ids = [UUID(payload["message"]) for _id, _at, _why, payload in jobs]
    known = {row[0]: row for row in scope.session.rows(store.MESSAGES, {"messages": ids})}
    found = []
    for (id, at, why, _payload), message_id in zip(jobs, ids, strict=True):
        message = known.get(message_id)
        subject, address = (message.subject, message.address) if message else ("", "")
        found.append(Undelivered(id, at, why, reason_of(why), subject, address))
    return found


def reason_of(why: str) -> Text:
    """Why a message was given up, for those who read no codes."""
    begin, _space, code = why.partition(" ")
    if begin in REASONS and code.startswith("5" if begin == "smtp" else "4"):
        return Text(REASONS[begin].msgid, None, {"code": code})
    return OTHER_REASONS.get(why) or Text(TRIED_LONG.msgid, None, {"code": why})


def try_again(scope: Scope, job_id: UUID) -> None:
    """The worker tries once more, from the beginning. Pressed twice, it is once. Raises `Denied`. Event:
    `message.retried`.
    """
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        if session.rows(store.REVIVE, {"dead_job": job_id, "now": scope.now}).rowcount:
            record(scope, "message.retried", after={"job": job_id.hex})

"""What did not get through: mails that wait because the mail server is away, and those that were given up."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from bookwidget.events.record import record
from bookwidget.kernel.permissions import Permission
from bookwidget.notices import store
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

PATIENCE = timedelta(minutes=5)
"""A mail that waits longer after a failure is worth saying."""


class Undelivered(NamedTuple):
    """A message that was given up."""

    job_id: UUID
    ended_at: datetime
    why: str
    """A code or a class; names nobody."""
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
        found.append(Undelivered(id, at, why, message.subject if message else "", message.address if message else ""))
    return found


def try_again(scope: Scope, job_id: UUID) -> None:
    """The worker tries once more, from the beginning. Pressed twice, it is once. Raises `Denied`. Event:
    `message.retried`.
    """
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        if session.rows(store.REVIVE, {"dead_job": job_id, "now": scope.now}).rowcount:
            record(scope, "message.retried", after={"job": job_id.hex})

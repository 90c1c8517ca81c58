"""Statements on events and jobs. Those that look for work cross tenants; those on a job stay in its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, tuple_, update

from bookwidget.events.models import Event, Job
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.session import TenantSession

ERROR_LENGTH = 500


@dataclass(frozen=True)
class Happened:
    """An event as subscribers see it: values, no row."""

    id: UUID
    kind: str
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    door: str
    booking_id: UUID | None
    customer_id: UUID | None
    facts: dict[str, Any]

    @property
    def before(self) -> dict[str, Any]:
        return self.facts.get("before") or {}

    @property
    def after(self) -> dict[str, Any]:
        return self.facts.get("after") or {}


@dataclass(frozen=True)
class Claim:
    """A job that this worker holds until its lease ends."""

    tenant_id: UUID
    id: UUID
    kind: str
    payload: dict[str, Any]
    attempt: int
    """1 at the first try."""
    created_at: datetime
    lease: UUID


@dataclass(frozen=True)
class QueueState:
    """How the work stands, for `/readyz`, `doctor` and the operator."""

    waiting: int
    dead: int
    oldest_due_at: datetime | None
    """Of the work that waits; long past means that no worker runs."""


EVENT = select(
    Event.id,
    Event.kind,
    Event.at,
    Event.actor_kind,
    Event.actor_id,
    Event.door,
    Event.booking_id,
    Event.customer_id,
    Event.facts,
).where(Event.id == bindparam("event_id"))

JOB_OF_KEY = select(Job.id).where(Job.kind == bindparam("kind"), Job.key == bindparam("key"))

_due = (
    select(Job.tenant_id, Job.id)
    .where(
        Job.state == "waiting",
        Job.due_at <= bindparam("now", type_=Job.due_at.type),
        Job.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(Job.due_at)
    .limit(bindparam("batch"))
)
ANY_DUE = _due.with_only_columns(Job.id)

# A CTE with FOR UPDATE is evaluated once on PostgreSQL; as a plain subquery a plan may run it again for each
# row and claim more than the batch. SQLite leaves FOR UPDATE out: there the transaction itself is the lock.
_chosen = _due.with_for_update(skip_locked=True).cte("chosen")
CLAIM = (
    update(Job)
    .where(tuple_(Job.tenant_id, Job.id).in_(select(_chosen.c.tenant_id, _chosen.c.id)))
    .values(lease=bindparam("holder"), due_at=bindparam("until"), attempts=Job.attempts + 1)
    .returning(Job.tenant_id, Job.id, Job.kind, Job.payload, Job.attempts, Job.created_at, Job.lease)
)

_held = (Job.state == "waiting", Job.lease == bindparam("holder"))
_those = tuple_(Job.tenant_id, Job.id).in_(bindparam("keys", expanding=True))
RENEW = update(Job).where(*_held, _those).values(due_at=bindparam("until"))
RELEASE = update(Job).where(*_held, _those).values(lease=None, due_at=bindparam("until"), attempts=Job.attempts - 1)
END = (
    update(Job)
    .where(*_held, Job.id == bindparam("job_id"))
    .values(lease=None, state=bindparam("end"), ended_at=bindparam("now"), last_error=bindparam("error"))
)
POSTPONE = (
    update(Job)
    .where(*_held, Job.id == bindparam("job_id"))
    .values(lease=None, due_at=bindparam("until"), last_error=bindparam("error"))
)
COUNTS = select(Job.state, func.count(), func.min(Job.due_at)).where(Job.state != "done").group_by(Job.state)


def event_of(session: TenantSession, event_id: UUID) -> Happened | None:
    row = session.rows(EVENT, {"event_id": event_id}).one_or_none()
    return None if row is None else Happened(*row)


def is_asked_for(session: TenantSession, kind: str, key: str) -> bool:
    return session.rows(JOB_OF_KEY, {"kind": kind, "key": key}).first() is not None


def any_due(connection: Connection, kinds: list[str], now: datetime) -> bool:
    """A look without the write lock, so that an idle worker disturbs nobody."""
    return connection.execute(ANY_DUE, {"now": now, "kinds": kinds, "batch": 1}).first() is not None


def claim(connection: Connection, kinds: list[str], batch: int, now: datetime, until: datetime) -> list[Claim]:
    """Up to `batch` due jobs of any tenant, oldest first; nobody else gets them before `until`."""
    values = {"now": now, "kinds": kinds, "batch": batch, "holder": uuid7(), "until": until}
    claims = [Claim(*row) for row in connection.execute(CLAIM, values)]
    return sorted(claims, key=lambda claim: claim.id)  # RETURNING promises no order; ids are in order of time


def renew(connection: Connection, claims: list[Claim], until: datetime) -> None:
    if claims:
        connection.execute(RENEW, _those_of(claims, until))


def release(connection: Connection, claims: list[Claim], now: datetime) -> None:
    """Gives back what was not begun, as if it had not been claimed."""
    if claims:
        connection.execute(RELEASE, _those_of(claims, now))


def _those_of(claims: list[Claim], until: datetime) -> dict[str, Any]:
    keys = [(claim.tenant_id, claim.id) for claim in claims]
    return {"holder": claims[0].lease, "keys": keys, "until": until}


def end(session: TenantSession, claim: Claim, state: str, now: datetime, error: str = "") -> bool:
    """Marks the job done or dead; False if another worker holds it by now, or it has ended."""
    values = {"holder": claim.lease, "job_id": claim.id, "end": state, "now": now}
    return session.rows(END, {**values, "error": error[:ERROR_LENGTH]}).rowcount == 1


def postpone(session: TenantSession, claim: Claim, until: datetime, error: str) -> bool:
    values = {"holder": claim.lease, "job_id": claim.id, "until": until, "error": error[:ERROR_LENGTH]}
    return session.rows(POSTPONE, values).rowcount == 1


def queue_state(connection: Connection) -> QueueState:
    counts = {state: (number, oldest) for state, number, oldest in connection.execute(COUNTS)}
    waiting, oldest = counts.get("waiting", (0, None))
    return QueueState(waiting, counts.get("dead", (0, None))[0], oldest)

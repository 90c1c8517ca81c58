"""Dead letters: work that was given up, seen by the operator and asked for again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update

from bookwidget.events.models import Job
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Tenant

DEAD = (
    select(Job.id, Tenant.slug, Job.kind, Job.attempts, Job.ended_at, Job.last_error)
    .join(Tenant, Tenant.id == Job.tenant_id)
    .where(Job.state == "dead")
    .order_by(Job.ended_at, Job.id)
)
REVIVE_ALL = (
    update(Job)
    .where(Job.state == "dead")
    .values(state="waiting", due_at=bindparam("now"), attempts=0, lease=None, ended_at=None)
)
REVIVE = REVIVE_ALL.where(Job.id == bindparam("dead_job"))


@dataclass(frozen=True)
class DeadLetter:
    id: UUID
    tenant: str
    """Its name in addresses."""
    kind: str
    attempts: int
    ended_at: datetime | None
    error: str
    """Why it failed the last time; names no person."""


def dead_letters(database: Database) -> list[DeadLetter]:
    """Of all businesses, the oldest first."""
    with database.all_tenants("dead letters are listed") as connection:
        return [DeadLetter(*row) for row in connection.execute(DEAD)]


def revive(database: Database, now: datetime, job_id: UUID | None = None) -> int:
    """Lets the worker try one dead letter again, or all of them; how many it was. Its attempts count from zero."""
    with database.all_tenants("dead letters are tried again", writing=True) as connection:
        if job_id is None:
            return connection.execute(REVIVE_ALL, {"now": now}).rowcount
        return connection.execute(REVIVE, {"now": now, "dead_job": job_id}).rowcount

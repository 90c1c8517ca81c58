"""Rows that are no longer needed go, a few at a time, so that nobody waits behind a large delete.

A domain declares what of its own expires, where its statements stand: `expires("attempts", Attempts,
Attempts.window_at, keep=timedelta(days=2))`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Delete, bindparam, delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from bookwidget.events.models import Job
from bookwidget.tenancy.base import Owned
from bookwidget.tenancy.database import Database

log = structlog.get_logger(__name__)

BATCH = 500
BATCHES = 20
"""At most so many a round; the next round takes the rest."""


@dataclass(frozen=True)
class Expiry:
    statement: Delete
    keep: timedelta


EXPIRIES: dict[str, Expiry] = {}


def expires(
    name: str, model: type[Owned], since: InstrumentedAttribute[Any], *only: ColumnElement[bool], keep: timedelta
) -> None:
    """Declares that rows of `model` go when the instant `since` is more than `keep` ago."""
    old = select(model.tenant_id, model.id).where(since < bindparam("before", type_=since.type), *only).limit(BATCH)
    statement = delete(model).where(tuple_(model.tenant_id, model.id).in_(old))
    if name in EXPIRIES:
        raise ValueError(f"{name} expires twice")
    EXPIRIES[name] = Expiry(statement, keep)


# `due_at` of a job that is done is the end of its last lease: as good as its end, and it has the index.
expires("jobs", Job, Job.due_at, Job.state == "done", keep=timedelta(days=30))


def keep_house(database: Database, now: datetime) -> dict[str, int]:
    """One round; how many rows of each kind went."""
    gone: dict[str, int] = {}
    for name, expiry in EXPIRIES.items():
        gone[name] = 0
        for _batch in range(BATCHES):
            with database.all_tenants("expired rows go", writing=True) as connection:
                number = connection.execute(expiry.statement, {"before": now - expiry.keep}).rowcount
            gone[name] += number
            if number < BATCH:
                break
    log.info("housekeeping", **gone)
    return gone

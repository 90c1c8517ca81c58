"""Rows that are no longer needed go, a few at a time, so that nobody waits behind a large delete.

A domain declares what of its own expires, where its statements stand: `expires("attempts", Attempts,
Attempts.window_at, keep=timedelta(days=2))`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Delete, Update, bindparam, delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from bookwidget.events.models import Job
from bookwidget.logs import log
from bookwidget.tenancy.base import Owned
from bookwidget.tenancy.database import Database

BATCH = 500
BATCHES = 20
"""At most so many a round; the next round takes the rest."""


@dataclass(frozen=True)
class Expiry:
    statements: tuple[Delete | Update, ...]
    """In one transaction; the last one's rows are counted."""
    keep: timedelta


EXPIRIES: dict[str, Expiry] = {}


def expires(
    name: str, model: type[Owned], since: InstrumentedAttribute[Any], *only: ColumnElement[bool], keep: timedelta
) -> None:
    """Declares that rows of `model` go when the instant `since` is more than `keep` ago."""
    old = select(model.tenant_id, model.id).where(since < bindparam("before", type_=since.type), *only).limit(BATCH)
    expires_with(name, delete(model).where(tuple_(model.tenant_id, model.id).in_(old)), keep=keep)


def expires_with(name: str, *statements: Delete | Update, keep: timedelta) -> None:
    """The same by statements, each of which knows `:before` and takes at most `BATCH` of what the last one counts."""
    if name in EXPIRIES:
        raise ValueError(f"{name} expires twice")
    EXPIRIES[name] = Expiry(statements, keep)


# `due_at` of a job that is done is the end of its last lease: as good as its end, and it has the index.
expires("jobs", Job, Job.due_at, Job.state == "done", keep=timedelta(days=30))


def keep_house(database: Database, now: datetime) -> dict[str, int]:
    """One round; how many rows of each kind went."""
    gone: dict[str, int] = {}
    for name, expiry in EXPIRIES.items():
        gone[name] = 0
        for _batch in range(BATCHES):
            with database.all_tenants("expired rows go", writing=True) as connection:
                old = {"before": now - expiry.keep}
                number = [connection.execute(statement, old).rowcount for statement in expiry.statements][-1]
            gone[name] += number
            if number < BATCH:
                break
    log.info("housekeeping", **gone)
    return gone

"""What is known of persons, and where: how a place is declared, and what happens to the log of events.

Events are append-only in a tenant's session. That a person may be forgotten is stronger, so this goes by the door past
the wall, tenant named in each statement, and only for the worker.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, bindparam, delete, func, or_, select, update

from bookwidget.events.models import Event, Job
from bookwidget.tenancy.base import Owned
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import TenantSession

CHUNK = 200
KEPT_FACTS = frozenset(
    "starts_at ends_at service provider location price places code kinds fee fee_percent position permission until "
    "attendance entry occurrence ticket is_shared is_kept ended fields by kind how document status first_day last_day "
    "every repeats whole_date quiet series together stars hours session companion from_waiting_list others".split()
)
"""Facts of events that tell nothing of a person by themselves. Any other is dropped, also one that is new."""


class Stage(IntEnum):
    """What refers to something else goes before it."""

    PARTS = 1
    BOOKINGS = 2
    ACCOUNT = 3


@dataclass(frozen=True)
class Personal:
    """A table with something personal in it. Its statements know `:customer`."""

    model: type[Owned]
    columns: frozenset[str]
    """Those that hold it."""
    stage: Stage
    erase: Executable
    """Leaves no row."""
    anonymise: Executable | None
    """Leaves nothing personal; None: the rows stay as they are."""


def personal(
    model: type[Owned], columns: str, stage: Stage, *, erase: Executable, anonymise: Executable | None = None,
    stays: bool = False,
) -> Personal:  # fmt: skip
    """`columns` have a space between them. Without `anonymise` the rows go then too, unless they hold nothing by
    themselves and stay.
    """
    otherwise = None if stays else erase
    return Personal(model, frozenset(columns.split()), stage, erase, otherwise if anonymise is None else anonymise)


_bookings: Any = bindparam("bookings", expanding=True)
_theirs = or_(
    Event.customer_id == bindparam("customer"), Event.actor_id == bindparam("customer"), Event.booking_id.in_(_bookings)
)
EVENTS = select(Event.id).where(_theirs)
FACTS = select(Event.id, Event.facts).where(Event.tenant_id == bindparam("business"), _theirs)
SCRUB = (
    update(Event)
    .where(Event.tenant_id == bindparam("business"), Event.id == bindparam("of"))
    .values(facts=bindparam("kept"))
)
ERASE = delete(Event).where(Event.tenant_id == bindparam("business"), Event.id.in_(bindparam("events", expanding=True)))
_of = (
    func.substr(Job.key, 1, 32).in_(bindparam("hexes", expanding=True)),
    Job.key.in_(bindparam("dashed", expanding=True)),
)
FORGET_JOBS = delete(Job).where(or_(*_of))
"""Keys begin with the id of what a job is about."""
UNDER_WAY = select(Job.id).where(or_(*_of), Job.state == "waiting", Job.due_at <= bindparam("soon")).limit(1)
FORGET_PAYLOAD = update(Job).where(Job.id == bindparam("done_job")).values(payload={})


def events_of(session: TenantSession, customer_id: UUID, bookings: Collection[UUID]) -> list[UUID]:
    """What happened to a customer and their bookings, or was done by them."""
    return list(session.rows(EVENTS, {"customer": customer_id, "bookings": list(bookings)}).scalars())


def keys_of(ids: Collection[UUID]) -> dict[str, list[str]]:
    return {"hexes": [id.hex for id in ids], "dashed": [str(id) for id in ids]}


def forget_events(
    database: Database, business: UUID, customer_id: UUID, bookings: Collection[UUID], *, erase: bool
) -> None:
    """Removes the events, or what their facts tell of persons; done twice it is as once."""
    whose = {"business": business, "customer": customer_id, "bookings": list(bookings)}
    with database.all_tenants("a person is forgotten", writing=True) as connection:
        rows = connection.execute(FACTS, whose).all()
        for start in range(0, len(rows) if erase else 0, CHUNK):
            ids = [row.id for row in rows[start : start + CHUNK]]
            connection.execute(ERASE, {"business": business, "events": ids})
        for row in [] if erase else rows:
            kept = {side: impersonal(facts) for side, facts in row.facts.items()}
            if kept != row.facts:
                connection.execute(SCRUB, {"business": business, "of": row.id, "kept": kept})


def impersonal(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What may stay when nobody shall know any more whom an event was about."""
    return {name: value for name, value in facts.items() if name in KEPT_FACTS}

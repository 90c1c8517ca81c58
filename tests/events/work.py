"""What the tests of the worker share: a clock to turn, and registries that forget."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bookwidget.events import dispatch, jobs
from bookwidget.events.jobs import Handler, Services
from bookwidget.events.models import Job
from bookwidget.events.record import enqueue, record
from bookwidget.events.worker import Pace, Worker
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import writing
from tests.factories import World


@dataclass
class HandClock:
    """A clock that stands until it is turned."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@contextmanager
def handler(kind: str, function: Handler, attempts: int = 3) -> Iterator[None]:
    """A handler for the time of one test."""
    jobs.handles(kind, attempts=attempts)(function)
    try:
        yield
    finally:
        del jobs.HANDLERS[kind]


@contextmanager
def subscriber(kind: str, *functions: Callable[..., Any]) -> Iterator[None]:
    """Subscribers for the time of one test."""
    for function in functions:
        dispatch.subscribes(kind)(function)
    try:
        yield
    finally:
        del dispatch._subscribers[kind]


def ask(world: World, kind: str, key: str = "1", **payload: Any) -> None:
    with world.database.session(world.tenant_id) as session, writing(session):
        enqueue(session, kind, key, payload, now=world.now)


def happen(world: World, kind: str, **facts: Any) -> str:
    """Records an event; its id as text."""
    scope = world.scope()
    with scope.session, writing(scope.session):
        return str(record(scope, kind, customer_id=world.ids["ada"], **facts).id)


def job(world: World, kind: str) -> Job:
    return jobs_of(world, kind)[0]


def jobs_of(world: World, kind: str) -> list[Job]:
    with world.database.session(world.tenant_id) as session:
        return list(session.scalars(select(Job).where(Job.kind == kind).order_by(Job.key)))


def worker(database: Database, clock: HandClock, *services: object, **pace: float) -> Worker:
    return Worker(database, Services(*services), clock, pace=Pace(**pace))  # type: ignore[arg-type]

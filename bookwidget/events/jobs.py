"""What work there is: one handler a kind of job, and what a handler is given."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from bookwidget.events import store
from bookwidget.kernel.actors import system
from bookwidget.kernel.clock import Clock
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession, writing

T = TypeVar("T")

ATTEMPTS = 12
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)


class TryLater(Exception):
    """An expected failure that may pass; `reason` is stored and logged, so it names no person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GiveUp(Exception):
    """Trying again will not help: the job is dead at once. `reason` names no person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LeaseLost(Exception):
    """Another worker holds the job by now; what this one was about to write is rolled back."""


class Services:
    """What the process lends to its handlers (a mail transport, a maker of links), found by its class."""

    def __init__(self, *things: object) -> None:
        self._things: dict[type, object] = {type(thing): thing for thing in things}

    def __getitem__(self, kind: type[T]) -> T:
        """KeyError if the process was started without it."""
        return cast(T, self._things[kind])


@dataclass
class JobContext:
    """One attempt at one job."""

    database: Database
    claim: store.Claim
    services: Services
    clock: Clock
    is_finished: bool = field(default=False, init=False)

    @property
    def tenant_id(self) -> UUID:
        return self.claim.tenant_id

    @property
    def job_id(self) -> UUID:
        return self.claim.id

    @contextmanager
    def scope(self) -> Iterator[Scope]:
        """A session of the job's tenant, acting as the system, at the clock's present instant."""
        with self.database.session(self.tenant_id) as session:
            yield Scope(session, facts_of(session), system(), self.clock())

    def finish(self, session: TenantSession) -> None:
        """Marks the job done in the handler's own write transaction, so that it and its effects are one.

        Raises `LeaseLost`, and so rolls back, if another worker holds the job by now.
        """
        if not store.end(session, self.claim, "done", self.clock()):
            raise LeaseLost
        self.is_finished = True

    def finish_alone(self) -> None:
        """For handlers that have nothing to write: marks the job done in a transaction of its own."""
        with self.database.session(self.tenant_id) as session, writing(session):
            self.finish(session)


Handler = Callable[[JobContext, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Kind:
    """How a kind of job is done, and how often it is tried."""

    handler: Handler
    attempts: int


HANDLERS: dict[str, Kind] = {}


def handles(kind: str, *, attempts: int = ATTEMPTS) -> Callable[[Handler], Handler]:
    """Registers the handler of a kind. Two for one kind are a mistake of ours, so it raises at start."""

    def register(handler: Handler) -> Handler:
        if HANDLERS.setdefault(kind, Kind(handler, attempts)).handler is not handler:
            raise ValueError(f"two handlers for {kind}")
        return handler

    return register


def back_off(attempt: int, chance: float) -> timedelta:
    """How long to wait after the failed attempt `attempt` (1 is the first).

    Doubles up to an hour; `chance` (0 to 1) takes away up to half, so that what failed together does not
    come back together.
    """
    doublings = min(attempt - 1, 16)
    return min(FIRST_DELAY * 2.0**doublings, LONGEST_DELAY) * (1 - chance / 2)

"""How an action says what it did. The event, its reactions and the change stand or fall together."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from bookwidget.events.models import Event, Job
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import TenantSession

Reaction = Callable[[Scope, Event], None]
_reactions: dict[str, list[Reaction]] = defaultdict(list)

DISPATCH = "event.dispatch"
"""The kind of the job that turns an event into its effects outside the transaction."""


def reacts_to(kind: str) -> Callable[[Reaction], Reaction]:
    """What a domain does in the same transaction when another domain's event happens (`reactions.py`)."""

    def register(reaction: Reaction) -> Reaction:
        _reactions[kind].append(reaction)
        return reaction

    return register


def record(
    scope: Scope,
    kind: str,
    *,
    booking_id: UUID | None = None,
    customer_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Event:
    """Appends an event inside the open write transaction, and the job that dispatches it."""
    event = Event(
        kind=kind,
        at=scope.now,
        actor_kind=scope.actor.kind,
        actor_id=scope.actor.id,
        door=scope.actor.door,
        booking_id=booking_id,
        customer_id=customer_id,
        facts={"before": before or {}, "after": after or {}},
    )
    scope.session.add(event)
    scope.session.flush()  # gives it its id
    enqueue(scope.session, DISPATCH, str(event.id), {"event": str(event.id)}, now=scope.now)
    for reaction in _reactions[kind]:
        reaction(scope, event)
    return event


def enqueue(
    session: TenantSession,
    kind: str,
    key: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Asks for work inside the open write transaction; the caller makes sure that the key is new."""
    session.add(Job(kind=kind, key=key, payload=payload, due_at=due_at or now, created_at=now))

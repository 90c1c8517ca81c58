"""From an event to its effects: who wants to know of it says what is to be stored and done."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bookwidget.events.jobs import GiveUp, JobContext, Services, handles
from bookwidget.events.record import DISPATCH, enqueue
from bookwidget.events.store import Happened, event_of, is_asked_for
from bookwidget.logs import log
from bookwidget.plugins import is_any, tell
from bookwidget.tenancy.base import Owned
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

REDISPATCH = "event.redispatch"
"""The kind of the job that asks one subscriber again after it failed, without troubling the others."""


@dataclass(frozen=True)
class Effect:
    """A job that follows from an event, with its rows. Kind and key name it: stored once only."""

    kind: str
    key: str
    payload: dict[str, Any]
    rows: tuple[Owned, ...] = field(default=())
    due_at: datetime | None = None
    """When it is to be done; None: at once."""


Subscriber = Callable[[Scope, Happened, Services], Iterable[Effect]]
"""Reads, decides, renders, but writes nothing: it runs before the write transaction, which so stays short."""

_subscribers: dict[str, dict[str, Subscriber]] = defaultdict(dict)


def subscribes(*kinds: str) -> Callable[[Subscriber], Subscriber]:
    """Registers a subscriber under its module and name, which must be unique."""

    def register(subscriber: Subscriber) -> Subscriber:
        name = f"{subscriber.__module__}.{subscriber.__qualname__}"
        for kind in kinds:
            if _subscribers[kind].setdefault(name, subscriber) is not subscriber:
                raise ValueError(f"two subscribers {name}")
        return subscriber

    return register


@handles(DISPATCH)
def dispatch(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Stores the effects of all subscribers and marks the job done, in one transaction."""
    with context.scope() as scope:
        event = _event(scope, payload)
        if is_any():
            tell("happened", scope.tenant.settings, business=scope.tenant, event=event)
        _store_effects(context, scope, event, _subscribers.get(event.kind, {}), may_ask_again=True)


@handles(REDISPATCH)
def dispatch_again(context: JobContext, payload: Mapping[str, Any]) -> None:
    """The same for the one subscriber that failed; a further failure counts as this job's own."""
    with context.scope() as scope:
        event = _event(scope, payload)
        subscriber = _subscribers.get(event.kind, {}).get(payload["subscriber"])
        if subscriber is None:
            raise GiveUp("the subscriber is gone")
        _store_effects(context, scope, event, {payload["subscriber"]: subscriber}, may_ask_again=False)


def _event(scope: Scope, payload: Mapping[str, Any]) -> Happened:
    event = event_of(scope.session, UUID(payload["event"]))
    if event is None:
        raise GiveUp("the event is gone")
    return event


def _store_effects(
    context: JobContext, scope: Scope, event: Happened, subscribers: Mapping[str, Subscriber], *, may_ask_again: bool
) -> None:
    made: dict[str, list[Effect]] = {}
    failed: list[str] = []
    for name, subscriber in subscribers.items():
        try:
            made[name] = list(subscriber(scope, event, context.services))
        except Exception as error:
            if not may_ask_again:
                raise
            _note_failure(event, name, error, failed)
    with writing(scope.session):
        context.finish(scope.session)
        for name, effects in made.items():
            try:
                with scope.session.begin_nested():
                    _put(scope, effects)
            except Exception as error:
                if not may_ask_again:
                    raise
                _note_failure(event, name, error, failed)
        again = [
            Effect(REDISPATCH, f"{event.id.hex}:{name[-80:]}", {"event": str(event.id), "subscriber": name})
            for name in failed
        ]
        _put(scope, again)


def _put(scope: Scope, effects: Iterable[Effect]) -> None:
    for effect in effects:
        if not is_asked_for(scope.session, effect.kind, effect.key):
            scope.session.add_all(effect.rows)
            enqueue(scope.session, effect.kind, effect.key, effect.payload, now=scope.now, due_at=effect.due_at)
    scope.session.flush()


def _note_failure(event: Happened, name: str, error: Exception, failed: list[str]) -> None:
    log.warning("subscriber_failed", event_id=str(event.id), subscriber=name, error=type(error).__name__)
    failed.append(name)

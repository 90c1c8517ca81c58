"""The policy asked about a booking that is only imagined, by the saved settings and by others that are thought of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bookwidget.bookings import settings as choices
from bookwidget.bookings import store_desk
from bookwidget.bookings.listing import EXPLAINED
from bookwidget.bookings.policy import Answer, BookingFacts, Decisions
from bookwidget.catalog.actions import ServiceFacts
from bookwidget.kernel.actors import Actor, Door, customer
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.settings import Setting, Settings

DECIDING: tuple[Setting[Any], ...] = (
    choices.CANCEL_ALLOWED,
    choices.CANCEL_NOTICE_HOURS,
    choices.CANCEL_FEE_PERCENT,
    choices.CANCEL_FEE_HOURS,
    choices.UNDO_MINUTES,
    choices.CANCELLED_IS_FINAL,
    choices.RESUME_DAYS,
    choices.MOVE_ALLOWED,
    choices.MOVE_NOTICE_HOURS,
    choices.MAX_MOVES,
    choices.POSTPONE_ALLOWED,
    choices.TRANSFER_ALLOWED,
    choices.LOCKED_STATUSES,
    choices.RATINGS,
    choices.NOTES_ALLOWED,
    choices.NOTES_AFTERWARDS,
)
"""What the answers depend on."""
STATES = ("confirmed", "pending", "hold", "cancelled", "cancelled-yesterday", "cancelled-by-business")
MOST_LOOKED_AT = 2000
"""Bookings, the next ones; one statement, and some ten thousand answers."""
NOBODY = uuid7()
"""The customer of what is only imagined."""


@dataclass(frozen=True)
class Imagined:
    starts_in: timedelta
    """Less than zero: it has begun so long ago."""
    minutes: int
    kind: str
    state: str
    """One of `STATES`."""
    moves: int = 0

    def facts(self, settings: Settings, now: datetime) -> BookingFacts:
        starts_at = now + self.starts_in
        ends_at = starts_at + timedelta(minutes=self.minutes)
        booked = BookingFacts(NOBODY, "confirmed", starts_at, ends_at, self.moves, kind=self.kind)
        if not self.state.startswith("cancelled"):
            return booked._replace(status=self.state)
        at = now - timedelta(days=1) if self.state == "cancelled-yesterday" else now
        undo = timedelta(minutes=settings[choices.UNDO_MINUTES])
        by_business = self.state == "cancelled-by-business"
        return booked._replace(
            status="cancelled", cancelled_at=at, cancelled_by="member" if by_business else "customer",
            undo_until=at + undo if undo else None, is_occurrence_cancelled=by_business,
        )  # fmt: skip


class Simulated(NamedTuple):
    """One action, by the saved settings and by the others."""

    permission: Permission
    now: Answer
    then: Answer

    @property
    def differs(self) -> bool:
        """In what may be done or what it costs; an end that comes otherwise is shown, too."""
        return outcome(self.now) != outcome(self.then) or self.now.until != self.then.until


class Effect(NamedTuple):
    """What other settings would change for bookings that there are."""

    looked_at: int
    differing: int
    gained: Mapping[Permission, int]
    lost: Mapping[Permission, int]
    is_all: bool
    """Whether there are no more than were looked at."""


def outcome(answer: Answer) -> tuple[bool, int]:
    return answer.allowed, answer.fee_percent


def settings_with(scope: Scope, service: ServiceFacts | None, wanted: Mapping[str, Any]) -> Settings:
    """The saved ones, with what is wanted for this service or, without one, for all."""
    if service is not None:
        return scope.tenant.settings.for_service({**service.settings, **wanted})
    return Settings({**scope.tenant.settings.stored, **wanted}, scope.tenant.settings.beyond_plan)


def simulate(
    scope: Scope, imagined: Imagined, actor: Actor, service: ServiceFacts | None, wanted: Mapping[str, Any]
) -> tuple[Simulated, ...]:
    """Each action now, and with the wanted settings. Pure: it reads nothing. `actor` acts for `NOBODY`, or is staff."""
    saved, other = settings_with(scope, service, {}), settings_with(scope, service, wanted)
    now, then = (
        Decisions(imagined.facts(settings, scope.now), settings, actor, scope.now) for settings in (saved, other)
    )
    return tuple(Simulated(one, now.on(one), then.on(one)) for one in EXPLAINED)


def effect_on_bookings(scope: Scope, service: ServiceFacts | None, wanted: Mapping[str, Any]) -> Effect:
    """How many upcoming bookings their customers would be answered otherwise at this moment. One statement. A
    service's own values win over those for all. Raises `Denied`.
    """
    require(scope, Permission.SETTINGS_CHANGE)
    size = MOST_LOOKED_AT + 1
    values: dict[str, Any] = {"now": scope.now, "size": size}
    if service is not None:
        values["service"] = service.id
    rows = scope.session.rows(store_desk.UPCOMING[service is not None], values).all()
    of_service = settings_with(scope, service, wanted) if service else None
    other = settings_with(scope, None, wanted)
    gained, lost, differing = dict.fromkeys(EXPLAINED, 0), dict.fromkeys(EXPLAINED, 0), 0
    for own, *facts in rows[:MOST_LOOKED_AT]:
        saved = scope.tenant.settings.for_service(own)
        then = of_service or other.for_service(own)
        changed = differences(scope, BookingFacts(*facts), saved, then)
        differing += bool(changed)
        for permission, is_more in changed:
            (gained if is_more else lost)[permission] += 1
    return Effect(min(len(rows), MOST_LOOKED_AT), differing, gained, lost, len(rows) < size)


def differences(
    scope: Scope, facts: BookingFacts, saved: Settings, other: Settings
) -> Sequence[tuple[Permission, bool]]:
    """Actions that are answered otherwise, each with whether the other settings are the kinder ones."""
    now = Decisions(facts, saved, customer(facts.customer_id, Door.CONSOLE), scope.now)
    then = now._replace(settings=other)
    answers = ((one, now.on(one), then.on(one)) for one in EXPLAINED)
    return [
        (one, (after.allowed, -after.fee_percent) > (before.allowed, -before.fee_percent))
        for one, before, after in answers
        if outcome(before) != outcome(after)
    ]

"""How these tests act: each action as somebody, in a session of its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bookwidget.bookings import actions
from bookwidget.events.models import Event
from bookwidget.kernel.actors import customer
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.settings import Settings
from tests.factories import World


class Acting:
    """`Acting(world, "ben").cancel_booking(code)`; the owner's name acts as staff."""

    def __init__(
        self, world: World, who: str = "ada", now: datetime | None = None, settings: dict[str, Any] | None = None
    ) -> None:
        self.world, self.who, self.now, self.settings = world, who, now, settings

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            if self.who == "owner":
                scope = self.world.staff_scope(self.now)
            else:
                scope = self.world.scope(customer(self.world.ids[self.who]), self.now)
            if self.settings is not None:
                scope = replace(scope, tenant=replace(scope.tenant, settings=Settings(self.settings)))
            with scope.session:
                return getattr(actions, name)(scope, *values, **named)

        return call


def events(world: World, kind: str) -> list[Event]:
    with world.database.session(world.tenant_id) as session:
        return list(session.execute(select(Event).where(Event.kind == kind).order_by(Event.id)).scalars())


def occurrence(world: World, id: UUID) -> Occurrence:
    with world.database.session(world.tenant_id) as session:
        return session.get_one(Occurrence, (world.tenant_id, id))

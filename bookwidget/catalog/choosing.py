"""What the business chooses among its settings, for everything it offers or for one service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bookwidget.catalog import store
from bookwidget.catalog.models import Service
from bookwidget.events.record import record
from bookwidget.kernel.errors import DomainError, Missing, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.actions import settings_of
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.settings import REGISTRY, Settings

CHANGED = "settings.changed"
MOST_SHOWN = 20


@dataclass(frozen=True)
class Wish:
    """What a form sends of one setting. None, of a service: as for all services."""

    seen: Any
    """The value that stood in the form when it was shown."""
    value: Any


class Overtaken(DomainError):
    """Somebody else changed the same settings while the form was open; nothing is saved."""

    def __init__(self, now: Mapping[str, Any]) -> None:
        super().__init__(", ".join(now))
        self.now = now
        """What stands there now, by name."""


@dataclass(frozen=True)
class SettingsChange:
    """Who changed what, and when. Values are of one time: a setting may be declared otherwise now, or not at all."""

    at: datetime
    member: str
    service_id: UUID | None
    """None: for all services."""
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def change_settings(scope: Scope, wishes: Mapping[str, Wish]) -> bool:
    """Saves what differs from what was seen; whether anything did. What the form did not change is left alone.

    Raises `Denied`, `Refused` under a setting's name, also for what the plan lacks, `Overtaken`.
    Event: `settings.changed`.
    """
    checked = {name: REGISTRY[name].checked(wish.value) for name, wish in wishes.items()}
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        tenant = session.get_one(Tenant, scope.tenant.id, with_for_update=True)
        settings = settings_of(tenant.settings, tenant.plan)
        before = {name: settings[REGISTRY[name]] for name in checked}
        changed = changes(wishes, before)
        refuse_beyond_plan(settings, changed)
        after = {name: checked[name] for name in changed}
        kept = {name: value for name, value in tenant.settings.items() if name not in changed}
        tenant.settings = kept | {name: value for name, value in after.items() if value != REGISTRY[name].default}
        if changed:
            record(scope, CHANGED, before={name: before[name] for name in changed}, after=after)
    return bool(changed)


def change_service_settings(scope: Scope, service_id: UUID, wishes: Mapping[str, Wish]) -> bool:
    """The same for one service, whose settings are its own or, with None, those of the business.

    Raises `Missing` too, also for a setting that holds for the whole business.
    """
    if not all(REGISTRY[name].per_service for name in wishes):
        raise Missing
    checked = {name: wish.value if wish.value is None else REGISTRY[name].checked(wish.value)
               for name, wish in wishes.items()}  # fmt: skip
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        service = session.get(Service, (scope.tenant.id, service_id), with_for_update=True)
        if service is None:
            raise Missing
        before = {name: service.settings.get(name) for name in checked}
        changed = changes(wishes, before)
        refuse_beyond_plan(scope.tenant.settings, [name for name in changed if checked[name] is not None])
        after = {name: checked[name] for name in changed}
        kept = {name: value for name, value in service.settings.items() if name not in changed}
        service.settings = kept | {name: value for name, value in after.items() if value is not None}
        if changed:
            of = {"service": service_id.hex}
            record(scope, CHANGED, before=of | {name: before[name] for name in changed}, after=of | after)
    return bool(changed)


def changes(wishes: Mapping[str, Wish], now: Mapping[str, Any]) -> list[str]:
    """What the form changed and is not so yet; `Overtaken` with what somebody else changed to another value."""
    meant = [name for name, wish in wishes.items() if wish.value not in (wish.seen, now[name])]
    overtaken = {name: now[name] for name in meant if now[name] != wishes[name].seen}
    if overtaken:
        raise Overtaken(overtaken)
    return meant


def refuse_beyond_plan(settings: Settings, changed: Sequence[str]) -> None:
    """What the plan does not have is off, so any change of it would turn it on."""
    for name in changed:
        if name in settings.beyond_plan:
            raise Refused(name, _("Your plan does not have this."))


def recent_changes(scope: Scope) -> tuple[SettingsChange, ...]:
    """The latest first."""
    require(scope, Permission.SETTINGS_CHANGE)
    found = scope.session.rows(store.SETTINGS_CHANGES, {"size": MOST_SHOWN})
    return tuple(change_of(*row) for row in found)


def change_of(at: datetime, member: str, facts: Mapping[str, Any]) -> SettingsChange:
    before, after = dict(facts["before"]), dict(facts["after"])
    service = after.pop("service", None)
    before.pop("service", None)
    return SettingsChange(at, member, UUID(hex=service) if service else None, before, after)

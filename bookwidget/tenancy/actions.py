"""What is done with a tenant."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bookwidget.kernel.errors import Missing
from bookwidget.tenancy.models import RefusedSite
from bookwidget.tenancy.plans import plan_named
from bookwidget.tenancy.scope import Scope, TenantFacts
from bookwidget.tenancy.session import TenantSession, writing
from bookwidget.tenancy.settings import Settings
from bookwidget.tenancy.store import OWN_HOST, REFUSED_SITE, THE_TENANT

MOST_REFUSED_SITES = 200
"""A page can claim any origin, so the list of refused ones has an end."""
KEPT_TENANTS = 1024
_kept: dict[UUID, tuple[tuple[Any, ...], TenantFacts]] = {}
"""Of the tenants met last, the row and what was made of it."""


def facts_from(row: Sequence[Any]) -> TenantFacts:
    """The facts from the columns `TENANT_COLUMNS`, plan and settings last; those made before of the same row."""
    values = tuple(row)
    known = _kept.get(values[0])
    if known is None or known[0] != values:
        if len(_kept) >= KEPT_TENANTS:
            _kept.clear()
        made = [*values[:-1], settings_of(values[-1], values[-2])]
        known = _kept[values[0]] = values, TenantFacts(*made)
    return known[1]


def settings_of(stored: Mapping[str, Any], plan: str) -> Settings:
    """What a business decided, as far as its plan goes."""
    return Settings(stored, plan_named(plan).without)


def facts_of(session: TenantSession) -> TenantFacts:
    """The session's tenant. `Missing` if it is gone."""
    row = session.rows(THE_TENANT).one_or_none()
    if row is None:
        raise Missing
    return facts_from(row)


def own_host(scope: Scope) -> str:
    """The first host name of the business's own; empty if it has none."""
    return scope.session.rows(OWN_HOST).scalar_one_or_none() or ""


def note_refused_site(scope: Scope, origin: str, widget: str, *, every: timedelta) -> None:
    """Remembers that a page of `origin` tried to show a widget, for the owner to see; at most once `every`."""
    seen = scope.session.rows(REFUSED_SITE, {"origin": origin, "widget": widget}).one_or_none()
    if seen and scope.now - seen.last_at < every:
        return
    with writing(scope.session) as session:
        known = session.scalars(select(RefusedSite).where(RefusedSite.origin == origin)).all()
        found = next((site for site in known if site.widget == widget), None)
        if found:
            found.last_at = scope.now
        elif len(session.scalars(select(RefusedSite.id).limit(MOST_REFUSED_SITES)).all()) < MOST_REFUSED_SITES:
            session.add(RefusedSite(origin=origin, widget=widget, last_at=scope.now))

"""Which sites may frame a tenant's widgets: the list that `frame-ancestors` is made from.

It stands here and not in `tenancy`, because each change is an event, and `tenancy` knows of no events.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.models import RefusedSite, Site
from bookwidget.tenancy.origins import clean_origin
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.store import FORGET_REFUSED, REFUSED_SITES, REMOVE_SITE, SITE_OF_ORIGIN, SITES

MOST_SITES = 100


@dataclass(frozen=True)
class AllowedSite:
    id: UUID
    origin: str


@dataclass(frozen=True)
class RefusedOrigin:
    """A site that is not on the list and tried to show widgets."""

    id: UUID
    """Of the latest try."""
    origin: str
    widgets: tuple[str, ...]
    last_at: datetime


def allowed_sites(scope: Scope) -> list[AllowedSite]:
    """By address."""
    return [AllowedSite(*row) for row in scope.session.rows(SITES)]


def find_site(scope: Scope, site_id: UUID | None) -> AllowedSite:
    """`Missing` if it is not one of this tenant's."""
    site = scope.session.get(Site, (scope.tenant.id, site_id)) if site_id else None
    if site is None:
        raise Missing
    return AllowedSite(site.id, site.origin)


def refused_origins(scope: Scope) -> list[RefusedOrigin]:
    """One line an origin, the latest first."""
    lines: dict[str, RefusedOrigin] = {}
    for id, origin, widget, last_at in scope.session.rows(REFUSED_SITES):
        seen = lines.get(origin)
        lines[origin] = (
            RefusedOrigin(seen.id, origin, (*seen.widgets, widget), seen.last_at)
            if seen
            else RefusedOrigin(id, origin, (widget,), last_at)
        )
    return list(lines.values())


def add_site(scope: Scope, address: str) -> AllowedSite:
    """Lets pages of this address show widgets. `Refused("origin")` says what is wrong with it, or that it is there."""
    origin = clean_origin(address)
    with writing(scope.session):
        require(scope, Permission.SITES_CHANGE)
        if scope.session.rows(SITE_OF_ORIGIN, {"origin": origin}).first():
            raise Refused("origin", _("%(site)s is on the list already.", site=origin))
        return _put_on_list(scope, origin)


def allow_refused(scope: Scope, refused_id: UUID | None) -> AllowedSite:
    """Puts a site on the list that was refused before. `Missing` if it is none of this tenant's."""
    with writing(scope.session) as session:
        require(scope, Permission.SITES_CHANGE)
        refused = session.get(RefusedSite, (scope.tenant.id, refused_id)) if refused_id else None
        if refused is None:
            raise Missing
        origin = clean_origin(refused.origin)  # a page may claim any origin, so it is no better than typed
        session.execute(FORGET_REFUSED, {"refused_origin": refused.origin})
        known = session.rows(SITE_OF_ORIGIN, {"origin": origin}).scalar_one_or_none()
        return AllowedSite(known, origin) if known else _put_on_list(scope, origin)


def dismiss_refused(scope: Scope, refused_id: UUID | None) -> None:
    """Takes a refused site off the owner's page until it tries again. `Missing` if it is none of this tenant's."""
    with writing(scope.session) as session:
        require(scope, Permission.SITES_CHANGE)
        refused = session.get(RefusedSite, (scope.tenant.id, refused_id)) if refused_id else None
        if refused is None:
            raise Missing
        session.execute(FORGET_REFUSED, {"refused_origin": refused.origin})
        record(scope, "site.dismissed", after={"origin": refused.origin})


def remove_site(scope: Scope, site_id: UUID | None) -> None:
    """Browsers refuse the widgets there from the next page on. `Missing` if it is none of this tenant's."""
    with writing(scope.session) as session:
        require(scope, Permission.SITES_CHANGE)
        site = session.get(Site, (scope.tenant.id, site_id)) if site_id else None
        if site is None:
            raise Missing
        session.execute(REMOVE_SITE, {"removed_site": site.id})
        record(scope, "site.removed", before={"site": site.id.hex, "origin": site.origin})


def _put_on_list(scope: Scope, origin: str) -> AllowedSite:
    session = scope.session
    if len(session.rows(SITES).all()) >= MOST_SITES:
        raise Refused("origin", _("You already have %(count)s sites. Remove one first.", count=MOST_SITES))
    site = Site(id=uuid7(), origin=origin, created_at=scope.now)
    session.add(site)
    session.execute(FORGET_REFUSED, {"refused_origin": origin})
    record(scope, "site.added", after={"site": site.id.hex, "origin": origin})
    return AllowedSite(site.id, origin)

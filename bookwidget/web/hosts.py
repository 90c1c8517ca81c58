"""Host names of the business's own, as owners add and check them; and which names may have a certificate.

The actions stand here and not in `tenancy`, because each change is an event, and `tenancy` knows of no events.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from bookwidget.accounts.limits import HOST_CHECK, count_attempt
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.hosts import claim_host, clean_host, find_tenant_of_host
from bookwidget.tenancy.models import Host
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.store import OWN_HOSTS, RELEASE_HOST
from bookwidget.web.current import request
from bookwidget.web.names import Names
from bookwidget.web.services import services

MOST_HOSTS = 5

blueprint = Blueprint("hosts", __name__)


@dataclass(frozen=True)
class KeptHost:
    id: UUID
    name: str
    checked_at: datetime | None
    verified_at: datetime | None

    @property
    def state(self) -> str:
        """`verified`: it serves. `failed`: it was looked at and leads elsewhere. `pending`: not looked at yet."""
        return "verified" if self.verified_at else "failed" if self.checked_at else "pending"


def kept_hosts(scope: Scope) -> list[KeptHost]:
    """The oldest first."""
    return [KeptHost(*row) for row in scope.session.rows(OWN_HOSTS)]


def add_own_host(scope: Scope, text: str, *, public_url: str) -> UUID:
    """Claims a name; it serves once it was seen to lead here. Event: `host.added`.

    Raises `Denied`, and `Refused("name")` for what is none, is somebody's, or is one too many.
    """
    name = clean_host(text, public_url=public_url)
    with writing(scope.session) as session:
        require(scope, Permission.SITES_CHANGE)
        if len(kept_hosts(scope)) >= MOST_HOSTS:
            raise Refused("name", _("You already have %(count)s host names. Remove one first.", count=MOST_HOSTS))
        id = claim_host(session, name, scope.now)
        record(scope, "host.added", after={"host": name})
    return id


def check_own_host(scope: Scope, host_id: UUID | None, names: Names, *, target: str) -> bool:
    """Asks the DNS, outside of any transaction, and notes the answer; whether the name leads to the target.

    What was verified once stays so: a name server that is away for a moment must not switch widgets off. Raises
    `Denied`, `Missing`, `TooMany`. Event: `host.verified`, the first time.
    """
    require(scope, Permission.SITES_CHANGE)
    found = next((one for one in kept_hosts(scope) if one.id == host_id), None)
    if found is None:
        raise Missing
    count_attempt(scope.session, HOST_CHECK, str(scope.tenant.id), scope.now)
    is_here = names.leads_to(found.name, target)
    with writing(scope.session) as session:
        require(scope, Permission.SITES_CHANGE)
        host = session.get(Host, (scope.tenant.id, found.id), with_for_update=True)
        if host is None:
            raise Missing
        host.checked_at = scope.now
        if is_here and host.verified_at is None:
            host.verified_at = scope.now
            record(scope, "host.verified", after={"host": host.name})
    services().database.tenants_by_host.pop(found.name, None)
    return is_here


def remove_own_host(scope: Scope, host_id: UUID | None) -> None:
    """It leads nowhere in particular again. Raises `Denied`, `Missing`. Event: `host.removed`."""
    with writing(scope.session) as session:
        require(scope, Permission.SITES_CHANGE)
        host = session.get(Host, (scope.tenant.id, host_id)) if host_id else None
        if host is None:
            raise Missing
        name = host.name
        session.execute(RELEASE_HOST, {"released_host": host.id})
        record(scope, "host.removed", before={"host": name})
    services().database.tenants_by_host.pop(name, None)


@blueprint.get("/internal/certificate")
def may_have_certificate() -> ResponseReturnValue:
    """Caddy's on-demand TLS asks before it gets one: 200 for a verified name of a business, 404 for all others.

    Answered from memory for a minute, also for names that are nobody's, and else by one look into an index.
    """
    if find_tenant_of_host(services().database, request.args.get("domain", "")) is None:
        abort(404)
    return {"status": "ok"}

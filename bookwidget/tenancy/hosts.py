"""Host names of the businesses' own, such as `book.shop.example`, which lead to us by a CNAME."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import _
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Host
from bookwidget.tenancy.origins import clean_origin
from bookwidget.tenancy.session import TenantSession

REMEMBERED_FOR = 60.0
"""Seconds that a process takes a name for known, also one that is nobody's."""
MOST_REMEMBERED = 4096
LONGEST = 253
NAME = re.compile(r"[a-z0-9.-]+")

TENANT_OF_HOST = select(Host.tenant_id).where(Host.name == bindparam("name"), Host.verified_at.is_not(None))
"""By the unique index of names."""
HOSTS_OF_TENANT = select(Host.name, Host.created_at).where(Host.tenant_id == bindparam("owner")).order_by(Host.name)
VERIFY_CLAIMED = (
    update(Host)
    .where(Host.tenant_id == bindparam("owner"), Host.name == bindparam("claimed"), Host.verified_at.is_(None))
    .values(verified_at=bindparam("at"))
)
TAKEN = _("This name already leads to a business.")
REMOVE_HOST = delete(Host).where(Host.tenant_id == bindparam("owner"), Host.name == bindparam("removed"))


@dataclass(frozen=True)
class OwnHost:
    name: str
    created_at: datetime


def find_tenant_of_host(database: Database, host: str, *, clock: Callable[[], float] = time.monotonic) -> UUID | None:
    """The tenant whose own this name is, active or not; `host` as a request says it, with or without a port."""
    name = host.lower().rpartition(":")[0] if ":" in host else host.lower()
    name = name.rstrip(".")
    if len(name) > LONGEST or not NAME.fullmatch(name):
        return None
    known, now = database.tenants_by_host, clock()
    if name in known and known[name][1] > now:
        return known[name][0]
    with database.all_tenants("a host name names a tenant") as connection:
        tenant: UUID | None = connection.execute(TENANT_OF_HOST, {"name": name}).scalar()
    if len(known) >= MOST_REMEMBERED:
        known.clear()  # anybody may send any name, so this has an end
    known[name] = tenant, now + REMEMBERED_FOR
    return tenant


def clean_host(text: str, *, public_url: str) -> str:
    """The name as it is stored: lower case, international names in punycode. `Refused("name")` says what is wrong."""
    name = clean_origin(text, "name").partition("://")[2]
    is_number = name.replace(".", "").isdigit()
    if "/" in text or ":" in name or is_number or name == "localhost" or len(name) > LONGEST:
        raise Refused("name", _("Write only the host name, for example book.shop.example."))
    if name == public_url.partition("://")[2].partition(":")[0]:
        raise Refused("name", _("This is the name of the service itself."))
    return name


def add_host(database: Database, tenant: UUID, text: str, *, public_url: str, now: datetime) -> str:
    """Gives the tenant a host name, as an operator's word that it leads here; the name as stored. `Refused("name")`
    also if somebody has it already. A name that this tenant only claimed so far is verified by it.
    """
    name = clean_host(text, public_url=public_url)
    values = {"tenant_id": tenant, "id": uuid7(), "name": name, "created_at": now, "verified_at": now}
    try:
        with database.all_tenants("a host name is added", writing=True) as connection:
            claimed = connection.execute(VERIFY_CLAIMED, {"owner": tenant, "claimed": name, "at": now}).rowcount
            if not claimed:
                connection.execute(insert(Host).values(values))
    except IntegrityError:
        raise Refused("name", TAKEN) from None
    database.tenants_by_host.pop(name, None)
    return name


def claim_host(session: TenantSession, name: str, now: datetime) -> UUID:
    """Notes, inside the open write transaction, that this tenant wants the name; `Refused("name")` if it is somebody's.

    Who claims first has it until they give it up or the claim lapses: could another take over a claim, they would get
    the name in the moment in which its owner points it here.
    """
    host = Host(id=uuid7(), name=name, created_at=now)
    try:
        with session.begin_nested():
            session.add(host)
            session.flush()
    except IntegrityError:
        raise Refused("name", TAKEN) from None
    return host.id


def remove_host(database: Database, tenant: UUID, name: str) -> None:
    """`Missing` if it is none of this tenant's. Other processes know it for `REMEMBERED_FOR` more."""
    name = name.strip().lower()
    with database.all_tenants("a host name is removed", writing=True) as connection:
        removed = connection.execute(REMOVE_HOST, {"owner": tenant, "removed": name}).rowcount
    if not removed:
        raise Missing
    database.tenants_by_host.pop(name, None)


def list_hosts(database: Database, tenant: UUID) -> list[OwnHost]:
    """By name."""
    with database.all_tenants("the host names of a tenant") as connection:
        return [OwnHost(*row) for row in connection.execute(HOSTS_OF_TENANT, {"owner": tenant})]

"""What is asked before a tenant is known: which one an address names, which ones somebody works for.

Everything here goes through `Database.all_tenants`, so it stays short and returns plain values.
"""

import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import _
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Member, Tenant
from bookwidget.tenancy.plans import PLANS
from bookwidget.tenancy.session import TenantSession, writing
from bookwidget.tenancy.store import TENANT_OF_SLUG

REMEMBERED_FOR = 60.0
"""Seconds that a process takes a slug's tenant for known. A renamed tenant is found by its old slug so long."""

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RESERVED_SLUGS = frozenset(
    "0 about account admin api app assets bookwidget console dev docs embed health help hosted internal login logout "
    "mail media oembed platform portal preview root settings sign-in sign-out sign-up signup static status support "
    "system test www".split()
)

PENDING = "~"
"""Begins the slug of a business whose sign-up nobody has confirmed; no address can name it, as `SLUG` has no such sign.
"""
IN_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "ł": "l", "đ": "d"}
)

TENANT_SUMMARIES = select(
    Tenant.id, Tenant.slug, Tenant.name, Tenant.is_active, Tenant.created_at, Tenant.plan
).order_by(Tenant.slug)  # fmt: skip
MEMBERSHIPS_OF_EMAIL = (
    select(Tenant.id, Tenant.slug, Tenant.name, Member.id, Member.password_hash, Member.invited_at.is_not(None))
    .join(Member, Member.tenant_id == Tenant.id)
    .where(Member.email == bindparam("email"), Member.ended_at.is_(None), Tenant.is_active)
    .order_by(Tenant.slug)
)


@dataclass(frozen=True)
class TenantSummary:
    """One line of the operator's list."""

    id: UUID
    slug: str
    name: str
    is_active: bool
    created_at: datetime
    plan: str
    """Empty: everything."""


@dataclass(frozen=True)
class Membership:
    """Somebody's account at one business; `password_hash` is empty where none was set yet."""

    tenant_id: UUID
    slug: str
    name: str
    """The business's."""
    member_id: UUID
    password_hash: str
    is_invited: bool = False
    """Has not accepted yet."""


def checked_slug(slug: str) -> str:
    """The slug, if a tenant may have it: it stands in every address. `Refused` under `slug` otherwise."""
    if not 3 <= len(slug) <= 40:
        raise Refused("slug", _("Use 3 to 40 characters."))
    if not SLUG.fullmatch(slug):
        raise Refused("slug", _("Use lower-case letters a to z, digits, and single hyphens between them."))
    if slug in RESERVED_SLUGS:
        raise Refused("slug", _("This name is reserved."))
    return slug


def find_tenant(database: Database, slug: str, *, clock: Callable[[], float] = time.monotonic) -> UUID | None:
    """The tenant that an address names, active or not. Remembered in the process; an unknown one never is."""
    known, now = database.tenants_by_slug, clock()
    if slug in known and known[slug][1] > now:
        return known[slug][0]
    with database.all_tenants("an address names a tenant") as connection:
        tenant: UUID | None = connection.execute(TENANT_OF_SLUG, {"slug": slug}).scalar()
    if tenant is not None:
        known[slug] = tenant, now + REMEMBERED_FOR
    return tenant


def create_tenant(
    database: Database,
    *,
    slug: str,
    name: str,
    email: str,
    locale: str,
    timezone: str,
    currency: str,
    now: datetime,
    phone: str = "",
    theme: str = "quiet",
) -> UUID:
    """A new business without sites and members. `Refused` under `slug` if it is taken or not allowed."""
    tenant = uuid7()
    values = {
        "id": tenant, "slug": checked_slug(slug), "name": name, "email": email, "locale": locale,
        "timezone": timezone, "currency": currency, "phone": phone, "theme": theme, "created_at": now,
    }  # fmt: skip
    try:
        with database.all_tenants("a new tenant", writing=True) as connection:
            connection.execute(insert(Tenant).values(values))
    except IntegrityError:
        raise Refused("slug", _("This name is taken.")) from None
    return tenant


def create_pending_tenant(
    database: Database, *, name: str, email: str, locale: str, timezone: str, currency: str, now: datetime
) -> UUID:
    """A business that somebody signed up: switched off and without a slug of its own until the e-mail is confirmed."""
    tenant = uuid7()
    values = {
        "id": tenant, "slug": f"{PENDING}{tenant.hex}", "name": name, "email": email, "locale": locale,
        "timezone": timezone, "currency": currency, "is_active": False, "created_at": now,
    }  # fmt: skip
    with database.all_tenants("a sign-up", writing=True) as connection:
        connection.execute(insert(Tenant).values(values))
    return tenant


def give_slug(session: TenantSession, tenant: Tenant) -> None:
    """The first of those for its name that nobody has, inside the open write transaction."""
    for slug in slugs_for(tenant.name):
        try:
            with session.begin_nested():
                tenant.slug = slug
                session.flush()
        except IntegrityError:
            continue
        return


def slugs_for(name: str) -> Iterator[str]:
    """Slugs that a business of this name may have, the best first, without end."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(IN_LETTERS)).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", letters.replace("'", "")).strip("-")[:34].strip("-")
    base = words if len(words) >= 3 else f"business-{words}".strip("-")
    if base not in RESERVED_SLUGS:
        yield base
    yield from (f"{base}-{number}" for number in range(2, 10))
    while True:
        yield f"{base}-{secrets.token_hex(2)}"


def list_tenants(database: Database) -> list[TenantSummary]:
    """All of them, by slug."""
    with database.all_tenants("the operator's list") as connection:
        return [TenantSummary(*row) for row in connection.execute(TENANT_SUMMARIES)]


def set_plan(database: Database, tenant: UUID, plan: str) -> None:
    """Entitles a business to the features of a plan, one of `PLANS`. What it has stored beyond it stays for later."""
    if plan not in PLANS:
        raise ValueError(f"{plan!r} is no plan")
    with database.session(tenant) as session, writing(session):
        session.get_one(Tenant, tenant).plan = plan


def tenants_of_member(database: Database, email: str) -> list[Membership]:
    """The active businesses that this address may sign in to, by slug; `email` in lower case."""
    with database.all_tenants("sign-in of a member") as connection:
        return [Membership(*row) for row in connection.execute(MEMBERSHIPS_OF_EMAIL, {"email": email})]

"""A business signs itself up. Until somebody opens the link that was mailed, it is switched off and has no address.

The password is chosen behind that link, not before: whoever signs up somebody else's e-mail gets nothing, whatever the
other one presses, and no secret is kept of people who never confirm.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bookwidget.accounts import limits, passwords
from bookwidget.accounts.members import Choice, Counter, check_member, open_console
from bookwidget.accounts.models import Onboarding
from bookwidget.accounts.rules import clean_email
from bookwidget.accounts.tokens import Tokens, fingerprint_of
from bookwidget.events.record import record
from bookwidget.kernel.actors import Door, member, visitor
from bookwidget.kernel.clock import is_fresh
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.ids import parse_uuid, uuid7
from bookwidget.kernel.lines import clean_line
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Member, Tenant
from bookwidget.tenancy.platform import PENDING, create_pending_tenant, give_slug, tenants_of_member
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

LIFETIME = timedelta(hours=48)
"""Of the link in the mail."""
NAME_LENGTH = 80
PURPOSE = "sign-up"


@dataclass(frozen=True)
class SignUp:
    """What somebody typed, and where their browser seems to be."""

    email: str
    business: str
    locale: str
    timezone: str
    currency: str


@dataclass(frozen=True)
class Started:
    """A sign-up, as its link finds it."""

    tenant_id: UUID
    business: str
    email: str
    is_pending: bool
    """Nobody has confirmed it yet."""
    is_known: bool
    """The e-mail works for a business already, so it has a password."""


def sign_up(database: Database, counter: Counter, wanted: SignUp, *, address: str, now: datetime) -> None:
    """Asks for a mail with a link. Does the same, and as much, for every e-mail. Event: `business.signed_up`.

    `Refused` under `email` or `business` for what cannot be one, `TooMany` after too many.
    """
    email = clean_email(wanted.email)
    name = clean_line(wanted.business, "business", longest=NAME_LENGTH, required=True)
    counter.count(limits.SIGN_UP_ADDRESS, address, now)
    counter.count(limits.SIGN_UP_EMAIL, email, now)
    is_known = bool(tenants_of_member(database, email))
    tenant_id = create_pending_tenant(
        database, name=name, email=email, locale=wanted.locale, timezone=wanted.timezone, currency=wanted.currency,
        now=now,
    )  # fmt: skip
    with database.session(tenant_id) as session:
        scope = Scope(session, facts_of(session), visitor(Door.CONSOLE), now)
        with writing(session):
            record(scope, "business.signed_up", after={"business": name, "is_known": is_known})


def sign_up_token(tokens: Tokens, tenant_id: UUID) -> str:
    return tokens.sign(PURPOSE, tenant_id, tenant_id.hex)


def find_sign_up(database: Database, tokens: Tokens, token: str, now: datetime) -> Started:
    """`Missing` for a link that is forged, too old, or of a sign-up that is gone."""
    tenant_id = parse_uuid(token.partition(".")[0])
    if tenant_id is None or tokens.read(PURPOSE, tenant_id, token) != [tenant_id.hex]:
        raise Missing
    with database.session(tenant_id) as session:
        tenant = session.get(Tenant, tenant_id)
        if tenant is None or not is_fresh(tenant.created_at, LIFETIME, now):
            raise Missing
        name, email, slug = tenant.name, tenant.email, tenant.slug
    return Started(tenant_id, name, email, slug.startswith(PENDING), bool(tenants_of_member(database, email)))


def confirm_sign_up(
    database: Database, counter: Counter, started: Started, password: str, *, address: str, device: str, now: datetime
) -> str:
    """Switches the business on with its first owner; gives the text that keeps the browser signed in.

    Who works for a business already proves it with the password they have; others choose one. `Refused("password")`
    and `TooMany` of either. `Missing` if it was confirmed a moment ago. Event: `business.confirmed`.
    """
    if started.is_known:
        kept = check_member(database, counter, started.email, password, address=address, now=now)[0].password_hash
    else:
        passwords.check_new_password(password, email=started.email)
        kept = passwords.hashed(password)
    owner = uuid7()
    with database.session(started.tenant_id) as session, writing(session):
        tenant = session.get(Tenant, started.tenant_id, with_for_update=True)
        if tenant is None or not tenant.slug.startswith(PENDING):
            raise Missing
        give_slug(session, tenant)
        tenant.is_active = True
        session.add(
            Member(id=owner, email=started.email, name=name_in(started.email), password_hash=kept, created_at=now)
        )
        session.add(Onboarding(id=started.tenant_id))
        session.flush()
        scope = Scope(session, facts_of(session), member(owner), now)
        record(scope, "business.confirmed", after={"slug": tenant.slug, "name": tenant.name})
    choice = Choice(started.tenant_id, owner, fingerprint_of(kept))
    return open_console(database, choice, device=device, now=now)


def name_in(email: str) -> str:
    """What somebody may be called, until they say so: `noor.amari@…` is Noor Amari."""
    return re.sub(r"[._+-]+", " ", email.partition("@")[0]).strip().title()[:NAME_LENGTH] or email[:NAME_LENGTH]

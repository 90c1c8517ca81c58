"""Signing in and out, passwords, and the customer's own details."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookwidget.accounts import limits, passwords, rules
from bookwidget.accounts.devices import device_in_words
from bookwidget.accounts.models import Customer, SignIn
from bookwidget.accounts.proving import WRONG_PASSWORD, prove
from bookwidget.accounts.settings import EMAIL_EDITABLE, NAME_EDITABLE, PHONE_EDITABLE, PORTAL_ENABLED
from bookwidget.accounts.signing_in import IDLE, Kind, end_sign_in, end_sign_ins_of, open_sign_in
from bookwidget.accounts.store import CREDENTIALS, PROFILE, SIGN_INS
from bookwidget.accounts.tokens import Tokens
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.scope import Scope, TenantFacts
from bookwidget.tenancy.session import writing

WRONG_CREDENTIALS = _("That email and password do not belong together. Check both, or reset the password.")
PORTAL_OFF = _("Logging in is switched off at the moment.")
SPENT_LINK = _("This link has expired or was already used.")
CHANGED_MEANWHILE = _("Your details were changed somewhere else in the meantime. Check them and save again.")


@dataclass(frozen=True)
class Browser:
    """What is known of the browser that signs in."""

    kind: Kind
    """How it will keep the secret."""
    device: str
    """What it calls itself."""
    address: str
    """For rate limits only; stored as a digest."""
    site: str
    """Origin of the host page; empty at our own address."""
    sign_in_id: UUID | None = None
    """The sign-in that it had so far; it ends with the new one."""


@dataclass(frozen=True)
class OpenSignIn:
    """One of a customer's sign-ins, for the list of them."""

    id: UUID
    kind: Kind
    device: str
    site: str
    created_at: datetime
    seen_at: datetime
    is_this: bool
    """The one that asks."""

    @property
    def device_in_words(self) -> Text:
        return device_in_words(self.device)


@dataclass(frozen=True)
class Profile:
    """A customer's own details, and which of them they may change."""

    email: str
    given_name: str
    family_name: str
    phone: str
    """As people of the business's country write it."""
    version: int
    """Of the row; a form sends it back."""
    may_change_name: bool
    may_change_phone: bool
    may_change_email: bool
    has_bounced: bool
    """Mail to their address was refused."""
    asked_to_close_at: datetime | None
    """They have asked for their account to be closed, and nobody has decided."""


def sign_in(scope: Scope, email: str, password: str, browser: Browser) -> str:
    """The text for the browser to keep. `Refused("password")` does not say which part was wrong, in the same time."""
    with proven(scope, email, password, address=browser.address) as customer_id:
        return enter(scope, customer_id, browser)


def portal_is_open(tenant: TenantFacts) -> bool:
    """Whether customers can log in here. Guests book, and links in mails open their bookings, either way."""
    return tenant.settings[PORTAL_ENABLED]


@contextmanager
def proven(scope: Scope, email: str, password: str, *, address: str) -> Iterator[UUID]:
    """A write transaction for the customer whose e-mail and password these are; refused as in `sign_in`."""
    if not portal_is_open(scope.tenant):
        raise Denied(PORTAL_OFF)
    email = email.strip().lower()
    limits.count_attempt(scope.session, limits.SIGN_IN_ADDRESS, address, scope.now)
    limits.count_attempt(scope.session, limits.SIGN_IN_ACCOUNT, email, scope.now)
    row = scope.session.rows(CREDENTIALS, {"email": email}).one_or_none()
    scope.session.rollback()  # no transaction stays open while hashing
    customer_id, stored, is_blocked = row or (None, "", False)
    if not passwords.matches(stored, password) or is_blocked:
        raise Refused("password", WRONG_CREDENTIALS)
    fresh_hash = passwords.hashed(password) if passwords.hasher.check_needs_rehash(stored) else stored
    with writing(scope.session) as session:
        customer = session.get_one(Customer, (scope.tenant.id, customer_id))
        if customer.password_hash != stored:  # changed while this one was being checked
            raise Refused("password", WRONG_CREDENTIALS)
        customer.password_hash = fresh_hash
        yield customer.id


def enter(scope: Scope, customer_id: UUID, browser: Browser) -> str:
    """Opens a sign-in inside the open write transaction, and ends the one that this browser had."""
    if browser.sign_in_id is not None:
        end_sign_in(scope.session, browser.sign_in_id, scope.now)
    record(scope, "customer.signed_in", customer_id=customer_id, after={"kind": browser.kind})
    return open_sign_in(scope, browser.kind, customer_id=customer_id, device=browser.device, site=browser.site)


def sign_out(scope: Scope, sign_in_id: UUID) -> None:
    """Ends this sign-in; doing it twice is the same as once."""
    with writing(scope.session) as session:
        end_sign_in(session, sign_in_id, scope.now)


def request_password_reset(scope: Scope, email: str, *, address: str) -> None:
    """Asks for a link by mail. Known or unknown e-mail: the same writes, so the same time, and the same answer."""
    email = rules.clean_email(email)
    limits.count_attempt(scope.session, limits.RESET_ADDRESS, address, scope.now)
    limits.count_attempt(scope.session, limits.RESET_ACCOUNT, email, scope.now)
    row = scope.session.rows(CREDENTIALS, {"email": email}).one_or_none()
    with writing(scope.session):
        record(scope, "password.reset_requested", customer_id=row[0] if row else None)


def reset_is_open(scope: Scope, tokens: Tokens, token: str) -> bool:
    """Whether the link may still be used. Looking spends nothing."""
    claim = tokens.read_reset(scope.tenant.id, token)
    customer = scope.session.get(Customer, (scope.tenant.id, claim.customer_id)) if claim else None
    return bool(claim and customer and claim.fits(customer.password_hash))


def reset_password(scope: Scope, tokens: Tokens, token: str, password: str, browser: Browser) -> str:
    """Sets the password that the link's owner chose, ends all sign-ins and opens a new one.

    `Denied` for a link that is spent; of two who use it at once only the first is let in.
    """
    claim = tokens.read_reset(scope.tenant.id, token)
    customer = scope.session.get(Customer, (scope.tenant.id, claim.customer_id)) if claim else None
    if claim is None or customer is None or not claim.fits(customer.password_hash):
        raise Denied(SPENT_LINK)
    passwords.check_new_password(password, email=customer.email)
    scope.session.rollback()
    new_hash = passwords.hashed(password)
    with writing(scope.session) as session:
        customer = session.get(Customer, (scope.tenant.id, claim.customer_id))
        if customer is None or customer.is_blocked or not claim.fits(customer.password_hash):
            raise Denied(SPENT_LINK)
        customer.password_hash = new_hash
        customer.email_proven_at = customer.email_proven_at or scope.now
        end_sign_ins_of(session, customer.id, scope.now)
        record(scope, "password.changed", customer_id=customer.id, after={"by": "link"})
        return enter(scope, customer.id, browser)


def change_password(scope: Scope, sign_in_id: UUID, current: str, new: str) -> int:
    """Changes one's own password and ends all other sign-ins; gives how many. `Refused` under the form's fields."""
    customer_id = own_id(scope)
    proven = prove(scope, customer_id, current, field="current")
    passwords.check_new_password(new, email=proven.email, field="new")
    new_hash = passwords.hashed(new)
    with writing(scope.session) as session:
        customer = session.get_one(Customer, (scope.tenant.id, customer_id))
        if customer.password_hash != proven.password_hash:
            raise Refused("current", WRONG_PASSWORD)
        customer.password_hash = new_hash
        record(scope, "password.changed", customer_id=customer_id, after={"by": "customer"})
        return end_sign_ins_of(session, customer_id, scope.now, keep=sign_in_id)


def list_sign_ins(scope: Scope, sign_in_id: UUID) -> tuple[OpenSignIn, ...]:
    """The acting customer's open sign-ins, the last used first; those that idled too long are not open."""
    return open_sign_ins(scope, own_id(scope), sign_in_id)


def open_sign_ins(scope: Scope, customer_id: UUID, sign_in_id: UUID | None = None) -> tuple[OpenSignIn, ...]:
    """The same of any customer; who may see them is for the caller to know."""
    rows = scope.session.rows(SIGN_INS, {"customer": customer_id, "now": scope.now})
    return tuple(
        OpenSignIn(row.id, Kind(row.kind), row.device, row.site, row.created_at, row.seen_at, row.id == sign_in_id)
        for row in rows
        if scope.now - row.seen_at < IDLE[Kind(row.kind)]
    )


def end_one_sign_in(scope: Scope, sign_in_id: UUID) -> None:
    """Ends one of the acting customer's own sign-ins; `Missing` if there is no such one."""
    customer_id = own_id(scope)
    with writing(scope.session) as session:
        row = session.get(SignIn, (scope.tenant.id, sign_in_id))
        if row is None or row.customer_id != customer_id:
            raise Missing
        end_sign_in(session, sign_in_id, scope.now)


def end_other_sign_ins(scope: Scope, sign_in_id: UUID) -> int:
    """Ends all of the acting customer's sign-ins but this one; gives how many."""
    with writing(scope.session) as session:
        return end_sign_ins_of(session, own_id(scope), scope.now, keep=sign_in_id)


def read_profile(scope: Scope) -> Profile:
    """The acting customer's own details."""
    row = scope.session.rows(PROFILE, {"customer": own_id(scope)}).one_or_none()
    if row is None:
        raise Missing
    email, given_name, family_name, phone, version, has_bounced, asked_to_close_at = row
    settings = scope.tenant.settings
    return Profile(
        email, given_name, family_name, rules.shown_phone(phone, region=rules.region_of(scope.tenant.locale)), version,
        may_change_name=settings[NAME_EDITABLE], may_change_phone=settings[PHONE_EDITABLE],
        may_change_email=settings[EMAIL_EDITABLE],
        has_bounced=bool(has_bounced), asked_to_close_at=asked_to_close_at,
    )  # fmt: skip


def update_profile(scope: Scope, *, given_name: str, family_name: str, phone: str, version: int) -> bool:
    """Saves the details that the business lets customers change; gives whether anything changed.

    `Refused` names the field; `Refused("version")` if somebody else was faster. A locked field is ignored.
    """
    settings = scope.tenant.settings
    wanted: dict[str, str] = {}
    if settings[NAME_EDITABLE]:
        wanted["given_name"] = rules.clean_name(given_name, "given_name")
        wanted["family_name"] = rules.clean_name(family_name, "family_name", required=False)
    if settings[PHONE_EDITABLE]:
        wanted["phone"] = rules.clean_phone(phone, "phone", region=rules.region_of(scope.tenant.locale))
    with writing(scope.session) as session:
        customer = session.get_one(Customer, (scope.tenant.id, own_id(scope)))
        changed = {name: value for name, value in wanted.items() if getattr(customer, name) != value}
        if not changed:
            return False
        if customer.version != version:
            raise Refused("version", CHANGED_MEANWHILE)
        for name, value in changed.items():
            setattr(customer, name, value)
        customer.version += 1
        record(scope, "customer.updated", customer_id=customer.id, after={"fields": sorted(changed)})
    return True


def own_id(scope: Scope) -> UUID:
    """The acting customer's id; `Denied` for everybody else."""
    if scope.actor.kind is not ActorKind.CUSTOMER or scope.actor.id is None:
        raise Denied(_("Please log in first."))
    return scope.actor.id


def sign_in_member(scope: Scope, member_id: UUID, *, device: str) -> str:
    """Opens the console for a member whose password was checked at the platform's sign-in."""
    with writing(scope.session) as session:
        found = session.get(Member, (scope.tenant.id, member_id))
        if found is None or found.ended_at is not None:
            raise Missing
        return enter_as_member(scope, found, device=device)


def enter_as_member(scope: Scope, found: Member, *, device: str) -> str:
    """Opens the console inside the open write transaction."""
    found.signed_in_at = scope.now
    record(scope, "member.signed_in")
    return open_sign_in(scope, Kind.CONSOLE, member_id=found.id, device=device)

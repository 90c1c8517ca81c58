"""Statements on customers and sign-ins."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Uuid, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import sqlite

from bookwidget.accounts.models import Attempts, ClosureRequest, Companion, Customer, HandOver, Onboarding, SignIn
from bookwidget.events.housekeeping import expires
from bookwidget.events.models import Event
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.later import later
from bookwidget.tenancy.models import Host, Member, Site, Tenant
from bookwidget.tenancy.searching import contains
from bookwidget.tenancy.session import TenantSession
from bookwidget.tenancy.store import TENANT_COLUMNS

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql
else:
    postgresql = later("sqlalchemy.dialects.postgresql")

SIGN_IN_COLUMNS = (
    SignIn.id,
    SignIn.kind,
    SignIn.digest,
    SignIn.old_digest,
    SignIn.old_until,
    SignIn.created_at,
    SignIn.seen_at,
    SignIn.expires_at,
)
CUSTOMER_COLUMNS = (
    Customer.id,
    Customer.email,
    Customer.given_name,
    Customer.family_name,
    Customer.locale,
    Customer.is_blocked,
)
ONBOARDING = select(Onboarding.trade, Onboarding.done, Onboarding.ended_at)
MEMBER_COLUMNS = (Member.id, Member.email, Member.name, Member.role)

# In the order of the fields of `team.Colleague`.
TEAM_COLUMNS = (*MEMBER_COLUMNS, Member.invited_at, Member.ended_at, Member.signed_in_at)
TEAM = select(*TEAM_COLUMNS).order_by(Member.ended_at.is_not(None), Member.name, Member.id)
LOCK_TEAM = select(Member).order_by(Member.id).with_for_update(key_share=True)

# Who asks, and where: the one statement that every page of a widget begins with.
WHO_AND_WHERE = (
    select(Site.origin, *SIGN_IN_COLUMNS, *CUSTOMER_COLUMNS, *TENANT_COLUMNS)
    .select_from(Tenant)
    .outerjoin(Site, Site.id == bindparam("site"))
    .outerjoin(SignIn, (SignIn.id == bindparam("sign_in")) & SignIn.ended_at.is_(None))
    .outerjoin(Customer, Customer.id == SignIn.customer_id)
)
WHO_AT_CONSOLE = (
    select(*SIGN_IN_COLUMNS, *MEMBER_COLUMNS, *TENANT_COLUMNS)
    .select_from(Tenant)
    .outerjoin(SignIn, (SignIn.id == bindparam("sign_in")) & SignIn.ended_at.is_(None))
    .outerjoin(Member, (Member.id == SignIn.member_id) & Member.ended_at.is_(None))
)
CREDENTIALS = select(Customer.id, Customer.password_hash, Customer.is_blocked).where(
    Customer.email == bindparam("email")
)
ASKED_TO_CLOSE = (
    select(ClosureRequest.asked_at)
    .where(ClosureRequest.customer_id == bindparam("customer"), ClosureRequest.state == "open")
    .scalar_subquery()
)
PROFILE = select(
    Customer.email,
    Customer.given_name,
    Customer.family_name,
    Customer.phone,
    Customer.version,
    Customer.bounced_at.is_not(None),
    ASKED_TO_CLOSE,
).where(Customer.id == bindparam("customer"))
# In the order of the fields of `customers.DeskCustomer`.
DESK_COLUMNS = (
    Customer.id,
    Customer.given_name,
    Customer.family_name,
    Customer.email,
    Customer.phone,
    (Customer.password_hash != "").label("has_account"),
    Customer.is_blocked,
    Customer.version,
    Customer.created_at,
    Customer.bounced_at,
    Customer.bounced_why,
    Customer.closing,
)
DESK_CUSTOMER = select(*DESK_COLUMNS).where(Customer.id == bindparam("customer"))
DESK_ORDER = (Customer.given_name, Customer.family_name, Customer.id)
DESK_PAGE = (
    select(*DESK_COLUMNS)
    .where(Customer.closing != "anonymised")
    .order_by(*DESK_ORDER)
    .limit(bindparam("size"))
    .offset(bindparam("skip"))
)
OF_THIS_NAME = contains(Customer.given_name + " " + Customer.family_name + " " + Customer.given_name, Customer.email)
"""Also of this e-mail. Whichever of the two names is typed first."""
OF_THIS_PHONE = Customer.phone.like(bindparam("digits"), escape="/")
DESK_FOUND = DESK_PAGE.where(or_(OF_THIS_NAME, OF_THIS_PHONE))
# In the order of the fields of `customers.CustomerStep`.
CUSTOMER_LOG = (
    select(Event.kind, Event.at, Event.actor_kind, func.coalesce(Member.name, "").label("member"))
    .select_from(Event)
    .outerjoin(Member, Member.id == Event.actor_id)
    .where(Event.customer_id == bindparam("customer"), Event.booking_id.is_(None))
    .order_by(Event.at.desc(), Event.id.desc())
    .limit(30)
)
LOCK_CUSTOMER = select(Customer.id).where(Customer.id == bindparam("customer")).with_for_update(key_share=True)
RESET_ASKED = (
    select(Event.id)
    .where(
        Event.customer_id == bindparam("customer"),
        Event.at > bindparam("since"),
        Event.kind.in_(("password.reset_requested", "customer.invited")),
    )
    .limit(1)
)

COMPANIONS = (
    select(Companion.id, Companion.name, Companion.is_child, Companion.birth_year)
    .where(Companion.customer_id == bindparam("customer"))
    .order_by(Companion.name, Companion.id)
)

SIGN_INS = (
    select(SignIn.id, SignIn.kind, SignIn.device, SignIn.site, SignIn.created_at, SignIn.seen_at)
    .where(
        SignIn.customer_id == bindparam("customer"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > bindparam("now"),
    )
    .order_by(SignIn.seen_at.desc(), SignIn.id)
)

NOTE_SEEN = update(SignIn).where(SignIn.id == bindparam("sign_in")).values(seen_at=bindparam("now"))
END_SIGN_IN = (
    update(SignIn).where(SignIn.id == bindparam("sign_in"), SignIn.ended_at.is_(None)).values(ended_at=bindparam("now"))
)
KEPT = bindparam("kept", type_=Uuid())
END_SIGN_INS = (
    update(SignIn)
    .where(
        SignIn.customer_id == bindparam("customer"), SignIn.ended_at.is_(None), or_(KEPT.is_(None), SignIn.id != KEPT)
    )
    .values(ended_at=bindparam("now"))
)

END_SIGN_INS_OF_MEMBER = (
    update(SignIn)
    .where(SignIn.member_id == bindparam("member"), SignIn.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)

HAND_OVER = select(HandOver).where(HandOver.challenge == bindparam("challenge")).with_for_update()
BURN_HAND_OVER = delete(HandOver).where(HandOver.challenge == bindparam("spent"))
END_HAND_OVERS = delete(HandOver).where(HandOver.customer_id == bindparam("customer"))
expires("hand_overs", HandOver, HandOver.typed_expires_at, keep=timedelta(hours=1))


def put_hand_over(session: TenantSession, challenge: bytes, **values: Any) -> None:
    """Stores it in place of an older one for the same frame. Inside the open write transaction."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        insert(HandOver)
        .values(id=uuid7(), challenge=challenge, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "challenge"], set_=values)
    )


def put_customer(session: TenantSession, **values: Any) -> bool:
    """Makes a customer, unless there is one with this e-mail: then False. Inside the open write transaction."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = session.execute(
        insert(Customer)
        .values({"id": uuid7(), **values})
        .on_conflict_do_nothing(index_elements=["tenant_id", "email"])
        .returning(Customer.id)
    )
    return made.one_or_none() is not None


def count_up(session: TenantSession, key: str, window_at: datetime) -> int:
    """One more attempt under this key in this window; how many there are. Inside the open write transaction."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    upsert = (
        insert(Attempts)
        .values(id=uuid7(), key=key, window_at=window_at, count=1)
        .on_conflict_do_update(index_elements=["tenant_id", "key", "window_at"], set_={"count": Attempts.count + 1})
        .returning(Attempts.count)
    )
    count: int = session.execute(upsert).scalar_one()
    return count


expires("hosts", Host, Host.created_at, Host.verified_at.is_(None), keep=timedelta(days=7))
expires("attempts", Attempts, Attempts.window_at, keep=timedelta(days=2))
expires("sign-ins", SignIn, SignIn.expires_at, keep=timedelta(days=90))

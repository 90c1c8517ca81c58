"""Statements on messages and on whom they are for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking
from bookwidget.catalog.models import Service
from bookwidget.events.housekeeping import BATCH, expires_with
from bookwidget.events.models import Event, Job
from bookwidget.notices.kinds import Kind
from bookwidget.notices.links import CustomerFacts, MemberFacts
from bookwidget.notices.models import Message, MessageTemplate
from bookwidget.notices.words import Words
from bookwidget.tenancy.base import Instant
from bookwidget.tenancy.models import Member, Tenant
from bookwidget.tenancy.platform import PENDING
from bookwidget.tenancy.session import TenantSession


@dataclass(frozen=True)
class StoredMessage:
    """A message as it was written."""

    id: UUID
    template: str
    channel: str
    address: str
    reply_to: str
    sender_name: str
    subject: str
    text: str
    html: str
    created_at: datetime
    sent_at: datetime | None


CUSTOMER = select(
    Customer.id,
    Customer.email,
    Customer.given_name,
    Customer.family_name,
    Customer.phone,
    Customer.locale,
    Customer.is_blocked,
    Customer.password_hash,
    Customer.muted,
).where(Customer.id == bindparam("customer"))

# In the order of the fields of `links.MemberFacts`.
MEMBER = select(Member.id, Member.email, Member.name, Member.password_hash, Member.invited_at).where(
    Member.id == bindparam("member"), Member.ended_at.is_(None)
)

MESSAGE = select(
    Message.id,
    Message.template,
    Message.channel,
    Message.address,
    Message.reply_to,
    Message.sender_name,
    Message.subject,
    Message.text,
    Message.html,
    Message.created_at,
    Message.sent_at,
).where(Message.id == bindparam("message"))

# In the order of the fields of `sent.SentMessage`.
SENT_TO_CUSTOMER = (
    select(Message.id, Message.subject, Message.address, Message.channel, Message.created_at, Message.sent_at)
    .join(Event, Event.id == Message.event_id)
    .where(Event.customer_id == bindparam("customer"), Message.recipient == "customer")
    .order_by(Message.created_at.desc(), Message.id.desc())
    .limit(20)
)
_of_kind = (
    MessageTemplate.event == bindparam("event"),
    MessageTemplate.recipient == bindparam("recipient"),
    MessageTemplate.channel == bindparam("channel"),
    MessageTemplate.language == bindparam("language"),
)
OWN_WORDS = select(MessageTemplate.subject, MessageTemplate.text).where(*_of_kind)
OWN_TEMPLATE = select(MessageTemplate).where(*_of_kind)
# In the order of the fields of `wording.OwnWords`, after the words.
SHOWN_TEMPLATE = (
    select(
        MessageTemplate.subject,
        MessageTemplate.text,
        MessageTemplate.version,
        MessageTemplate.changed_at,
        func.coalesce(Member.name, ""),
    )
    .outerjoin(Member, Member.id == MessageTemplate.member_id)
    .where(*_of_kind)
)
RESET_WORDS = delete(MessageTemplate).where(*_of_kind)
ALL_TEMPLATES = select(
    MessageTemplate.event,
    MessageTemplate.recipient,
    MessageTemplate.channel,
    MessageTemplate.language,
    MessageTemplate.changed_at,
).order_by(MessageTemplate.language)
TROUBLES = (
    select(Message.template, Message.channel, func.max(Message.created_at))
    .where(Message.trouble != "")
    .group_by(Message.template, Message.channel)
)
# What a reminder needs to know of its booking, as it is now.
REMINDED = (
    select(Booking.code, Booking.customer_id, Booking.status, Booking.starts_at, Service.settings)
    .join(Service, Service.id == Booking.service_id)
    .where(Booking.id == bindparam("booking"))
)
REMINDED_LOCKED = REMINDED.with_for_update(of=Booking)
MUTED = select(Customer.muted, Customer.phone).where(Customer.id == bindparam("customer"))
# Of the platform's engine: a mail that comes back names only itself.
BOUNCED = (
    select(Message.tenant_id, Message.recipient, Message.address, Event.customer_id)
    .join(Event, (Event.tenant_id == Message.tenant_id) & (Event.id == Message.event_id))
    .where(Message.id == bindparam("bounced_message"))
)
_sending = Job.kind == "message.send"
QUEUE = select(func.count(), func.min(Job.created_at)).where(
    _sending, Job.state == "waiting", Job.last_error != "", Job.created_at < bindparam("before", type_=Instant())
)
DEAD = (
    select(Job.id, Job.ended_at, Job.last_error, Job.payload)
    .where(_sending, Job.state == "dead")
    .order_by(Job.ended_at.desc(), Job.id)
    .limit(100)
)
_message = Job.payload["message"].as_string()
GIVEN_UP = select(_message, Job.last_error).where(
    _sending, Job.state == "dead", _message.in_(bindparam("messages", expanding=True))
)
DEAD_COUNT = select(func.count()).where(_sending, Job.state == "dead")
MESSAGES = select(Message.id, Message.subject, Message.address, Message.created_at).where(
    Message.id.in_(bindparam("messages", expanding=True))
)
REVIVE = (
    update(Job)
    .where(_sending, Job.state == "dead", Job.id == bindparam("dead_job"))
    .values(state="waiting", due_at=bindparam("now"), attempts=0, lease=None, ended_at=None)
)
LATEST_BOOKING = select(Booking.code, Booking.customer_id).order_by(Booking.id.desc()).limit(1)
LINK_VERSION = select(Booking.link_version).where(Booking.id == bindparam("booking"))
MARK_SENT = update(Message).where(Message.id == bindparam("message")).values(sent_at=bindparam("now"))

# What a sign-up has that nobody confirmed: its event, the work of it, and the mail.
ABANDONED = (
    select(Tenant.id)
    .where(Tenant.slug.startswith(PENDING), Tenant.created_at < bindparam("before", type_=Instant))
    .order_by(Tenant.id)
    .limit(BATCH)
)
expires_with(
    "sign_ups",
    *(delete(model).where(model.tenant_id.in_(ABANDONED)) for model in (Message, Job, Event)),
    delete(Tenant).where(Tenant.id.in_(ABANDONED)),
    keep=timedelta(days=7),
)


def customer_of(session: TenantSession, customer_id: UUID) -> CustomerFacts | None:
    row = session.rows(CUSTOMER, {"customer": customer_id}).one_or_none()
    return None if row is None else CustomerFacts(*row)


def member_of(session: TenantSession, member_id: UUID) -> MemberFacts | None:
    """None for who has left."""
    row = session.rows(MEMBER, {"member": member_id}).one_or_none()
    return None if row is None else MemberFacts(*row)


def key_of(kind: Kind, language: str) -> dict[str, str]:
    """The values by which words are found."""
    return {"event": kind.event, "recipient": kind.recipient, "channel": kind.channel, "language": language}


def own_words(session: TenantSession, kind: Kind, language: str) -> Words | None:
    """The business's own; None: the shipped ones go out."""
    row = session.rows(OWN_WORDS, key_of(kind, language)).one_or_none()
    return None if row is None else Words(*row)


def message_of(session: TenantSession, message_id: UUID) -> StoredMessage | None:
    row = session.rows(MESSAGE, {"message": message_id}).one_or_none()
    return None if row is None else StoredMessage(*row)


def link_version_of(session: TenantSession, booking_id: UUID) -> int | None:
    """None for a booking that is gone."""
    version: int | None = session.rows(LINK_VERSION, {"booking": booking_id}).scalar_one_or_none()
    return version


def mark_sent(session: TenantSession, message_id: UUID, now: datetime) -> None:
    session.rows(MARK_SENT, {"message": message_id, "now": now})

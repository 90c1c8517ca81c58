"""Addresses that stand in mails. Who serves the pages knows them, so the process passes them in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bookwidget.notices.kinds import Kind
from bookwidget.tenancy.scope import TenantFacts


@dataclass(frozen=True)
class CustomerFacts:
    """The customer a message is about, as read when it is written or sent."""

    id: UUID
    email: str
    given_name: str
    family_name: str
    phone: str
    locale: str
    """Empty: the business's."""
    is_blocked: bool
    password_hash: str = field(repr=False)
    """A reset link is made for one password; it stands in no mail."""
    muted: str = ""
    """Keys of the messages that they do not want."""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class MemberFacts:
    """Somebody who works for the business, as read when a message to them is written or sent."""

    id: UUID
    email: str
    name: str
    password_hash: str = field(repr=False)
    invited_at: datetime | None

    @property
    def as_addressee(self) -> CustomerFacts:
        """As templates know people; they read the business's language."""
        return CustomerFacts(self.id, self.email, self.name, "", "", "", is_blocked=False, password_hash="")


class Links(Protocol):
    """All are absolute."""

    def password_reset(self, tenant: TenantFacts, customer: CustomerFacts) -> str:
        """A fresh single-use address. Asked for at the moment of sending, and never stored."""

    def invitation(self, tenant: TenantFacts, customer: CustomerFacts) -> str:
        """The same for who was invited by the business."""

    def new_email(self, tenant: TenantFacts, customer: CustomerFacts, email: str) -> str:
        """Where the customer confirms that this mailbox is theirs. Never stored."""

    def first_password(self, tenant: TenantFacts) -> str:
        """Where a customer without a password asks for a link to set one."""

    def of_member(self, tenant: TenantFacts, member: MemberFacts) -> str:
        """The same for the console: where who is invited comes in, and others set a new password."""

    def booking(self, tenant: TenantFacts, booking_id: UUID, version: int) -> str:
        """Where this one booking opens for whoever has the link. Never stored."""

    def waiting(self, tenant: TenantFacts, entry_id: UUID) -> str:
        """Where this one entry of a waiting list opens for whoever has the link. Never stored."""

    def sign_up(self, tenant: TenantFacts) -> str:
        """Where somebody confirms that they signed up this business. Never stored."""

    def unsubscribe(self, tenant: TenantFacts, customer_id: UUID, kind: Kind) -> str:
        """Where this customer turns this message off without logging in. Never stored."""

    def bookings(self, tenant: TenantFacts) -> str:
        """Where the customer finds their bookings."""

    def help(self, tenant: TenantFacts) -> str:
        """What explains the portal to customers."""

    def logo(self, tenant: TenantFacts, file: str) -> str:
        """The uploaded picture."""

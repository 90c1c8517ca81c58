"""Addresses of the service for mails."""

from dataclasses import dataclass, field
from uuid import UUID

from bookwidget.accounts.sign_up import sign_up_token
from bookwidget.accounts.support import support_of
from bookwidget.accounts.tokens import Tokens
from bookwidget.bookings.actions import booking_token, waiting_token
from bookwidget.notices.kinds import Kind
from bookwidget.notices.links import CustomerFacts, MemberFacts
from bookwidget.notices.wishes import unsubscribe_token
from bookwidget.tenancy.scope import TenantFacts


@dataclass(frozen=True)
class ServiceLinks:
    """Made of `public_url`, because the worker has no request to look at. People open mails outside the
    business's site, so the links lead to the hosted pages.
    """

    public_url: str
    tokens: Tokens = field(repr=False)

    def password_reset(self, tenant: TenantFacts, customer: CustomerFacts) -> str:
        token = self.tokens.reset(tenant.id, customer.id, customer.password_hash)
        return f"{self.public_url}/w/{tenant.slug}/0/login/reset/{token}"

    def invitation(self, tenant: TenantFacts, customer: CustomerFacts) -> str:
        token = self.tokens.customer_invitation(tenant.id, customer.id, customer.password_hash)
        return f"{self.public_url}/w/{tenant.slug}/0/login/reset/{token}"

    def new_email(self, tenant: TenantFacts, customer: CustomerFacts, email: str) -> str:
        token = self.tokens.new_email(tenant.id, customer.id, customer.email, email)
        return f"{self.public_url}/w/{tenant.slug}/0/login/email/{token}"

    def first_password(self, tenant: TenantFacts) -> str:
        return f"{self.public_url}/w/{tenant.slug}/0/login/forgot"

    def of_member(self, tenant: TenantFacts, member: MemberFacts) -> str:
        if member.invited_at is not None:
            token = self.tokens.invitation(tenant.id, member.id, member.invited_at)
            return f"{self.public_url}/console/invitation/{token}"
        token = self.tokens.member_password(tenant.id, member.id, member.password_hash)
        return f"{self.public_url}/console/password/{token}"

    def booking(self, tenant: TenantFacts, booking_id: UUID, version: int) -> str:
        token = booking_token(self.tokens, tenant.id, booking_id, version)
        return f"{self.public_url}/w/{tenant.slug}/0/booking/{token}"

    def waiting(self, tenant: TenantFacts, entry_id: UUID) -> str:
        return f"{self.public_url}/w/{tenant.slug}/0/booking/waiting/{waiting_token(self.tokens, tenant.id, entry_id)}"

    def sign_up(self, tenant: TenantFacts) -> str:
        return f"{self.public_url}/signup/confirm/{sign_up_token(self.tokens, tenant.id)}"

    def unsubscribe(self, tenant: TenantFacts, customer_id: UUID, kind: Kind) -> str:
        token = unsubscribe_token(self.tokens, tenant.id, customer_id, kind)
        return f"{self.public_url}/unsubscribe/{tenant.slug}/{token}"

    def bookings(self, tenant: TenantFacts) -> str:
        return f"{self.public_url}/p/{tenant.slug}/"

    def help(self, tenant: TenantFacts) -> str:
        return support_of(tenant).help_address or f"{self.public_url}/w/{tenant.slug}/0/help/"

    def logo(self, tenant: TenantFacts, file: str) -> str:
        return f"{self.public_url}/media/{tenant.slug}/{file}"

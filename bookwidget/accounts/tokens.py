"""Signed tokens that leave in mails. One salt a purpose; single use follows from what they are signed over."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadData, Signer, URLSafeTimedSerializer

from bookwidget.kernel.clock import is_fresh, utc_now
from bookwidget.kernel.ids import parse_uuid

RESET_LIFETIME = timedelta(hours=1)
INVITATION_LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class ResetClaim:
    """What a reset token says: for whom, and for which password it was made."""

    customer_id: UUID
    fingerprint: str

    def fits(self, password_hash: str) -> bool:
        """Whether that password is still the one it was made for; once changed, the token is spent."""
        return self.fingerprint == fingerprint_of(password_hash)


@dataclass(frozen=True)
class MemberClaim:
    """What a link to the console says: at which business, for whom, and for which state of theirs it was made."""

    tenant_id: UUID
    member_id: UUID
    fingerprint: str

    def fits(self, state: str) -> bool:
        return self.fingerprint == fingerprint_of(state)


@dataclass(frozen=True)
class EmailClaim:
    """What the link to a new e-mail says: whose, which one they had when it was made, and which one they want."""

    customer_id: UUID
    fingerprint: str
    email: str

    def fits(self, email: str) -> bool:
        return self.fingerprint == fingerprint_of(email)


def fingerprint_of(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


class Tokens:
    """Makes and reads them with the installation's secret."""

    def __init__(self, secret_key: str) -> None:
        self._secret = secret_key
        self._reset = URLSafeTimedSerializer(secret_key, salt="password-reset")
        self._customer_invitation = URLSafeTimedSerializer(secret_key, salt="customer-invitation")
        self._member = URLSafeTimedSerializer(secret_key, salt="member-password")
        self._email = URLSafeTimedSerializer(secret_key, salt="customer-email")
        self._invitation = URLSafeTimedSerializer(secret_key, salt="member-invitation")

    def reset(self, tenant_id: UUID, customer_id: UUID, password_hash: str) -> str:
        """A token to set a new password; useless after `RESET_LIFETIME` or once a password was set."""
        return _token_of(self._reset, tenant_id, customer_id, password_hash)

    def customer_invitation(self, tenant_id: UUID, customer_id: UUID, password_hash: str) -> str:
        """The same for who is invited, with `INVITATION_LIFETIME` to answer."""
        return _token_of(self._customer_invitation, tenant_id, customer_id, password_hash)

    def read_reset(self, tenant_id: UUID, token: str) -> ResetClaim | None:
        """The claim of a reset or an invitation; None for a token that is forged, too old or another tenant's."""
        found = _claim_in(self._reset, token, RESET_LIFETIME) or _claim_in(
            self._customer_invitation, token, INVITATION_LIFETIME
        )
        if found is None or found.tenant_id != tenant_id:
            return None
        return ResetClaim(found.member_id, found.fingerprint)

    def member_password(self, tenant_id: UUID, member_id: UUID, password_hash: str) -> str:
        """The same for a member. It names the business too, because the console's addresses do not."""
        return _token_of(self._member, tenant_id, member_id, password_hash)

    def read_member_password(self, token: str) -> MemberClaim | None:
        """None for a token that is forged or older than `RESET_LIFETIME`."""
        return _claim_in(self._member, token, RESET_LIFETIME)

    def invitation(self, tenant_id: UUID, member_id: UUID, invited_at: datetime) -> str:
        """Lets a member in who has no password yet; useless once another invitation was sent."""
        return _token_of(self._invitation, tenant_id, member_id, invited_at.isoformat())

    def read_invitation(self, token: str) -> MemberClaim | None:
        return _claim_in(self._invitation, token, INVITATION_LIFETIME)

    def new_email(self, tenant_id: UUID, customer_id: UUID, old: str, new: str) -> str:
        """Makes another e-mail a customer's; useless after `RESET_LIFETIME` or once they have any other."""
        token = self._email.dumps([tenant_id.hex, customer_id.hex, fingerprint_of(old), new])
        return token if isinstance(token, str) else token.decode()

    def read_new_email(self, tenant_id: UUID, token: str) -> EmailClaim | None:
        """None for a token that is forged, too old or another tenant's."""
        try:
            (tenant, customer, fingerprint, email), made_at = self._email.loads(token, return_timestamp=True)
        except (BadData, ValueError, TypeError):
            return None
        id = parse_uuid(customer)
        is_good = tenant == tenant_id.hex and is_fresh(made_at, RESET_LIFETIME, utc_now())
        return EmailClaim(id, fingerprint, email) if id and is_good else None

    def sign(self, purpose: str, tenant_id: UUID, *facts: str) -> str:
        """Facts without dots that come back unchanged, for this purpose and tenant only. Everybody can read them."""
        return self._signer(purpose, tenant_id).sign(".".join(facts)).decode()

    def read(self, purpose: str, tenant_id: UUID, token: str) -> list[str]:
        """The facts; none for a token that is forged, of another purpose or another tenant's."""
        try:
            return self._signer(purpose, tenant_id).unsign(token).decode().split(".")
        except (BadData, ValueError):
            return []

    def _signer(self, purpose: str, tenant_id: UUID) -> Signer:
        return Signer(self._secret, salt=f"{purpose}:{tenant_id.hex}")


def _token_of(signer: URLSafeTimedSerializer, tenant_id: UUID, member_id: UUID, state: str) -> str:
    token = signer.dumps([tenant_id.hex, member_id.hex, fingerprint_of(state)])
    return token if isinstance(token, str) else token.decode()


def _claim_in(signer: URLSafeTimedSerializer, token: str, lifetime: timedelta) -> MemberClaim | None:
    try:
        (tenant, member, fingerprint), made_at = signer.loads(token, return_timestamp=True)
    except (BadData, ValueError, TypeError):
        return None
    ids = parse_uuid(tenant), parse_uuid(member)
    is_good = is_fresh(made_at, lifetime, utc_now())
    return MemberClaim(ids[0], ids[1], fingerprint) if ids[0] and ids[1] and is_good else None

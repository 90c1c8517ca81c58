"""Links in mails that open one entry of a waiting list without an account; and addresses of kept places."""

from dataclasses import dataclass, replace
from uuid import UUID

from bookwidget.accounts.tokens import Tokens
from bookwidget.bookings import store_waiting as store
from bookwidget.bookings.results import WaitingDetails
from bookwidget.bookings.waiting import read_waiting
from bookwidget.kernel.actors import Door, customer
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.ids import parse_uuid
from bookwidget.tenancy.scope import Scope

WAITING, KEPT = "waiting", "kept place"


@dataclass(frozen=True)
class KeptPlace:
    """Which place is (or was) kept, of what, and when; and by which waiting-list entry it was got, if by one."""

    hold_id: UUID
    service_id: UUID
    slot_key: str
    entry_id: UUID | None = None


def kept_token(tokens: Tokens, tenant_id: UUID, kept: KeptPlace) -> str:
    facts = [kept.hold_id.hex, kept.service_id.hex, kept.slot_key]
    return tokens.sign(KEPT, tenant_id, *facts, *([kept.entry_id.hex] if kept.entry_id else []))


def read_kept_token(tokens: Tokens, tenant_id: UUID, token: str) -> KeptPlace:
    """Raises `Missing` for an address that we did not make."""
    facts = tokens.read(KEPT, tenant_id, token)
    ids = [parse_uuid(text) for text in (*facts[:2], *facts[3:])]
    if not 3 <= len(facts) <= 4 or ids[0] is None or ids[1] is None:
        raise Missing
    return KeptPlace(ids[0], ids[1], facts[2], ids[2] if len(ids) == 3 else None)


def waiting_token(tokens: Tokens, tenant_id: UUID, entry_id: UUID) -> str:
    """Ends with the entry: who left, or booked, has nothing left to open."""
    return tokens.sign(WAITING, tenant_id, entry_id.hex)


def open_waiting(scope: Scope, tokens: Tokens, token: str) -> tuple[Scope, WaitingDetails]:
    """The entry, and the scope in which its customer acts on it through the mail. Raises `Missing`."""
    facts = tokens.read(WAITING, scope.tenant.id, token)
    entry_id = parse_uuid(facts[0]) if len(facts) == 1 else None
    owner = scope.session.rows(store.OWNER, {"entry": entry_id}).scalar_one_or_none() if entry_id else None
    if entry_id is None or owner is None:
        raise Missing
    acting = replace(scope, actor=customer(owner, Door.MAIL))
    return acting, read_waiting(acting, entry_id)

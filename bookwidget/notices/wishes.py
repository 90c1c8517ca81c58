"""Which messages a customer wants. What law or the booking needs is not theirs to turn off."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from bookwidget.accounts.models import Customer
from bookwidget.accounts.rules import region_of, shown_phone
from bookwidget.accounts.tokens import Tokens
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.ids import parse_uuid
from bookwidget.notices.kinds import CUSTOMER, KINDS, Kind
from bookwidget.notices.settings import is_sent
from bookwidget.notices.store import MUTED
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

PURPOSE = "unsubscribe"


class Wish(NamedTuple):
    """One message of the business's to its customers."""

    kind: Kind
    is_wanted: bool


class Unsubscribing(NamedTuple):
    """What a link in a mail turns off, and for whom."""

    customer_id: UUID
    kind: Kind


class Wishes(NamedTuple):
    """What a customer chooses among, by channel."""

    by_channel: dict[str, list[Wish]]
    """Channels that the business uses; what can be chosen stands first."""
    phone: str
    """Where text messages go; empty: nowhere. As people of the business's country write it."""


def list_wishes(scope: Scope) -> Wishes:
    """Of the acting customer; without what the business does not send. One statement. `Missing` for everybody else."""
    muted, phone = scope.session.rows(MUTED, {"customer": own_id(scope)}).one()
    found: dict[str, list[Wish]] = {}
    for kind in KINDS.values():
        if kind.recipient == CUSTOMER and is_sent(scope.tenant.settings, kind):
            wish = Wish(kind, kind.is_needed or kind.key not in muted.split())
            found.setdefault(kind.channel, []).append(wish)
    found = {channel: sorted(wishes, key=lambda wish: wish.kind.is_needed) for channel, wishes in found.items()}
    return Wishes(found, shown_phone(phone, region=region_of(scope.tenant.locale)))


def choose_messages(scope: Scope, wanted: set[str], shown: set[str]) -> None:
    """Keeps what the acting customer wants among what was shown to them; the rest stays as it is.

    Raises `Missing`. Event: `customer.messages_chosen`, none if nothing changes.
    """
    _mute(scope, own_id(scope), lambda key, was: key not in wanted if key in shown else was)


def unsubscribe(scope: Scope, found: Unsubscribing) -> None:
    """Turns one message off by the link in a mail. Asked for again, it changes nothing. Raises `Missing`."""
    _mute(scope, found.customer_id, lambda key, was: was or key == found.kind.key)


def _mute(scope: Scope, customer_id: UUID, is_muted: Callable[[str, bool], bool]) -> None:
    with writing(scope.session) as session:
        customer = session.get(Customer, (scope.tenant.id, customer_id), with_for_update=True)
        if customer is None:
            raise Missing
        before = customer.muted.split()
        keys = [kind.key for kind in KINDS.values() if kind.is_theirs_to_turn_off]
        customer.muted = " ".join(key for key in keys if is_muted(key, key in before))
        if customer.muted.split() != before:
            record(scope, "customer.messages_chosen", customer_id=customer_id, after={"muted": customer.muted})


def unsubscribe_token(tokens: Tokens, tenant_id: UUID, customer_id: UUID, kind: Kind) -> str:
    return tokens.sign(PURPOSE, tenant_id, customer_id.hex, kind.key.replace(".", ":"))


def read_unsubscribe(tokens: Tokens, tenant_id: UUID, token: str) -> Unsubscribing:
    """Raises `Missing` for a token that is forged or another tenant's."""
    facts = tokens.read(PURPOSE, tenant_id, token)
    customer_id = parse_uuid(facts[0]) if len(facts) == 2 else None
    kind = KINDS.get(facts[1].replace(":", ".")) if customer_id else None
    if customer_id is None or kind is None:
        raise Missing
    return Unsubscribing(customer_id, kind)


def own_id(scope: Scope) -> UUID:
    if scope.actor.kind is not ActorKind.CUSTOMER or scope.actor.id is None:
        raise Missing
    return scope.actor.id

"""The business's own words for its messages: read, saved, reset, tried out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bookwidget.bookings.actions import read_for_desk
from bookwidget.bookings.changing import place_facts
from bookwidget.catalog.actions import list_services
from bookwidget.events.record import enqueue, record
from bookwidget.events.store import Happened
from bookwidget.kernel.actors import ActorKind
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.notices import store
from bookwidget.notices.kinds import BUSINESS, KINDS, Facts, Kind, Live, Sort
from bookwidget.notices.links import CustomerFacts
from bookwidget.notices.mail import new_message
from bookwidget.notices.models import MessageTemplate
from bookwidget.notices.variables import known_of
from bookwidget.notices.words import Words, clean_words
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

if TYPE_CHECKING:
    from bookwidget.notices.compose import Letter

SEND = "message.send"
TEST = Sort("message.tested", _("Test"), Facts.NONE, Live.NONE, (), (BUSINESS,))
OVERTAKEN = _("Somebody else has changed these words meanwhile. Theirs stand below; save again to use yours.")


class OwnWords(NamedTuple):
    """What the business wrote, and when."""

    subject: str
    text: str
    version: int
    changed_at: datetime
    member: str
    """Who wrote it; empty if they are gone."""

    @property
    def words(self) -> Words:
        return Words(self.subject, self.text)


@dataclass(frozen=True)
class Written:
    """Which messages have words of the business's own."""

    languages: Mapping[str, tuple[str, ...]]
    """By the key of the message."""
    troubled: Mapping[str, datetime]
    """Messages whose own words could not be used since they were written, and when that was last."""


def list_written(scope: Scope) -> Written:
    """Two statements."""
    require(scope, Permission.SETTINGS_CHANGE)
    languages: dict[str, tuple[str, ...]] = {}
    changed: dict[str, datetime] = {}
    for event, recipient, channel, language, changed_at in scope.session.rows(store.ALL_TEMPLATES):
        key = f"{event}.{recipient}.{channel}"
        languages[key] = (*languages.get(key, ()), language)
        changed[key] = max(changed_at, changed.get(key, changed_at))
    troubled = {f"{template}.{channel}": at for template, channel, at in scope.session.rows(store.TROUBLES)}
    return Written(languages, {key: at for key, at in troubled.items() if key in changed and at > changed[key]})


def read_own(scope: Scope, kind: Kind, language: str) -> OwnWords | None:
    """None: the shipped words go out."""
    require(scope, Permission.SETTINGS_CHANGE)
    row = scope.session.rows(store.SHOWN_TEMPLATE, store.key_of(kind, language)).one_or_none()
    return None if row is None else OwnWords(*row)


def save_words(scope: Scope, kind: Kind, language: str, typed: Words, *, shipped: Words, version: int) -> bool:
    """Keeps the words, or none where they are the shipped ones; whether anything changed. `version` is that of the
    words which the form was made with, 0 for the shipped ones.

    Raises `Denied`, `Refused` under `subject` or `text`, `Refused("version", …)` if somebody else was faster. Event:
    `message.changed`.
    """
    words = clean_words(typed, known_of(kind))
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        key = store.key_of(kind, language)
        found = session.scalars(store.OWN_TEMPLATE.with_for_update(), key).one_or_none()
        if words == (Words(found.subject, found.text) if found else shipped):
            return False
        if (found.version if found else 0) != version:
            raise Refused("version", OVERTAKEN)
        if words == shipped:
            session.rows(store.RESET_WORDS, key)
        else:
            template = found or MessageTemplate(**key, version=0)
            template.subject, template.text = words.subject, words.text
            template.version += 1
            template.changed_at, template.member_id = scope.now, scope.actor.id
            session.add(template)
        record(scope, "message.changed", after={"message": kind.key, "language": language})
    return True


def reset_words(scope: Scope, kind: Kind, language: str) -> None:
    """From now on the shipped words go out again. Raises `Denied`. Event: `message.reset`, none if they do already."""
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        if session.rows(store.RESET_WORDS, store.key_of(kind, language)).rowcount:
            record(scope, "message.reset", after={"message": kind.key, "language": language})


def sample_of(scope: Scope, kind: Kind, language: str) -> tuple[Happened, CustomerFacts]:
    """What a message would be about if it were written now: the latest booking and its customer, or where there is none
    yet, the first service and the member who asks.
    """
    require(scope, Permission.SETTINGS_CHANGE)
    latest = scope.session.rows(store.LATEST_BOOKING).one_or_none()
    customer = store.customer_of(scope.session, latest.customer_id) if latest else None
    facts = place_facts(read_for_desk(scope, latest.code).booking) if latest else first_offer(scope)
    if customer is None:
        customer = CustomerFacts(uuid7(), scope.tenant.email, scope.tenant.name, "", "", "", False, "")
    before, after = facts_of_sample(scope, kind, facts, customer)
    told = {"before": before, "after": after}
    happened = Happened(uuid7(), kind.event, scope.now, ActorKind.CUSTOMER, None, "", None, customer.id, told)
    own = scope.tenant.locale
    return happened, replace(customer, locale=own if own.partition("_")[0] == language else language)


def first_offer(scope: Scope) -> dict[str, Any]:
    """Of a business that has no booking yet: its first service, tomorrow at ten."""
    services = list_services(scope)
    day = scope.now.astimezone(scope.tenant.zone) + timedelta(days=1)
    starts_at = day.replace(hour=10, minute=0, second=0, microsecond=0)
    name = services[0].name if services else scope.tenant.name
    ends_at = starts_at + timedelta(hours=1)
    return {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "service": name}


def facts_of_sample(
    scope: Scope, kind: Kind, facts: dict[str, Any], customer: CustomerFacts
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after, as an event of this kind would tell them."""
    earlier = {name: datetime.fromisoformat(facts[name]) - timedelta(days=1) for name in ("starts_at", "ends_at")}
    moved = {name: at.isoformat() for name, at in earlier.items()}
    more: dict[str, Any] = {"reason": "…", "fee": 500, "fee_percent": 50, "price": 1000, "places": 1, "note": "…"}
    waiting = {"position": 2, "until": (scope.now + timedelta(hours=2)).isoformat(), "is_kept": True}
    full = {"price": 1000, "places": 1, **facts, "attendee": customer.name}
    if kind.facts is Facts.BEFORE:
        return full, more
    if kind.facts is Facts.BOTH:
        return {**full, **moved}, full
    return {}, {"note": more["note"], **full, **waiting} if kind.facts is Facts.AFTER else {}


def send_test(scope: Scope, kind: Kind, letter: "Letter", address: str) -> None:
    """Sends a message as it would be now to the member who asks, or as a text to the business's own phone, and to
    nobody else. Its live links are none.

    Raises `Denied`. Event: `message.tested`.
    """
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        event: Any = record(scope, TEST.event, after={"message": kind.key})
        [as_test] = TEST.kinds()
        as_test = replace(as_test, channel=kind.channel)
        message = new_message(scope, letter, as_test, event.id, to=address, reply_to="")
        session.add(message)
        payload: dict[str, Any] = {"message": str(message.id)}
        enqueue(session, SEND, f"{event.id.hex}:{BUSINESS}:{kind.channel}", payload, now=scope.now)


def find_kind(key: str) -> Kind | None:
    return KINDS.get(key)

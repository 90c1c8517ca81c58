"""People a customer books for: kept when the customer says so, offered in the next form, removed at will."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookwidget.accounts import store
from bookwidget.accounts.models import Companion
from bookwidget.accounts.settings import COMPANIONS_KEPT
from bookwidget.events.record import record
from bookwidget.kernel.actors import ActorKind, Door
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MOST = 30
LONGEST_NAME = 160
CHILD_UNTIL = 18
"""Years; who is older is no child."""
TOO_MANY: Text = _("You keep as many people as possible. Remove somebody in your profile first.")


@dataclass(frozen=True)
class CompanionFacts:
    """Somebody a customer books for."""

    id: UUID
    name: str
    is_child: bool
    birth_year: int | None
    """Of a child, if it is known."""
    age: int | None
    """In the course of this year."""


@dataclass(frozen=True)
class Remembered:
    """Somebody who is to be kept from a form, with the age that was typed there."""

    name: str
    is_child: bool
    age: int | None


def keeps_companions(scope: Scope) -> bool:
    """Whether the business lets its customers keep people."""
    return scope.tenant.settings[COMPANIONS_KEPT]


def list_companions(scope: Scope) -> tuple[CompanionFacts, ...]:
    """Those of the customer who acts, by name; nobody for anybody else, and where the business keeps none."""
    if not is_themselves(scope) or not keeps_companions(scope):
        return ()
    rows = scope.session.rows(store.COMPANIONS, {"customer": scope.actor.id})
    year = this_year(scope)
    return tuple(
        CompanionFacts(id, name, is_child, born, None if born is None else year - born)
        for id, name, is_child, born in rows
    )


def is_themselves(scope: Scope) -> bool:
    """A customer, and not somebody of the business who looks at the pages as they see them."""
    return scope.actor.kind is ActorKind.CUSTOMER and scope.actor.door is not Door.CONSOLE


def save_companion(
    scope: Scope, name: str, *, is_child: bool = False, birth_year: str = "", companion_id: UUID | None = None
) -> UUID:
    """Keeps somebody, or changes this one; the id. An adult's year of birth is not kept.

    Raises `Missing`, `Refused("name" or "birth_year", …)`. Event: `companion.saved`.
    """
    if not keeps_companions(scope):
        raise Missing
    cleaned = clean_line(name, "name", longest=LONGEST_NAME, required=True)
    year = checked_year(scope, birth_year) if is_child else None
    with writing(scope.session):
        known = list_companions(scope)
        companion = own(scope, companion_id) if companion_id else added(scope, len(known))
        companion.name, companion.is_child, companion.birth_year = cleaned, is_child, year
        scope.session.flush()
        record(scope, "companion.saved", customer_id=companion.customer_id, after={"companion": companion.id.hex})
        saved: UUID = companion.id
    return saved


def remove_companion(scope: Scope, companion_id: UUID) -> None:
    """Bookings keep the names that were given in them. Raises `Missing`. Event: `companion.removed`."""
    with writing(scope.session):
        companion = own(scope, companion_id)
        record(scope, "companion.removed", customer_id=companion.customer_id, before={"companion": companion_id.hex})
        scope.session.delete(companion)


def remember(scope: Scope, people: Iterable[Remembered]) -> None:
    """Keeps who is to be kept, once under each name, inside the open write transaction; `Refused("people", …)`."""
    wanted = [one for one in people if one.name] if keeps_companions(scope) else []
    known = {one.name.casefold(): one.id for one in list_companions(scope)} if wanted else {}
    for one in wanted:
        found = known.get(one.name.casefold())
        companion = own(scope, found) if found else added(scope, len(known))
        companion.name, companion.is_child = one.name, one.is_child
        if not one.is_child or one.age is not None:
            companion.birth_year = this_year(scope) - one.age if one.age is not None else None
        scope.session.flush()
        known[one.name.casefold()] = companion.id


def own(scope: Scope, companion_id: UUID) -> Companion:
    companion = scope.session.get(Companion, (scope.tenant.id, companion_id))
    if companion is None or scope.actor.kind is not ActorKind.CUSTOMER or companion.customer_id != scope.actor.id:
        raise Missing
    return companion


def added(scope: Scope, known: int) -> Companion:
    """A new one of the customer who acts."""
    if scope.actor.kind is not ActorKind.CUSTOMER or scope.actor.id is None:
        raise Missing
    if known >= MOST:
        raise Refused("people", TOO_MANY)
    companion = Companion(customer_id=scope.actor.id)
    scope.session.add(companion)
    return companion


def checked_year(scope: Scope, typed: str) -> int | None:
    """None for nothing; `Refused("birth_year", …)` for what is no year of a child's birth."""
    words, latest = typed.strip(), this_year(scope)
    if not words:
        return None
    if not (words.isascii() and words.isdigit() and latest - CHILD_UNTIL <= int(words[:5]) <= latest):
        first = latest - CHILD_UNTIL
        raise Refused("birth_year", _("Type a year from %(first)s to %(last)s.", first=str(first), last=str(latest)))
    return int(words)


def this_year(scope: Scope) -> int:
    local: datetime = scope.now.astimezone(scope.tenant.zone)
    return local.year

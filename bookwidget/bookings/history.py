"""Everything that happened at a business: who, what, when, through which door."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from bookwidget.bookings import store_history
from bookwidget.bookings.desk import LogEntry
from bookwidget.bookings.rules import is_code, start_range
from bookwidget.bookings.store_history import Subject
from bookwidget.kernel.lines import like_pattern
from bookwidget.kernel.permissions import Permission
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope

PAGE = 50
LEAST = UUID(int=0)


class Key(NamedTuple):
    """Where a page begins: just before this event."""

    at: datetime
    id: UUID


@dataclass(frozen=True)
class HistoryQuery:
    """What is looked for. Days are of the business's zone, both included."""

    text: str = ""
    """A booking's whole code, or part of a customer's name or e-mail (the first fifty of them)."""
    first_day: date | None = None
    last_day: date | None = None
    kinds: tuple[str, ...] = ()
    """Empty: all of them."""
    of_business: bool = False
    """Those kinds concern no customer, which is quicker to find."""
    member_id: UUID | None = None
    """Only what this member did."""
    before: Key | None = None


@dataclass(frozen=True)
class HistoryEntry:
    id: UUID
    log: LogEntry
    customer_id: UUID | None
    """Whom it concerns."""
    customer: str
    """Their name, or their e-mail."""
    code: str
    """Of the booking that it concerns; empty: none."""

    @property
    def key(self) -> Key:
        return Key(self.log.at, self.id)


@dataclass(frozen=True)
class HistoryPage:
    """Latest first."""

    entries: tuple[HistoryEntry, ...]
    has_more: bool


def read_history(scope: Scope, query: HistoryQuery) -> HistoryPage:
    """A page, in one statement besides the one or two that find what the text names.

    `Denied` for staff and customers, `Refused("last_day", …)` when the days are the wrong way round.
    """
    require(scope, Permission.HISTORY_READ)
    since, until = start_range(query.first_day, query.last_day, scope.tenant.zone)
    key = query.before or Key(until, LEAST)
    values: dict[str, Any] = {
        "since": since, "until": until, "key_at": key.at, "key_id": key.id, "size": PAGE + 1, "kinds": query.kinds,
    }  # fmt: skip
    subject, named = find_subject(scope, query.text)
    if subject is Subject.CUSTOMERS and not named["customers"]:
        return HistoryPage((), has_more=False)
    values |= named
    if query.member_id is not None:
        values["by"] = query.member_id
    if not query.kinds:
        del values["kinds"]
    statement = store_history.PAGES[bool(query.kinds), query.of_business, query.member_id is not None, subject]
    found = [entry_of(row) for row in scope.session.rows(statement, values)]
    return HistoryPage(tuple(found[:PAGE]), len(found) > PAGE)


def find_subject(scope: Scope, text: str) -> tuple[Subject, dict[str, Any]]:
    """What the words name, with the values of its statement."""
    typed, code = like_pattern(text), text.strip().upper()
    if not typed:
        return Subject.ANY, {}
    if is_code(code):
        booking = scope.session.rows(store_history.BOOKING_OF_CODE, {"code": code}).scalar_one_or_none()
        if booking is not None:
            return Subject.BOOKING, {"booking": booking}
    values = {"typed": typed, "lowered": typed.lower()}
    return Subject.CUSTOMERS, {"customers": list(scope.session.rows(store_history.CUSTOMERS_FOUND, values).scalars())}


def entry_of(row: Any) -> HistoryEntry:
    id, kind, at, by, member, door, facts, customer_id, given_name, family_name, email, code = row
    log = LogEntry(kind, at, by, member, door, facts.get("before") or {}, facts.get("after") or {})
    return HistoryEntry(id, log, customer_id, f"{given_name} {family_name}".strip() or email, code)

"""What docs/decisions/0003 says about who may do what, written down a second time and in another way.

Who adds a rule to `policy.py` adds it here, its settings to `USUAL` and `settings_of`: tests name what is missing.
`verdict` goes through the rules in the order of the document; the first that holds decides. `cases` are questions at
the very instants at which something changes, and around them.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.bookings.policy import BookingFacts
from bookwidget.kernel.actors import Actor, ActorKind, customer, member, system, visitor
from bookwidget.kernel.permissions import Permission

ADA, BEN = UUID(int=1), UUID(int=2)
START = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
RESCHEDULES = (Permission.BOOKING_MOVE, Permission.BOOKING_POSTPONE, Permission.BOOKING_TRANSFER)
CHANGES = (Permission.BOOKING_CANCEL, *RESCHEDULES)
BACK = (Permission.BOOKING_UNDO, Permission.BOOKING_RESUME)
WORDS = (Permission.BOOKING_RATE, Permission.BOOKING_NOTE)
OF_STAFF = (Permission.BOOKING_MARK, Permission.BOOKING_OVERRIDE)
ASKED = (
    *CHANGES,
    *CHANGES,
    *CHANGES,
    *BACK,
    *BACK,
    *WORDS,
    *WORDS,
    *OF_STAFF,
    Permission.BOOKING_READ,
    Permission.PROFILE_CHANGE,
)
OWNER = customer(UUID(int=1))
"""An id of her own, as every request reads one anew."""
ACTORS = (OWNER, OWNER, customer(ADA), customer(ADA), member(BEN), system(), customer(BEN), visitor())

LOCKED = ("", "pending", "hold", "confirmed", "pending hold", "pending confirmed", "hold confirmed",
          "pending hold confirmed")  # fmt: skip
"""What `bookings.locked_statuses` can be."""

USUAL = {
    "cancel_allowed": True, "cancel_notice_hours": 24, "move_allowed": True, "move_notice_hours": 24, "max_moves": 0,
    "locked_statuses": "hold", "postpone_allowed": False, "cancelled_is_final": True, "resume_days": 30,
    "ratings": True, "notes": True, "notes_afterwards": False,
    "transfer_allowed": True, "transfer_value": "equal_or_lower", "cancel_fee_percent": 0, "cancel_fee_hours": 24,
}  # fmt: skip
"""What a business has that has chosen nothing."""

Rule = tuple[str, bool, bool]
"""Its name, whether it holds, and what it answers."""


@dataclass(frozen=True)
class Case:
    """A question to the policy."""

    permission: Permission
    facts: BookingFacts
    stored: dict[str, Any]
    actor: Actor
    now: datetime

    def setting(self, name: str) -> Any:
        return self.stored.get(f"bookings.{name}", USUAL[name])


def verdict(case: Case) -> tuple[bool, str]:
    """Whether it is allowed, and by which rule."""
    return next((answer, name) for name, holds, answer in rules(case) if holds)


def rules_of_rating(case: Case, *, is_staff: bool) -> Iterator[Rule]:
    """A customer's own judgement of what took place; it settles after two weeks."""
    facts, now = case.facts, case.now
    yield "not_completed", facts.status == "cancelled" or facts.is_occurrence_cancelled or now < END, False
    yield "no_rating", is_staff or case.setting("ratings") is False, False
    yield "rate_allowed", facts.rated_at is None, True
    yield "rating_settled", facts.rated_at is not None and now - facts.rated_at >= 14 * DAY, False
    yield "rating_change_allowed", True, True


def rules_of_notes(case: Case, *, is_staff: bool) -> Iterator[Rule]:
    """Staff write at any time, customers where the business wants it."""
    yield "staff", is_staff, True
    yield "notes_off", case.setting("notes") is False, False
    yield "already_cancelled", case.facts.status == "cancelled", False
    yield "notes_over", case.now >= END and case.setting("notes_afterwards") is False, False
    yield "note_allowed", True, True


def may_book(case: Case) -> tuple[bool, bool]:
    """Whether for the booking's customer, and whether as a guest."""
    is_own = case.actor == customer(case.facts.customer_id)
    return is_own or case.actor.kind in (ActorKind.MEMBER, ActorKind.SYSTEM), case.actor.kind is ActorKind.VISITOR


def rules(case: Case) -> Iterator[Rule]:
    """Whose it is; then those of the permission."""
    is_staff = case.actor.kind in (ActorKind.MEMBER, ActorKind.SYSTEM)
    is_mine = case.actor.kind is ActorKind.CUSTOMER and case.actor.id == case.facts.customer_id
    yield "not_yours", not is_staff and not is_mine, False
    if case.permission is Permission.BOOKING_READ:
        yield "staff", is_staff, True
        yield "own_booking", True, True
    elif case.permission in CHANGES:
        yield from rules_of_changes(case, is_staff=is_staff)
    elif case.permission is Permission.BOOKING_UNDO:
        yield from rules_of_undo(case)
        yield "undo_allowed", True, True
    elif case.permission is Permission.BOOKING_RESUME:
        yield from rules_of_resuming(case, is_staff=is_staff)
    elif case.permission in OF_STAFF:
        yield "staff_only", not is_staff, False
        yield "already_cancelled", case.facts.status == "cancelled", False
        yield "already_begun", case.permission is Permission.BOOKING_OVERRIDE and case.now >= START, False
        yield "staff", True, True
    elif case.permission is Permission.BOOKING_RATE:
        yield from rules_of_rating(case, is_staff=is_staff)
    elif case.permission is Permission.BOOKING_NOTE:
        yield from rules_of_notes(case, is_staff=is_staff)
    yield "no_policy", True, False


def rules_of_changes(case: Case, *, is_staff: bool) -> Iterator[Rule]:
    """Reality binds everybody, the business's limits its customers."""
    facts, now = case.facts, case.now
    yield "only_classes", case.permission is Permission.BOOKING_TRANSFER and facts.kind == "appointment", False
    yield "already_cancelled", facts.status == "cancelled", False
    yield "already_past", now >= END, False
    yield "already_begun", now >= START and not is_staff, False
    yield "staff", is_staff, True
    yield (
        "cancelled_by_business",
        facts.is_occurrence_cancelled and case.permission is not Permission.BOOKING_POSTPONE,
        True,
    )
    usual = list(rules_of_limits(case))
    allowed, rule = next((answer, name) for name, holds, answer in usual if holds)
    end = excepted_until(case)
    limit = START - case.setting(f"{'move' if case.permission in RESCHEDULES else 'cancel'}_notice_hours") * HOUR
    is_enough = allowed and rule != "cancel_with_fee" and end is not None and limit >= end
    yield "override", end is not None and not is_enough, True
    yield from usual


def excepted_until(case: Case) -> datetime | None:
    """When staff's exception for this booking ends; None: there is none now."""
    given, until = case.facts.overridden, case.facts.overridden_until
    return min(until, START) if given == case.permission and until is not None and until > case.now else None


def rules_of_limits(case: Case) -> Iterator[Rule]:
    """What the business allows its customers."""
    facts, now = case.facts, case.now
    yield "locked_status", facts.status in case.setting("locked_statuses").split(), False
    name = {
        Permission.BOOKING_CANCEL: "cancel",
        Permission.BOOKING_MOVE: "move",
        Permission.BOOKING_POSTPONE: "postpone",
        Permission.BOOKING_TRANSFER: "transfer",
    }[case.permission]
    yield f"{name}_not_allowed", case.setting(f"{name}_allowed") is False, False
    limit = "move" if case.permission in RESCHEDULES else "cancel"
    most = case.setting("max_moves")
    yield "max_moves", limit == "move" and most > 0 and facts.moves >= most, False
    yield f"{limit}_notice", START - now <= case.setting(f"{limit}_notice_hours") * HOUR, False
    yield "cancel_with_fee", name == "cancel" and fee_of(case)[0] > 0, True
    yield f"{name}_allowed", True, True


def fee_of(case: Case) -> tuple[int, datetime | None]:
    """What a customer who may cancel owes for it now, in percent, and since when anybody does; None: nobody ever."""
    percent, since = case.setting("cancel_fee_percent"), START - case.setting("cancel_fee_hours") * HOUR
    if percent == 0 or since >= START - case.setting("cancel_notice_hours") * HOUR:
        return 0, None
    return percent if since <= case.now else 0, since


def terms(case: Case) -> tuple[int, datetime | None, bool]:
    """The fee, since when, and whether tickets may go only to those of equal or lower value."""
    _allowed, rule = verdict(case)
    percent, since = fee_of(case) if rule in ("cancel_allowed", "cancel_with_fee") else (0, None)
    end = excepted_until(case)
    is_bound = rule in ("transfer_allowed", "override") and case.setting("transfer_value") != "any"
    return percent, max(since, end) if since and end else since, is_bound


def rules_of_undo(case: Case) -> Iterator[Rule]:
    """Those that forbid it."""
    until = case.facts.undo_until
    yield "not_cancelled", case.facts.status != "cancelled", False
    yield "cancelled_for_good", until is None, False
    yield "cancelled_by_business", case.facts.is_occurrence_cancelled, False
    yield "undo_over", until is not None and until <= case.now, False


def rules_of_resuming(case: Case, *, is_staff: bool) -> Iterator[Rule]:
    """What can still be undone is not resumed; what the business cancelled only the business resumes."""
    facts = case.facts
    yield "not_cancelled", facts.status != "cancelled", False
    yield "undo_instead", not any(holds for _name, holds, _answer in rules_of_undo(case)), False
    yield "staff", is_staff, True
    yield "cancelled_is_final", case.setting("cancelled_is_final") is True, False
    yield "cancelled_by_staff", facts.cancelled_by != "customer" or facts.cancelled_at is None, False
    days = case.setting("resume_days") * DAY
    yield "resume_over", facts.cancelled_at is not None and case.now - facts.cancelled_at >= days, False
    yield "resume_allowed", True, True


def cases(
    number: int, seed: int = 4, *, asked: Sequence[Permission] = ASKED, actors: Sequence[Actor] = ACTORS
) -> list[Case]:
    """Always the same for one seed."""
    chance = random.Random(seed)
    return [draw(chance, chance.choice(asked), chance.choice(actors)) for _case in range(number)]


def draw(chance: random.Random, permission: Permission, actor: Actor) -> Case:
    stored = settings_of(chance)
    if permission is Permission.BOOKING_CANCEL and chance.random() < 0.3:  # else few come as far as the fee
        stored |= {"bookings.cancel_notice_hours": 0, "bookings.cancel_fee_percent": 50}
    is_about_cancelled = permission in BACK
    is_cancelled = chance.random() < (0.9 if is_about_cancelled else 0.12)
    cancelled_at = START - chance.choice([2, 40, 100, 400]) * HOUR if is_cancelled else None
    facts = BookingFacts(
        customer_id=ADA,
        status="cancelled" if is_cancelled else chance.choice(["pending", "hold", "confirmed", "confirmed"]),
        starts_at=START,
        ends_at=END,
        moves=chance.randint(0, 4),
        is_occurrence_cancelled=chance.random() < 0.15,
        undo_until=cancelled_at + HOUR if cancelled_at and chance.random() < 0.75 else None,
        cancelled_at=cancelled_at,
        rated_at=chance.choice([None, END + HOUR]),
        overridden=chance.choice(["", "", "", *CHANGES]),
        overridden_until=chance.choice([None, START - 30 * HOUR, START + HOUR]),
        cancelled_by=chance.choice(["customer", "customer", "customer", "member", "system"]) if is_cancelled else "",
        kind="appointment" if permission is Permission.BOOKING_TRANSFER and chance.random() < 0.1 else "class",
    )
    case = Case(permission, facts, stored, actor, START)
    return replace(case, now=instant_of(chance, facts, case))


def settings_of(chance: random.Random) -> dict[str, Any]:
    """Some of them; the others are as they come."""
    drawn = {
        "bookings.cancel_allowed": chance.random() < 0.8,
        "bookings.cancel_notice_hours": chance.choice([0, 1, 24, 48, 8760]),
        "bookings.move_allowed": chance.random() < 0.8,
        "bookings.move_notice_hours": chance.choice([0, 1, 24, 48, 8760]),
        "bookings.max_moves": chance.choice([0, 0, 1, 2, 3]),
        "bookings.locked_statuses": chance.choice(LOCKED),
        "bookings.postpone_allowed": chance.random() < 0.8,
        "bookings.cancelled_is_final": chance.random() < 0.3,
        "bookings.resume_days": chance.choice([1, 2, 30]),
        "bookings.ratings": chance.random() < 0.8,
        "bookings.notes": chance.random() < 0.8,
        "bookings.notes_afterwards": chance.random() < 0.4,
        "bookings.transfer_allowed": chance.random() < 0.8,
        "bookings.transfer_value": chance.choice(["equal_or_lower", "any"]),
        "bookings.cancel_fee_percent": chance.choice([0, 1, 50, 100]),
        "bookings.cancel_fee_hours": chance.choice([0, 2, 24, 48, 8760]),
    }
    return {name: value for name, value in drawn.items() if chance.random() < 0.8}


def instant_of(chance: random.Random, facts: BookingFacts, case: Case) -> datetime:
    """One at which an answer may change, or just before or after; or any."""
    hours = ("cancel_notice_hours", "move_notice_hours", "cancel_fee_hours")
    turns = [START, END, *(START - case.setting(name) * HOUR for name in hours)]
    if facts.cancelled_at:
        turns += [facts.cancelled_at + case.setting("resume_days") * DAY, facts.undo_until or facts.cancelled_at]
    turns += [facts.overridden_until] * 2 if facts.overridden_until else []
    if case.permission is Permission.BOOKING_CANCEL:
        turns += [START - case.setting("cancel_fee_hours") * HOUR] * 20
    if case.permission in OF_STAFF:
        turns += [START] * 8
    if case.permission in WORDS:
        turns += [END + 5 * HOUR, END + HOUR + 14 * DAY]
    turns += [START - chance.uniform(0, 80) * HOUR, START - 100 * DAY]
    return chance.choice(turns) + chance.choice([-TICK, timedelta(), TICK, -HOUR])

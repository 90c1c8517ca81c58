"""Who may do what to a booking, until when, and if not, why: the one engine that every door asks."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from bookwidget.bookings import settings as choices
from bookwidget.bookings.vetoing import unless_refused
from bookwidget.kernel.actors import Actor, ActorKind
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.settings import Settings

RATING_CHANGES = timedelta(days=14)
"""So long after it was given its customer changes a rating or takes it back."""

CUSTOMER = ActorKind.CUSTOMER
"""As in `rules`: found faster than a member of an Enum."""


class BookingFacts(NamedTuple):
    """What the decision depends on. A list makes twenty of these and sixty answers, so both are tuples."""

    customer_id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    moves: int
    is_occurrence_cancelled: bool = False
    """The business itself cancelled this date."""
    undo_until: datetime | None = None
    """Until then its cancellation can be undone."""
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
    """The kind of actor."""
    rated_at: datetime | None = None
    overridden: str = ""
    """The permission that staff gave for this one booking, whatever the business's limits say; empty: none."""
    overridden_until: datetime | None = None
    kind: str = "class"
    """`class` or `appointment`."""


OVERRIDABLE = {
    "class": (
        Permission.BOOKING_CANCEL,
        Permission.BOOKING_MOVE,
        Permission.BOOKING_TRANSFER,
        Permission.BOOKING_POSTPONE,
    ),
    "appointment": (Permission.BOOKING_CANCEL, Permission.BOOKING_MOVE, Permission.BOOKING_POSTPONE),
}
"""What staff can allow the customer of one booking beyond the rules, by its kind."""


class Decisions(NamedTuple):
    """What `decide` is asked about one booking. It answers only what somebody wants to know: lists show two of six."""

    facts: BookingFacts
    settings: Settings
    actor: Actor
    now: datetime

    def on(self, permission: Permission) -> "Answer":
        return decide(permission, self.facts, self.settings, self.actor, self.now)


class Answer(NamedTuple):
    """Yes, or no with a sentence for the person. Datetimes in the reason are formatted by who shows it."""

    allowed: bool
    reason: Text | None
    until: datetime | None
    """The last instant at which it is (or was) allowed is just before this; None: no such limit."""
    rule: str
    """Names what decided, for `policy explain` and for tests."""
    fee_percent: int = 0
    """What doing it now costs, of the price of what is cancelled."""
    free_until: datetime | None = None
    """From then on there is a fee; None: there never is."""

    def fee(self, price: int) -> int:
        """Minor units, rounded down: never more than the percentage of `price`."""
        return price * self.fee_percent // 100


def decide(permission: Permission, facts: BookingFacts, settings: Settings, actor: Actor, now: datetime) -> Answer:
    """Deny by default. `settings` are those of the booking's service."""
    answer = decide_by_rules(permission, facts, settings, actor, now)
    return unless_refused(answer, permission, booking=facts, settings=settings, actor=actor, now=now)


def decide_by_rules(
    permission: Permission, facts: BookingFacts, settings: Settings, actor: Actor, now: datetime
) -> Answer:
    if not may_know(actor, facts):
        return no("not_yours", _("This booking does not exist."))
    match permission:
        case Permission.BOOKING_READ:
            return yes("own_booking" if not actor.is_staff else "staff")
        case (
            Permission.BOOKING_CANCEL
            | Permission.BOOKING_MOVE
            | Permission.BOOKING_TRANSFER
            | Permission.BOOKING_POSTPONE
        ):
            return decide_change(permission, facts, settings, actor, now)
        case Permission.BOOKING_UNDO:
            return decide_undo(facts, now)
        case other:
            return RULES.get(other, decide_unknown)(facts, settings, actor, now)


def may_know(actor: Actor, facts: BookingFacts) -> bool:
    """Whether the booking is there at all for this actor."""
    if actor.kind is CUSTOMER:
        return actor.id is facts.customer_id or actor.id == facts.customer_id
    return actor.is_staff


def may_book_for(actor: Actor, customer_id: UUID) -> bool:
    """Customers book for themselves, staff for anybody."""
    return actor.is_staff or (actor.kind is ActorKind.CUSTOMER and actor.id == customer_id)


def may_book_as_guest(actor: Actor) -> bool:
    """Only people whom nobody knows yet: who is signed in books for themselves."""
    return actor.kind is ActorKind.VISITOR


def binds_value(answer: Answer, settings: Settings) -> bool:
    """Whether who may transfer by this answer is bound to tickets of equal or lower value: customers, unless it was
    the business that cancelled the date. An exception says until when they may, not what it may cost.
    """
    return answer.rule in ("transfer_allowed", "override") and settings[choices.TRANSFER_VALUE] == "equal_or_lower"


def decide_change(
    permission: Permission, facts: BookingFacts, settings: Settings, actor: Actor, now: datetime
) -> Answer:
    """Reality binds everybody, the business's limits bind customers."""
    if permission is Permission.BOOKING_TRANSFER and facts.kind != "class":
        return ONLY_CLASSES
    impossible = impossible_because(facts, actor, now)
    if impossible is not None:
        return impossible
    if actor.is_staff:
        return yes("staff")
    if facts.is_occurrence_cancelled and permission is not Permission.BOOKING_POSTPONE:
        return yes("cancelled_by_business", facts.starts_at)
    return within_limits(permission, facts, settings, now)


def within_limits(permission: Permission, facts: BookingFacts, settings: Settings, now: datetime) -> Answer:
    """What the business allows its customers, or staff the one of this booking: whichever holds longer. What staff
    allowed costs nothing.
    """
    usual = within_usual_limits(permission, facts, settings, now)
    if facts.overridden != permission or not facts.overridden_until or now >= facts.overridden_until:
        return usual
    end = min(facts.overridden_until, facts.starts_at)
    if not usual.allowed or usual.fee_percent or (usual.until or end) < end:
        return yes("override", end)
    return usual._replace(free_until=max(usual.free_until, end)) if usual.free_until else usual


def within_usual_limits(permission: Permission, facts: BookingFacts, settings: Settings, now: datetime) -> Answer:
    if facts.status in words_of(settings[choices.LOCKED_STATUSES]):
        return no("locked_status", _("This booking cannot be changed at the moment. Please contact us."))
    return LIMITS[permission](facts, settings, now)


def impossible_because(facts: BookingFacts, actor: Actor, now: datetime) -> Answer | None:
    if facts.status == "cancelled":
        return no("already_cancelled", _("This booking has already been cancelled."))
    if facts.ends_at <= now:
        return no("already_past", _("This booking is in the past."), facts.ends_at)
    if facts.starts_at <= now and not actor.is_staff:
        return no("already_begun", _("This booking has already begun."), facts.starts_at)
    return None


def decide_mark(facts: BookingFacts, settings: Settings, actor: Actor, now: datetime) -> Answer:
    """Saying who came. Staff do it early too, at the door."""
    if not actor.is_staff:
        return NOT_STAFF
    if facts.status == "cancelled":
        return no("already_cancelled", _("This booking has already been cancelled."))
    return yes("staff")


def decide_override(facts: BookingFacts, settings: Settings, actor: Actor, now: datetime) -> Answer:
    """Letting a customer do what the rules do not allow."""
    if not actor.is_staff:
        return NOT_STAFF
    if facts.status == "cancelled":
        return no("already_cancelled", _("This booking has already been cancelled."))
    if facts.starts_at <= now:
        return no("already_begun", _("This booking has already begun."), facts.starts_at)
    return yes("staff")


def decide_cancel(facts: BookingFacts, settings: Settings, now: datetime) -> Answer:
    if not settings[choices.CANCEL_ALLOWED]:
        return no("cancel_not_allowed", _("To cancel this booking, please contact us."))
    until = facts.starts_at - hours(settings[choices.CANCEL_NOTICE_HOURS])
    if now >= until:
        return no("cancel_notice", _("Free cancellation ended on %(until)s.", until=until), until)
    percent = settings[choices.CANCEL_FEE_PERCENT]
    free_until = facts.starts_at - timedelta(hours=settings[choices.CANCEL_FEE_HOURS])
    if not percent or free_until >= until:
        return yes("cancel_allowed", until)
    if now < free_until:
        return yes("cancel_allowed", until)._replace(free_until=free_until)
    return yes("cancel_with_fee", until)._replace(fee_percent=percent, free_until=free_until)


def decide_move(facts: BookingFacts, settings: Settings, now: datetime) -> Answer:
    if not settings[choices.MOVE_ALLOWED]:
        return no("move_not_allowed", _("To reschedule this booking, please contact us."))
    return within_move_limits("move_allowed", facts, settings, now)


def decide_transfer(facts: BookingFacts, settings: Settings, now: datetime) -> Answer:
    if not settings[choices.TRANSFER_ALLOWED]:
        return no("transfer_not_allowed", _("To transfer your tickets, please contact us."))
    return within_move_limits("transfer_allowed", facts, settings, now)


def decide_postpone(facts: BookingFacts, settings: Settings, now: datetime) -> Answer:
    if not settings[choices.POSTPONE_ALLOWED]:
        return NO_POSTPONING
    return within_move_limits("postpone_allowed", facts, settings, now)


LIMITS = {
    Permission.BOOKING_CANCEL: decide_cancel,
    Permission.BOOKING_MOVE: decide_move,
    Permission.BOOKING_POSTPONE: decide_postpone,
    Permission.BOOKING_TRANSFER: decide_transfer,
}


def within_move_limits(rule: str, facts: BookingFacts, settings: Settings, now: datetime) -> Answer:
    """Postponing and transferring are ways of rescheduling: what limits the one limits the others."""
    most = settings[choices.MAX_MOVES]
    if most and facts.moves >= most:
        return no("max_moves", _("This booking cannot be rescheduled any more often. Please contact us."))
    until = facts.starts_at - hours(settings[choices.MOVE_NOTICE_HOURS])
    if now >= until:
        return no("move_notice", _("Rescheduling was possible until %(until)s.", until=until), until)
    return yes(rule, until)


def decide_undo(facts: BookingFacts, now: datetime) -> Answer:
    """Binds staff too: afterwards the places are anybody's."""
    if facts.status != "cancelled":
        return NOT_CANCELLED
    if facts.undo_until is None:
        return no("cancelled_for_good", _("This cancellation cannot be undone."))
    if facts.is_occurrence_cancelled:
        return no("cancelled_by_business", _("This is not taking place."))
    if now >= facts.undo_until:
        return no("undo_over", _("You could undo this until %(until)s.", until=facts.undo_until), facts.undo_until)
    return yes("undo_allowed", facts.undo_until)


def decide_resume(facts: BookingFacts, settings: Settings, actor: Actor, now: datetime) -> Answer:
    """Whether a cancelled booking may become active again at a new time."""
    if facts.status != "cancelled":
        return NOT_CANCELLED
    if decide_undo(facts, now).allowed:
        return no("undo_instead", _("You can still undo the cancellation."), facts.undo_until)
    return yes("staff") if actor.is_staff else within_resume_limits(facts, settings, now)


def within_resume_limits(facts: BookingFacts, settings: Settings, now: datetime) -> Answer:
    """What the business cancelled only the business resumes."""
    if settings[choices.CANCELLED_IS_FINAL]:
        return no("cancelled_is_final", _("A cancelled booking cannot be resumed. Please book again."))
    if facts.cancelled_by != ActorKind.CUSTOMER or facts.cancelled_at is None:
        return no("cancelled_by_staff", _("To resume this booking, please contact us."))
    until = facts.cancelled_at + timedelta(days=settings[choices.RESUME_DAYS])
    if now >= until:
        return no("resume_over", _("You could resume this until %(until)s.", until=until), until)
    return yes("resume_allowed", until)


def decide_rate(facts: BookingFacts, settings: Settings, actor: Actor, now: datetime) -> Answer:
    """A customer's own judgement, so staff neither give nor change it."""
    if facts.status == "cancelled" or facts.is_occurrence_cancelled or facts.ends_at > now:
        return NOT_COMPLETED
    if actor.is_staff or not settings[choices.RATINGS]:
        return NO_RATING
    if facts.rated_at is None:
        return yes("rate_allowed")
    until = facts.rated_at + RATING_CHANGES
    if now >= until:
        return no("rating_settled", _("Your rating could be changed until %(until)s.", until=until), until)
    return yes("rating_change_allowed", until)


def decide_note(facts: BookingFacts, settings: Settings, actor: Actor, now: datetime) -> Answer:
    """Staff write at any time."""
    if actor.is_staff:
        return yes("staff")
    if not settings[choices.NOTES_ALLOWED]:
        return no("notes_off", _("To tell us something about this booking, please contact us."))
    if facts.status == "cancelled":
        return no("already_cancelled", _("This booking is already cancelled."))
    if facts.ends_at <= now and not settings[choices.NOTES_AFTERWARDS]:
        return no("notes_over", _("Notes could be written until the booking was over."), facts.ends_at)
    return yes("note_allowed", None if settings[choices.NOTES_AFTERWARDS] else facts.ends_at)


def decide_unknown(facts: BookingFacts, settings: Settings, actor: Actor, now: datetime) -> Answer:
    return no("no_policy", _("This is not possible."))


RULES = {
    Permission.BOOKING_MARK: decide_mark,
    Permission.BOOKING_OVERRIDE: decide_override,
    Permission.BOOKING_RESUME: decide_resume,
    Permission.BOOKING_RATE: decide_rate,
    Permission.BOOKING_NOTE: decide_note,
}


@lru_cache(maxsize=256)
def words_of(statuses: str) -> frozenset[str]:
    return frozenset(statuses.split())


@lru_cache(maxsize=256)
def hours(number: int) -> timedelta:
    return timedelta(hours=number)


def yes(rule: str, until: datetime | None = None) -> Answer:
    return Answer(True, None, until, rule)


def no(rule: str, reason: Text, until: datetime | None = None) -> Answer:
    return Answer(False, reason, until, rule)


NOT_STAFF = no("staff_only", _("This is not possible."))
NOT_CANCELLED = no("not_cancelled", _("This booking has not been cancelled."))
"""Made once, because it is the answer for almost every line of a list."""
NOT_COMPLETED = no("not_completed", _("Only what has taken place can be rated."))
NO_RATING = no("no_rating", _("This booking cannot be rated."))
NO_POSTPONING = no("postpone_not_allowed", _("To postpone this booking, please contact us."))
ONLY_CLASSES = no("only_classes", _("Only tickets of classes can be transferred."))

"""Where bookings are alike, the policy says the same of both."""

from dataclasses import replace

from bookwidget.bookings.alike import alike, longest_notice
from bookwidget.bookings.policy import BookingFacts, decide
from bookwidget.kernel.permissions import Permission
from bookwidget.tenancy.settings import Settings
from tests.bookings.oracle import DAY, END, START, TICK, Case, cases

LONG = 4000 * DAY


def others_like(case: Case, settings: Settings) -> list[BookingFacts]:
    """The same booking as late and as early as it is still like others, whatever the case's own times are."""
    length, first = END - START, case.now + longest_notice(settings) + TICK
    starts = (first, first + LONG, case.now - length, case.now - LONG)
    return [case.facts._replace(starts_at=start, ends_at=start + length) for start in starts]


def test_of_bookings_that_are_alike_the_same_may_be_done() -> None:
    met = 0
    for case in cases(1500):
        settings = Settings(case.stored)
        told: dict[object, set[tuple[bool, ...]]] = {}
        for facts in (case.facts, *others_like(case, settings)):
            key = alike(facts, settings, case.actor, case.now)
            answers = (decide(permission, facts, settings, case.actor, case.now) for permission in Permission)
            if key is not None:
                told.setdefault(key, set()).add(tuple(answer.allowed for answer in answers))
        assert all(len(answers) == 1 for answers in told.values()), case
        met += len(told)
    assert met > 300


def test_what_has_an_instant_of_its_own_is_like_no_other() -> None:
    case = replace(cases(1)[0], now=START - LONG, stored={})
    bare = BookingFacts(case.facts.customer_id, "confirmed", START, END, 0)
    assert alike(bare, Settings({}), case.actor, case.now) is not None
    for changes in (
        {"undo_until": START},
        {"cancelled_at": START},
        {"rated_at": START},
        {"overridden": "booking:move"},
    ):
        assert alike(bare._replace(**changes), Settings({}), case.actor, case.now) is None

"""Bookings of which the same may be done: a list of twenty asks the policy for one of them."""

from collections.abc import Hashable
from datetime import datetime, timedelta
from functools import lru_cache

from bookwidget.bookings import settings as choices
from bookwidget.bookings.policy import BookingFacts, hours, may_know
from bookwidget.kernel.actors import Actor
from bookwidget.tenancy.settings import Settings


def alike(facts: BookingFacts, settings: Settings, actor: Actor, now: datetime) -> Hashable:
    """What bookings have in common of which the same may be done at any time; None: this one must be asked by itself.

    Those are what is over, and what begins so late that no limit that counts back from the start has come. All other
    instants of a booking end something, so a booking that has one is none of them.
    """
    if facts.undo_until or facts.cancelled_at or facts.rated_at or facts.overridden:
        return None
    is_over = facts.ends_at <= now
    if not is_over and facts.starts_at - longest_notice(settings) <= now:
        return None
    is_off = facts.is_occurrence_cancelled
    return may_know(actor, facts), actor.kind, settings, facts.status, facts.kind, facts.moves, is_off, is_over


@lru_cache(maxsize=1024)
def longest_notice(settings: Settings) -> timedelta:
    """How long before the start the first of the limits that count back from it may come."""
    return hours(max(settings[choices.CANCEL_NOTICE_HOURS], settings[choices.MOVE_NOTICE_HOURS]))

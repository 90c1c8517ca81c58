"""What a plugin of the business refuses although the rules allow it."""

from datetime import datetime
from typing import TYPE_CHECKING

from bookwidget.kernel.actors import Actor
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.plugins import first_answer, is_any
from bookwidget.tenancy.settings import Settings

if TYPE_CHECKING:
    from bookwidget.bookings.policy import Answer, BookingFacts

FAILED = _("This cannot be done at the moment. Please try again later.")
"""What is said where a plugin that decides did not answer."""


def unless_refused(
    answer: "Answer",
    permission: Permission,
    *,
    booking: "BookingFacts",
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> "Answer":
    """Plugins may refuse what changes a booking, never allow it, and never hide a booking. One that fails refuses."""
    if not is_any() or not answer.allowed or permission is Permission.BOOKING_READ:
        return answer
    given = {"permission": permission, "booking": booking, "actor": actor, "now": now}
    reason = first_answer("refuse", settings, FAILED, given)
    return answer if reason is None else answer._replace(allowed=False, reason=reason, until=None, rule="plugin")

"""What a business is entitled to. A plan stands above the business's own switches: what it lacks is off.

All plans stand here. They name features by their switches, which domains declare to the right of this one, so a test
holds the names (`tests/contract/test_features.py`).
"""

from dataclasses import dataclass

from bookwidget.kernel.text import Text, _


@dataclass(frozen=True)
class Plan:
    title: Text
    without: frozenset[str] = frozenset()
    """Names of the switches of features that it does not have."""


EVERYTHING = "everything"
PLANS = {
    EVERYTHING: Plan(_("Everything")),
    "essential": Plan(
        _("Essential"),
        frozenset(
            {
                "bookings.calendar_feeds",
                "bookings.postpone_allowed",
                "bookings.ratings",
                "bookings.repeat_allowed",
                "bookings.transfer_allowed",
                "profile.companions",
                "waitlist.allowed",
            }
        ),
    ),
}
"""By the name that the operator gives, the largest first."""


def plan_named(name: str) -> Plan:
    """Everything, for who has none, and for one that is no plan (any more): nobody loses features by our mistake."""
    return PLANS.get(name, PLANS[EVERYTHING])


def plans_with(feature: str) -> tuple[Plan, ...]:
    """Those that have a feature."""
    return tuple(plan for plan in PLANS.values() if feature not in plan.without)

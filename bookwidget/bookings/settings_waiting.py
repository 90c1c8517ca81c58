"""What a business decides about its waiting lists."""

from bookwidget.kernel.text import _
from bookwidget.tenancy.settings import Group, Setting, declare, minutes

WAITLIST_ALLOWED = declare(
    Setting(
        "waitlist.allowed",
        True,
        _("Waiting lists"),
        _("When a date of a class is full, customers can join its waiting list."),
        Group.FEATURES,
        per_service=True,
        off=False,
    )
)
IN_ORDER, ALL_AT_ONCE, OFF = "in_order", "all_at_once", "off"
WAITLIST_OFFER = declare(
    Setting(
        "waitlist.offer",
        IN_ORDER,
        _("When a place becomes free"),
        _("In order: it is held for the next in line. All at once: the first to take it has it. Off: you decide."),
        Group.WAITING,
        choices={IN_ORDER: _("In order"), ALL_AT_ONCE: _("All at once"), OFF: _("Off")},
        per_service=True,
    )
)
WAITLIST_MINUTES = declare(
    Setting(
        "waitlist.offer_minutes",
        120,
        _("Minutes that a place is held for the next in line"),
        _("After that it is offered to the next person."),
        Group.WAITING,
        minimum=5,
        maximum=10080,
        unit=minutes,
        per_service=True,
    )
)

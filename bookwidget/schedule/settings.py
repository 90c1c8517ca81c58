"""What a business decides about when it can be booked."""

from bookwidget.kernel.text import _
from bookwidget.tenancy.settings import Group, Setting, days, declare, hours, minutes

NOTICE_HOURS = declare(
    Setting(
        "schedule.notice_hours",
        2,
        _("Notice for booking, in hours"),
        _("Customers can only choose times that start at least this many hours from now."),
        Group.BOOKING,
        minimum=0,
        maximum=8760,
        unit=hours,
        per_service=True,
    )
)
HORIZON_DAYS = declare(
    Setting(
        "schedule.horizon_days",
        90,
        _("How many days ahead customers may book"),
        _("Times further ahead are not offered yet."),
        Group.BOOKING,
        minimum=1,
        maximum=730,
        unit=days,
        per_service=True,
    )
)
HOLD_MINUTES = declare(
    Setting(
        "schedule.hold_minutes",
        10,
        _("Minutes a place is held"),
        _("While somebody is filling in the booking form, nobody else can take the place."),
        Group.BOOKING,
        minimum=1,
        maximum=120,
        unit=minutes,
        per_service=True,
    )
)

"""What a business decides about when it can be booked."""

from bookwidget.kernel.text import _
from bookwidget.tenancy.settings import Setting, declare

NOTICE_HOURS = declare(
    Setting(
        "schedule.notice_hours",
        2,
        _("Notice for booking, in hours"),
        _("Customers choose only times that begin so many hours from now or later."),
        minimum=0,
        maximum=8760,
        per_service=True,
    )
)
HORIZON_DAYS = declare(
    Setting(
        "schedule.horizon_days",
        90,
        _("How many days ahead customers may book"),
        _("Later times are not offered yet."),
        minimum=1,
        maximum=730,
        per_service=True,
    )
)
HOLD_MINUTES = declare(
    Setting(
        "schedule.hold_minutes",
        10,
        _("Minutes that a place is kept"),
        _("While somebody fills in the booking form, nobody else can take the place."),
        minimum=1,
        maximum=120,
        per_service=True,
    )
)

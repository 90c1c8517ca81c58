"""What the business decides about accounts."""

from bookwidget.kernel.text import _
from bookwidget.tenancy.settings import Setting, declare

PORTAL_ENABLED = declare(
    Setting("portal.enabled", True, _("Customer portal"), _("Customers can log in and see their bookings."))
)
NAME_EDITABLE = declare(
    Setting("profile.name_editable", True, _("Customers may change their name"), _("Otherwise the name is read-only."))
)
PHONE_EDITABLE = declare(
    Setting(
        "profile.phone_editable", True, _("Customers may change their phone number"), _("Otherwise it is read-only.")
    )
)

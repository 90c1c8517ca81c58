"""What the business decides about accounts."""

from bookwidget.kernel.text import _
from bookwidget.tenancy.settings import Group, Setting, declare

PORTAL_ENABLED = declare(
    Setting(
        "portal.enabled",
        True,
        _("Customer portal"),
        _("Customers can log in and see their bookings."),
        Group.FEATURES,
        off=False,
    )
)
PROFILE_ENABLED = declare(
    Setting(
        "profile.enabled",
        True,
        _("Profile"),
        _("Customers see and change their details, password and log-ins. “Forgot password?” works all the same."),
        Group.FEATURES,
        off=False,
    )
)
COMPANIONS_KEPT = declare(
    Setting(
        "profile.companions",
        True,
        _("Customers keep the people they book for"),
        _("Children and family are chosen in the booking form, not typed. Off: what was kept is not lost."),
        Group.FEATURES,
        off=False,
    )
)
HELP_ADDRESS = declare(
    Setting(
        "portal.help_address",
        "",
        _("Address of your help page for customers"),
        _("The link “Help” leads there. It begins with https://. Empty: our own page, in your look and language."),
        Group.PORTAL,
        is_address=True,
    )
)
SUPPORT_EMAIL = declare(
    Setting(
        "portal.support_email",
        "",
        _("Email address for customers’ questions"),
        _("It stands at the foot of widgets and mails. Empty: that of your business."),
        Group.PORTAL,
        longest=254,
        most_emails=1,
    )
)
SUPPORT_PHONE = declare(
    Setting(
        "portal.support_phone",
        "",
        _("Phone number for customers’ questions"),
        _("It stands beside the email address. Write it like +441632960144. Empty: that of your business."),
        Group.PORTAL,
        longest=16,
        is_phone=True,
    )
)
INVITE_IN_CONFIRMATION = declare(
    Setting(
        "portal.invite_in_confirmation",
        True,
        _("Invite to the portal in the confirmation"),
        _("Customers without a password read at its foot how to set one. Off: only these lines are left out."),
        Group.PORTAL,
    )
)
FOLLOWS_LANGUAGE = declare(
    Setting(
        "portal.follows_language",
        True,
        _("Widgets speak the language of the page around them"),
        _("For a website in several languages. Customers who are logged in keep their own. Off: always your language."),
        Group.PORTAL,
    )
)
NAME_EDITABLE = declare(
    Setting(
        "profile.name_editable",
        True,
        _("Customers may change their name"),
        _("Otherwise the name is read-only."),
        Group.PORTAL,
    )
)
EMAIL_EDITABLE = declare(
    Setting(
        "profile.email_editable",
        True,
        _("Customers may change their email"),
        _("They confirm the new one by a link that goes there, and the old one is told. Otherwise it is read-only."),
        Group.PORTAL,
    )
)
PHONE_EDITABLE = declare(
    Setting(
        "profile.phone_editable",
        True,
        _("Customers may change their phone number"),
        _("Otherwise it is read-only."),
        Group.PORTAL,
    )
)
SIGN_IN_REQUIRED_TO_BOOK = declare(
    Setting(
        "accounts.sign_in_required_to_book",
        False,
        _("Only customers who are logged in can book"),
        _("Off: people book as guests, and may set a password afterwards."),
        Group.BOOKING,
    )
)
CLOSING_ALLOWED = declare(
    Setting(
        "accounts.closing_allowed",
        True,
        _("Customers may close their account"),
        _("At the end of their profile, behind their password. Off: they ask you, and you do it on their page."),
        Group.PORTAL,
    )
)
CLOSING = declare(
    Setting(
        "accounts.closing",
        "anonymise",
        _("What is left of a closed account"),
        _(
            "After your approval: the request waits, and everything works meanwhile; once approved, log-in, links in "
            "mails and the calendar address end, and every row stays. Totals: bookings and tickets with their times, "
            "prices, attendance and stars stay, under no name; name, email, phone, addresses, attendees’ names, notes, "
            "answers, files, comments, reasons, messages, sign-ins and people they book for are removed. Nothing: no "
            "row of theirs stays, and your numbers fall by their bookings."
        ),
        Group.PORTAL,
        choices={
            "approval": _("They ask, and you approve: all but log-in stays"),
            "anonymise": _("At once: totals stay, without a name"),
            "erase": _("At once: nothing stays"),
        },
    )
)

"""What a business decides about its customers' bookings."""

from bookwidget.kernel.text import _
from bookwidget.tenancy.settings import Group, Pick, Setting, days, declare, hours, minutes, percent

ONLINE = declare(
    Setting(
        "bookings.online",
        True,
        _("Customers book online"),
        _("Off: only you and your staff make bookings. What was begun or offered can still be finished."),
        Group.FEATURES,
        off=False,
    )
)
CANCEL_ALLOWED = declare(
    Setting(
        "bookings.cancel_allowed",
        True,
        _("Customers may cancel"),
        _("Off: only you and your staff cancel bookings."),
        Group.FEATURES,
        per_service=True,
        off=False,
    )
)
CANCEL_NOTICE_HOURS = declare(
    Setting(
        "bookings.cancel_notice_hours",
        24,
        _("Notice for cancelling, in hours"),
        _("Customers may cancel up to this many hours before the start. 0: until it starts."),
        Group.CANCELLING,
        minimum=0,
        maximum=8760,
        unit=hours,
        per_service=True,
    )
)
CANCEL_FEE_PERCENT = declare(
    Setting(
        "bookings.cancel_fee_percent",
        0,
        _("Fee for cancelling late, in percent of the price"),
        _("Owed by customers who cancel when the hours below have begun. 0: cancelling is free."),
        Group.CANCELLING,
        minimum=0,
        maximum=100,
        unit=percent,
        per_service=True,
    )
)
CANCEL_FEE_HOURS = declare(
    Setting(
        "bookings.cancel_fee_hours",
        24,
        _("Hours before the start in which the fee is owed"),
        _("It matters only if customers may still cancel then: see the notice for cancelling."),
        Group.CANCELLING,
        minimum=0,
        maximum=8760,
        unit=hours,
        per_service=True,
    )
)
UNDO_MINUTES = declare(
    Setting(
        "bookings.undo_minutes",
        10,
        _("Minutes in which a cancellation can be undone"),
        _("The place is kept for the customer who cancelled for this long. 0: a cancellation is final at once."),
        Group.CANCELLING,
        minimum=0,
        maximum=1440,
        unit=minutes,
        per_service=True,
    )
)
MOVE_ALLOWED = declare(
    Setting(
        "bookings.move_allowed",
        True,
        _("Customers may reschedule"),
        _("Off: only you and your staff move bookings to another time."),
        Group.FEATURES,
        per_service=True,
        off=False,
    )
)
MOVE_NOTICE_HOURS = declare(
    Setting(
        "bookings.move_notice_hours",
        24,
        _("Notice for rescheduling, in hours"),
        _("Customers may reschedule up to this many hours before the start. 0: until it starts."),
        Group.MOVING,
        minimum=0,
        maximum=8760,
        unit=hours,
        per_service=True,
    )
)
TRANSFER_ALLOWED = declare(
    Setting(
        "bookings.transfer_allowed",
        True,
        _("Customers may transfer tickets"),
        _("On: tickets of a class can go to another class too. The notice and number for rescheduling hold as well."),
        Group.FEATURES,
        per_service=True,
        off=False,
    )
)
TRANSFER_TARGET = declare(
    Setting(
        "bookings.transfer_target",
        True,
        _("Tickets of other classes may come here"),
        _("Off: customers transfer no tickets of other classes to this one."),
        Group.MOVING,
        per_service=True,
    )
)
TRANSFER_VALUE = declare(
    Setting(
        "bookings.transfer_value",
        "equal_or_lower",
        _("Value of the new tickets"),
        _("What customers may transfer to: tickets of equal or lower value, or any; then they pay the difference."),
        Group.MOVING,
        choices={"equal_or_lower": _("Equal or lower value"), "any": _("Any value")},
        per_service=True,
    )
)
MAX_MOVES = declare(
    Setting(
        "bookings.max_moves",
        0,
        _("How often one booking may be rescheduled"),
        _("0: as often as the customer wants."),
        Group.MOVING,
        minimum=0,
        maximum=100,
        per_service=True,
    )
)
LOCKED_STATUSES = declare(
    Setting(
        "bookings.locked_statuses",
        "hold",
        _("Statuses in which customers cannot change anything"),
        _("Customers can neither cancel nor reschedule a booking in one of these."),
        Group.CANCELLING,
        choices={"pending": _("Waiting for approval"), "hold": _("On hold"), "confirmed": _("Booked")},
        pick=Pick.SOME,
        per_service=True,
    )
)
POSTPONE_ALLOWED = declare(
    Setting(
        "bookings.postpone_allowed",
        False,
        _("Customers may postpone"),
        _("They choose a date before which nothing takes place. The notice for rescheduling holds for it too."),
        Group.FEATURES,
        per_service=True,
        off=False,
    )
)
CANCELLED_IS_FINAL = declare(
    Setting(
        "bookings.cancelled_is_final",
        True,
        _("Cancelled is final"),
        _("Off: customers may resume what they cancelled, at a new time and with the same booking."),
        Group.FEATURES,
        per_service=True,
        off=True,
    )
)
RESUME_DAYS = declare(
    Setting(
        "bookings.resume_days",
        30,
        _("How many days a cancelled booking can be resumed"),
        _("Counted from the cancellation. It only matters where cancelled is not final."),
        Group.CANCELLING,
        minimum=1,
        maximum=366,
        unit=days,
        per_service=True,
    )
)
REPEAT_ALLOWED = declare(
    Setting(
        "bookings.repeat_allowed",
        False,
        _("Customers may book appointments that repeat"),
        _("They choose how often when they book: every week, every month and so on."),
        Group.FEATURES,
        per_service=True,
        off=False,
    )
)
SERIES_DAYS = declare(
    Setting(
        "bookings.series_days",
        56,
        _("How many days ahead the dates of a series are booked"),
        _("Later dates follow by themselves. Until then others can still take their time."),
        Group.SERIES,
        minimum=7,
        maximum=366,
        unit=days,
        per_service=True,
    )
)
ATTENDANCE_TRACKED = declare(
    Setting(
        "bookings.attendance_tracked",
        False,
        _("Track attendance"),
        _("On: people count as attended after the event unless you mark them absent. Off: past bookings say Booked."),
        Group.AFTERWARDS,
        per_service=True,
    )
)
MAX_PLACES = declare(
    Setting(
        "bookings.max_places",
        10,
        _("Places in one booking"),
        _("The most places of a class that a customer can book at once."),
        Group.BOOKING,
        minimum=1,
        maximum=50,
        per_service=True,
    )
)
TERMS_ADDRESS = declare(
    Setting(
        "bookings.terms_address",
        "",
        _("Address of your terms"),
        _("Customers must accept them to book. Starts with https://. Leave empty if there is nothing to accept."),
        Group.FORM,
        is_address=True,
    )
)
PRIVACY_ADDRESS = declare(
    Setting(
        "bookings.privacy_address",
        "",
        _("Address of your privacy notice"),
        _("Customers confirm that they have read it. Starts with https://. Leave empty to ask nothing."),
        Group.FORM,
        is_address=True,
    )
)
DOCUMENTS_VERSION = declare(
    Setting(
        "bookings.documents_version",
        "",
        _("Version of your terms and privacy notice"),
        _("Stored with the time whenever somebody accepts. Change it when the documents change."),
        Group.FORM,
        longest=40,
    )
)
TABS = declare(
    Setting(
        "bookings.tabs",
        "upcoming waiting past cancelled",
        _("Tabs of the bookings, and their order"),
        _("With one tab it is a plain list. What stands in no tab is not listed; links in mails still open it."),
        Group.LIST,
        choices={
            "upcoming": _("Upcoming"),
            "waiting": _("Waiting list"),
            "past": _("Past"),
            "cancelled": _("Cancelled"),
        },
        pick=Pick.ORDERED,
    )
)
ROW_ACTIONS = declare(
    Setting(
        "bookings.row_actions",
        "menu",
        _("How the actions of a booking stand in the list"),
        _("The first as a button and the rest in a menu, all as buttons, or all as icons."),
        Group.LIST,
        choices={"menu": _("Button and menu"), "buttons": _("Buttons"), "icons": _("Icons")},
    )
)
NOTES_ALLOWED = declare(
    Setting(
        "bookings.notes",
        True,
        _("Customers may write notes on their bookings"),
        _("You and your staff read them at the booking, and get them by mail."),
        Group.FEATURES,
        per_service=True,
        off=False,
    )
)
NOTES_AFTERWARDS = declare(
    Setting(
        "bookings.notes_afterwards",
        False,
        _("Customers may write notes on past bookings too"),
        _("Off: they write notes until the booking is over."),
        Group.AFTERWARDS,
        per_service=True,
    )
)
RATINGS = declare(
    Setting(
        "bookings.ratings",
        True,
        _("Customers may rate completed bookings"),
        _("Half to five stars and a comment. Only you and your staff read them."),
        Group.FEATURES,
        per_service=True,
        off=False,
    )
)
CALENDAR_FEEDS = declare(
    Setting(
        "bookings.calendar_feeds",
        True,
        _("Customers may subscribe to their bookings"),
        _("A secret address for a calendar program. Off: addresses made before give nothing."),
        Group.FEATURES,
        off=False,
    )
)
UPLOAD_MEGABYTES = declare(
    Setting(
        "bookings.upload_megabytes",
        8,
        _("Largest file in a booking form, in MB"),
        _("For questions that ask for a file."),
        Group.FORM,
        minimum=1,
        maximum=20,
    )
)
UPLOAD_COUNT = declare(
    Setting(
        "bookings.upload_count",
        3,
        _("Files in one booking form"),
        _("Customers send at most so many with one booking."),
        Group.FORM,
        minimum=1,
        maximum=10,
    )
)
BOOK_AGAIN = declare(
    Setting(
        "bookings.book_again",
        "filled",
        _("Where “Book again” leads"),
        _("To the form with the old choices filled in, or to your own page."),
        Group.AFTERWARDS,
        choices={"filled": _("The form, filled in"), "public_page": _("Your own page")},
    )
)
PUBLIC_PAGE_ADDRESS = declare(
    Setting(
        "bookings.public_page_address",
        "",
        _("Address of your own booking page"),
        _("“Book again” leads there, if you choose so. It begins with https://."),
        Group.AFTERWARDS,
        is_address=True,
    )
)

"""What the business decides about its messages."""

from bookwidget.kernel.text import Text, _
from bookwidget.notices.kinds import CUSTOMER, KINDS, SMS, Kind
from bookwidget.tenancy.settings import Group, Pick, Setting, Settings, declare, hours


def title_of(kind: Kind) -> Text:
    """Names the message among all."""
    if kind.recipient == CUSTOMER:
        if kind.channel == SMS:
            return _("%(event)s: to the customer, by text message", event=kind.title)
        return _("%(event)s: to the customer, by email", event=kind.title)
    return _("%(event)s: to you, by email", event=kind.title)


OFF = declare(
    Setting(
        "messages.off",
        "",
        _("Messages that are not sent"),
        _("The page Messages shows all of them, with their words. What every customer needs is always sent."),
        Group.MESSAGES,
        choices={key: title_of(kind) for key, kind in KINDS.items() if not (kind.is_needed or kind.channel == SMS)},
        pick=Pick.SOME,
    )
)
TEXTS = declare(
    Setting(
        "messages.texts",
        "",
        _("Text messages that are sent"),
        _("To customers who have given a phone number, beside the email. Each may turn them off for themselves."),
        Group.MESSAGES,
        choices={key: title_of(kind) for key, kind in KINDS.items() if kind.channel == SMS},
        pick=Pick.SOME,
    )
)
REPLY_TO = declare(
    Setting(
        "messages.reply_to",
        "",
        _("Where customers’ answers go"),
        _("The email address that customers write to when they answer a message. Empty: that of your business."),
        Group.MESSAGES,
        longest=254,
        most_emails=1,
    )
)
RECIPIENTS = declare(
    Setting(
        "messages.recipients",
        "",
        _("Who gets the messages to your business"),
        _("Up to five email addresses, with a comma and a space between them. Empty: that of your business."),
        Group.MESSAGES,
        longest=254,
        most_emails=5,
    )
)
REMINDERS = declare(
    Setting(
        "reminders.hours",
        "24",
        _("Reminders before the start"),
        _("A mail to the customer so long before. It holds for what is booked or moved from then on."),
        Group.MESSAGES,
        choices={str(number): hours(number) for number in (1, 2, 4, 12, 24, 48, 72, 168)},
        pick=Pick.SOME,
        per_service=True,
    )
)


def is_sent(settings: Settings, kind: Kind) -> bool:
    """Whether the business sends such messages."""
    if kind.channel == SMS:
        return kind.key in TEXTS.picked(settings[TEXTS])
    return kind.is_needed or kind.key not in OFF.picked(settings[OFF])

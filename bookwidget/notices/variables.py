"""What an owner's words can name, and what it stands for in one message."""

from dataclasses import fields, replace
from typing import Any

from bookwidget.kernel.text import Text, _
from bookwidget.notices.context import MailContext, Visit
from bookwidget.notices.kinds import CUSTOMER, SMS, Facts, Kind, Live
from bookwidget.notices.words import BUTTON, FACTS, Known

PEOPLE = {
    "given_name": _("The customer’s first name"),
    "customer_name": _("The customer’s whole name"),
    "customer_email": _("The customer’s email"),
    "customer_phone": _("The customer’s phone number"),
    "business": _("The name of your business"),
    "business_email": _("Your email"),
    "business_phone": _("Your phone number"),
}
VISIT = {
    "service": _("What is booked"),
    "day": _("The day"),
    "time": _("From when until when"),
    "provider": _("Who performs it"),
    "location": _("Where"),
}
OLD = {"old_day": _("The day before the change"), "old_time": _("The time before the change")}
MORE = {
    "booking.cancelled": {"reason": _("The reason that was given"), "fee": _("What is owed for cancelling late")},
    "booking.ticket_cancelled": {
        "reason": _("The reason that was given"),
        "fee": _("What is owed for cancelling late"),
        "attendee": _("Whose ticket it was"),
    },
    "booking.note_added": {"note": _("The note")},
    "customer.closing_refused": {"reason": _("The reason that was given")},
    "waitlist.joined": {"position": _("The place in line")},
    "waitlist.offered": {"until": _("The end of the offer")},
}
LINKS = {
    Live.BOOKING: {"booking_link": _("Opens this one booking without logging in")},
    Live.WAITING: {"waiting_link": _("Opens this one place in line without logging in")},
    Live.INVITATION: {"invite_link": _("Sets their first password, once and within a week")},
    Live.EMAIL: {"email_link": _("Makes the address the customer’s")},
    Live.RESET: {"reset_link": _("Sets a new password")},
}
BOOKINGS_LINK = {"bookings_link": _("Opens the customer’s bookings")}
HOUSE_FACTS = {FACTS: _("A box with what, when and where, and what else there is to know")}
HOUSE_BUTTON = {BUTTON: _("The button that leads to it")}
ADDRESSES = ("booking_link", "waiting_link", "reset_link", "invite_link", "email_link", "bookings_link")
"""Variables that are links."""


def variables_of(kind: Kind) -> dict[str, Text]:
    """Name and meaning of everything that the words of this message can show."""
    named, has_blocks = dict(PEOPLE), kind.channel != SMS
    if kind.facts is not Facts.NONE:
        named |= (HOUSE_FACTS if has_blocks else {}) | VISIT
    if kind.facts is Facts.BOTH:
        named |= OLD
    named |= MORE.get(kind.event, {})
    if kind.recipient == CUSTOMER:
        named |= (HOUSE_BUTTON if has_blocks else {}) | LINKS.get(kind.live, {}) | BOOKINGS_LINK
    return named


def known_of(kind: Kind) -> Known:
    flags = frozenset({kind.flag} if kind.flag else ())
    return Known(frozenset(variables_of(kind)), flags, kind.channel == SMS)


def values_of(kind: Kind, context: MailContext) -> dict[str, str | bool]:
    """What each of them stands for; the house's blocks are only said to be there."""
    now, old = _visits(context)
    said: dict[str, str | bool] = {
        **{field.name: value for field in fields(context) if isinstance(value := getattr(context, field.name), str)},
        FACTS: FACTS,
        BUTTON: BUTTON,
        "position": context.waiting.position,
        "until": context.waiting.until,
    }
    for visit, begin, names in ((now, "", VISIT), (old, "old_", ("day", "time"))):
        said |= {f"{begin}{name}": getattr(visit, name) if visit else "" for name in names}
    values = {name: said[name] for name in variables_of(kind)}
    if kind.flag:
        values[kind.flag] = bool(context.waiting.was_taken if kind.flag == "was_taken" else context.by_business)
    return values


def _visits(context: MailContext) -> tuple[Visit | None, Visit | None]:
    """The one that the message is about, and the one before the change."""
    return context.after or context.before, context.before


def placeholders(kind: Kind, context: MailContext, *, flag: bool) -> MailContext:
    """A context in which each variable stands for itself: what is written with it are words as an owner edits them."""
    names = variables_of(kind)
    itself: dict[str, Any] = {field.name: f"{{{{ {field.name} }}}}" for field in fields(context) if field.name in names}
    service, day, time, provider, location = (f"{{{{ {name} }}}}" for name in VISIT)
    now = Visit(service, day, time, provider, location, 0, "", "")
    old = replace(now, day="{{ old_day }}", time="{{ old_time }}")
    return replace(
        context,
        **itself,
        by_business=flag and kind.flag == "by_business",
        waiting=replace(context.waiting, was_taken=flag and kind.flag == "was_taken"),
        before={Facts.NONE: None, Facts.AFTER: None, Facts.BEFORE: now, Facts.BOTH: old}[kind.facts],
        after=now if kind.facts in (Facts.AFTER, Facts.BOTH) else None,
    )  # fmt: skip

"""Every message that there is: because of what, to whom, by which channel, and what stands in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from bookwidget.kernel.text import Text, _

CUSTOMER, BUSINESS, MEMBER, OWNER = "customer", "business", "member", "owner"
OURS = {MEMBER, OWNER}
"""What goes to them has the service's words and is always sent; it is not among the business's messages."""
EMAIL, SMS = "email", "sms"


UNSUBSCRIBE = "https://link.invalid/unsubscribe"
"""Stands in the foot of a stored mail for the link that turns such mails off."""


class Live(Enum):
    """The link that is made when a message is sent; the message as stored has its stand-in."""

    NONE = ""
    RESET = "https://link.invalid/password-reset"
    """Sets a password."""
    EMAIL = "https://link.invalid/email"
    """Makes the address that gets the mail the customer's."""
    INVITATION = "https://link.invalid/invitation"
    """Sets the first password of a customer whom the business invited."""
    BOOKING = "https://link.invalid/booking"
    """Opens the one booking."""
    WAITING = "https://link.invalid/waiting"
    """Opens the one entry of a waiting list."""
    MEMBER = "https://link.invalid/member"
    """Lets a member set their password."""
    SIGN_UP = "https://link.invalid/sign-up"
    """Confirms a sign-up."""


class Facts(Enum):
    """Which dates an event tells."""

    NONE = ""
    BEFORE = "before"
    AFTER = "after"
    BOTH = "both"


@dataclass(frozen=True)
class Kind:
    """One cell of the matrix event x recipient x channel."""

    event: str
    recipient: str
    channel: str
    title: Text
    """Of the event."""
    is_needed: bool
    """Law or the booking needs it: nobody turns it off."""
    live: Live
    facts: Facts
    flag: str
    """What its shipped words ask for; empty: nothing."""
    by_business: bool = False
    """Only of what the business itself did: customers know of the rest."""

    @property
    def key(self) -> str:
        return f"{self.event}.{self.recipient}.{self.channel}"

    @property
    def template(self) -> str:
        """What stored messages and the shipped files are called by."""
        return f"{self.event}.{self.recipient}"

    @property
    def is_theirs_to_turn_off(self) -> bool:
        return self.recipient == CUSTOMER and not self.is_needed

    @property
    def way(self) -> Text:
        """To whom it goes, and how."""
        if self.channel == SMS:
            return TEXT_TO_CUSTOMER_IF_YOU if self.by_business else TEXT_TO_CUSTOMER
        return TO_CUSTOMER if self.recipient == CUSTOMER else TO_YOU


TO_CUSTOMER, TO_YOU = _("To the customer, by email"), _("To you, by email")
TEXT_TO_CUSTOMER = _("To the customer, by text message")
TEXT_TO_CUSTOMER_IF_YOU = _("To the customer, by text message, if you did it")


class Sort(NamedTuple):
    """What the messages of one event have in common."""

    event: str
    title: Text
    facts: Facts
    live: Live
    needed: tuple[str, ...]
    """Recipients that always get it."""
    recipients: tuple[str, ...] = (CUSTOMER, BUSINESS)
    flag: str = ""
    by_text: bool = False
    """Whether customers can have it as a text message too, which none of them ever needs."""

    def kinds(self) -> Iterator[Kind]:
        for recipient in self.recipients:
            live = self.live if recipient == CUSTOMER else Live.NONE
            needed = recipient in self.needed
            yield Kind(self.event, recipient, EMAIL, self.title, needed, live, self.facts, self.flag)
        if self.by_text:
            only = self.flag == BY_BUSINESS
            yield Kind(self.event, CUSTOMER, SMS, self.title, False, self.live, self.facts, "", only)


ALWAYS, NEVER = (CUSTOMER,), ()
BY_BUSINESS, WAS_TAKEN = "by_business", "was_taken"

SORTS = (
    Sort("booking.made", _("Booked"), Facts.AFTER, Live.BOOKING, ALWAYS, flag=BY_BUSINESS),
    Sort("booking.moved", _("Rescheduled"), Facts.BOTH, Live.BOOKING, ALWAYS, flag=BY_BUSINESS, by_text=True),
    Sort(
        "booking.date_changed",
        _("Date of a class changed"),
        Facts.BOTH,
        Live.BOOKING,
        ALWAYS,
        (CUSTOMER,),
        by_text=True,
    ),
    Sort("booking.cancelled", _("Cancelled"), Facts.BEFORE, Live.BOOKING, ALWAYS, flag=BY_BUSINESS, by_text=True),
    Sort("booking.restored", _("Cancellation undone"), Facts.AFTER, Live.BOOKING, ALWAYS),
    Sort("booking.resumed", _("Resumed"), Facts.AFTER, Live.BOOKING, ALWAYS),
    Sort("booking.postponed", _("Postponed"), Facts.BOTH, Live.BOOKING, ALWAYS),
    Sort("booking.transferred", _("Tickets transferred"), Facts.BOTH, Live.BOOKING, ALWAYS, flag=BY_BUSINESS),
    Sort("booking.ticket_cancelled", _("One ticket cancelled"), Facts.BEFORE, Live.BOOKING, ALWAYS, flag=BY_BUSINESS),
    Sort("series.date_left_out", _("A date of a series could not be booked"), Facts.AFTER, Live.NONE, ALWAYS),
    Sort("booking.note_added", _("Note at a booking"), Facts.AFTER, Live.BOOKING, NEVER),
    Sort("waitlist.joined", _("Joined a waiting list"), Facts.AFTER, Live.WAITING, NEVER, (CUSTOMER,)),
    Sort("waitlist.offered", _("Waiting list: a place is free"), Facts.AFTER, Live.WAITING, NEVER, (CUSTOMER,)),
    Sort(
        "waitlist.offer_ended",
        _("Waiting list: the place went to others"),
        Facts.AFTER,
        Live.WAITING,
        NEVER,
        (CUSTOMER,),
        WAS_TAKEN,
    ),
    Sort(
        "waitlist.date_changed", _("Waiting list: the date has changed"), Facts.BOTH, Live.WAITING, NEVER, (CUSTOMER,)
    ),
    Sort(
        "waitlist.date_cancelled", _("Waiting list: the date is cancelled"), Facts.BEFORE, Live.NONE, NEVER, (CUSTOMER,)
    ),
    Sort("waitlist.removed", _("Taken off a waiting list by you"), Facts.BEFORE, Live.NONE, NEVER, (CUSTOMER,)),
    Sort("booking.reminded", _("Reminder"), Facts.AFTER, Live.BOOKING, NEVER, (CUSTOMER,), by_text=True),
    Sort("customer.invited", _("Invitation to the portal"), Facts.NONE, Live.INVITATION, ALWAYS, (CUSTOMER,)),
    Sort("customer.closed", _("Account closed on request"), Facts.NONE, Live.NONE, ALWAYS, (CUSTOMER,)),
    Sort("customer.closing_refused", _("Closing the account refused"), Facts.NONE, Live.NONE, ALWAYS, (CUSTOMER,)),
    Sort("customer.email_asked", _("Link to confirm a new email"), Facts.NONE, Live.EMAIL, ALWAYS, (CUSTOMER,)),
    Sort("customer.email_changed", _("Email changed, to the old one"), Facts.NONE, Live.NONE, ALWAYS, (CUSTOMER,)),
    Sort("password.reset_requested", _("Link to set a password"), Facts.NONE, Live.RESET, ALWAYS, (CUSTOMER,)),
)
KINDS = {kind.key: kind for sort in SORTS for kind in sort.kinds()}
"""In the order in which owners see them."""


def kind_of(event: str, recipient: str, channel: str = EMAIL) -> Kind:
    """KeyError for what is none."""
    if recipient in OURS:
        live = Live.MEMBER if recipient == MEMBER else Live.SIGN_UP
        return Kind(event, recipient, channel, Text(event), True, live, Facts.NONE, "")
    return KINDS[f"{event}.{recipient}.{channel}"]


def live_of(template: str) -> Live:
    """The link in messages stored under this name; elsewhere its stand-in is just words."""
    event, _dot, recipient = template.rpartition(".")
    is_known = recipient in OURS or f"{template}.{EMAIL}" in KINDS
    return kind_of(event, recipient).live if is_known else Live.NONE

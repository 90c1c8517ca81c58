"""What the words of a message can speak of, as the event tells it and in words of the business's zone."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from bookwidget.events.store import Happened
from bookwidget.notices.kinds import Live
from bookwidget.notices.series import OtherDates
from bookwidget.theming.formats import Formats


@dataclass(frozen=True)
class Visit:
    """Where and when, in words of the business's zone; empty where the event does not say."""

    service: str
    day: str
    time: str
    provider: str
    location: str
    places: int
    """How many tickets; 0 where the event does not say."""
    kinds: str
    """Names of their ticket types; empty for standard ones."""
    price: str


@dataclass(frozen=True)
class Waiting:
    """What an event says of a waiting list; nothing where it is of something else."""

    position: str
    places: int
    until: str
    """The end of an offer."""
    is_kept: bool
    """The offer is for this customer alone."""
    was_taken: bool
    """Somebody else was faster."""
    is_from_list: bool
    """A booking came from the list."""


@dataclass(frozen=True)
class Picture:
    """The business's logo; sizes in px."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class MailContext:
    """What the templates in `templates/mail/` may use. All of them get all of it."""

    business: str
    business_email: str
    business_phone: str
    logo: Picture | None
    lang: str
    dir: str
    given_name: str
    customer_name: str
    customer_email: str
    customer_phone: str
    by_business: bool
    """Whether the business itself did it."""
    reason: str
    note: str
    """What somebody wrote to the booking."""
    before: Visit | None
    after: Visit | None
    bookings_link: str
    help_link: str
    """Of the page that explains the portal; only to customers, else empty."""
    first_password_link: str
    """Where a customer without a password asks for one; empty where the mail does not invite."""
    invite_link: str
    reset_link: str
    booking_link: str
    waiting_link: str
    waiting: Waiting
    series: OtherDates
    attendee: str
    """Whose ticket was cancelled by itself; empty: the customer's own."""
    places_left: int
    price_left: str
    fee: str
    """Owed for cancelling late, and in percent; empty: nothing."""
    fee_percent: str
    dearer: str
    """By how much the price rose, or fell; empty: not in this direction."""
    cheaper: str
    is_split: bool
    """Only some of the tickets were transferred."""
    sign_up_link: str
    new_business: str
    """What somebody signed up."""
    is_known: bool
    """Whoever signed up works for a business already."""
    email_link: str = Live.EMAIL.value
    unsubscribe_link: str = ""
    """Turns such mails off; empty where they are always sent."""


def values_in(context: MailContext) -> dict[str, Any]:
    return {field.name: getattr(context, field.name) for field in fields(context)}


def difference(words: Formats, event: Happened) -> dict[str, str]:
    """By how much the price rose or fell."""
    more = event.after["price"] - event.before["price"] if {"price"} <= event.before.keys() & event.after else 0
    return {"dearer": words.money(more) if more > 0 else "", "cheaper": words.money(-more) if more < 0 else ""}


def visit_of(words: Formats, event: Happened, facts: Mapping[str, Any], *, is_short: bool) -> Visit | None:
    """None where the event has no time. Short: the day as briefly as it can be, and the start only."""
    if not facts.get("starts_at"):
        return None
    starts_at = datetime.fromisoformat(facts["starts_at"])
    ends_at = datetime.fromisoformat(facts["ends_at"]) if facts.get("ends_at") else None
    return Visit(
        service=facts.get("service") or "",
        day=words.date(starts_at, event.at) if is_short else words.day(starts_at),
        time=words.time(starts_at) if is_short or not ends_at else words.time_range(starts_at, ends_at),
        provider=facts.get("provider") or "",
        location=facts.get("location") or "",
        places=facts.get("places") or 0,
        kinds=", ".join(facts.get("kinds") or ()),
        price=words.money(facts.get("price") or 0),
    )


def waiting_of(words: Formats, event: Happened) -> Waiting:
    after = event.after
    return Waiting(
        position=words.number(after.get("position") or 0),
        places=after.get("places") or 1,
        until=words.moment(datetime.fromisoformat(after["until"]), event.at) if after.get("until") else "",
        is_kept=bool(after.get("is_kept")),
        was_taken=after.get("ended") == "taken",
        is_from_list=bool(after.get("from_waiting_list")),
    )

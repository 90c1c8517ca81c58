"""What happened to a booking, in words for its customer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bookwidget.bookings.actions import BookingDetails, Change
from bookwidget.kernel.text import Text, _


@dataclass(frozen=True)
class Step:
    """Something that happened to a booking."""

    at: datetime
    words: Text


def history(booking: BookingDetails, business: str) -> list[Step]:
    """In words, oldest first. Kinds of events that customers need not know about are left out."""
    steps = [Step(change.at, words) for change in booking.history if (words := words_of(change, business))]
    if not any(change.kind == "booking.made" for change in booking.history):
        steps.insert(0, Step(booking.created_at, _("Booked.")))
    return steps


WORDS = {
    "booking.cancelled": (_("You cancelled."), _("%(business)s cancelled it.")),
    "booking.ticket_cancelled": (_("You cancelled one ticket."), _("%(business)s cancelled one ticket.")),
    "booking.restored": (_("You undid the cancellation."), _("%(business)s undid the cancellation.")),
    "booking.note_added": (_("You wrote a note."), _("%(business)s wrote a note.")),
    "booking.rated": (_("You rated it."), _("You rated it.")),
    "booking.rating_withdrawn": (_("You took your rating back."), _("You took your rating back.")),
    "booking.links_ended": (_("You ended the links in mails."), _("%(business)s ended the links in mails.")),
}
"""What its customer did, and what the business did."""


def words_of(change: Change, business: str) -> Text | None:
    by_customer = change.by == "customer"
    if change.kind in TOLD_WITH_TIMES:
        return TOLD_WITH_TIMES[change.kind](change, business, by_customer)
    is_secret = change.kind == "booking.note_added" and not change.after.get("is_shared")
    if change.kind not in WORDS or is_secret:
        return None
    return Text(WORDS[change.kind][0 if by_customer else 1].msgid, None, {"business": business})


def words_of_making(change: Change, business: str, by_customer: bool) -> Text:
    if change.by == "system" and change.after.get("quiet"):
        return _("Booked as the next date of your series.")
    return _("You booked.") if by_customer else _("%(business)s booked it for you.", business=business)


def words_of_move(change: Change, business: str, by_customer: bool) -> Text:
    before, after = (instant(facts.get("starts_at")) for facts in (change.before, change.after))
    if before is None or after is None:
        return _("You moved it.") if by_customer else _("%(business)s moved it.", business=business)
    if by_customer:
        return _("You moved it from %(before)s to %(after)s.", before=before, after=after)
    return _("%(business)s moved it from %(before)s to %(after)s.", business=business, before=before, after=after)


def words_of_date(change: Change, business: str, by_customer: bool) -> Text:
    """Of the class's date, with all bookings on it."""
    before, after = (instant(facts.get("starts_at")) for facts in (change.before, change.after))
    if before is None or after is None or before == after:
        return _("%(business)s changed who is there or where it is.", business=business)
    return _("%(business)s moved it from %(before)s to %(after)s.", business=business, before=before, after=after)


def words_of_resuming(change: Change, business: str, by_customer: bool) -> Text:
    after = instant(change.after.get("starts_at"))
    if by_customer:
        return _("You resumed it on %(after)s.", after=after)
    return _("%(business)s resumed it on %(after)s.", business=business, after=after)


def words_of_postponing(change: Change, business: str, by_customer: bool) -> Text:
    """Of a single booking to its new time; of a series: this date falls away."""
    after = instant(change.after.get("starts_at"))
    if after is None:
        if by_customer:
            return _("You postponed the series; this date falls away.")
        return _("%(business)s postponed the series; this date falls away.", business=business)
    if by_customer:
        return _("You postponed it to %(after)s.", after=after)
    return _("%(business)s postponed it to %(after)s.", business=business, after=after)


def words_of_transfer(change: Change, business: str, by_customer: bool) -> Text:
    service, after = str(change.after.get("service", "")), instant(change.after.get("starts_at"))
    if by_customer:
        return _("You transferred it to %(service)s, %(after)s.", service=service, after=after)
    return _("%(business)s transferred it to %(service)s, %(after)s.", business=business, service=service, after=after)


def words_of_split(change: Change, business: str, by_customer: bool) -> Text:
    """Some of the tickets left; what is told is where they went."""
    service, after = str(change.after.get("service", "")), instant(change.after.get("starts_at"))
    if by_customer:
        return _("You transferred some of the tickets to %(service)s, %(after)s.", service=service, after=after)
    return _(
        "%(business)s transferred some of the tickets to %(service)s, %(after)s.",
        business=business,
        service=service,
        after=after,
    )


TOLD_WITH_TIMES: dict[str, Callable[[Change, str, bool], Text]] = {
    "booking.date_changed": words_of_date,
    "booking.made": words_of_making,
    "booking.moved": words_of_move,
    "booking.postponed": words_of_postponing,
    "booking.resumed": words_of_resuming,
    "booking.split": words_of_split,
    "booking.transferred": words_of_transfer,
}


def instant(text: object) -> datetime | None:
    """An instant as events keep it."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None

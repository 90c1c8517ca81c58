"""What happened to a booking, in words for its customer."""

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
    "booking.made": (_("You booked."), _("%(business)s booked it for you.")),
    "booking.cancelled": (_("You cancelled."), _("%(business)s cancelled it.")),
    "booking.restored": (_("You undid the cancellation."), _("%(business)s undid the cancellation.")),
    "booking.note_added": (_("You wrote a note."), _("%(business)s wrote a note.")),
    "booking.rated": (_("You rated it."), _("You rated it.")),
    "booking.rating_withdrawn": (_("You took your rating back."), _("You took your rating back.")),
    "booking.links_ended": (_("You ended the links in mails."), _("%(business)s ended the links in mails.")),
}
"""What its customer did, and what the business did."""


def words_of(change: Change, business: str) -> Text | None:
    by_customer = change.by == "customer"
    if change.kind == "booking.moved":
        return words_of_move(change, business, by_customer=by_customer)
    is_secret = change.kind == "booking.note_added" and not change.after.get("is_shared")
    if change.kind not in WORDS or is_secret:
        return None
    return Text(WORDS[change.kind][0 if by_customer else 1].msgid, None, {"business": business})


def words_of_move(change: Change, business: str, *, by_customer: bool) -> Text:
    before, after = (instant(facts.get("starts_at")) for facts in (change.before, change.after))
    if before is None or after is None:
        return _("You moved it.") if by_customer else _("%(business)s moved it.", business=business)
    if by_customer:
        return _("You moved it from %(before)s to %(after)s.", before=before, after=after)
    return _("%(business)s moved it from %(before)s to %(after)s.", business=business, before=before, after=after)


def instant(text: object) -> datetime | None:
    """An instant as events keep it."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None

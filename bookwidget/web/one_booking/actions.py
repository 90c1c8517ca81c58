"""What can be done with a booking: the one list from which all buttons and menus are made.

An entry is a line of `KINDS`; its page is a line of `pages.PAGES` under the same name.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Literal

from bookwidget.bookings.actions import Answer, BookingRow, may_book_again
from bookwidget.kernel.text import Text, _
from bookwidget.web.visits import place

Tone = Literal["", "bad"]
Decide = Callable[[BookingRow], Answer]


@dataclass(frozen=True, eq=False)
class Kind:
    """Something that can be done, for all bookings. Each is equal to itself only."""

    name: str
    """Of the page below the booking's own, such as `move`."""
    title: Text
    icon: str
    decide: Decide
    """Whether this booking's actor may, now."""
    tone: Tone = ""
    """`bad`: it stands last, in the colour of loss."""
    is_button: bool = True
    """On the booking's page a button of its own; otherwise in the menu there."""
    says_why: bool = False
    """Where it is not allowed, the page tells the reason. Not for what nobody would look for."""


@dataclass(frozen=True)
class Action:
    """Something that can be done with one booking."""

    name: str
    title: Text
    icon: str
    tone: Tone
    is_button: bool
    url: str
    """Of a page; nothing happens by opening it."""


def in_calendar(booking: BookingRow) -> Answer:
    """What is over or cancelled needs no place in a calendar."""
    return Answer(booking.tab == "upcoming", None, booking.ends_at, "calendar")


def again_in_menu(booking: BookingRow) -> Answer:
    """What is still to come has more important buttons."""
    return Answer(booking.tab == "upcoming" and may_book_again(place().tenant.settings), None, None, "again")


def again_as_button(booking: BookingRow) -> Answer:
    """What is over or cancelled, unless that can still be undone."""
    is_over = booking.tab in ("past", "cancelled") and not booking.may_undo.allowed
    return Answer(is_over and may_book_again(place().tenant.settings), None, None, "again")


def may_change_rating(booking: BookingRow) -> Answer:
    """The first one is given where the stars stand: on the booking's page, and in its line of the list."""
    may_rate = booking.may_rate
    return may_rate if booking.rating else Answer(False, may_rate.reason, may_rate.until, may_rate.rule)


KINDS = (
    Kind("move", _("Reschedule"), "clock", lambda booking: booking.may_move, says_why=True),
    Kind("resume", _("Resume"), "clock", lambda booking: booking.may_resume),
    Kind("again", _("Book again"), "copy", again_as_button),
    Kind("again", _("Book again"), "copy", again_in_menu, is_button=False),
    Kind("postpone", _("Postpone"), "fwd", lambda booking: booking.may_postpone, is_button=False),
    Kind("transfer", _("Transfer"), "next", lambda booking: booking.may_transfer, is_button=False),
    Kind("calendar", _("Add to calendar"), "calendar", in_calendar, is_button=False),
    Kind("rate", _("Change rating"), "star", may_change_rating, is_button=False),
    Kind("cancel", _("Cancel booking"), "close", lambda booking: booking.may_cancel, tone="bad", says_why=True),
)
"""In the order in which they stand: the first one allowed is the main button. What is `bad` comes last."""


KEPT = 4096
_known: dict[Hashable, tuple[Kind, ...]] = {}
"""By what bookings have in common."""


def kinds_of(booking: BookingRow) -> tuple[Kind, ...]:
    """What its actor may do. Lines of a list with the same kinds look the same but for their addresses.

    Most bookings of a list are alike in all that decides, so the policy is asked for one of them.
    """
    if booking.alike is None:
        return allowed_kinds(booking)
    key = booking.alike, booking.tab, booking.rating is None
    known = _known.get(key)
    if known is None:
        if len(_known) >= KEPT:
            _known.clear()
        known = _known[key] = allowed_kinds(booking)
    return known


def allowed_kinds(booking: BookingRow) -> tuple[Kind, ...]:
    return tuple(kind for kind in KINDS if kind.decide(booking).allowed)


def actions_at(kinds: Iterable[Kind], url: str) -> list[Action]:
    return [Action(kind.name, kind.title, kind.icon, kind.tone, kind.is_button, f"{url}/{kind.name}") for kind in kinds]


def actions_of(booking: BookingRow, url: str) -> list[Action]:
    """What its actor may do; `url` is the address of the booking's own page."""
    return actions_at(kinds_of(booking), url)


def button_and_menu(kinds: Iterable[Kind], url: str) -> tuple[Action | None, list[Action]]:
    """For a line of a list: the one that is a button there, if any, and all others."""
    actions = actions_at(kinds, url)
    first = next((action for action in actions if action.is_button and not action.tone), None)
    return first, [action for action in actions if action is not first]


def reasons_of(booking: BookingRow, *, but: Text | None = None) -> list[Text]:
    """Why what one would look for is not there, each sentence once; nothing on one that is cancelled."""
    if booking.status == "cancelled":
        return []
    answers = (kind.decide(booking) for kind in KINDS if kind.says_why)
    reasons = (answer.reason for answer in answers if answer.reason and answer.reason != but)
    return list({reason.msgid: reason for reason in reasons}.values())

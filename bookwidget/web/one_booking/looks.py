"""What a booking looks like beside its name: the kinds of its chips, in lists and on its own page."""

from typing import NamedTuple

from bookwidget.bookings.actions import BookingRow
from bookwidget.kernel.picking import made
from bookwidget.theming.formats import Formats

ATTENDED_OR_NOT = ("attended", "absent")


class Looks(NamedTuple):
    """Bookings of equal looks have the same chips but for names and numbers."""

    state: str
    """`off`: the business cancelled the date; a status; `attended` or `absent`; otherwise the tab."""
    places: int
    """Said where there are several."""
    has_people: bool
    """Somebody is named, or a child."""
    is_rated: bool
    is_priced: bool


class PersonKind(NamedTuple):
    """What the chip of somebody who comes branches on."""

    is_child: bool
    has_name: bool
    has_age: bool


class PersonChip(NamedTuple):
    kind: PersonKind
    values: dict[str, object]


def people_of(row: BookingRow, formats: Formats) -> list[PersonChip]:
    """The chips of who is named, or a child."""
    return [
        PersonChip(
            PersonKind(is_child, name != "", age is not None),
            {"name": name, "age": "" if age is None else formats.number(age)},
        )
        for name, is_child, age, _attendance in row.attendees
        if name or is_child
    ]


def looks_of(row: BookingRow) -> Looks:
    attendees, status, off = row.attendees, row.status, row.is_occurrence_cancelled
    if off:
        state = "off"
    elif status != "confirmed":
        state = status
    else:
        state = row.attendance if row.attendance in ATTENDED_OR_NOT else row.tab
    places = row.places if status == "waiting" else len(attendees)
    named = [name for name, is_child, _age, _attendance in attendees if name or is_child]
    is_priced = row.price.amount != 0 and status != "cancelled" and not off
    return made(Looks, (state, places, bool(named), bool(row.rating), is_priced))

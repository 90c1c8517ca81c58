"""Notes that people write to a booking, and ratings of it; what was accepted when it was made."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bookwidget.bookings import store_notes as store
from bookwidget.bookings.changing import locked, place_facts, require
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.models import Acceptance, JobNote
from bookwidget.bookings.results import Accepted, Note
from bookwidget.bookings.rules import checked_text, half_stars
from bookwidget.events.record import record
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

MAX_NOTE = 2000
MAX_NOTES = 100
"""Of one booking."""
MAX_COMMENT = 2000


def list_notes(scope: Scope, code: str) -> list[Note]:
    """Oldest first; its customer is given those that are shared, staff all. `Missing` like `read_booking`."""
    booking, is_staff = read_booking(scope, code), scope.actor.is_staff
    return [
        Note(
            row.id,
            row.text,
            row.written_at,
            row.author_kind,
            (row.member or f"{row.given_name or ''} {row.family_name or ''}".strip()) if is_staff else "",
            row.is_shared,
        )
        for row in scope.session.rows(store.NOTES, {"booking": booking.id})
        if is_staff or row.is_shared
    ]


class CustomerNote(NamedTuple):
    """A note at any of a customer's bookings."""

    text: str
    at: datetime
    member: str
    """Who wrote it; empty: the customer, or a member who has left."""
    code: str
    """Of the booking."""


def list_notes_of(scope: Scope, customer_id: UUID) -> tuple[CustomerNote, ...]:
    """The latest ones at all bookings of a customer, latest first, in one statement; `Missing` for all but staff."""
    if not scope.actor.is_staff:
        raise Missing
    return tuple(CustomerNote(*row) for row in scope.session.rows(store.NOTES_OF_CUSTOMER, {"customer": customer_id}))


def add_note(scope: Scope, code: str, text: str, *, note_id: UUID | None = None, is_shared: bool = False) -> None:
    """Writes a note to a booking. What its customer writes is shared; staff say whether theirs is.

    `note_id` is the form's: sent a second time, it changes nothing. Raises `Missing`, `Denied`,
    `Refused("text", …)`. Event: `booking.note_added`; it holds the words of shared notes only.
    """
    words, id = checked_text("text", text, MAX_NOTE), note_id or uuid7()
    if not words:
        raise Refused("text", _("Please write something."))
    with writing(scope.session):
        booking = locked(scope, code)
        stands_at = scope.session.rows(store.NOTE, {"note": id}).scalar_one_or_none()
        if stands_at is not None:
            if stands_at != booking.id:
                raise Missing
            return
        require(booking.may_note)
        if scope.session.rows(store.NUMBER_OF_NOTES, {"booking": booking.id}).scalar_one() >= MAX_NOTES:
            raise Refused("text", _("There are too many notes at this booking. Please contact us."))
        actor, is_seen = scope.actor, is_shared or not scope.actor.is_staff
        note = JobNote(
            id=id,
            booking_id=booking.id,
            author_kind=actor.kind.value,
            author_id=actor.id,
            is_shared=is_seen,
            text=words,
            written_at=scope.now,
        )
        scope.session.add(note)
        record(
            scope,
            "booking.note_added",
            booking_id=booking.id,
            customer_id=booking.customer_id,
            after={**place_facts(booking), "is_shared": is_seen, "note": words if is_seen else ""},
        )


def rate_booking(scope: Scope, code: str, stars: str, comment: str = "") -> None:
    """Gives a completed booking its rating, "0.5" to "5" in half steps, or changes the one given.

    Raises `Missing`, `Denied`, `Refused("stars" or "comment", …)`. Event: `booking.rated`, none if nothing changes.
    """
    halves, words = half_stars(stars), checked_text("comment", comment, MAX_COMMENT)
    with writing(scope.session):
        booking = locked(scope, code)
        before = (booking.rating, booking.rating_comment)
        if before == (halves / 2, words):
            return
        require(booking.may_rate)
        values = {"booking": booking.id, "halves": halves, "comment": words, "at": scope.now}
        scope.session.rows(store.RATE, values)
        record(
            scope,
            "booking.rated",
            booking_id=booking.id,
            customer_id=booking.customer_id,
            before={"stars": before[0], "comment": before[1]} if before[0] else {},
            after={"stars": halves / 2, "comment": words},
        )


def withdraw_rating(scope: Scope, code: str) -> None:
    """Takes a rating back; without one nothing changes.

    Raises `Missing`, `Denied`. Event: `booking.rating_withdrawn`.
    """
    with writing(scope.session):
        booking = locked(scope, code)
        if booking.rating is None:
            return
        require(booking.may_rate)
        scope.session.rows(store.UNRATE, {"booking": booking.id})
        record(
            scope,
            "booking.rating_withdrawn",
            booking_id=booking.id,
            customer_id=booking.customer_id,
            before={"stars": booking.rating},
        )


def list_accepted(scope: Scope, code: str) -> list[Accepted]:
    """What was accepted when the booking was made, the terms first. `Missing` like `read_booking`."""
    booking = read_booking(scope, code)
    return [Accepted(*row) for row in scope.session.rows(store.ACCEPTED, {"booking": booking.id})]


def copy_accepted(scope: Scope, booking_id: UUID, into: UUID) -> None:
    """For a booking that is split off, inside the open write transaction: it was accepted for these tickets too."""
    rows = scope.session.rows(store.ACCEPTED, {"booking": booking_id}).mappings()
    scope.session.add_all([Acceptance(booking_id=into, **row) for row in rows])

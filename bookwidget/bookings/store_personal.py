"""What bookings hold of persons, and how it goes; and what a closed account may not leave behind."""

from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from bookwidget.accounts.models import ImportedRow
from bookwidget.bookings.models import (
    Acceptance,
    Booking,
    CalendarFeed,
    GivenAnswer,
    JobNote,
    Series,
    SeriesDate,
    Ticket,
    Upload,
    WaitlistEntry,
)
from bookwidget.events.personal import Personal, Stage, personal
from bookwidget.schedule.models import Occurrence

_who: Any = bindparam("customer")
_booking = select(Booking.id).where(Booking.customer_id == _who)
_series = select(Series.id).where(Series.customer_id == _who)
PERSONAL: tuple[Personal, ...] = (
    personal(
        GivenAnswer, "label value", Stage.PARTS, erase=delete(GivenAnswer).where(GivenAnswer.booking_id.in_(_booking))
    ),
    personal(Upload, "name content", Stage.PARTS, erase=delete(Upload).where(Upload.hold_id.in_(_booking))),
    personal(
        ImportedRow,
        "cells reason old_code",
        Stage.PARTS,
        erase=delete(ImportedRow).where(or_(ImportedRow.customer_id == _who, ImportedRow.booking_id.in_(_booking))),
    ),
    personal(JobNote, "text", Stage.PARTS, erase=delete(JobNote).where(JobNote.booking_id.in_(_booking))),
    personal(CalendarFeed, "digest", Stage.PARTS, erase=delete(CalendarFeed).where(CalendarFeed.customer_id == _who)),
    personal(WaitlistEntry, "", Stage.PARTS, erase=delete(WaitlistEntry).where(WaitlistEntry.customer_id == _who)),
    personal(
        Acceptance, "", Stage.PARTS, erase=delete(Acceptance).where(Acceptance.booking_id.in_(_booking)), stays=True
    ),
    personal(
        Ticket,
        "attendee age",
        Stage.PARTS,
        erase=delete(Ticket).where(Ticket.booking_id.in_(_booking)),
        anonymise=update(Ticket).where(Ticket.booking_id.in_(_booking)).values(attendee="", age=None),
    ),
    personal(
        SeriesDate, "", Stage.PARTS, erase=delete(SeriesDate).where(SeriesDate.series_id.in_(_series)), stays=True
    ),
    personal(
        Series,
        "attendee age visit_address",
        Stage.BOOKINGS,
        erase=delete(Series).where(Series.customer_id == _who),
        anonymise=update(Series).where(Series.customer_id == _who).values(attendee="", age=None, visit_address=""),
    ),
    personal(
        Booking,
        "note visit_address cancel_reason rating_comment",
        Stage.BOOKINGS,
        erase=delete(Booking).where(Booking.customer_id == _who),
        anonymise=update(Booking)
        .where(Booking.customer_id == _who)
        .values(note="", visit_address="", cancel_reason="", rating_comment=""),
    ),
)

BOOKINGS_OF = select(Booking.id, Booking.undo_hold_id, Booking.occurrence_id).where(Booking.customer_id == _who)
SERIES_OF = select(Series.id).where(Series.customer_id == _who)
UPCOMING = (
    select(func.count())
    .select_from(Booking)
    .where(Booking.customer_id == _who, Booking.status != "cancelled", Booking.ends_at > bindparam("now"))
)
UNDO_UNTIL = select(func.max(Booking.undo_until)).where(Booking.customer_id == _who)
END_SERIES = (
    update(Series)
    .where(Series.customer_id == _who, or_(Series.ends_before.is_(None), Series.ends_before > bindparam("today")))
    .values(ends_before=bindparam("today"))
)
END_ALL_LINKS = update(Booking).where(Booking.customer_id == _who).values(link_version=Booking.link_version + 1)
WAITS_FOR = (
    select(WaitlistEntry.id, WaitlistEntry.occurrence_id)
    .where(WaitlistEntry.customer_id == _who)
    .order_by(WaitlistEntry.occurrence_id)
)
SEATS = (
    select(Ticket.occurrence_id, func.count())
    .join(Booking, Booking.id == Ticket.booking_id)
    .where(Booking.customer_id == _who, Booking.status != "cancelled", Ticket.is_cancelled.is_(False))
    .group_by(Ticket.occurrence_id)
)
"""Places that their tickets count for."""
ALONE = (
    select(Occurrence.id, Occurrence.provider_id)
    .join(Ticket, Ticket.occurrence_id == Occurrence.id)
    .join(Booking, Booking.id == Ticket.booking_id)
    .where(Booking.customer_id == _who, Occurrence.is_private.is_(True))
    .distinct()
)
"""Appointments of theirs, which nobody else has."""

"""Bookings as calendars know them (RFC 5545). Times are UTC, so no calendar has to know our zones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bookwidget.bookings.results import BookingDetails, Change
from bookwidget.kernel.later import later
from bookwidget.tenancy.scope import TenantFacts

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = later("icalendar")

PRODUCT = "-//bookwidget//bookwidget//EN"
RAISES = (
    "booking.moved",
    "booking.transferred",
    "booking.postponed",
    "booking.cancelled",
    "booking.restored",
    "booking.resumed",
    "booking.date_changed",
)
"""Events after which a calendar has to know a booking anew."""


@dataclass(frozen=True)
class CalendarEntry:
    """One booking at one moment of its history."""

    uid: str
    """Stays the same as long as the booking lives, through every move."""
    sequence: int
    """Higher after each change: calendars keep the highest."""
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    code: str
    is_cancelled: bool


@dataclass(frozen=True)
class CalendarFile:
    data: bytes
    method: str
    """`PUBLISH` or `CANCEL`; stands in the type of a mail's part too."""


def entry_of(booking: BookingDetails) -> CalendarEntry:
    """As the booking is now."""
    changes = [change for change in booking.history if change.kind in RAISES]
    return CalendarEntry(
        uid=str(booking.id),
        sequence=len(changes),
        changed_at=changes[-1].at if changes else booking.created_at,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        title=booking.service,
        place=", ".join(part for part in (booking.location, booking.address) if part),
        code=booking.code,
        is_cancelled=booking.status == "cancelled" or booking.is_occurrence_cancelled,
    )


def entry_at(booking: BookingDetails, change: Change, number: int) -> CalendarEntry:
    """As the booking was after this change, which was the so manieth of those that raise."""
    is_over = not change.after.get("starts_at")  # cancelled, or left out of a series that was postponed
    facts = change.before if is_over else change.after
    now = entry_of(booking)
    return CalendarEntry(
        uid=now.uid,
        sequence=number,
        changed_at=change.at,
        starts_at=datetime.fromisoformat(facts["starts_at"]),
        ends_at=datetime.fromisoformat(facts["ends_at"]),
        title=facts["service"],
        place=now.place,
        code=now.code,
        is_cancelled=is_over,
    )


def calendar_file(tenant: TenantFacts, entries: Iterable[CalendarEntry], *, is_feed: bool = False) -> CalendarFile:
    """A calendar with these bookings; `CANCEL` if it holds one alone, which is cancelled, and is no feed."""
    listed = list(entries)
    method = "CANCEL" if len(listed) == 1 and listed[0].is_cancelled and not is_feed else "PUBLISH"
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if is_feed:
        calendar.add("x-wr-calname", tenant.name)
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in listed:
        calendar.add_component(component(tenant, entry))
    return CalendarFile(calendar.to_ical(), method)


def component(tenant: TenantFacts, entry: CalendarEntry) -> "icalendar.Event":
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.title)
    if entry.place:
        event.add("location", entry.place)
    event.add("description", f"{tenant.name} · {entry.code}")
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    organizer = icalendar.vCalAddress(f"mailto:{tenant.email}")
    organizer.params["CN"] = icalendar.vText(tenant.name)
    event["organizer"] = organizer
    return event

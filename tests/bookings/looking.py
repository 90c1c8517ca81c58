"""All that is written down about bookings at one instant, and what may lie between two of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bookwidget.bookings.models import Booking, Series, SeriesDate, Ticket, WaitlistEntry
from bookwidget.events.models import Event
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.tenancy.base import Owned
from tests.factories import World

KEPT: tuple[type[Owned], ...] = (Booking, Ticket, WaitlistEntry, Occurrence, Hold, Series, SeriesDate)
ENDED = "waitlist.offer_ended"
"""Told by whoever finds that the time of an offer is over."""
BOOKING_COLUMNS = [column.key for column in Booking.__table__.columns]
TICKET_OF = [column.key for column in Ticket.__table__.columns].index("booking_id")
OFFER_HOLD = [column.key for column in WaitlistEntry.__table__.columns].index("offer_hold_id")


@dataclass(frozen=True)
class Look:
    """All rows at one instant."""

    rows: dict[str, list[tuple[Any, ...]]]
    events: tuple[tuple[str, UUID | None], ...]
    """Their kinds and whose they are, as they happened."""

    def in_line(self) -> set[Any]:
        """Who waits; what was offered to them ends by itself."""
        return {row[:2] for row in self.rows[WaitlistEntry.__tablename__]}

    def kept(self) -> set[Any]:
        """The holds that keep what is offered."""
        return {row[OFFER_HOLD] for row in self.rows[WaitlistEntry.__tablename__]} - {None}

    def bookings(self) -> dict[UUID, list[Any]]:
        """Each with its tickets: what does not change without an event. In which series it is tells nobody anything."""
        found = {}
        for row in self.rows[Booking.__tablename__]:
            one = dict(zip(BOOKING_COLUMNS, row, strict=True))
            found[one["id"]] = [value for name, value in one.items() if name != "series_id"]
        for row in self.rows[Ticket.__tablename__]:
            found[row[TICKET_OF]].append(row)
        return found

    def changed_since(self, before: "Look") -> set[UUID]:
        """The bookings that are new or otherwise."""
        then, now = before.bookings(), self.bookings()
        assert then.keys() <= now.keys(), "a booking is gone"
        return {id for id in now if now[id] != then.get(id)}


def look_at(world: World) -> Look:
    with world.database.session(world.tenant_id) as session:
        rows = {
            kind.__tablename__: sorted(map(tuple, session.rows(select(*kind.__table__.columns))), key=str)
            for kind in KEPT
        }
        told = session.rows(select(Event.kind, Event.booking_id).order_by(Event.id))
        return Look(rows, tuple((kind, booking) for kind, booking in told))


def check_news(name: str, event: str, before: Look, after: Look) -> None:
    """One event of this kind for each booking that changed, or one for the line. A transfer of some of the tickets
    changes two bookings, and is told where these tickets are.
    """
    news = [one for one in after.events[len(before.events) :] if one[0] != ENDED]
    changed = after.changed_since(before)
    assert {kind for kind, _booking in news} <= {event}, f"{name} told {news}"
    if event == "booking.transferred":
        assert len(news) == bool(changed), f"{name} told {news}"
        assert {booking for _kind, booking in news} <= changed, f"{name} told {news}"
    elif event == "waitlist.offered":
        assert len(news) == len(after.kept() - before.kept()), f"{name} told {news}"
    elif event.startswith("waitlist"):
        assert len(news) == (before.in_line() != after.in_line()), f"{name} told {news}"
    else:
        assert sorted(str(booking) for _kind, booking in news) == sorted(map(str, changed)), f"{name} told {news}"

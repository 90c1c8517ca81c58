"""What holds in a business's data at every instant, whatever has been tried: `troubles` names what does not."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bookwidget.bookings.models import Booking, Series, SeriesDate, Ticket, WaitlistEntry
from bookwidget.events.models import Event
from bookwidget.kernel.ids import CODE_ALPHABET
from bookwidget.schedule.models import Hold, Occurrence, Purpose
from bookwidget.tenancy.session import TenantSession
from tests.factories import World


@dataclass(frozen=True)
class Books:
    """Everything that was written down, by id."""

    occurrences: dict[UUID, Occurrence]
    bookings: dict[UUID, Booking]
    tickets: list[Ticket]
    holds: list[Hold]
    events: list[Event]
    waiting: list[WaitlistEntry]
    series: list[Series]
    dates: list[SeriesDate]

    def live(self, booking: Booking) -> list[Ticket]:
        if booking.status == "cancelled":
            return []
        return [one for one in self.tickets if one.booking_id == booking.id and not one.is_cancelled]


def books_of(session: TenantSession) -> Books:
    def all_of(kind: Any) -> list[Any]:
        return list(session.execute(select(kind).order_by(kind.id)).scalars())

    return Books(
        {one.id: one for one in all_of(Occurrence)},
        {one.id: one for one in all_of(Booking)},
        all_of(Ticket),
        all_of(Hold),
        all_of(Event),
        all_of(WaitlistEntry),
        all_of(Series),
        all_of(SeriesDate),
    )


def troubles(world: World) -> list[str]:
    """Nothing, if the business's data is sound."""
    with world.database.session(world.tenant_id) as session:
        return troubles_in(books_of(session))


def troubles_in(books: Books) -> list[str]:
    return [
        *wrong_seats(books), *overlaps(books), *stray_bookings(books), *wrong_copies(books), *wrong_codes(books),
        *wrong_prices(books), *wrong_holds(books), *wrong_histories(books),
    ]  # fmt: skip


def wrong_seats(books: Books) -> Iterator[str]:
    """Seats taken are live tickets and places kept, at every date."""
    taken = Counter(ticket.occurrence_id for booking in books.bookings.values() for ticket in books.live(booking))
    for hold in books.holds:
        taken[hold.occurrence_id] += hold.places
    for one in books.occurrences.values():
        if one.seats_taken != taken[one.id] or not 0 <= one.seats_taken <= one.capacity:
            yield f"{one.seats_taken} of {one.capacity} seats taken, {taken[one.id]} counted: {one.state} {one.id}"
        if one.state == "released" and taken[one.id]:
            yield f"a time was given back and is taken: {one.id}"


def overlaps(books: Books) -> Iterator[str]:
    """Nobody is in two places at once, buffers included."""
    by_provider: dict[UUID | None, list[Occurrence]] = defaultdict(list)
    for one in sorted(books.occurrences.values(), key=lambda one: one.busy_from):
        if one.state == "scheduled" and one.provider_id:
            by_provider[one.provider_id].append(one)
    for dates in by_provider.values():
        for earlier, later in pairwise(dates):
            if later.busy_from < earlier.busy_to:
                yield f"a provider twice at once: {earlier.id} and {later.id}"


def stray_bookings(books: Books) -> Iterator[str]:
    """Nothing is half made: a booking has its tickets, and a live one of a private time has it alone."""
    owners: dict[UUID, set[UUID]] = defaultdict(set)
    for ticket in books.tickets:
        booking = books.bookings.get(ticket.booking_id)
        if booking is None:
            yield f"a ticket without a booking: {ticket.id}"
        elif ticket in books.live(booking):
            owners[ticket.occurrence_id].add(booking.id)
    for booking in books.bookings.values():
        if booking.status != "cancelled" and not books.live(booking):
            yield f"a booking without a live ticket: {booking.code}"
    for one in books.occurrences.values():
        if one.is_private and len(owners[one.id]) > 1:
            yield f"a private time of two: {one.id}"


def wrong_copies(books: Books) -> Iterator[str]:
    """What a booking repeats for the lists is what its earliest live ticket says."""
    for booking in books.bookings.values():
        dates = [books.occurrences[ticket.occurrence_id] for ticket in books.live(booking)]
        if not dates:
            continue
        first = min(dates, key=lambda one: (one.starts_at, one.id))
        if booking.occurrence_id not in {one.id for one in dates if one.starts_at == first.starts_at}:
            yield f"{booking.code} stands at another date than its tickets"
        if (booking.starts_at, booking.ends_at) != (first.starts_at, first.ends_at):
            yield f"{booking.code} has other times than its date"


def wrong_prices(books: Books) -> Iterator[str]:
    """A booking costs what its tickets do, but for those that were cancelled by themselves, and all stand at one date
    of its service.
    """
    tickets: dict[UUID, list[Ticket]] = defaultdict(list)
    for ticket in books.tickets:
        if not ticket.is_cancelled:
            tickets[ticket.booking_id].append(ticket)
    for booking in books.bookings.values():
        mine = tickets[booking.id]
        if booking.price != sum(ticket.price for ticket in mine):
            yield f"{booking.code} costs {booking.price}, its tickets {[ticket.price for ticket in mine]}"
        if {ticket.occurrence_id for ticket in mine} - {booking.occurrence_id}:
            yield f"tickets of {booking.code} at several dates"
        if books.occurrences[booking.occurrence_id].service_id != booking.service_id:
            yield f"{booking.code} at a date of another service"


def wrong_codes(books: Books) -> Iterator[str]:
    codes = Counter(booking.code for booking in books.bookings.values())
    yield from (f"twice the code {code}" for code, count in codes.items() if count > 1)
    yield from (f"no code at all: {code}" for code in codes if len(code) != 8 or set(code) - set(CODE_ALPHABET))


def wrong_holds(books: Books) -> Iterator[str]:
    """A place that is kept is of a date that takes place; one kept for undoing belongs to a cancelled booking."""
    undoing = {booking.undo_hold_id for booking in books.bookings.values() if booking.status == "cancelled"}
    for hold in books.holds:
        if hold.id in books.bookings:
            yield f"a hold beside the booking that it became: {hold.id}"
        if hold.purpose == Purpose.UNDO and hold.id not in undoing:
            yield f"a place kept for undoing what is not cancelled: {hold.id}"


def wrong_histories(books: Books) -> Iterator[str]:
    """Made at most once, and by turns cancelled and back: the last word is the booking's status.

    Test data that was not booked by an action has no beginning.
    """
    kinds: dict[UUID | None, list[str]] = defaultdict(list)
    for event in books.events:
        is_dropped = event.kind == "booking.postponed" and "resumes_on" in event.facts["after"]
        kinds[event.booking_id].append(f"{event.kind} (dropped)" if is_dropped else event.kind)
    left = Counter(event.facts["before"]["code"] for event in books.events if event.kind == "booking.transferred")
    for booking in books.bookings.values():
        history = kinds[booking.id]
        if history.count("booking.made") > 1 or "booking.made" in history[1:]:
            yield f"{booking.code} was made more than once, or late: {history}"
        moves = sum(kind in MOVES for kind in history) + left[booking.code]
        if moves > booking.moves or ("booking.made" in history and moves != booking.moves):
            yield f"{booking.code} was moved {booking.moves} times: {history}"
        is_cancelled = False
        for kind in history:
            if kind in TURNS:
                if is_cancelled is TURNS[kind]:
                    yield f"{booking.code} went twice the same way: {history}"
                is_cancelled = TURNS[kind]
        if set(history) & set(TURNS) and is_cancelled is not (booking.status == "cancelled"):
            yield f"{booking.code} is {booking.status}: {history}"


MOVES = {"booking.moved", "booking.postponed", "booking.resumed"}
"""What makes older forms stale, beside transfers, which may be told at another booking."""
TURNS = {
    "booking.cancelled": True, "booking.postponed (dropped)": True,
    "booking.restored": False, "booking.resumed": False,
}  # fmt: skip
"""What begins and ends a cancellation."""

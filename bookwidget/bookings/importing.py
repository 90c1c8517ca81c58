"""Rows of a file that are bookings: their places are taken by the same locks and checks as everybody's.

Nobody gets a mail. Each booking has one event, `booking.imported`; whoever touches it afterwards leaves another one,
and so undoing knows what to leave alone.
"""

from collections.abc import Sequence, Set
from typing import Any
from uuid import UUID

from bookwidget.accounts.importing import ImportKind, Line, Outcomes, declare_import
from bookwidget.accounts.models import CustomerImport, ImportedRow
from bookwidget.accounts.store import put_customer
from bookwidget.bookings import store_import
from bookwidget.bookings.import_rows import HEADINGS, NEEDED, Reader, WantedBooking
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.bookings.offering import stop_waiting
from bookwidget.events.record import record
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import booking_code, uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.actions import (
    lock_occurrences,
    lock_providers,
    make_private_occurrence,
    note_past_date,
    release_seats,
    take_seats,
)
from bookwidget.tenancy.scope import Scope

MOST = 100
"""Rows of a chunk: while it is written, nobody else writes on SQLite."""
TWICE: Text = _("A booking with this code was imported already, or stands in the file twice.")
NO_CUSTOMER: Text = _("There is no customer with this email.")
NO_DATE: Text = _("There is no date of this class at this time. Publish it first, then check again.")
CALLED_OFF: Text = _("This date was called off.")
FULL: Text = _("There are not enough places left at this time.")
BUSY: Text = _("The provider has something else at this time.")


def take_bookings(scope: Scope, found: CustomerImport, chunk: Sequence[Line], before: Set[str]) -> Outcomes:
    """A dry run does everything, and takes it back."""
    reader = Reader(scope, found)
    read = [(line, reader.read(line.cells)) for line in chunk]
    wanted = [one for _line, one in read if isinstance(one, WantedBooking)]
    whole = scope.session.begin_nested()
    taker = Taker(scope, found, wanted, before)
    outcomes = [(line, one if isinstance(one, Text) else taker.take(line, one)) for line, one in read]
    if found.state == "checking":
        whole.rollback()
    else:
        whole.commit()
    return iter(outcomes)


class Taker:
    """Makes bookings of the rows of a chunk, with everything locked beforehand in the one order."""

    def __init__(self, scope: Scope, found: CustomerImport, wanted: Sequence[WantedBooking], before: Set[str]) -> None:
        self.scope, self.found = scope, found
        emails, codes = [one.guest.email for one in wanted], [one.code for one in wanted if one.code]
        self.customers: dict[str, UUID] = {
            row.email: row.id for row in scope.session.rows(store_import.KNOWN, {"emails": emails})
        }
        self.codes = {*before, *scope.session.rows(store_import.CODES, {"codes": codes}).scalars()}
        of_class = {one.at: one for one in wanted if one.service.is_class}
        found_dates = [self.date_of(one) for one in of_class.values()]
        lock_providers(scope, *(one.provider_id for one in wanted))
        lock_occurrences(scope, *{row.id for row in found_dates if row is not None})
        self.dates = {at: self.date_of(one) for at, one in of_class.items()}  # some were moved before the lock

    def date_of(self, one: WantedBooking) -> Any:
        values = {"service": one.service.id, "starts_at": one.starts_at, "provider": one.provider_id}
        return self.scope.session.rows(store_import.DATE, values).one_or_none()

    def take(self, line: Line, one: WantedBooking) -> Text | ImportedRow:
        if one.code and one.code in self.codes:
            return TWICE
        if one.guest.email not in self.customers and self.found.options.get("unknown") == "refuse":
            return NO_CUSTOMER
        try:
            with self.scope.session.begin_nested():
                row = self.make(line, one)
        except Refused as refused:
            return refused.reason
        if one.code:
            self.codes.add(one.code)
        if row.customer_id:
            self.customers[one.guest.email] = row.customer_id
        return row

    def make(self, line: Line, one: WantedBooking) -> ImportedRow:
        occurrence_id, booking_id = self.place(one), uuid7()
        customer_id, made_customer = self.customer(one)
        booking = Booking(
            id=booking_id, code=booking_code(), customer_id=customer_id,
            service_id=one.service.id, occurrence_id=occurrence_id, starts_at=one.starts_at,
            ends_at=self.scope.session.rows(store_import.ENDS, {"occurrence": occurrence_id}).scalar_one(),
            status=one.status, price=sum(one.prices), note=one.note, created_at=self.scope.now,
        )  # fmt: skip
        if one.status == "cancelled":
            booking.cancelled_at = min(self.scope.now, one.starts_at)
            booking.cancelled_by, booking.cancelled_from = "member", "confirmed"
        self.scope.session.add(booking)
        ids = sorted(uuid7() for _price in one.prices)
        self.scope.session.add_all(
            Ticket(
                id=id, booking_id=booking_id, occurrence_id=occurrence_id, ticket_type_id=one.ticket_type_id,
                price=price, attendance=one.mark,
            )
            for price, id in zip(one.prices, ids, strict=True)
        )  # fmt: skip
        self.scope.session.flush()
        if one.is_live:
            stop_waiting(self.scope, booking)
        facts = {"starts_at": one.starts_at.isoformat(), "service": one.service.name, "import": self.found.id.hex}
        record(
            self.scope, store_import.IMPORTED, booking_id=booking_id, customer_id=booking.customer_id,
            after={**facts, "reminds": self.found.options.get("remind") == "yes"},
        )  # fmt: skip
        return ImportedRow(
            import_id=self.found.id, line=line.number, customer_id=made_customer, booking_id=booking_id,
            old_code=one.code,
        )  # fmt: skip

    def customer(self, one: WantedBooking) -> tuple[UUID, UUID | None]:
        """Whose it is; twice if this made them. Somebody of this email may have booked by themselves a moment ago."""
        email, id = one.guest.email, uuid7()
        if email in self.customers:
            return self.customers[email], None
        put_customer(self.scope.session, id=id, **vars(one.guest), created_at=self.scope.now)
        found: UUID = self.scope.session.rows(store_import.KNOWN, {"emails": [email]}).one().id
        return found, id if found == id else None

    def place(self, one: WantedBooking) -> UUID:
        """The occurrence, with the places taken; `Refused` with the reason for the file of broken rows."""
        return self.place_in_class(one) if one.service.is_class else self.place_of_appointment(one)

    def place_of_appointment(self, one: WantedBooking) -> UUID:
        if one.provider_id is None:
            raise Refused("provider", BUSY)
        if not one.is_live:
            return note_past_date(
                self.scope, one.service, one.provider_id, one.location_id, one.starts_at, is_private=True
            )
        try:
            return make_private_occurrence(self.scope, one.service, one.provider_id, one.location_id, one.starts_at)
        except Refused:
            raise Refused("slot", BUSY) from None

    def place_in_class(self, one: WantedBooking) -> UUID:
        """At a date that is published; what has taken place may be new."""
        date = self.dates[one.at]
        if date is None and one.starts_at > self.scope.now:
            raise Refused("slot", NO_DATE)
        if date is not None and date.state == "cancelled" and one.is_live:
            raise Refused("slot", CALLED_OFF)
        occurrence_id: UUID = date.id if date else self.past_date(one)
        if one.is_live:
            try:
                take_seats(self.scope, occurrence_id, len(one.prices))
            except Refused:
                raise Refused("slot", FULL) from None
        if date is None:
            self.dates[one.at] = self.date_of(one)
        return occurrence_id

    def past_date(self, one: WantedBooking) -> UUID:
        try:
            return note_past_date(self.scope, one.service, one.provider_id, one.location_id, one.starts_at)
        except Refused:
            raise Refused("slot", BUSY) from None


def undo_bookings(scope: Scope, made: Sequence[Any]) -> int:
    """Removes bookings that nobody has touched, gives their places back, and removes customers who came with them and
    have nothing else. Past dates of classes stay.
    """
    ids = {"bookings": [row.booking_id for row in made]}
    scope.session.rows(store_import.LOCK, ids).all()
    untouched = scope.session.rows(store_import.UNTOUCHED, ids).all()
    lock_providers(scope, *(row.provider_id for row in untouched if row.is_private))
    lock_occurrences(scope, *{row.occurrence_id for row in untouched})
    for row in untouched:
        if row.status != "cancelled" and not row.is_private:
            release_seats(scope, row.occurrence_id, row.places)
    gone = {"bookings": [row.id for row in untouched]}
    scope.session.rows(store_import.REMOVE_TICKETS, gone)
    removed = scope.session.rows(store_import.REMOVE, gone).rowcount
    scope.session.rows(store_import.REMOVE_TIMES, {"occurrences": [row.occurrence_id for row in untouched]})
    customers = [row.customer_id for row in made if row.customer_id]
    scope.session.rows(store_import.REMOVE_CUSTOMERS, {"customers": customers})
    return removed


declare_import("bookings", ImportKind(HEADINGS, NEEDED, take_bookings, undo_bookings, unique="code", most=MOST))

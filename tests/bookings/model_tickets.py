"""The business of the model, where tickets are transferred and cancelled one by one, and staff make exceptions."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bookwidget.bookings.actions import OVERRIDABLE, Transfer
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.schedule.rules import OccurrenceKey
from tests.bookings.model import PRICES, Business, any_of, pick, roles

HOURS = (1, 30, 24 * 30)
wanted = st.fixed_dictionaries(
    {
        "which": st.lists(any_of, max_size=2),
        "kind": st.sampled_from(["nearest", "standard", "cheap", "none"]),
        "off": st.sampled_from([0, 0, 0, 1]),
        "is_stale": st.sampled_from([False, False, False, True]),
    }
)
"""Which tickets (none: all), as which type, for a price that is off by so much."""


class WithTickets(Business):
    """`Business` with what is done to single tickets."""

    @precondition(Business.has_bookings)
    @rule(number=any_of, role=roles, to=any_of, wanted=wanted)
    def transfers(self, number: int, role: str, to: int, wanted: dict[str, Any]) -> None:
        """What was reviewed, or something else."""
        which, kind, off, is_stale = (wanted[name] for name in ("which", "kind", "off", "is_stale"))
        booking = self.booking(number)
        person, live = self.somebody(role, booking), self.live(booking)
        some = {pick(live, one).id for one in which} if live else set()
        leaving = [ticket for ticket in live if not some or ticket.id in some]
        target, name = self.target(to)
        asked = Transfer(str(OccurrenceKey(target)), tuple(some), self.chosen(leaving, name, kind))
        old, new = sum(ticket.price for ticket in leaving), self.new_price(leaving, name, kind)
        may = self.may(person, booking, "may_transfer")
        if may and kind != "none" and self.attempt("offer_transfer", person, booking.code, asked):
            offer = self.acting(person).offer_transfer(booking.code, asked)
            assert (offer.old_price.amount, offer.price.amount, offer.difference.amount) == (old, new, new - old)
            assert offer.is_too_dear is (new > old and self.is_bound(person, booking))
        form = {"price": new + off, "moves": booking.moves - is_stale, "event": "booking.transferred"}
        before = self.look()
        done = self.act("transfer_tickets", person, booking.code, asked, **form)
        if not self.look().changed_since(before):
            return
        assert (done, may, off, is_stale) == (True, True, 0, False)
        assert kind != "none"
        assert new <= old or not self.is_bound(person, booking)
        now = {ticket.id: ticket for ticket in self.books().tickets}
        assert {now[ticket.id].occurrence_id for ticket in leaving} == {target}
        assert sum(now[ticket.id].price for ticket in leaving) == new

    @precondition(Business.has_bookings)
    @rule(number=any_of, role=roles, which=any_of)
    def cancels_one(self, number: int, role: str, which: int) -> None:
        booking, books = self.booking(number), self.books()
        person, live = self.somebody(role, booking), self.live(booking)
        ticket = pick([one for one in books.tickets if one.booking_id == booking.id], which)
        event = "booking.cancelled" if len(live) == 1 else "booking.ticket_cancelled"
        is_done = self.sees(person, booking) and ticket.id not in {one.id for one in live}
        may = self.may(person, booking, "may_cancel") or is_done
        assert self.act("cancel_ticket", person, booking.code, ticket.id, reason="ill", event=event) is may
        now = self.books()
        assert len(now.live(now.bookings[booking.id])) == len(live) - (may and not is_done)

    @precondition(Business.has_bookings)
    @rule(number=any_of, role=roles, permission=st.sampled_from(OVERRIDABLE["class"]), hours=st.sampled_from(HOURS))
    def makes_an_exception(self, number: int, role: str, permission: Any, hours: int) -> None:
        booking = self.booking(number)
        person, until = self.somebody(role, booking), self.now + timedelta(hours=hours)
        may = person == "owner" and booking.status != "cancelled" and booking.starts_at > self.now
        may = may and permission in OVERRIDABLE["appointment" if self.is_appointment(booking) else "class"]
        form = {"reason": "her child is ill", "until": until, "event": "booking.override_given"}
        assert self.act("allow_anyway", person, booking.code, permission, **form) is may
        if may:
            name = f"may_{permission.value.split(':')[1]}"
            assert self.may(self.somebody("owner", booking), booking, name), "an exception that is none"

    @precondition(Business.has_bookings)
    @rule(number=any_of, role=roles)
    def withdraws_the_exception(self, number: int, role: str) -> None:
        booking = self.booking(number)
        self.act("withdraw_override", self.somebody(role, booking), booking.code, event="booking.override_withdrawn")

    def live(self, booking: Booking) -> list[Ticket]:
        books = self.books()
        return books.live(books.bookings[booking.id])

    def target(self, number: int) -> tuple[UUID, str]:
        """A date of some class, and the name of that class."""
        target = pick(self.targets, number)
        service = self.books().occurrences[target].service_id
        return target, next(name for name in PRICES if self.world.ids[name] == service)

    def chosen(self, tickets: list[Ticket], name: str, kind: str) -> dict[UUID, UUID | None]:
        if kind == "nearest":
            return {}
        foreign = next(id for other, id in self.kinds.items() if other != name)
        return dict.fromkeys(
            (one.id for one in tickets), {"standard": None, "cheap": self.kinds[name]}.get(kind, foreign)
        )

    def new_price(self, tickets: list[Ticket], name: str, kind: str) -> int:
        """By a sum of our own: the types have the same name everywhere."""
        is_cheap = {"standard": False, "cheap": True}
        return sum(PRICES[name][is_cheap.get(kind, ticket.ticket_type_id is not None)] for ticket in tickets)

    def is_bound(self, person: str, booking: Booking) -> bool:
        """Whether it may cost no more than before: an exception says until when, not what it costs."""
        return person != "owner" and self.stored["bookings.transfer_value"] == "equal_or_lower"

    def is_appointment(self, booking: Booking) -> bool:
        return booking.service_id == self.world.ids["massage"]

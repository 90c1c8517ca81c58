"""The business of the model, where appointments repeat and are changed as one or as all later ones."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from bookwidget.bookings.actions import Details, Kind, Rhythm
from bookwidget.bookings.models import Booking
from bookwidget.bookings.series import extend_series
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.schedule.rules import TimeKey, local_day
from tests.bookings.model import any_of, pick, roles, who
from tests.bookings.model_tickets import WithTickets

DAY = timedelta(days=1)
ZONE = ZoneInfo("Europe/London")
"""Of the factories' tenants."""
SHIFTS = [timedelta(), timedelta(minutes=30), timedelta(hours=-1), DAY, 7 * DAY, -DAY]
rhythms = st.builds(
    Rhythm,
    st.sampled_from([Kind.WEEKLY, Kind.WEEKLY, Kind.WEEKLY, Kind.MONTH_DAY]),
    st.sampled_from([1, 1, 2]),
    st.sampled_from([None, None, 2, 4]),
)
stale = st.sampled_from([None, None, "seen", "stale"])
"""Whether the form says what it was made for, or something else."""


class WithSeries(WithTickets):
    """`WithTickets` with what repeats."""

    def begins(self) -> None:
        self.went_elsewhere: set[UUID] = set()
        self.begins_a_series("owner", "ada", 6, Rhythm(Kind.WEEKLY))
        assert self.has_series()

    def has_series(self) -> bool:
        return any(one.series_id for one in self.books().bookings.values())

    def date_of_series(self, number: int) -> Booking:
        """Of a series mostly, or any booking."""
        found = list(self.books().bookings.values())
        return pick([one for one in found if one.series_id] if number % 8 else found, number // 8)

    @rule(person=st.sampled_from(["ada", "ben", "cleo", "owner"]), owner=who, number=any_of, rhythm=rhythms)
    def begins_a_series(self, person: str, owner: str, number: int, rhythm: Rhythm) -> None:
        customer = self.world.ids[owner if person == "owner" else person]
        values = self.world.ids["massage"], self.keys(number, is_class=False), rhythm
        if self.act("start_series", person, *values, customer_id=customer, event="booking.made"):
            assert person == "owner" or self.stored["bookings.repeat_allowed"]

    @precondition(lambda self: self.holds)
    @rule(form=any_of, rhythm=rhythms)
    def confirms_a_series(self, form: int, rhythm: Rhythm) -> None:
        id, person = pick(self.holds, form)
        self.act("confirm_hold", person, id, Details(repeat=rhythm), event="booking.made")

    @precondition(has_series)
    @rule(number=any_of, role=roles, form=stale)
    def cancels_all_later(self, number: int, role: str, form: str | None) -> None:
        booking = self.date_of_series(number)
        person = self.somebody(role, booking)
        seen = self.seen(form, person, "plan_cancel", booking.code)
        done = self.act("cancel_series", person, booking.code, seen=seen, reason="ill", event="booking.cancelled")
        assert not done or (self.sees(person, booking) and booking.series_id)
        if done and form is None:
            assert not any(row.may_cancel.allowed for row in self.acting(person).plan_cancel(booking.code).going), (
                "one of them is still there"
            )

    @precondition(has_series)
    @rule(number=any_of, role=roles, form=stale, days=st.sampled_from([1, 6, 10, 40]))
    def postpones_all_later(self, number: int, role: str, form: str | None, days: int) -> None:
        booking = self.date_of_series(number)
        person, day = self.somebody(role, booking), local_day(booking.starts_at, ZONE) + days * DAY
        may = self.may(person, booking, "may_postpone") or (
            self.sees(person, booking) and booking.status == "cancelled"
        )
        seen = self.seen(form, person, "plan_postpone", booking.code, day)
        done = self.act("postpone_series", person, booking.code, day, seen=seen, event="booking.postponed")
        assert not done or (may and booking.series_id)

    @precondition(has_series)
    @rule(number=any_of, role=roles, form=stale, shift=st.sampled_from(SHIFTS), to=any_of)
    def moves_all_later(self, number: int, role: str, form: str | None, shift: timedelta, to: int) -> None:
        booking = self.date_of_series(number)
        person = self.somebody(role, booking)
        key = str(TimeKey(self.world.ids[("mara", "tom")[to % 2]], booking.starts_at + shift))
        may = self.may(person, booking, "may_move")
        seen = self.seen(form, person, "plan_move", booking.code, key)
        values = {"moves": booking.moves - (to % 5 == 0), "seen": seen, "event": "booking.moved"}
        before, known = self.look(), {one.id for one in self.books().series}
        self.act("move_series", person, booking.code, key, **values)
        self.went_elsewhere |= {one.id for one in self.books().series} - known
        if self.look().changed_since(before):
            assert may
            assert booking.series_id
            assert self.books().bookings[booking.id].starts_at == booking.starts_at + shift

    @precondition(has_series)
    @rule(number=any_of)
    def the_worker_makes_dates(self, number: int) -> None:
        """Twice: the second time there is nothing left to make."""
        looks = [self.look()]
        for _time in range(2):
            self.worker(extend_series, pick(self.books().series, number).id)
            looks.append(self.look())
        made = looks[1].changed_since(looks[0])
        assert looks[1] == looks[2]
        told = [booking for kind, booking in looks[1].events[len(looks[0].events) :] if kind == "booking.made"]
        assert sorted(made) == sorted(told)  # type: ignore[type-var]

    @invariant()
    def every_date_of_a_series_is_booked_once_or_left_out(self) -> None:
        """What is cancelled, or has to stay, when all later ones move keeps its time and counts for its new day."""
        books = self.books()
        series = {one.id: one for one in books.series}
        for booking in books.bookings.values():
            mine = [one for one in books.dates if (one.booking_id, one.series_id) == (booking.id, booking.series_id)]
            assert len(mine) == (booking.series_id is not None), booking.code
            if mine and booking.moves == 0 and booking.series_id not in self.went_elsewhere:
                local = booking.starts_at.astimezone(ZONE)
                assert (local.date(), local.hour * 60 + local.minute) == (mine[0].day, series[mine[0].series_id].minute)

    def seen(self, form: str | None, person: str, plan: str, *values: Any) -> str | None:
        """What the page before the button showed."""
        if form != "seen":
            return form
        try:
            found: str = getattr(self.acting(person), plan)(*values).seen
        except (Denied, Missing, Refused):
            return None
        return found

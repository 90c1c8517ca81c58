"""What setting up proposes for each trade: the first service, its price, and when it can be booked."""

from dataclasses import dataclass

from bookwidget.catalog.services import WantedService
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.opening import Stretch

CLASS, APPOINTMENT = "class", "appointment"
ABOUT_ONE = frozenset("AUD CAD CHF EUR GBP NZD SGD USD".split())
"""Currencies in which the proposed prices are about right; in others none is proposed."""
EVENING = 18
"""The hour of the first date of a class."""


@dataclass(frozen=True)
class Trade:
    title: Text
    service: Text
    kind: str
    minutes: int
    price: int
    """In whole units of the currency."""
    hours: tuple[Stretch, ...]
    capacity: int = 1
    step_minutes: int = 30
    minutes_after: int = 0
    is_at_customer: bool = False

    def wanted(self, name: str, currency: str) -> WantedService:
        """The proposal, its price in minor units."""
        price = self.price * 100 if currency in ABOUT_ONE else 0
        return WantedService(
            name, self.kind, self.minutes, price=price, capacity=self.capacity, step_minutes=self.step_minutes,
            minutes_after=self.minutes_after, is_at_customer=self.is_at_customer,
        )  # fmt: skip


def week(first: int, last: int, opens: int, closes: int) -> tuple[Stretch, ...]:
    """The same hours from one weekday to another."""
    return tuple(Stretch(day, opens * 60, closes * 60) for day in range(first, last + 1))


TRADES: dict[str, Trade] = {
    "fitness": Trade(_("Yoga and fitness classes"), _("Yoga class"), CLASS, 60, 15, week(0, 5, 7, 21), capacity=12),
    "beauty": Trade(
        _("Hair and beauty"), _("Cut and style"), APPOINTMENT, 45, 45, week(1, 5, 9, 18),
        step_minutes=15, minutes_after=15,
    ),
    "cleaning": Trade(
        _("Cleaning"), _("Home cleaning"), APPOINTMENT, 120, 70, week(0, 4, 8, 18), minutes_after=30,
        is_at_customer=True,
    ),
    "health": Trade(_("Physio and health"), _("Treatment"), APPOINTMENT, 30, 50, week(0, 4, 8, 18), minutes_after=10),
    "lessons": Trade(_("Lessons and tutoring"), _("Private lesson"), APPOINTMENT, 60, 35, week(0, 5, 12, 20)),
    "other": Trade(_("Something else"), _("Appointment"), APPOINTMENT, 60, 0, week(0, 4, 9, 17)),
}  # fmt: skip

"""The business in numbers: by month of its own calendar, by service, by provider."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bookwidget.bookings import store_numbers
from bookwidget.bookings.store_numbers import MOST_MONTHS
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _, n_
from bookwidget.schedule.rules import day_starts_at
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope


@dataclass
class Sums:
    """Of what starts in a month, or is of a service or provider."""

    bookings: int = 0
    """Not cancelled."""
    cancelled: int = 0
    value: int = 0
    """Minor units: the price of what was booked and not cancelled. Not what was paid."""
    places: int = 0
    no_shows: int = 0
    """Places whose people were marked as absent."""
    capacity: int = 0
    """Places of classes that take place."""
    taken: int = 0

    def add(self, other: "Sums") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def occupancy(self) -> int | None:
        """Percent of the classes' places that are taken, rounded down; None without classes."""
        return self.taken * 100 // self.capacity if self.capacity else None


@dataclass(frozen=True)
class Numbers:
    months: list[tuple[date, Sums]]
    """The first day of each month, also of those in which nothing was."""
    services: list[tuple[str, Sums]]
    providers: list[tuple[str, Sums]]
    """What has no provider stands under an empty name, last."""
    total: Sums = field(default_factory=Sums)


def month_after(first: date, number: int = 1) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
    return date(year, month + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """First days of the months, both included; `Refused("last_month", …)` for none or too many."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count < 1:
        raise Refused("last_month", _("The last month is before the first."))
    if count > MOST_MONTHS:
        raise Refused("last_month", n_("Choose at most %(n)s month.", "Choose at most %(n)s months.", MOST_MONTHS))
    return [month_after(first.replace(day=1), number) for number in range(count)]


def read_numbers(scope: Scope, first: date, last: date) -> Numbers:
    """From the month of `first` to the month of `last`, in five statements; `Denied` for staff and customers."""
    require(scope, Permission.NUMBERS_READ)
    months = months_between(first, last)
    bounds = [day_starts_at(day, scope.tenant.zone) for day in (*months, month_after(months[-1]))]
    values = {f"m{number}": bounds[min(number, len(months))] for number in range(MOST_MONTHS + 1)}
    names = [
        {row.id: row.name for row in scope.session.rows(statement)}
        for statement in (store_numbers.SERVICE_NAMES, store_numbers.PROVIDER_NAMES)
    ]
    by_month = [Sums() for _month in months]
    by_service: dict[UUID, Sums] = {}
    by_provider: dict[UUID | None, Sums] = {}
    total = Sums()
    for month, service, provider, sums in _rows(scope, values):
        one, another = by_service.setdefault(service, Sums()), by_provider.setdefault(provider, Sums())
        for kept in (by_month[month], one, another, total):
            kept.add(sums)
    return Numbers(
        list(zip(months, by_month, strict=True)), _named(names[0], by_service), _named(names[1], by_provider), total
    )


def _rows(scope: Scope, values: dict[str, Any]) -> Iterator[tuple[int, UUID, UUID | None, Sums]]:
    for month, service, provider, bookings, cancelled, value in scope.session.rows(store_numbers.BOOKINGS, values):
        yield month, service, provider, Sums(bookings=bookings, cancelled=cancelled, value=int(value))
    for month, service, provider, places, absent in scope.session.rows(store_numbers.PLACES, values):
        yield month, service, provider, Sums(places=places, no_shows=absent)
    for month, service, provider, capacity, taken in scope.session.rows(store_numbers.SEATS, values):
        yield month, service, provider, Sums(capacity=capacity, taken=taken)


def _named(names: dict[UUID, str], sums: dict[Any, Sums]) -> list[tuple[str, Sums]]:
    """In the order of the names."""
    known: Iterable[tuple[UUID | None, str]] = [*names.items(), (None, "")]
    return [(name, sums[id]) for id, name in known if id in sums]

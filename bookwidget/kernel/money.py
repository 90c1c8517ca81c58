"""Money is an integer number of minor units and a currency; never a float."""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Money:
    """`amount` in minor units (cents, fils, yen) of `currency`, an ISO 4217 code."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount


@lru_cache(maxsize=4096)
def money(amount: int, currency: str) -> Money:
    """The same object each time: twenty prices of a page are a few different ones, and each takes a microsecond."""
    return Money(amount, currency)

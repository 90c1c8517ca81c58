"""Cancelling and moving."""

from datetime import date

from bookwidget.bookings.results import BookingDetails, MoveChoices
from bookwidget.tenancy.scope import Scope


def cancel_booking(scope: Scope, code: str, *, reason: str = "") -> BookingDetails:
    """Frees the places. Raises `Missing`, `Denied`. What is cancelled already is answered as it is."""
    raise NotImplementedError


def slots_to_move_to(scope: Scope, code: str, first_day: date, days: int = 7) -> MoveChoices:
    """Free times day by day. Raises `Missing`, `Denied`."""
    raise NotImplementedError


def move_booking(scope: Scope, code: str, slot_key: str, *, moves: int | None) -> BookingDetails:
    """Moves all live tickets. Raises `Missing`, `Denied`, `Refused("slot", …)`."""
    raise NotImplementedError

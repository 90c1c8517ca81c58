"""Who is told when places change hands: in the transaction that changes them, with the occurrence locked.

Bookings, holds and the waiting list all take and free places; whoever waits for one must hear of each of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bookwidget.schedule.models import Purpose
from bookwidget.tenancy.scope import Scope


class Change(StrEnum):
    FREED = "freed"
    """Places of a booking are free, or will be: see `PlacesChanged.at`."""
    LET_GO = "let go"
    """A form gave back what it kept. Nobody had booked it."""
    OFFER_OVER = "offer over"
    """Places that were offered to somebody are not kept for them any more."""
    TAKEN = "taken"


@dataclass(frozen=True)
class PlacesChanged:
    """Of a published occurrence."""

    occurrence_id: UUID
    change: Change
    at: datetime
    """From when on: now, or when the hold lapses that keeps the places until then."""
    hold_id: UUID | None = None
    """That kept them so far."""


Listener = Callable[[Scope, PlacesChanged], None]
_listeners: list[Listener] = []

ENDED = {Purpose.FORM: Change.LET_GO, Purpose.UNDO: Change.FREED, Purpose.OFFER: Change.OFFER_OVER}
"""What it means that a hold of this purpose gave its places back."""


def hears_of_places(listener: Listener) -> Listener:
    """Registers a listener. It may ask for work; it takes and frees no places itself."""
    _listeners.append(listener)
    return listener


def tell(scope: Scope, occurrence_id: UUID, change: Change, *, at: datetime | None = None) -> None:
    """`at` is a later instant, if the change comes true then."""
    _tell(scope, PlacesChanged(occurrence_id, change, at or scope.now))


def tell_of_hold(scope: Scope, hold_id: UUID, occurrence_id: UUID, purpose: str) -> None:
    """That this hold of a published occurrence has ended and its places are free."""
    _tell(scope, PlacesChanged(occurrence_id, ENDED[Purpose(purpose)], scope.now, hold_id))


def _tell(scope: Scope, news: PlacesChanged) -> None:
    for listener in _listeners:
        listener(scope, news)

"""Reminders: asked for when something is booked or gets another time, and looked at again when they are due."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bookwidget.bookings.actions import read_booking
from bookwidget.bookings.changing import place_facts
from bookwidget.events.dispatch import Effect, subscribes
from bookwidget.events.jobs import JobContext, Services, handles
from bookwidget.events.record import record
from bookwidget.events.store import Happened
from bookwidget.notices.settings import REMINDERS
from bookwidget.notices.store import REMINDED, REMINDED_LOCKED
from bookwidget.tenancy.base import microseconds
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

REMIND = "booking.remind"
GIVES_A_TIME = ("made", "imported", "moved", "transferred", "restored", "resumed", "postponed", "date_changed")


def hours_of(scope: Scope, of_service: Mapping[str, Any]) -> list[int]:
    """How long before the start, the longest first."""
    settings = scope.tenant.settings.for_service(of_service)
    return sorted(map(int, REMINDERS.picked(settings[REMINDERS])), reverse=True)


def is_due(starts_at: datetime, hours: list[int], mine: int, now: datetime) -> bool:
    """Not if the business no longer wants it, if it has started, or, after an outage, if a later one is due as well."""
    overdue_too = any(starts_at - timedelta(hours=other) <= now for other in hours if other < mine)
    return mine in hours and now < starts_at and not overdue_too


@subscribes(*(f"booking.{deed}" for deed in GIVES_A_TIME))
def ask_for_reminders(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """One job for each hour that is not past. Its key has the start, so that a booking moved there and back has one."""
    row = scope.session.rows(REMINDED, {"booking": event.booking_id}).one_or_none() if event.booking_id else None
    if row is None or row.status != "confirmed" or event.after.get("reminds") is False:
        return
    for hours in hours_of(scope, row.settings):
        due_at = row.starts_at - timedelta(hours=hours)
        if due_at > event.at:
            payload = {"booking": str(event.booking_id), "hours": hours, "starts_at": row.starts_at.isoformat()}
            key = f"{event.booking_id.hex if event.booking_id else ''}:{hours}:{microseconds(row.starts_at)}"
            yield Effect(REMIND, key, payload, due_at=due_at)


@handles(REMIND)
def remind(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Records that it is time, in one transaction with the end of the job; the message follows from that event. Nothing
    for a booking that was cancelled or has another time now.
    """
    with context.scope() as scope, writing(scope.session):
        booking_id, mine = UUID(payload["booking"]), int(payload["hours"])
        row = scope.session.rows(REMINDED_LOCKED, {"booking": booking_id}).one_or_none()
        stands = row is not None and row.status == "confirmed" and row.starts_at.isoformat() == payload["starts_at"]
        if row is not None and stands and is_due(row.starts_at, hours_of(scope, row.settings), mine, scope.now):
            facts = {**place_facts(read_booking(scope, row.code)), "hours": mine}
            record(scope, "booking.reminded", booking_id=booking_id, customer_id=row.customer_id, after=facts)
        context.finish(scope.session)

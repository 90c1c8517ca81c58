"""Statements on opening hours and days off as staff see and change them."""

from sqlalchemy import bindparam, delete, func, select

from bookwidget.catalog.models import Provider, Service
from bookwidget.schedule.models import Occurrence, OpeningHours, TimeOff

HOURS = select(OpeningHours.provider_id, OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes).order_by(
    OpeningHours.weekday, OpeningHours.opens
)
GENERAL = OpeningHours.provider_id.is_(None)
FORGET_HOURS = {
    True: delete(OpeningHours).where(GENERAL),
    False: delete(OpeningHours).where(OpeningHours.provider_id == bindparam("of")),
}
"""By whether they are the general ones."""

DAYS_OFF = (
    select(TimeOff.id, TimeOff.provider_id, func.coalesce(Provider.name, ""), TimeOff.first_day, TimeOff.last_day)
    .select_from(TimeOff)
    .outerjoin(Provider, Provider.id == TimeOff.provider_id)
    .where(TimeOff.last_day >= bindparam("today"))
    .order_by(TimeOff.first_day, TimeOff.id)
)
FORGET_OFF = delete(TimeOff).where(TimeOff.id == bindparam("off"))

BOOKED = (
    select(
        Occurrence.provider_id,
        Occurrence.starts_at,
        Occurrence.ends_at,
        Service.name,
        func.coalesce(Provider.name, ""),
        Occurrence.is_private,
    )
    .join(Service, Service.id == Occurrence.service_id)
    .outerjoin(Provider, Provider.id == Occurrence.provider_id)
    .where(Occurrence.state == "scheduled", Occurrence.seats_taken > 0, Occurrence.starts_at >= bindparam("now"))
    .order_by(Occurrence.starts_at, Occurrence.id)
)
"""What somebody has booked and has not begun."""

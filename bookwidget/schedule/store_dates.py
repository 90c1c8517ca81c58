"""Statements on dates of classes, as staff publish and change them."""

from sqlalchemy import bindparam, func, or_, select, update

from bookwidget.catalog.models import Service
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.schedule.store import LAPSED, SCHEDULED

_lapsed = select(Hold.id).where(Hold.occurrence_id == Occurrence.id, Occurrence.is_private.is_(True), LAPSED).exists()

NEIGHBOURS = (
    select(
        Occurrence.id,
        Occurrence.service_id,
        Service.name,
        Occurrence.provider_id,
        Occurrence.location_id,
        Occurrence.starts_at,
        Occurrence.ends_at,
        Occurrence.busy_from,
        Occurrence.busy_to,
    )
    .join(Service, Service.id == Occurrence.service_id)
    .where(
        SCHEDULED,
        Occurrence.busy_from < bindparam("until"),
        Occurrence.busy_to > bindparam("since"),
        or_(
            Occurrence.provider_id == bindparam("provider"),
            Occurrence.location_id == bindparam("location"),
            (Occurrence.service_id == bindparam("service")) & Occurrence.is_private.is_(False),
        ),
        ~_lapsed,
    )
    .order_by(Occurrence.starts_at, Occurrence.id)
)
"""What takes place meanwhile with the same provider, at the same location, or of the same service."""

COMING = (
    select(Occurrence.provider_id, Occurrence.location_id, func.count())
    .where(SCHEDULED, Occurrence.ends_at > bindparam("now"), ~_lapsed)
    .group_by(Occurrence.provider_id, Occurrence.location_id)
)
"""How many dates and appointments are to come, by who performs them and where."""

MINE = select(Occurrence.id).where(Occurrence.id.in_(bindparam("occurrences", expanding=True)))

REARRANGE = (
    update(Occurrence)
    .where(Occurrence.id == bindparam("occurrence"))
    .values(
        starts_at=bindparam("start"),
        ends_at=bindparam("end"),
        busy_from=bindparam("busy_start"),
        busy_to=bindparam("busy_end"),
        provider_id=bindparam("provider"),
        location_id=bindparam("location"),
        capacity=bindparam("places"),
    )
)
CALL_OFF = update(Occurrence).where(Occurrence.id == bindparam("occurrence")).values(state=bindparam("new_state"))

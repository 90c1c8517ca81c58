"""Statements on time. Where the database decides who was first, the functions here say what it answered."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    String,
    Uuid,
    bindparam,
    cast,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from bookwidget.catalog.models import Provider, ServiceProvider
from bookwidget.schedule.models import Hold, Occurrence, OpeningHours, Purpose, TimeOff
from bookwidget.tenancy.session import TenantSession, flush_unless_taken

EXCLUSION_VIOLATION = "23P01"
"""PostgreSQL's code when the exclusion constraint on a provider's time refuses a row."""

"""Only there can two make the same row at once; on SQLite writers come one after the other."""

SCHEDULED = Occurrence.state == "scheduled"


def is_none_or(id_name: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, unless no id is given under this name."""
    return or_(bindparam(id_name, type_=Uuid).is_(None), condition)


NO_DATE, NO_NUMBER, NO_NAME = cast(null(), Date), cast(null(), Integer), cast(null(), String)
NO_HOURS, NO_DAYS = (NO_NUMBER, NO_NUMBER, NO_NUMBER), (NO_DATE, NO_DATE)

PERFORMERS = (
    select(
        literal("provider", String).label("what"),
        Provider.id.label("provider_id"),
        Provider.name,
        NO_NUMBER.label("weekday"),
        NO_NUMBER.label("opens"),
        NO_NUMBER.label("closes"),
        NO_DATE.label("first_day"),
        NO_DATE.label("last_day"),
    )
    .join(ServiceProvider, ServiceProvider.provider_id == Provider.id)
    .where(ServiceProvider.service_id == bindparam("service"), Provider.is_active.is_(True))
)
HOURS = (OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
STRETCHES = select(literal("hours", String), OpeningHours.provider_id, NO_NAME, *HOURS, *NO_DAYS)
DAYS_OFF = select(
    literal("off", String), TimeOff.provider_id, NO_NAME, *NO_HOURS, TimeOff.first_day, TimeOff.last_day
).where(TimeOff.first_day <= bindparam("last_day", type_=Date), TimeOff.last_day >= bindparam("first_day", type_=Date))

AVAILABILITY: CompoundSelect[Any] = union_all(PERFORMERS, STRETCHES, DAYS_OFF)
"""Everything that free times are made of but bookings, in one statement: a row is a provider of the service,
a stretch of opening hours, or days off (column `what`). Columns and their types are those of the first part.
"""

NEXT_LAPSE = select(func.min(Hold.until)).where(Hold.occurrence_id == bindparam("occurrence"))
KEPT_PLACES = select(func.coalesce(func.sum(Hold.places), 0)).where(
    Hold.occurrence_id == bindparam("occurrence"), Hold.purpose != Purpose.UNDO
)
"""Places of an occurrence that nobody has booked yet: they may come back."""

START = select(Occurrence.starts_at).where(Occurrence.id == bindparam("occurrence"))
LAPSED = Hold.until <= bindparam("now")
LAPSED_PLACES = func.coalesce(
    select(func.sum(Hold.places)).where(Hold.occurrence_id == Occurrence.id, LAPSED).scalar_subquery(), 0
)
"""Of an occurrence: places that are still counted as taken, and are free."""

BUSY = (
    select(Occurrence.provider_id, Occurrence.busy_from, Occurrence.busy_to)
    .where(
        Occurrence.provider_id.in_(bindparam("providers", expanding=True)),
        SCHEDULED,
        Occurrence.busy_from < bindparam("until"),
        Occurrence.busy_to > bindparam("since"),
        is_none_or("ignored", Occurrence.id != bindparam("ignored")),
        ~select(Hold.id).where(Hold.occurrence_id == Occurrence.id, LAPSED).exists(),
    )
    .order_by(Occurrence.busy_from)
)
"""The time of these providers that is taken between two instants, but by the occurrence `ignored`."""
BUSY_OCCURRENCES = BUSY.with_only_columns(Occurrence.id, Occurrence.busy_from, Occurrence.busy_to)
"""The same, by occurrence."""

OPEN_OCCURRENCES = (
    select(
        Occurrence.id,
        Occurrence.starts_at,
        Occurrence.ends_at,
        Occurrence.provider_id,
        func.coalesce(Provider.name, "").label("provider"),
        (Occurrence.capacity - Occurrence.seats_taken + LAPSED_PLACES).label("places_left"),
    )
    .outerjoin(Provider, Provider.id == Occurrence.provider_id)
    .where(
        Occurrence.service_id == bindparam("service"),
        SCHEDULED,
        Occurrence.is_private.is_(False),
        or_(bindparam("with_full", type_=Boolean), Occurrence.seats_taken - LAPSED_PLACES < Occurrence.capacity),
        Occurrence.starts_at >= bindparam("since"),
        Occurrence.starts_at < bindparam("until"),
        is_none_or("provider", Occurrence.provider_id == bindparam("provider")),
        is_none_or("wanted", Occurrence.id == bindparam("wanted")),
        is_none_or("ignored", Occurrence.id != bindparam("ignored")),
    )
    .order_by(Occurrence.starts_at, Occurrence.id)
)

TAKE = (
    update(Occurrence)
    .where(
        Occurrence.id == bindparam("occurrence"),
        SCHEDULED,
        Occurrence.seats_taken + bindparam("places", type_=Integer) <= Occurrence.capacity,
    )
    .values(seats_taken=Occurrence.seats_taken + bindparam("places", type_=Integer))
)
FREE = (
    update(Occurrence)
    .where(Occurrence.id == bindparam("occurrence"))
    .values(seats_taken=Occurrence.seats_taken - bindparam("places", type_=Integer))
)
LOCATE = update(Occurrence).where(Occurrence.id == bindparam("occurrence")).values(location_id=bindparam("location"))
RELEASE = (
    update(Occurrence)
    .where(Occurrence.id == bindparam("occurrence"), SCHEDULED, Occurrence.is_private.is_(True))
    .values(state="released", seats_taken=0)
)

# NO KEY UPDATE on PostgreSQL, nothing on SQLite, where the whole write transaction is exclusive.
LOCK_PROVIDERS = (
    select(Provider.id)
    .where(Provider.id.in_(bindparam("providers", expanding=True)))
    .order_by(Provider.id)
    .with_for_update(key_share=True)
)
LOCK_OCCURRENCES = (
    select(Occurrence.id)
    .where(Occurrence.id.in_(bindparam("occurrences", expanding=True)))
    .order_by(Occurrence.id)
    .with_for_update(key_share=True)
)
LOCK_OCCURRENCE = (
    select(
        Occurrence.service_id,
        Occurrence.starts_at,
        Occurrence.state,
        Occurrence.is_private,
        (Occurrence.capacity - Occurrence.seats_taken).label("places_left"),
    )
    .where(Occurrence.id == bindparam("occurrence"))
    .with_for_update(key_share=True)
)
LAPSED_OF_OCCURRENCES = select(Hold.id, Hold.occurrence_id, Hold.places, Hold.purpose).where(
    Hold.occurrence_id.in_(bindparam("occurrences", expanding=True)), LAPSED
)
LAPSED_OF_PROVIDERS = (
    select(Hold.id, Hold.occurrence_id, Hold.purpose)
    .join(Occurrence, Occurrence.id == Hold.occurrence_id)
    .where(
        Occurrence.provider_id.in_(bindparam("providers", expanding=True)),
        Occurrence.is_private.is_(True),
        LAPSED,
    )
)
HOLD = (
    select(
        Hold.id,
        Hold.occurrence_id,
        Hold.places,
        Hold.since,
        Hold.until,
        Occurrence.service_id,
        Occurrence.provider_id,
        func.coalesce(Provider.name, "").label("provider"),
        Occurrence.location_id,
        Occurrence.starts_at,
        Occurrence.ends_at,
        Occurrence.state,
        Occurrence.is_private,
        Hold.purpose,
    )
    .join(Occurrence, Occurrence.id == Hold.occurrence_id)
    .outerjoin(Provider, Provider.id == Occurrence.provider_id)
    .where(Hold.id == bindparam("hold"))
)
CHANGE_HOLD = (
    update(Hold)
    .where(Hold.id == bindparam("hold"))
    .values(places=bindparam("places", type_=Integer), until=bindparam("until"))
)
END_HOLDS = delete(Hold).where(Hold.id.in_(bindparam("holds", expanding=True)))
FORGET = delete(Occurrence).where(
    Occurrence.id.in_(bindparam("occurrences", expanding=True)), Occurrence.is_private.is_(True)
)
"""Private occurrences that never had a booking."""

OVERLAPS = select(
    select(Occurrence.id)
    .where(
        Occurrence.provider_id == bindparam("provider"),
        SCHEDULED,
        Occurrence.busy_from < bindparam("until"),
        Occurrence.busy_to > bindparam("since"),
    )
    .exists()
)


def change_seats(session: TenantSession, occurrence_id: UUID, places: int) -> bool:
    """Takes places, or frees them if negative. False, and nothing changed, if so many are not left."""
    statement = TAKE if places >= 0 else FREE
    return session.rows(statement, {"occurrence": occurrence_id, "places": abs(places)}).rowcount == 1


def lock_providers(session: TenantSession, providers: set[UUID]) -> None:
    """Whoever takes or swaps time of these providers comes one after the other. Always in the order of ids, so
    that nobody waits in a circle.
    """
    session.rows(LOCK_PROVIDERS, {"providers": sorted(providers)}).all()


def add_hold(session: TenantSession, hold: Hold) -> bool:
    """False if there is one of this id since a moment ago: the caller must roll back."""
    session.add(hold)
    return flush_unless_taken(session)


def add_private(session: TenantSession, occurrence: Occurrence) -> bool:
    """Stores an appointment's occurrence unless its provider is busy then. False: the caller must roll back.

    PostgreSQL's constraint stands behind the query, for what does not come this way.
    """
    wanted = {"provider": occurrence.provider_id, "since": occurrence.busy_from, "until": occurrence.busy_to}
    if session.rows(OVERLAPS, wanted).scalar_one():
        return False
    session.add(occurrence)
    try:
        session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != EXCLUSION_VIOLATION:
            raise
        return False
    return True

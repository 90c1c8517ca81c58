"""A massage every Tuesday at ten, as tests of series use it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bookwidget.bookings.models import Booking, SeriesDate
from bookwidget.bookings.results import BookingDetails
from bookwidget.bookings.series_rules import Kind, Rhythm
from bookwidget.schedule.rules import TimeKey
from tests.bookings.acting import Acting
from tests.factories import World

TEN = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
"""A Tuesday, a week after the tests' now."""
WEEK = timedelta(days=7)
WEEKLY = Rhythm(Kind.WEEKLY)
REPEATS: dict[str, Any] = {"bookings.repeat_allowed": True, "bookings.series_days": 35}
"""So five dates are made at once: the first, and those of four weeks after."""


def key_at(world: World, at: datetime, provider: str = "mara") -> str:
    return str(TimeKey(world.ids[provider], at))


def start(world: World, rhythm: Rhythm = WEEKLY, at: datetime = TEN, **settings: Any) -> BookingDetails:
    """Ada's series; its first date."""
    ada = Acting(world, settings={**REPEATS, **settings})
    first: BookingDetails = ada.start_series(world.ids["massage"], key_at(world, at), rhythm, note="The blue room")
    return first


def dates(world: World, status: str = "confirmed") -> list[datetime]:
    """When Ada's bookings of this status are."""
    mine = select(Booking.starts_at).where(Booking.status == status, Booking.customer_id == world.ids["ada"])
    with world.database.session(world.tenant_id) as session:
        return list(session.execute(mine.order_by(Booking.starts_at)).scalars())


def codes(world: World) -> list[str]:
    """Of Ada's bookings, in order of time."""
    mine = select(Booking.code).where(Booking.customer_id == world.ids["ada"]).order_by(Booking.starts_at)
    with world.database.session(world.tenant_id) as session:
        return list(session.execute(mine).scalars())


def left_out(world: World) -> list[tuple[date, str]]:
    gone = select(SeriesDate.day, SeriesDate.left_out).where(SeriesDate.left_out != "").order_by(SeriesDate.day)
    with world.database.session(world.tenant_id) as session:
        return [(day, why) for day, why in session.execute(gone)]


def weeks(*numbers: int) -> list[datetime]:
    return [TEN + n * WEEK for n in numbers]

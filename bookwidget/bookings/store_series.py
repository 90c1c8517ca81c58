"""Statements on series and their dates. The tenant is never mentioned: the session's wall adds it."""

from sqlalchemy import Date, Uuid, bindparam, func, select, update

from bookwidget.bookings.models import Booking, Series, SeriesDate
from bookwidget.bookings.store import BOOKED, OF_BOOKING, OF_OCCURRENCE
from bookwidget.schedule.models import Occurrence

# In the order of the fields of `series.SeriesFacts`.
SERIES = select(
    Series.id,
    Series.customer_id,
    Series.service_id,
    Series.provider_id,
    Series.location_id,
    Series.rhythm,
    Series.every,
    Series.times,
    Series.last_day,
    Series.first_day,
    Series.minute,
    Series.price,
    Series.attendee,
    Series.is_child,
    Series.age,
    Series.visit_address,
    Series.ends_before,
    Series.ended_with,
    Series.resumes_on,
    Series.postponed_with,
).where(Series.id == bindparam("series"))

# FOR UPDATE on PostgreSQL, nothing on SQLite. Whoever changes several dates of a series, or makes new ones, takes this
# lock before any booking's, so that they come one after the other.
LOCK = select(Series.id).where(Series.id == bindparam("series")).with_for_update()
LOCK_LATER = (
    select(Booking.id)
    .where(Booking.series_id == bindparam("series"), Booking.starts_at >= bindparam("since"))
    .order_by(Booking.id)
    .with_for_update()
)
LOCK_TOGETHER = (
    select(Booking.id)
    .where(Booking.series_id == bindparam("series"), Booking.cancelled_with == bindparam("together"))
    .order_by(Booking.id)
    .with_for_update()
)

DAYS = select(SeriesDate.day, SeriesDate.booking_id, SeriesDate.left_out).where(
    SeriesDate.series_id == bindparam("series"), SeriesDate.day >= bindparam("since")
)
"""Those that were dealt with."""
DAY_OF = select(SeriesDate.day).where(
    SeriesDate.series_id == bindparam("series"), SeriesDate.booking_id == bindparam("booking")
)
FIRST_TOGETHER = (
    select(func.min(SeriesDate.day))
    .join(Booking, Booking.id == SeriesDate.booking_id)
    .where(SeriesDate.series_id == bindparam("series"), Booking.cancelled_with == bindparam("together"))
)
LATER = (
    select(
        *OF_BOOKING,
        *OF_OCCURRENCE,
        Booking.customer_id,
        Booking.occurrence_id,
        Occurrence.provider_id,
        SeriesDate.day,
    )
    .select_from(
        BOOKED.join(SeriesDate, (SeriesDate.booking_id == Booking.id) & (SeriesDate.series_id == Booking.series_id))
    )
    .where(
        Booking.series_id == bindparam("series"),
        Booking.status != "cancelled",
        Booking.starts_at >= bindparam("since"),
    )
    .order_by(Booking.starts_at, Booking.id)
)
"""The live dates of a series from an instant on. It begins like the rows of a list."""
TOGETHER = (
    select(Booking.code)
    .where(Booking.series_id == bindparam("series"), Booking.cancelled_with == bindparam("together"))
    .order_by(Booking.starts_at, Booking.id)
)

END = (
    update(Series)
    .where(Series.id == bindparam("of"), Series.ends_before.is_(None))
    .values(ends_before=bindparam("day", type_=Date), ended_with=bindparam("together", type_=Uuid))
)
"""A series that has ended stays as it is: what is left of it was made long ago."""
CUT = (
    update(Series).where(Series.id == bindparam("of")).values(ends_before=bindparam("day", type_=Date), ended_with=None)
)
POSTPONE = (
    update(Series)
    .where(Series.id == bindparam("of"))
    .values(resumes_on=bindparam("day", type_=Date), postponed_with=bindparam("together", type_=Uuid))
)
REOPEN = (
    update(Series)
    .where(Series.id == bindparam("of"), Series.ended_with == bindparam("together"))
    .values(ends_before=None, ended_with=None)
)
GO_ON_FROM = (
    update(Series)
    .where(Series.id == bindparam("of"), Series.postponed_with == bindparam("together"))
    .values(resumes_on=bindparam("day", type_=Date), postponed_with=None)
)
PUT_INTO = update(Booking).where(Booking.id == bindparam("booking")).values(series_id=bindparam("series", type_=Uuid))

"""The pages of series, of postponing and of resuming, for the tour through every page in every language."""

from collections.abc import Iterator
from datetime import date, timedelta

from werkzeug.test import TestResponse

from bookwidget.bookings.actions import Kind, Rhythm
from bookwidget.schedule.rules import TimeKey, existing_instant, wall_time
from tests.bookings.acting import Acting
from tests.bookings.repeating import REPEATS
from tests.contract.booking_pages import press
from tests.factories import make_appointment
from tests.web_fixtures import Forms, Web

WEEK = timedelta(days=7)
SETTINGS = {**REPEATS, "bookings.postpone_allowed": True, "bookings.cancelled_is_final": False}


def series_pages(web: Web) -> Iterator[tuple[str, TestResponse]]:
    """With a date that was left out, one that stays, and everything that can go wrong."""
    web.settings(web.yoga, **{name.replace(".", "__"): value for name, value in SETTINGS.items()})
    zone = web.yoga.scope().tenant.zone
    ten = existing_instant(wall_time(date(2026, 12, 4), 600), zone)
    assert ten is not None
    hour = timedelta(hours=1)
    make_appointment(web.yoga, starts_at=ten + WEEK, customer="ben")
    make_appointment(web.yoga, starts_at=ten + 2 * WEEK + 3 * hour, customer="ben")
    key = str(TimeKey(web.yoga.ids["mara"], ten))
    massage, rhythm = web.yoga.ids["massage"], Rhythm(Kind.MONTH_WEEKDAY, times=4)
    code = Acting(web.yoga).start_series(massage, key, Rhythm(Kind.WEEKLY)).code
    monthly = Acting(web.yoga).start_series(massage, str(TimeKey(web.yoga.ids["tom"], ten)), rhythm).code
    single = make_appointment(web.yoga, starts_at=ten + 5 * hour).code
    ada = web.customer()
    times = ada.get(f"book/{massage.hex}")
    make_appointment(web.yoga, starts_at=ten + WEEK + 2 * hour, customer="ben", provider="tom")
    slot = str(TimeKey(web.yoga.ids["tom"], ten + 2 * hour))
    form = ada.get(str(press(ada, times, "", slot=slot).location))
    yield "may repeat", form
    for repeat in ("week", "month", "x"):
        yield f"repeats {repeat}", press(ada, form, "review", repeat=repeat)
    yield "monthly", ada.get(f"bookings/{monthly}")
    for path in ("", "/cancel", "/move", "/postpone", "/postpone?from=2026-12-20", "/postpone?from=x"):
        yield f"series {path}", ada.get(f"bookings/{code}{path}")
        yield f"single {path}", ada.get(f"bookings/{single}{path}")
    yield "stale", ada.send(f"bookings/{code}/cancel", which="all", seen="1")
    later = str(TimeKey(web.yoga.ids["mara"], ten + 3 * hour))
    yield "move all", ada.get(f"bookings/{code}/move-all?slot={later}")
    yield "nowhere", ada.get(f"bookings/{code}/move-all?slot=x")
    yield "moved", ada.get(str(ada.send(f"bookings/{code}/move-all?slot={later}").location))
    yield "all cancelled", ada.get(str(ada.send(f"bookings/{code}/cancel", which="all").location))
    yield "undone", ada.get(str(ada.send(f"bookings/{code}/undo", page=f"bookings/{code}").location))
    path = f"bookings/{code}/postpone"
    fields = list(Forms(ada.get(f"{path}?from=2026-12-20").text).found.values())[-1]
    yield "postponed", ada.get(str(ada.post(path, fields).location))
    yield "its history", ada.get(f"bookings/{code}")
    yield "postponed one", ada.get(f"bookings/?postponed={single}")
    web.settings(web.yoga, bookings__undo_minutes=0, bookings__cancelled_is_final=False)
    ada.send(f"bookings/{single}/cancel")
    yield "resume", ada.get(f"bookings/{single}/resume")
    slot = str(TimeKey(web.yoga.ids["mara"], ten + 6 * hour))
    yield "resumed", ada.get(str(ada.send(f"bookings/{single}/resume", slot=slot).location))
    yield "its history", ada.get(f"bookings/{single}")

"""Bookings from a file (issue 5, item 9)."""

import csv
import io
import resource
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bookwidget.accounts.models import Customer
from bookwidget.bookings import importing
from bookwidget.bookings.import_rows import clock_of, day_of, minor_units
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.events.models import Event, Job
from bookwidget.kernel.errors import Refused
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests.bookings.soundness import troubles
from tests.console.desks import events, mails, owner
from tests.console.test_imports import press, upload
from tests.factories import World, make_booking, make_class
from tests.web_fixtures import Visitor, Web

HEADER = "Email,Name,Service,Date,Time,Duration,Provider,Ticket type,Places,Price,Status,Code,Note"


def uploaded(visitor: Visitor, *rows: str, kind: str = "bookings") -> str:
    answer = upload(visitor, "\n".join((HEADER, *rows)).encode(), kind=kind)
    assert answer.status_code == 303, answer.text
    return answer.location or ""


def work(web: Web, visitor: Visitor, page: str, *deeds: str, **fields: str) -> None:
    for deed in deeds:
        assert press(visitor, page, deed, **(fields if deed == "check" else {})) == 303
        assert mails(web) == [], "nobody gets a mail"


def stored(world: World, *columns: Any) -> list[tuple[Any, ...]]:
    with world.database.session(world.tenant_id) as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(*columns))]


def reasons(visitor: Visitor, page: str) -> list[str]:
    return [row[-1] for row in csv.reader(io.StringIO(visitor.get(f"{page}broken.csv").data.decode("utf-8-sig")))][1:]


@pytest.fixture
def london(web_everywhere: Web) -> Web:
    """The business is in London, where clocks change on 29 March and 25 October."""
    world = web_everywhere.yoga
    with world.database.session(world.tenant_id) as session, writing(session):
        session.get_one(Tenant, world.tenant_id).timezone = "Europe/London"
    return web_everywhere


def test_item9_bookings_are_checked_imported_and_undone(london: Web) -> None:
    """Now is Tuesday, 24 November 2026, 9:00."""
    web, boss = london, owner(london)
    make_class(web.yoga, starts_at=datetime(2026, 11, 27, 10, tzinfo=UTC), capacity=3, provider_id=None)
    kept = make_booking(web.yoga, days=5)
    before = stored(web.yoga, Customer.email)
    page = uploaded(
        boss,
        "ada@example.com,,Slow Flow,27.11.2026,10:00,,,,2,25.00,booked,A1,Bring a mat",
        "new@example.com,Nora,Slow Flow,2026-11-27 10:00,,,,,1,,,A2,",
        "late@example.com,Lea,Slow Flow,2026-11-27 10:00,,,,,1,,,A3,",
        "new@example.com,Nora,Massage,30/11/2026,2:30 pm,45,Tomas Reyl,,,€ 55,pending,A4,",
        "ada@example.com,,Massage,30/11/2026,14:45,,Tomas Reyl,,,,,A5,",
        "old@example.com,Olaf,Massage,2026-01-12 9:00,,,Tomas Reyl,,,,attended,A6,",
        "old@example.com,Olaf,Slow Flow,2026-01-13 9:00,,,,,2,,no-show,A7,",
        "old@example.com,Olaf,Massage,2026-12-12 9:00,,,Tomas Reyl,,,,cancelled,A8,",
    )
    text = boss.get(page).text
    assert "Europe/London" in text
    assert "Reminders go out later" in text
    work(web, boss, page, "check")
    assert "6 rows can be imported" in boss.get(page).text
    assert stored(web.yoga, Customer.email) == before, "a dry run"
    assert len(stored(web.yoga, Booking.id)) == 1
    work(web, boss, page, "run")
    assert reasons(boss, page) == [
        "There are not enough places left at this time.",
        "The provider has something else at this time.",
    ]
    assert troubles(web.yoga) == []
    made = {row[0]: row[1:] for row in stored(web.yoga, Booking.starts_at, Booking.status, Booking.price, Booking.note)}
    assert made[datetime(2026, 11, 27, 10, tzinfo=UTC)][:2] in (("confirmed", 1400), ("confirmed", 2500))
    assert made[datetime(2026, 11, 30, 14, 30, tzinfo=UTC)] == ("pending", 5500, "")
    assert made[datetime(2026, 1, 12, 9, tzinfo=UTC)][0] == "confirmed"
    assert made[datetime(2026, 12, 12, 9, tzinfo=UTC)][0] == "cancelled"
    marks = [row[0] for row in stored(web.yoga, Ticket.attendance, Ticket.id)]
    assert (marks.count("attended"), marks.count("absent")) == (1, 2)
    asked = [key.split(":")[1] for kind, key in stored(web.yoga, Job.kind, Job.key) if kind == "booking.remind"]
    assert len(asked) == 2, "for the two that are booked and still to come"
    again = uploaded(boss, "ada@example.com,,Massage,2026-12-01 9:00,,,Tomas Reyl,,,,,A1,")
    work(web, boss, again, "check")
    assert "was imported already" in reasons(boss, again)[0]
    touched = stored(web.yoga, Booking.starts_at, Booking.code)[-3][1]
    boss.send(f"bookings/{touched}/note", f"bookings/{touched}/", text="Rang")
    work(web, boss, page, "undo")
    assert troubles(web.yoga) == []
    left = {row[0] for row in stored(web.yoga, Booking.code)}
    assert left == {kept.code, touched}
    assert {"old@example.com"} & {row[0] for row in stored(web.yoga, Customer.email)} == set()
    assert [kind for kind, _facts in events(web.yoga) if kind.startswith("import")] == [
        "import.started", "import.finished", "import.undone",
    ]  # fmt: skip
    seats = stored(web.yoga, Occurrence.starts_at, Occurrence.seats_taken, Occurrence.is_private)
    assert all(taken == 0 or private or at == kept.starts_at or at.day == 27 for at, taken, private in seats)


def test_item9_every_row_says_what_is_wrong_with_it(london: Web) -> None:
    web, boss = london, owner(london)
    make_class(web.yoga, starts_at=datetime(2026, 11, 28, 10, tzinfo=UTC), state="cancelled", provider_id=None)
    wrong = {
        "ada@example.com,,Juggling,2026-12-01 9:00,,,,,,,,,": "no service called “Juggling”",
        "ada@example.com,,Massage,tomorrow,,,Tomas Reyl,,,,,,": "no day and time",
        "ada@example.com,,Massage,31.02.2027 9:00,,,Tomas Reyl,,,,,,": "no day and time",
        "ada@example.com,,Massage,2027-03-28 01:30,,,Tomas Reyl,,,,,,": "does not exist in Europe/London",
        "ada@example.com,,Massage,2027-10-31 01:30,,,Tomas Reyl,,,,,,": "comes twice in Europe/London",
        "ada@example.com,,Massage,2026-12-01 9:00,,,Nobody,,,,,,": "nobody called “Nobody”",
        "ada@example.com,,Massage,2026-12-01 9:00,x,,Tomas Reyl,,,,,,": "no day and time",
        "ada@example.com,,Massage,2026-12-01 9:00,,x,Tomas Reyl,,,,,,": "no duration",
        "ada@example.com,,Massage,2026-12-01 9:00,,,Tomas Reyl,,2,,,,": "places from 1 to 1",
        "ada@example.com,,Massage,2026-12-01 9:00,,,Tomas Reyl,,,free,,,": "no price",
        "ada@example.com,,Massage,2026-12-01 9:00,,,Tomas Reyl,,,,maybe,,": "no status",
        "ada@example.com,,Massage,2026-12-01 9:00,,,Tomas Reyl,,,,attended,,": "still to come",
        "ada@example.com,,Slow Flow,2026-12-01 9:00,,,,Child,,,,,": "no ticket type",
        "ada@example.com,,Slow Flow,2026-12-01 9:00,,,,,,,,,": "Publish it first",
        "ada@example.com,,Slow Flow,2026-11-28 10:00,,,,,,,,,": "called off",
        "nobody,,Massage,2026-12-01 9:00,,,Tomas Reyl,,,,,,": "does not look like an email",
        "stranger@example.com,,Massage,2026-12-02 9:00,,,Tomas Reyl,,,,,,": "no customer with this email",
    }
    page = uploaded(boss, *wrong, "ada@example.com,,Massage,2027-10-31T01:30+01:00,,,Tomas Reyl,,,,,X,")
    work(web, boss, page, "check", unknown="refuse")
    for said, reason in zip(reasons(boss, page), wrong.values(), strict=True):
        assert reason in said
    assert "1 row can be imported" in boss.get(page).text
    assert press(boss, page, "check", starts="") == 422
    assert upload(boss, b"a,b\n1,2\n", kind="x").status_code == 422
    american = uploaded(boss, "ada@example.com,,Massage,12/01/2026 9:00,,,Tomas Reyl,,,,,,")
    work(web, boss, american, "check", "run", order="month", remind="no")
    assert stored(web.yoga, Booking.starts_at) == [(datetime(2026, 12, 1, 9, tzinfo=UTC),)]
    assert [kind for (kind,) in stored(web.yoga, Job.kind) if kind == "booking.remind"] == []


def test_item9_a_worker_that_is_killed_doubles_and_loses_no_booking(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookwidget.accounts.importing.CHUNK", 2)
    boss = owner(web)
    rows = [f"n{n}@example.com,N{n},Massage,2027-01-{n + 4:02} 10:00,,,Tomas Reyl,,,,,C{n}," for n in range(9)]
    page = uploaded(boss, *rows)
    work(web, boss, page, "check")
    press(boss, page, "run")
    real, calls = importing.Taker.make, []

    def dying(*given: Any) -> Any:
        calls.append(1)
        if len(calls) % 4 == 0:
            raise MemoryError
        return real(*given)

    monkeypatch.setattr(importing.Taker, "make", dying)
    for _again in range(12):
        mails(web)
        web.now += timedelta(minutes=5)
    assert len(stored(web.yoga, Booking.id)) == 9
    assert len([1 for (kind,) in stored(web.yoga, Event.kind) if kind == "booking.imported"]) == 9
    assert troubles(web.yoga) == []


HALF = 10_000


@pytest.mark.slow
def test_item9_twenty_thousand_rows_of_bookings_half_of_them_broken(web: Web) -> None:
    """The good ones go in, by ten on a date that was; the rest come back, each with its reason."""
    boss, kinds = owner(web), ("Juggling,2026-01-05 9:00", "Slow Flow,someday", "Slow Flow,2027-01-05 9:00")
    first, lines = datetime(2010, 1, 1, 6, tzinfo=UTC), []
    for n in range(HALF):
        lines.append(f"n{n % 500}@example.com,Slow Flow,{first + n // 10 * timedelta(hours=2):%Y-%m-%d %H:%M},C{n}")
        lines.append(f"broken{n}@example.com,{kinds[n % 3]},D{n}")
    answer = upload(boss, ("Email,Service,Date,Code\n" + "\n".join(lines)).encode(), kind="bookings")
    assert answer.status_code == 303, answer.text
    page, before = answer.location or "", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work(web, boss, page, "check", "run")
    with web.database.session(web.yoga.tenant_id) as session:
        assert session.scalars(select(func.count()).select_from(Booking)).one() == HALF
        assert session.scalars(select(func.count()).select_from(Occurrence)).one() == -(-HALF // 10)
        assert session.scalars(select(func.max(Occurrence.seats_taken))).one() == 10
    whys = reasons(boss, page)
    assert len(whys) == HALF
    for words in ("no service called “Juggling”", "no day and time", "Publish it first"):
        assert sum(words in why for why in whys) in (HALF // 3, HALF // 3 + 1), words
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024, "kB"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12.50", 1250),
        ("12,5", 1250),
        ("€ 1.234,50", 123450),
        ("1,234.50 EUR", 123450),
        ("1,234", 123400),
        ("12", 1200),
    ],
)
def test_prices_are_read_as_they_are_written(typed: str, meant: int) -> None:
    assert minor_units(typed, 2) == meant


def test_days_and_clocks_are_read_as_they_are_written() -> None:
    assert day_of("3.4.2026, 9 Uhr", is_month_first=False) == (date(2026, 4, 3), "9 Uhr")
    assert day_of("3/4/2026", is_month_first=True) == (date(2026, 3, 4), "")
    assert clock_of("9 Uhr") == (time(9), "")
    assert clock_of("12:05 am") == (time(0, 5), "")
    assert clock_of("12.30 p.m.") == (time(12, 30), "")
    assert clock_of("09:30:00Z") == (time(9, 30), "+00:00")
    for wrong in ("", "25:00", "13 pm", "9:75", "noon"):
        with pytest.raises(Refused):
            clock_of(wrong)
    for wrong in ("-12", "12.3456", "a", "1e9", "9999999999"):
        with pytest.raises(Refused):
            minor_units(wrong, 2)

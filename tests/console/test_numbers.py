"""The page of numbers, and its file."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from bookwidget.catalog.models import Service
from bookwidget.kernel.ids import uuid7
from tests.console.desks import hire, nobody, owner, sign_in
from tests.factories import make_booking, make_class
from tests.web_fixtures import Web


def test_bars_words_and_tables_say_the_same(web: Web) -> None:
    for days in (-30, -29, 1):
        make_booking(web.yoga, days=days)
    make_booking(web.yoga, days=-2, status="cancelled")
    make_booking(web.yoga, occurrence=make_class(web.yoga, starts_at=datetime(2026, 9, 30, 23, 30, tzinfo=UTC)))
    page = owner(web).get("numbers/").text
    assert "Bookings: 4, most in October 2026: 3. Cancelled: 1." in page, "half past midnight on 1 October is October"
    assert "Booked value: £56.00" in page
    assert "not handled yet" in page
    rows = re.findall(
        r'<tr><th scope="row">([^<]+)</th><td class="bw-plot-cell">.*?</td><td class="bw-end"><bdi>([^<]+)', page
    )
    assert len(rows) == 4 * 12
    assert ("October 2026", "3") in rows
    assert ("November 2026", "1 + 1") in rows
    assert 'width="1000"' in page
    assert "style=" not in page
    assert "Slow Flow" in page
    assert "Bookings: 1," in owner(web).get("numbers/?from=2026-11&to=2026-11").text
    assert "No bookings in these months." in owner(web, web.other).get("numbers/").text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2026-13&to=x", "This is not a month"),
        ("from=2026-12&to=2026-01", "The last month is before the first"),
        ("from=2020-01&to=2026-01", "Choose at most 24 months"),
    ],
)
def test_what_cannot_be_shown_is_said_and_stays_typed(web: Web, query: str, words: str) -> None:
    answer = owner(web).get(f"numbers/?{query}")
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{query.partition("&")[0].partition("=")[2]}"' in answer.text


@pytest.mark.parametrize("query", ["from=0001-01", "to=9999-12", "from=9999-12&to=9999-12"])
def test_years_at_the_ends_of_the_calendar_are_shown_all_the_same(web: Web, query: str) -> None:
    assert owner(web).get(f"numbers/?{query}").status_code == 200


def test_the_file_holds_the_same_and_no_formula(web: Web) -> None:
    evil = web.yoga.add(Service(id=uuid7(), name="=HYPERLINK(0)", kind="class", minutes=60, capacity=5, price=500))
    make_booking(web.yoga, occurrence=make_class(web.yoga, days=-1, service_id=evil.id), price=500)
    boss = owner(web)
    answer = boss.get("numbers/table.csv?by=service")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["service"], row["bookings"], row["booked_value_minor"]) for row in rows] == [
        ("'=HYPERLINK(0)", "1", "500")
    ]
    months = list(csv.DictReader(io.StringIO(boss.get("numbers/table.csv?by=x").data.decode("utf-8-sig"))))
    assert (len(months), months[-1]["month"], months[-1]["bookings"]) == (12, "2026-11", "1")


def test_staff_do_not_see_numbers(web: Web) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    visitor = sign_in(nobody(web), "sam@staff.example")
    assert {visitor.get(path).status_code for path in ("numbers/", "numbers/table.csv")} == {403}
    web.now += timedelta(days=1)

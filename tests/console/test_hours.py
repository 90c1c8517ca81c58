"""Opening hours with breaks, and time off: what customers can book afterwards, and what is booked already."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.catalog.actions import read_service
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.actions import slots_between
from bookwidget.schedule.models import OpeningHours, TimeOff
from tests.console.desks import events, hire, nobody, owner, sign_in
from tests.factories import World, make_appointment, make_booking, make_class
from tests.web_fixtures import Visitor, Web, hidden

PAGE = "hours/"
MONDAY = date(2026, 11, 30)
"""A week after the tests' now, which is a Tuesday."""


def of(web: Web, who: str = "mara") -> str:
    return f"{PAGE}?who={web.yoga.ids[who].hex}"


def save(visitor: Visitor, page: str = PAGE, **changes: str) -> TestResponse:
    """`d0_0="10:00-12:00"` is Monday's first line, "" empties it."""
    named = {}
    for name, times in changes.items():
        line = name.removeprefix("d").replace("_", ".")
        opens, _dash, closes = times.partition("-")
        named |= {f"{line}.opens": opens, f"{line}.closes": closes}
    return visitor.post(page, {**visitor.form(page), **named})


def stored(world: World, who: str | None = None) -> list[tuple[int, int, int]]:
    with world.database.session(world.tenant_id) as session:
        of_whom = OpeningHours.provider_id == world.ids[who] if who else OpeningHours.provider_id.is_(None)
        rows = session.scalars(select(OpeningHours).where(of_whom))
        return sorted((row.weekday, row.opens, row.closes) for row in rows)


def offs(world: World) -> list[tuple[date, date]]:
    with world.database.session(world.tenant_id) as session:
        return sorted((row.first_day, row.last_day) for row in session.scalars(select(TimeOff)))


def happened(world: World, kind: str) -> list[dict[str, Any]]:
    return [facts for name, facts in events(world) if name == kind]


def offered(web: Web, day: date, who: str = "mara") -> int:
    """How many times customers can choose on this day."""
    scope = web.yoga.scope()
    with scope.session:
        massage = read_service(scope, web.yoga.ids["massage"])
        return len(slots_between(scope, massage, day, day, provider_id=web.yoga.ids[who]))


def take_off(visitor: Visitor, first: str, last: str = "", **more: str) -> TestResponse:
    fields = {**visitor.form(PAGE, "/console/hours/off"), "first_day": first, "last_day": last, **more}
    return visitor.post("hours/off", fields)


def test_hours_with_a_break_are_saved_written_down_and_offered(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor, before = owner(web), offered(web, MONDAY)
    answer = save(visitor, d0_0="10:00-12:00", d0_1="13:30-16:00", d6_0="22:00-00:00")
    assert (answer.status_code, answer.location) == (303, "/console/hours/?done=saved")
    usual = [(day, 540, 1020) for day in range(1, 5)]
    assert stored(web.yoga) == [(0, 600, 720), (0, 810, 960), *usual, (6, 1320, 1440)]
    [facts] = happened(web.yoga, "hours.changed")
    assert facts["before"] == {"provider": None, "hours": [[day, 540, 1020] for day in range(5)]}
    assert facts["after"]["hours"][:2] == [[0, 600, 720], [0, 810, 960]]
    assert 0 < offered(web, MONDAY) < before
    assert 'value="13:30"' in visitor.get(answer.location).text
    assert stored(web.other) == [(day, 540, 1020) for day in range(5)]


def test_the_same_again_is_no_change_and_no_event(web: Web) -> None:
    assert save(owner(web)).location == "/console/hours/?done=same"
    assert happened(web.yoga, "hours.changed") == []


def test_a_provider_gets_own_hours_and_gives_them_back(web: Web) -> None:
    visitor, page = owner(web), of(web)
    assert "works in those of the business" in visitor.get(page).text
    assert save(visitor, page, d5_0="08:00-11:00").status_code == 303
    assert stored(web.yoga, "mara") == [(5, 480, 660)]
    assert stored(web.yoga, "tom") == []
    assert (offered(web, MONDAY), offered(web, MONDAY, "tom") > 0) == (0, True), "her own replace the general ones"
    save(visitor, page, d5_0="")
    assert stored(web.yoga, "mara") == []
    assert offered(web, MONDAY) > 0


def test_a_change_that_leaves_bookings_outside_says_so_and_loses_none(web_everywhere: Web) -> None:
    web = web_everywhere
    starts_at = web.now + timedelta(days=1, hours=6)  # Wednesday, 15:00
    booking, visitor = make_appointment(web.yoga, starts_at=starts_at), owner(web)
    make_booking(web.yoga, occurrence=make_class(web.yoga, starts_at=starts_at + timedelta(days=1)))
    asked = save(visitor, d2_0="09:00-12:00")
    assert asked.status_code == 422
    assert "would lie outside of the new hours" in asked.text
    assert asked.text.count('href="/console/bookings/?from=2026-11-25') == 1
    assert 'value="12:00"' in asked.text, "what was typed stays"
    assert (stored(web.yoga)[2], happened(web.yoga, "hours.changed")) == ((2, 540, 1020), [])
    fields = {**visitor.form(PAGE), "2.0.opens": "09:00", "2.0.closes": "12:00", "anyway": "1"}
    assert visitor.post(PAGE, fields).status_code == 303
    assert stored(web.yoga)[2] == (2, 540, 720)
    assert web.customer().get(f"bookings/{booking.code}").status_code == 200
    again = save(visitor, d3_0="09:00-12:00")
    assert again.status_code == 303, "what lies outside already hinders nothing else; dates of classes are their own"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"d1_0": "17:00-09:00"}, "The end must be after the beginning."),
        ({"d1_0": "09:00-13:00", "d1_1": "12:00-17:00"}, "These times overlap."),
        ({"d1_0": "09:00-"}, "Give both times"),
        ({"d1_0": "nine-ten"}, "Give both times"),
        ({"d1_0": "25:00-26:00"}, "Give both times"),
        ({"d1_0": "09:00-10:75"}, "Give both times"),
    ],
)
def test_what_are_no_hours_is_said_at_the_day_and_stays_typed(web: Web, changes: dict[str, str], reason: str) -> None:
    answer = save(owner(web), **changes)
    assert answer.status_code == 422
    assert reason in answer.text.split('id="1-error"')[1].split("</p>")[0]
    assert f'value="{changes["d1_0"].partition("-")[0]}"' in answer.text
    assert stored(web.yoga) == [(day, 540, 1020) for day in range(5)]


def test_two_who_change_the_same_hours_the_later_is_told(web: Web) -> None:
    first, second = owner(web), owner(web)
    theirs = second.form(PAGE)
    save(first, d0_0="10:00-12:00")
    answer = second.post(PAGE, {**theirs, "1.0.opens": "11:00"})
    assert answer.status_code == 422
    assert "Somebody else has changed these hours" in answer.text
    slip = second.post(PAGE, {**theirs, "1.0.opens": "x"})
    again = second.post(PAGE, {**theirs, "1.0.opens": "11:00", "seen": hidden(slip, "seen")})
    assert again.status_code == 422, "nobody has told them yet that it is different now"
    assert stored(web.yoga)[:2] == [(0, 600, 720), (1, 540, 1020)]
    assert first.post(PAGE, {**theirs, "0.0.opens": "10:00", "0.0.closes": "12:00"}).location.endswith("same")


def test_time_off_closes_its_days_and_ends(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor = owner(web)
    assert offered(web, MONDAY) > 0
    answer = take_off(visitor, "2026-11-30", "2026-12-04", who=web.yoga.ids["mara"].hex)
    assert answer.status_code == 303
    assert offs(web.yoga) == [(MONDAY, date(2026, 12, 4))]
    assert (offered(web, MONDAY), offered(web, MONDAY, "tom") > 0) == (0, True)
    take_off(visitor, "2026-11-30", "2026-12-04", who=web.yoga.ids["mara"].hex)
    assert len(happened(web.yoga, "time_off.added")) == 1, "pressed twice it is one"
    page = visitor.get(PAGE).text
    assert "Mara Oduya" in page
    [end] = {part.split('"')[0] for part in page.split('action="') if "/end" in part.split('"')[0]}
    assert visitor.get(end).status_code == 303
    assert len(offs(web.yoga)) == 1, "looking at it ends nothing"
    assert visitor.send(end, page=PAGE).location == "/console/hours/?done=ended"
    assert (offs(web.yoga), len(happened(web.yoga, "time_off.removed"))) == ([], 1)
    assert offered(web, MONDAY) > 0


def test_time_off_over_bookings_says_so(web: Web) -> None:
    visitor = owner(web)
    make_appointment(web.yoga, starts_at=web.now + timedelta(days=1, hours=6))
    make_booking(web.yoga, occurrence=make_class(web.yoga, starts_at=web.now + timedelta(days=1, hours=9)))
    asked = take_off(visitor, "2026-11-25")
    assert asked.status_code == 422
    assert asked.text.count('href="/console/bookings/?from=2026-11-25') == 2
    assert 'value="2026-11-25"' in asked.text
    assert offs(web.yoga) == []
    assert take_off(visitor, "2026-11-25", anyway="1").status_code == 303
    assert offs(web.yoga) == [(date(2026, 11, 25), date(2026, 11, 25))]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "", "first_day"),
        ("soon", "", "first_day"),
        ("2026-11-20", "2026-11-22", "first_day"),
        ("2026-12-04", "2026-12-01", "last_day"),
        ("2026-12-04", "2029-12-01", "last_day"),
    ],
)
def test_days_that_cannot_be_off_are_refused_at_their_field(web: Web, first: str, last: str, field: str) -> None:
    answer = take_off(owner(web), first, last)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{first}"' in answer.text
    assert offs(web.yoga) == []


def test_strangers_staff_and_another_business_change_no_hours(web: Web) -> None:
    off: TimeOff = web.yoga.add(TimeOff(id=uuid7(), provider_id=None, first_day=MONDAY, last_day=MONDAY))
    hire(web.yoga, "sam@staff.example", "staff")
    theirs, staff = owner(web, web.other), sign_in(nobody(web), "sam@staff.example")
    fields = {**theirs.form(PAGE), "0.0.opens": "01:00"}
    for page in (of(web), f"hours/off/{off.id.hex}/end"):
        assert theirs.post(page, fields).status_code == 404
        assert staff.post(page, {**owner(web).form(PAGE), "0.0.opens": "01:00"}).status_code == 403
    assert theirs.get(of(web)).status_code == 404
    assert staff.get(PAGE).status_code == 403
    assert "/console/hours/" not in staff.get("bookings/").text
    assert take_off(theirs, "2026-12-01", who=web.yoga.ids["mara"].hex).status_code == 404
    assert (stored(web.yoga), len(offs(web.yoga))) == ([(day, 540, 1020) for day in range(5)], 1)

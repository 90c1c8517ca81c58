"""The customer's list: one tab for each booking, filters, pages, and nobody else's rows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bookwidget.bookings.actions import Attendance, ListQuery, Tab, list_bookings
from bookwidget.bookings.models import Ticket, WaitlistEntry
from bookwidget.catalog.models import Location, Provider, Service
from bookwidget.kernel.actors import visitor
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.money import Money
from tests import factories
from tests.bookings.acting import Acting
from tests.factories import World


def codes(world: World, tab: Tab = Tab.UPCOMING, **query: Any) -> list[str]:
    return [row.code for row in Acting(world).list_bookings(ListQuery(tab, **query)).rows]


def make_one_of_each(world: World) -> dict[str, Tab]:
    """Code → the tab where it belongs."""
    running = factories.make_class(world, starts_at=world.now - timedelta(minutes=30))
    just_over = factories.make_class(
        world, starts_at=world.now - timedelta(minutes=75), provider_id=world.ids["tom"], ends_at=world.now
    )
    booked = {
        Tab.UPCOMING: [
            factories.make_booking(world, days=2),
            factories.make_booking(world, days=3, status="pending"),
            factories.make_booking(world, days=4, status="hold"),
            factories.make_booking(world, occurrence=running),
            factories.make_booking(world, occurrence=factories.make_class(world, days=5, state="cancelled")),
        ],
        Tab.PAST: [
            factories.make_booking(world, days=-2),
            factories.make_booking(world, occurrence=just_over),
            factories.make_booking(world, days=-3, status="pending"),
        ],
        Tab.CANCELLED: [
            factories.make_booking(world, days=7, status="cancelled"),
            factories.make_booking(world, days=-7, status="cancelled"),
        ],
    }
    return {booking.code: tab for tab, bookings in booked.items() for booking in bookings}


def test_B1_each_booking_is_in_exactly_one_tab(yoga: World, other: World) -> None:
    expected = make_one_of_each(yoga)
    make_one_of_each(other)
    factories.make_booking(yoga, customer="ben", days=9)
    shown = {tab: Acting(yoga).list_bookings(ListQuery(tab)) for tab in Tab}
    assert {row.code: tab for tab, page in shown.items() for row in page.rows} == expected
    assert sum(len(page.rows) for page in shown.values()) == len(expected)
    for tab, page in shown.items():
        assert page.counts == {Tab.UPCOMING: 5, Tab.PAST: 3, Tab.CANCELLED: 2, Tab.WAITING: 0}
        assert (page.tab, page.total, page.page, page.pages) == (tab, len(page.rows), 1, 1)
        assert {row.tab for row in page.rows} <= {tab}


def test_B1_the_next_comes_first_and_the_past_comes_latest_first(yoga: World) -> None:
    for days in (5, 1, 3, -5, -1, -3):
        factories.make_booking(yoga, days=days)
    starts = {tab: [row.starts_at for row in Acting(yoga).list_bookings(ListQuery(tab)).rows] for tab in Tab}
    assert starts[Tab.UPCOMING] == sorted(starts[Tab.UPCOMING])
    assert starts[Tab.PAST] == sorted(starts[Tab.PAST], reverse=True)
    assert len(starts[Tab.UPCOMING]) == len(starts[Tab.PAST]) == 3


def test_a_row_says_what_it_is(yoga: World) -> None:
    booking = factories.make_booking(yoga, tickets=0, price=4200)
    yoga.add(
        Ticket(booking_id=booking.id, occurrence_id=booking.occurrence_id, attendee="Zoe", is_child=True, age=7),
        Ticket(booking_id=booking.id, occurrence_id=booking.occurrence_id, attendee="Max", is_cancelled=True),
    )
    [row] = Acting(yoga).list_bookings(ListQuery()).rows
    assert (row.service, row.kind, row.provider, row.location) == ("Slow Flow", "class", "Mara Oduya", "Studio 1")
    assert row.price == Money(4200, "GBP")
    [child] = row.attendees
    assert (child.name, child.is_child, child.age, child.attendance) == ("Zoe", True, 7, Attendance.BOOKED)
    assert row.may_cancel.allowed
    assert row.may_cancel.until == booking.starts_at - timedelta(hours=24)


def test_an_appointment_may_have_no_location(yoga: World) -> None:
    factories.make_appointment(yoga, starts_at=yoga.now + timedelta(days=2))
    [row] = Acting(yoga).list_bookings(ListQuery()).rows
    assert (row.kind, row.location) == ("appointment", None)


@pytest.mark.parametrize(
    ("tracked", "marks", "shown", "of_all"),
    [
        (False, ["absent"], ["booked"], "booked"),
        (True, [""], ["attended"], "attended"),
        (True, ["absent"], ["absent"], "absent"),
        (True, ["absent", "attended"], ["absent", "attended"], "attended"),
    ],
)
def test_attendance_is_claimed_only_where_it_is_tracked(
    yoga: World, tracked: bool, marks: list[str], shown: list[str], of_all: str
) -> None:
    booking = factories.make_booking(yoga, days=-2, tickets=0)
    for mark in marks:
        yoga.add(Ticket(booking_id=booking.id, occurrence_id=booking.occurrence_id, attendance=mark))
    acting = Acting(yoga, settings={"bookings.attendance_tracked": tracked})
    [row] = acting.list_bookings(ListQuery(Tab.PAST)).rows
    assert [attendee.attendance for attendee in row.attendees] == shown
    assert row.attendance == of_all


def test_a_date_that_the_business_cancelled_says_so_and_nobody_attended_it(yoga: World) -> None:
    gone = factories.make_class(yoga, days=-2, state="cancelled")
    factories.make_booking(yoga, occurrence=gone)
    acting = Acting(yoga, settings={"bookings.attendance_tracked": True})
    [row] = acting.list_bookings(ListQuery(Tab.PAST)).rows
    assert (row.is_occurrence_cancelled, row.attendance) == (True, Attendance.BOOKED)


def make_named(world: World, name: str, days: float) -> str:
    """A booking of a service of this name; its code."""
    service = Service(id=uuid7(), name=name, kind="class", minutes=60)
    world.add(service)
    code: str = factories.make_booking(
        world, occurrence=factories.make_class(world, days=days, service_id=service.id)
    ).code
    return code


def test_B2_a_word_finds_service_provider_location_and_code(yoga: World) -> None:
    yin = make_named(yoga, "Yin Yoga", 2)
    elsewhere = factories.make_class(
        yoga,
        days=3,
        provider_id=yoga.add(Provider(id=uuid7(), name="Zora Neale")).id,
        location_id=yoga.add(Location(id=uuid7(), name="Boat house")).id,
    )
    booked = factories.make_booking(yoga, occurrence=elsewhere).code
    assert codes(yoga, text="yin y") == [yin]
    assert codes(yoga, text="  YIN ") == [yin]
    assert codes(yoga, text="zora") == [booked]
    assert codes(yoga, text="Boat H") == [booked]
    assert codes(yoga, text=booked.lower()) == [booked]
    assert codes(yoga, text="oduya") == [yin]
    assert codes(yoga, text="  ") == [yin, booked]
    page = Acting(yoga).list_bookings(ListQuery(Tab.PAST, text="yin"))
    assert (page.counts[Tab.UPCOMING], page.total) == (1, 0)


@pytest.mark.parametrize("text", ["%", "_", "/", "%%", "100%", "a_b", "c/d", "100% _ /"])
def test_B2_signs_of_like_are_signs(yoga: World, text: str) -> None:
    hit = make_named(yoga, "a_b 100% _ / c/d %%", 2)
    make_named(yoga, "axb 1000 c.d", 3)
    assert codes(yoga, text=text) == [hit]


@pytest.mark.parametrize(
    "text", ["nul\0nul", "'; DROP TABLE booking; --", "\ud800 no such name", "x" * 5000, "ünïcode"]
)
def test_B2_any_text_can_be_asked_for(yoga: World, text: str) -> None:
    factories.make_booking(yoga)
    assert codes(yoga, text=text) == []


def test_B2_a_name_is_found_as_it_is_written_in_every_script(yoga: World) -> None:
    hits = {name: make_named(yoga, name, days) for days, name in enumerate(["Übung", "يوغا الصباح"], start=2)}
    for name, code in hits.items():
        assert codes(yoga, text=name) == [code]


def test_B2_days_are_the_business_s_own_and_both_included(yoga: World) -> None:
    """London is an hour ahead of UTC in July: its first of July begins at 23:00 UTC."""
    before, first, last, after = (
        factories.make_booking(
            yoga,
            occurrence=factories.make_class(yoga, starts_at=datetime(2027, *when, tzinfo=UTC), provider_id=None),
        ).code
        for when in [(6, 30, 22, 59), (6, 30, 23, 0), (7, 1, 22, 59), (7, 1, 23, 0)]
    )
    day = date(2027, 7, 1)
    assert codes(yoga, first_day=day, last_day=day) == [first, last]
    assert codes(yoga, last_day=day - timedelta(days=1)) == [before]
    assert codes(yoga, first_day=day + timedelta(days=1)) == [after]
    assert codes(yoga, first_day=date.min, last_day=date.max, text="slow") == [before, first, last, after]


def test_B2_days_and_a_word_together(yoga: World) -> None:
    make_named(yoga, "Yin", 2)
    hit = make_named(yoga, "Yin", 5)
    factories.make_booking(yoga, days=6)
    day = (yoga.now + timedelta(days=4)).date()
    assert codes(yoga, text="yin", first_day=day) == [hit]


def test_B2_days_the_wrong_way_round_are_refused(yoga: World) -> None:
    with pytest.raises(Refused) as refused:
        codes(yoga, first_day=date(2026, 2, 2), last_day=date(2026, 2, 1))
    assert refused.value.field == "last_day"


def test_pages_show_every_booking_once_and_the_nearest_to_the_one_asked_for(yoga: World) -> None:
    occurrence = factories.make_class(yoga, capacity=60)
    made = {factories.make_booking(yoga, occurrence=occurrence).code for _ in range(45)}
    shown = [code for page in (1, 2, 3) for code in codes(yoga, page=page)]
    assert len(shown) == 45
    assert set(shown) == made
    for asked, nearest, rows in [(1, 1, 20), (3, 3, 5), (4, 3, 5), (10**30, 3, 5), (0, 1, 20), (-7, 1, 20)]:
        page = Acting(yoga).list_bookings(ListQuery(page=asked))
        assert (page.page, page.pages, page.total, len(page.rows)) == (nearest, 3, 45, rows)


def wait(world: World, who: str, **changes: Any) -> WaitlistEntry:
    entry: WaitlistEntry = world.add(
        WaitlistEntry(
            id=uuid7(),
            customer_id=world.ids[who],
            occurrence_id=changes.pop("occurrence_id", None) or factories.make_class(world, **changes).id,
            joined_at=world.now,
        )
    )
    return entry


def test_B13_waiting_shows_the_place_in_line_and_nothing_that_has_begun(yoga: World) -> None:
    first = wait(yoga, "ben", days=2)
    mine = wait(yoga, "ada", occurrence_id=first.occurrence_id)
    wait(yoga, "ada", days=-1)
    page = Acting(yoga).list_bookings(ListQuery(Tab.WAITING))
    [row] = page.rows
    assert (row.id, row.position, row.status, row.service) == (mine.id, 2, "waiting", "Slow Flow")
    assert {row.may_cancel.rule, row.may_move.rule} == {"waiting"}
    assert page.counts[Tab.WAITING] == 1
    assert Acting(yoga).list_bookings(ListQuery(Tab.WAITING, text="massage")).rows == ()


def test_only_customers_have_a_list(yoga: World) -> None:
    for scope in (yoga.scope(visitor()), yoga.staff_scope()):
        with scope.session, pytest.raises(Missing):
            list_bookings(scope, ListQuery())


def test_another_tenant_s_customer_of_the_same_id_sees_nothing(yoga: World, other: World) -> None:
    factories.make_booking(yoga)
    other.ids["ada"] = yoga.ids["ada"]
    assert codes(other) == []

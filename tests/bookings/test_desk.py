"""Bookings as staff find them, one booking with everything about it, and marks of attendance."""

from datetime import date, timedelta
from typing import Any

import pytest

from bookwidget.bookings.actions import Attendance, DeskQuery
from bookwidget.bookings.models import Acceptance
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from tests import factories
from tests.bookings.acting import Acting, events
from tests.bookings.test_statements import counted, make_many
from tests.factories import World


def found(world: World, **query: Any) -> list[str]:
    return [row.code for row in Acting(world, "owner").find_bookings(DeskQuery(**query)).rows]


@pytest.fixture
def three(yoga: World) -> list[Any]:
    """Ada's class of today, Ben's massage of the day after tomorrow, Ada's cancelled class of last week."""
    return [
        factories.make_booking(yoga, days=0.1, tickets=2),
        factories.make_appointment(yoga, starts_at=yoga.now + timedelta(days=2), customer="ben"),
        factories.make_booking(yoga, days=-7, status="cancelled"),
    ]


def test_staff_find_by_words_days_status_and_service(yoga: World, three: list[Any]) -> None:
    today, later, cancelled = (booking.code for booking in three)
    for text in (today, today.lower(), f" {today} "):
        assert found(yoga, text=text) == [today]
    assert found(yoga, text="ada byron") == found(yoga, text="ADA@example") == [cancelled, today]
    assert found(yoga, text="Ben O") == found(yoga, text="massage") == [later]
    assert found(yoga, text="%") == found(yoga, text="nobody") == []
    assert found(yoga) == [cancelled, today, later]
    assert found(yoga, is_latest_first=True) == [later, today, cancelled]
    day = yoga.now.date()
    assert found(yoga, first_day=day, last_day=day) == [today]
    assert found(yoga, first_day=day) == [today, later]
    assert found(yoga, status="cancelled") == [cancelled]
    assert found(yoga, status="confirmed", service_id=yoga.ids["massage"]) == [later]
    assert found(yoga, text="ada", service_id=yoga.ids["massage"]) == []
    with pytest.raises(Refused):
        found(yoga, first_day=day, last_day=day - timedelta(days=1))
    assert found(yoga, first_day=date.max, last_day=date.max) == []


def test_a_row_says_who_comes_where(yoga: World, three: list[Any]) -> None:
    row = Acting(yoga, "owner").find_bookings(DeskQuery(text=three[0].code)).rows[0]
    assert (row.customer, row.email, row.places) == ("Ada Byron", "ada@example.com", 2)
    assert (row.service, row.provider, row.location) == ("Slow Flow", "Mara Oduya", "Studio 1")
    assert not row.is_occurrence_cancelled


def test_pages_of_a_long_history_cost_one_statement(yoga: World) -> None:
    make_many(yoga, 80)
    staff, seen = Acting(yoga, "owner"), []
    for number in range(1, 5):
        with counted(yoga.database) as sent:
            page = staff.find_bookings(DeskQuery(page=number, is_latest_first=True))
        assert len([statement for statement in sent if "booking" in statement]) == 1
        assert page.has_more == (number < 4)
        seen += [row.code for row in page.rows]
    assert len(set(seen)) == len(seen) == 80
    assert found(yoga, page=10**30) == []
    assert found(yoga, page=-5) == found(yoga, page=1)


def test_only_the_own_business_and_only_staff(yoga: World, other: World, three: list[Any]) -> None:
    assert found(other) == found(other, text=three[0].code) == []
    for action, values in (("find_bookings", [DeskQuery()]), ("read_for_desk", [three[0].code]),
                           ("explain_for_customer", [three[0].code, yoga.now])):  # fmt: skip
        with pytest.raises(Missing):
            getattr(Acting(yoga), action)(*values)
    for action, values in (("read_for_desk", []), ("explain_for_customer", [yoga.now]),
                           ("mark_attendance", [uuid7(), "absent"])):  # fmt: skip
        with pytest.raises(Missing):
            getattr(Acting(other, "owner"), action)(three[0].code, *values)


def test_b15_staff_read_everything_about_a_booking(yoga: World, three: list[Any]) -> None:
    yoga.add(
        Acceptance(booking_id=three[0].id, document="terms", address="https://yoga.example/terms", version="3",
                   accepted_at=yoga.now)
    )  # fmt: skip
    staff = Acting(yoga, "owner")
    staff.end_links(three[0].code)
    staff.cancel_booking(three[0].code, reason="Broken pipe")
    shown = staff.read_for_desk(three[0].code)
    assert (shown.customer.name, shown.customer.email, shown.customer.has_account) == (
        "Ada Byron", "ada@example.com", True,
    )  # fmt: skip
    assert [(one.document, one.version) for one in shown.accepted] == [("terms", "3")]
    assert [(one.kind, one.by, one.member, one.door) for one in shown.log] == [
        ("booking.links_ended", "member", "Olga Owner", "console"),
        ("booking.cancelled", "member", "Olga Owner", "console"),
    ]
    assert shown.log[1].after["reason"] == "Broken pipe"
    assert len(shown.tickets) == 2


def test_b12_attended_unless_staff_marked_otherwise(yoga: World) -> None:
    booking = factories.make_booking(yoga, days=-2, tickets=2)
    tracked = {"bookings.attendance_tracked": True}
    staff, ada = Acting(yoga, "owner", settings=tracked), Acting(yoga, settings=tracked)

    def shown() -> list[str]:
        return [person.attendance.value for person in ada.read_booking(booking.code).attendees]

    first, second = (ticket.id for ticket in staff.read_for_desk(booking.code).tickets)
    assert shown() == ["attended", "attended"]
    for _click in range(2):
        staff.mark_attendance(booking.code, first, "absent")
    assert shown() == ["absent", "attended"]
    assert ada.read_booking(booking.code).attendance is Attendance.ATTENDED
    [event] = events(yoga, "booking.attendance_marked")
    assert (event.facts["before"]["attendance"], event.facts["after"]["attendance"]) == ("", "absent")
    staff.mark_attendance(booking.code, second, "absent")
    assert ada.read_booking(booking.code).attendance is Attendance.ABSENT
    staff.mark_attendance(booking.code, first, "")
    assert shown() == ["attended", "absent"]


def test_marks_are_for_staff_for_live_tickets_and_of_the_three(yoga: World, three: list[Any]) -> None:
    staff = Acting(yoga, "owner")
    [ticket, _other] = [one.id for one in staff.read_for_desk(three[0].code).tickets]
    with pytest.raises(Denied):
        Acting(yoga).mark_attendance(three[0].code, ticket, "absent")
    with pytest.raises(Missing):
        staff.mark_attendance(three[1].code, ticket, "absent")
    with pytest.raises(Refused):
        staff.mark_attendance(three[0].code, ticket, "late")
    with pytest.raises(Denied):
        staff.mark_attendance(three[2].code, ticket, "absent")
    assert events(yoga, "booking.attendance_marked") == []

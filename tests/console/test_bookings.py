"""Bookings at the console, over HTTP: found, read, changed, explained, and one rule overridden."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Acceptance, Booking
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.acting import events
from tests.console.desks import hire, nobody, owner, sign_in
from tests.web_fixtures import Visitor, Web


@pytest.fixture
def staff(web_everywhere: Web) -> Visitor:
    """Somebody of the lowest role."""
    hire(web_everywhere.yoga, "sam@staff.example", "staff")
    return sign_in(nobody(web_everywhere), "sam@staff.example")


@pytest.fixture
def booking(web_everywhere: Web) -> Booking:
    """Ada's class, later than customers may cancel."""
    return factories.make_booking(web_everywhere.yoga, days=20 / 24, note="Window seat <please>")


def text(visitor: Visitor, path: str, status: int = 200) -> str:
    answer = visitor.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def stored(web: Web, booking: Booking) -> Booking:
    with web.database.session(web.yoga.tenant_id) as session:
        return session.get_one(Booking, (web.yoga.tenant_id, booking.id))


def test_today_comes_first_and_everything_can_be_found(web_everywhere: Web, staff: Visitor, booking: Booking) -> None:
    yoga = web_everywhere.yoga
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (yoga.tenant_id, yoga.ids["ada"])).phone = "+447700900123"
    past = factories.make_booking(yoga, days=-9, customer="ben")
    today = factories.make_appointment(yoga, starts_at=yoga.now + timedelta(hours=3), customer="ben")
    first = text(staff, "bookings/")
    assert first.index("Today") < first.index(today.code) < first.index(booking.code)
    assert past.code not in first
    for query, found in {
        "q=" + past.code: [past], "q=ben": [today, past], "q=ADA@EXAMPLE": [booking], "q=07700 900": [booking],
        "q=byron ada": [booking], "q=massage": [today],
        "when=past": [past], "when=all": [booking, today, past], "q=ben&when=past": [past],
        "status=cancelled": [], "service=" + yoga.ids["massage"].hex: [today],
        f"from={yoga.now:%Y-%m-%d}&to={yoga.now:%Y-%m-%d}": [today], "q=nobody": [], "page=7": [],
    }.items():  # fmt: skip
        page = text(staff, f"bookings/?{query}")
        assert [one.code in page for one in (booking, today, past)] == [
            one in found for one in (booking, today, past)
        ], query
    assert "No booking matches" in text(staff, "bookings/?q=nobody")


@pytest.mark.parametrize(
    "query", ["page=x", "page=-1", "page=" + "9" * 40, "status=%00", "service=nope", "q=%00%25_", "when=never"]
)
def test_an_odd_address_is_no_error(staff: Visitor, booking: Booking, query: str) -> None:
    text(staff, f"bookings/?{query}")


@pytest.mark.parametrize("query", ["from=tomorrow", "from=2026-12-02&to=2026-12-01"])
def test_days_that_make_no_sense_are_said_and_stay(staff: Visitor, booking: Booking, query: str) -> None:
    page = text(staff, f"bookings/?{query}", 422)
    assert 'aria-invalid="true"' in page
    assert query.partition("=")[2].partition("&")[0] in page


def test_pages_lead_on_with_the_same_question(web_everywhere: Web, staff: Visitor) -> None:
    for _n in range(27):
        factories.make_booking(web_everywhere.yoga, occurrence=None, days=1 + _n / 10)
    page = text(staff, "bookings/?q=slow&when=all")
    assert page.count('class="bw-line"') == 25
    assert "page=2" in page
    assert text(staff, "bookings/?q=slow&when=all&page=2").count('class="bw-line"') == 2


def test_one_booking_with_everything_about_it(web_everywhere: Web, staff: Visitor, booking: Booking) -> None:
    web_everywhere.yoga.add(
        Acceptance(booking_id=booking.id, document="terms", address="https://yoga.example/t", version="3",
                   accepted_at=web_everywhere.yoga.now)
    )  # fmt: skip
    page = text(staff, f"bookings/{booking.code}/")
    for said in ("Ada Byron", "ada@example.com", "Slow Flow", "Studio 1", "Mara Oduya", booking.code, "£14.00",
                 "Version 3", "Has an account"):  # fmt: skip
        assert said in page, said
    assert "Window seat &lt;please&gt;" in staff.get(f"bookings/{booking.code}/").text


def test_p9_staff_cancel_what_customers_no_longer_may(web_everywhere: Web, staff: Visitor, booking: Booking) -> None:
    path = f"bookings/{booking.code}/cancel"
    answer = staff.send(path, reason="Flooded studio")
    assert (answer.status_code, answer.location) == (303, f"/console/bookings/{booking.code}/?done=cancelled")
    page = text(staff, answer.location)
    assert "The booking has been cancelled." in page
    assert "Flooded studio" in page
    assert "Sam" in page
    [event] = events(web_everywhere.yoga, "booking.cancelled")
    assert (event.actor_kind, event.door, event.facts["after"]["reason"]) == ("member", "console", "Flooded studio")
    assert "has already been cancelled" in text(staff, path, 403)
    long = staff.post(path, {**staff.form(f"bookings/{booking.code}/", f"bookings/{booking.code}/links"), "reason": ""})
    assert long.status_code == 403
    assert len(events(web_everywhere.yoga, "booking.cancelled")) == 1


def test_a_reason_that_is_too_long_stays_typed(staff: Visitor, booking: Booking) -> None:
    answer = staff.send(f"bookings/{booking.code}/cancel", reason="y" * 501)
    assert answer.status_code == 422
    assert "y" * 501 in answer.text


def test_p9_staff_move_to_another_date(web_everywhere: Web, staff: Visitor, booking: Booking) -> None:
    target = factories.make_class(web_everywhere.yoga, days=3)
    path = f"bookings/{booking.code}/move"
    assert str(OccurrenceKey(target.id)) in text(staff, path)
    answer = staff.send(path, slot=str(OccurrenceKey(target.id)))
    assert answer.status_code == 303, answer.text
    assert stored(web_everywhere, booking).occurrence_id == target.id
    assert "Moved from" in text(staff, answer.location)
    again = staff.send(path, slot="o." + "0" * 32)
    assert again.status_code == 422
    assert 'role="alert"' in again.text


def test_two_who_edit_one_booking_the_second_sees_what_changed(
    web_everywhere: Web, staff: Visitor, booking: Booking
) -> None:
    web, boss, page = web_everywhere, owner(web_everywhere), f"bookings/{booking.code}/"
    cancel, move, attendance = (f"bookings/{booking.code}/{name}" for name in ("cancel", "move", "attendance"))
    target, other = (factories.make_class(web.yoga, days=days) for days in (3, 4))
    marks, cancelling, moving = staff.form(page, attendance), staff.form(cancel), staff.form(move)
    assert boss.send(move, slot=str(OccurrenceKey(target.id))).status_code == 303
    for path, fields in (
        (cancel, {**cancelling, "reason": "Flooded"}),
        (move, {**moving, "slot": str(OccurrenceKey(other.id))}),
    ):
        answer = staff.post(path, fields)
        assert answer.status_code == 422
        said = " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
        assert "has changed in the meantime" in said
        assert re.search(r"Changed while this page was open .* Moved from .* · in the console", said)
        assert ("Flooded" in said) is (path == cancel), "what was typed stays"
    assert stored(web, booking).status == "confirmed"
    [ticket] = [name.removeprefix("was.") for name in marks if name.startswith("was.")]
    assert boss.send(attendance, page, mark=f"{ticket}.attended").status_code == 303
    answer = staff.post(attendance, {**marks, "mark": f"{ticket}.absent"})
    assert answer.status_code == 403
    assert "Marked as attended: Ada Byron" in answer.text
    assert staff.post(attendance, {**marks, "mark": f"{ticket}.attended"}).status_code == 303, "both mean the same"
    assert staff.send(cancel).status_code == 303, "whoever has read it sends it on purpose"
    gone = staff.post(move, moving)
    assert gone.status_code == 403
    assert "Changed while this page was open" in gone.text
    assert staff.post(cancel, {**cancelling, "since": "yesterday"}).status_code in (303, 403)


def test_b12_marks_of_attendance(web_everywhere: Web, staff: Visitor) -> None:
    web_everywhere.settings(web_everywhere.yoga, bookings__attendance_tracked=True)
    booking = factories.make_booking(web_everywhere.yoga, days=-2)
    path = f"bookings/{booking.code}/"
    fields = staff.form(path, f"{path}attendance")
    mark = text(staff, path).split('.absent"')[0].rpartition('"')[2] + ".absent"
    answer = staff.post(f"{path}attendance", {**fields, "mark": mark})
    assert answer.status_code == 303
    page = text(staff, answer.location)
    assert f'value="{mark}" aria-pressed="true"' in page
    assert "Marked as absent: Ada Byron" in page
    assert "Not attended" in text(web_everywhere.customer(), f"bookings/{booking.code}")
    odd = {"": 404, "x.absent": 404, "0" * 32 + ".absent": 404, mark.replace("absent", "late"): 403}
    for bad, status in odd.items():
        assert staff.post(f"{path}attendance", {**fields, "mark": bad}).status_code == status, bad
    assert len(events(web_everywhere.yoga, "booking.attendance_marked")) == 1


def test_all_links_in_mails_can_be_ended(web_everywhere: Web, staff: Visitor, booking: Booking) -> None:
    before = stored(web_everywhere, booking).link_version
    path = f"bookings/{booking.code}/"
    answer = staff.send(f"{path}links", path)
    assert "no longer open this booking" in text(staff, answer.location)
    assert stored(web_everywhere, booking).link_version == before + 1


def test_p9_why_can_t_she_cancel_and_allowing_it_anyway(web_everywhere: Web, staff: Visitor, booking: Booking) -> None:
    path, ada = f"bookings/{booking.code}/rules", web_everywhere.customer()
    page = text(staff, path)
    assert "Free cancellation ended on" in page
    assert "cancel_notice" in page
    early = web_everywhere.yoga.now - timedelta(days=3)
    assert "cancel_allowed" in text(staff, f"{path}?at={early:%Y-%m-%dT%H:%M}")
    assert "This is not a time" in text(staff, f"{path}?at=soon")
    assert ada.get(f"bookings/{booking.code}/cancel").status_code == 403
    answer = staff.send(path, permission="booking:cancel", reason="Her child is ill")
    assert answer.status_code == 303, answer.text
    page = text(staff, answer.location)
    assert "In force: Cancel, until" in page
    assert "Her child is ill" in text(staff, f"bookings/{booking.code}/")
    assert "Her child is ill" not in text(ada, f"bookings/{booking.code}")
    assert ada.get(f"bookings/{booking.code}/cancel").status_code == 200
    staff.send(f"{path}/withdraw", path)
    assert ada.get(f"bookings/{booking.code}/cancel").status_code == 403
    staff.send(path, permission="booking:cancel", reason="x")
    assert ada.send(f"bookings/{booking.code}/cancel").status_code == 303
    assert stored(web_everywhere, booking).status == "cancelled"


@pytest.mark.parametrize(
    "typed",
    [
        {"reason": ""}, {"reason": "z" * 501}, {"until": ""}, {"until": "tomorrow"}, {"until": "1999-01-01T10:00"},
        {"until": "9999-12-31T23:59"}, {"permission": "booking:read"}, {"permission": "anything"},
    ],
)  # fmt: skip
def test_an_exception_that_makes_no_sense_is_refused_and_stays(
    web_everywhere: Web, staff: Visitor, booking: Booking, typed: dict[str, Any]
) -> None:
    answer = staff.send(f"bookings/{booking.code}/rules", **{"permission": "booking:cancel", "reason": "kept", **typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert next(iter(typed.values())) in answer.text or "permission" in typed
    assert events(web_everywhere.yoga, "booking.override_given") == []


def test_what_is_over_or_cancelled_cannot_be_allowed(web_everywhere: Web, staff: Visitor) -> None:
    late = factories.make_booking(web_everywhere.yoga, days=2)
    fields = staff.form(f"bookings/{late.code}/rules")
    staff.send(f"bookings/{late.code}/cancel", reason="")
    assert "nothing left to allow" in text(staff, f"bookings/{late.code}/rules")
    answer = staff.post(f"bookings/{late.code}/rules", {**fields, "permission": "booking:cancel", "reason": "x"})
    assert answer.status_code == 403
    assert "already been cancelled" in answer.text


@pytest.mark.parametrize("code", ["ZZZZZZZZ", "x", "%00"])
def test_a_code_that_is_none_is_not_found(web_everywhere: Web, code: str) -> None:
    visitor = owner(web_everywhere)
    for page in ("", "cancel", "move", "rules"):
        assert visitor.get(f"bookings/{code}/{page}").status_code == 404


def test_b15_notes_with_time_and_author(web_everywhere: Web, staff: Visitor, booking: Booking) -> None:
    path, ada = f"bookings/{booking.code}/", web_everywhere.customer()
    first = {**staff.form(path, f"{path}note"), "text": "Allergic to <lilies>"}
    for _click in range(2):
        assert staff.post(f"{path}note", first).status_code == 303
    staff.send(f"{path}note", path, text="Bring your own mat", is_shared="1")
    page = text(staff, path)
    assert page.count("Allergic to") == 1
    assert page.count("Only staff see it") == page.count("The customer sees it") == 1
    assert "Sam" in page
    assert "Allergic to" not in text(ada, f"bookings/{booking.code}")
    for words in ("", "n" * 2001):
        answer = staff.send(f"{path}note", path, text=words)
        assert answer.status_code == 422
        assert words in answer.text

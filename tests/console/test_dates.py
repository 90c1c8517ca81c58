"""Dates of classes in the console: published, changed and cancelled, and who is told."""

import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bookwidget.bookings.models import Booking, WaitlistEntry
from bookwidget.events.models import Event, Job
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Hold, Occurrence, TimeOff
from bookwidget.schedule.rules import OccurrenceKey
from tests.bookings.acting import Acting, occurrence
from tests.console.desks import events, hire, nobody, owner, sign_in
from tests.events.work import HandClock
from tests.factories import World, make_appointment, make_booking, make_class
from tests.notices.mailing import Outbox, mail_worker, post_with, work_off
from tests.web_fixtures import Forms, Visitor, Web, hidden

FIRST = "2026-12-01T18:30"


def words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def plan(web: Web, **changes: str) -> str:
    """The address of a preview: six Tuesdays with Mara in the studio."""
    ids = web.yoga.ids
    asked = {
        "service": ids["flow"].hex, "starts": FIRST, "repeat": "times", "times": "6", "until": "",
        "provider": ids["mara"].hex, "location": ids["studio"].hex, "capacity": "9", **changes,
    }  # fmt: skip
    return "dates/new?" + "&".join(f"{name}={value}" for name, value in asked.items())


def publish(visitor: Visitor, page: TestResponse, days: list[str] | None = None) -> TestResponse:
    """Presses the preview's button with these days, or with those that are ticked."""
    ticked = re.findall(r'name="day" value="([^"]+)" checked', page.text)
    fields = Forms(page.text).found["/console/dates/new"]
    sent = [(name, value) for name, value in fields.items() if name != "day"]
    return visitor.post("dates/new", MultiDict([*sent, *(("day", day) for day in (days or ticked))]))


def starts(world: World) -> list[str]:
    with world.database.session(world.tenant_id) as session:
        found = session.scalars(select(Occurrence.starts_at).order_by(Occurrence.starts_at))
        return [f"{at:%m-%d %H:%M}" for at in found]


def told(world: World, kind: str) -> list[Event]:
    with world.database.session(world.tenant_id) as session:
        return list(session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)))


def mailed(web: Web) -> list[tuple[str, str]]:
    """To whom, and how the subject begins, once the worker has been there."""
    outbox = Outbox()
    work_off(mail_worker(web.yoga, post_with(outbox), HandClock(web.now)))
    found = ((str(mail["To"]).rpartition("<")[2].rstrip(">"), str(mail["Subject"])) for mail in outbox.mails)
    return sorted((to, subject.partition(":")[0]) for to, subject in found)


def waits(world: World, one: Occurrence, who: str = "ben", **more: Any) -> WaitlistEntry:
    entry: WaitlistEntry = world.add(
        WaitlistEntry(id=uuid7(), customer_id=world.ids[who], occurrence_id=one.id, joined_at=world.now, **more)
    )
    return entry


def test_dates_of_every_week_are_shown_first_and_published_once(web_everywhere: Web) -> None:
    web, visitor = web_everywhere, owner(web_everywhere)
    assert "How many dates" in visitor.get("dates/new").text
    preview = visitor.get(plan(web))
    assert "6 dates" in words(preview)
    assert starts(web.yoga) == [], "a look publishes nothing"
    for _click in range(2):
        answer = publish(visitor, preview)
        assert answer.status_code == 303, words(answer)
    tuesdays = ["12-01", "12-08", "12-15", "12-22", "12-29", "01-05"]
    assert sorted(starts(web.yoga)) == sorted(f"{day} 18:30" for day in tuesdays)
    [one] = told(web.yoga, "dates.published")
    assert (len(one.facts["after"]["dates"]), one.facts["after"]["capacity"]) == (6, 9)
    listed = words(visitor.get(answer.location or ""))
    assert "The dates have been published" in listed
    assert "0 of 9 places" in listed
    assert "18:30" in words(web.visitor().get(f"book/{web.yoga.ids['flow'].hex}"))
    assert starts(web.other) == []


def test_the_clock_of_the_business_stays_the_same_through_the_year(web: Web) -> None:
    visitor = owner(web)
    preview = visitor.get(plan(web, starts="2027-03-16T18:30", repeat="until", until="2027-04-06"))
    assert publish(visitor, preview).status_code == 303
    assert starts(web.yoga) == ["03-16 18:30", "03-23 18:30", "03-30 17:30", "04-06 17:30"], "UTC"
    gap = words(visitor.get(plan(web, starts="2027-03-21T01:30", times="2")))
    assert "this time is left out" in gap


def test_what_stands_in_the_way_is_named_date_by_date(web: Web) -> None:
    visitor, ids = owner(web), web.yoga.ids
    at = datetime.fromisoformat(f"{FIRST}+00:00")
    make_appointment(web.yoga, starts_at=at + timedelta(days=7, minutes=30))
    make_class(web.yoga, starts_at=at + timedelta(days=14), provider_id=ids["tom"], location_id=None)
    make_class(web.yoga, starts_at=at + timedelta(days=21, hours=1), provider_id=ids["tom"])
    off = date(2026, 12, 29)
    web.yoga.add(TimeOff(id=uuid7(), provider_id=ids["mara"], first_day=off, last_day=off))
    preview = visitor.get(plan(web))
    said = words(preview)
    for reason in (
        "Busy with Massage, Tue, 8 Dec 2026, 19:00.",
        "There is a date of this class at this time already.",
        "The location is used by Slow Flow, Tue, 22 Dec 2026, 19:30.",
        "This day is time off.",
    ):
        assert reason in said, reason
    ticked = re.findall(r'value="([\d-]+)" checked', preview.text)
    assert ticked == ["2026-12-01", "2027-01-05"], "only what nothing stands in the way of"
    assert 'value="2026-12-08" disabled' in preview.text
    assert publish(visitor, preview, ["2026-12-08"]).status_code == 422, "a provider is in one place at a time"
    assert publish(visitor, preview, ["2026-12-01", "2026-12-29"]).status_code == 303, "time off is the owner's choice"
    assert len(starts(web.yoga)) == 5


def test_whoever_comes_second_sees_what_has_changed(web_everywhere: Web) -> None:
    web, visitor = web_everywhere, owner(web_everywhere)
    preview = visitor.get(plan(web))
    make_appointment(web.yoga, starts_at=datetime.fromisoformat(f"{FIRST}+00:00"))
    answer = publish(visitor, preview)
    assert answer.status_code == 422
    assert "Something has changed on these days" in words(answer)
    assert "Busy with Massage" in words(answer)
    assert len(starts(web.yoga)) == 1
    assert answer.text.count(" checked") == 5, "what can be is still ticked"
    assert publish(visitor, answer).status_code == 303
    assert len(starts(web.yoga)) == 6


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts", ""),
        ("starts", "tomorrow"),
        ("starts", "2020-01-01T10:00"),
        ("starts", "2031-01-01T10:00"),
        ("times", "0"),
        ("times", "61"),
        ("times", "x"),
        ("capacity", "0"),
        ("capacity", "9" * 30),
        ("until", "2026-11-30"),
        ("until", "2029-01-01"),
        ("until", "never"),
        ("until", ""),
        ("repeat", "daily"),
    ],
)
def test_what_is_no_plan_is_refused_at_its_field_and_stays_typed(web: Web, field: str, value: str) -> None:
    more = {"repeat": "until"} if field == "until" else {}
    answer = owner(web).get(plan(web, **{"capacity": "7", **more, field: value}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert field == "capacity" or 'value="7"' in answer.text


def test_more_places_are_offered_to_who_waits_and_fewer_than_taken_are_refused(web_everywhere: Web) -> None:
    web, visitor = web_everywhere, owner(web_everywhere)
    full = make_class(web.yoga, capacity=2, days=3)
    make_booking(web.yoga, occurrence=full, tickets=2)
    waits(web.yoga, full)
    page = f"dates/{full.id.hex}/change"
    answer = visitor.send(page, capacity="1")
    assert answer.status_code == 422
    assert "2 places are taken already." in words(answer)
    older = visitor.form(page)
    assert visitor.send(page, capacity="3").status_code == 303
    assert occurrence(web.yoga, full.id).capacity == 3
    with web.database.session(web.yoga.tenant_id) as session:
        assert session.scalars(select(Job.kind).where(Job.kind == "waitlist.offer")).all() == ["waitlist.offer"]
    answer = visitor.post(page, {**older, "capacity": "8"})
    assert answer.status_code == 422
    assert "This date has changed while the page was open" in words(answer)
    assert 'value="8"' in answer.text, "what was typed stays"
    assert [event.kind for event in told(web.yoga, "booking.date_changed")] == [], "customers hear of no numbers"
    assert visitor.send(page).location == f"/console/dates/{full.id.hex}/?done=same"


def test_a_date_that_moves_tells_its_customers_the_old_and_the_new_time(web_everywhere: Web) -> None:
    web, visitor = web_everywhere, owner(web_everywhere)
    one = make_class(web.yoga, days=3)
    code = make_booking(web.yoga, occurrence=one).code
    waits(web.yoga, one)
    page, later = f"dates/{one.id.hex}/change", "2026-12-03T20:00"
    asked = visitor.send(page, starts=later, provider=web.yoga.ids["tom"].hex)
    assert asked.status_code == 200
    for said in ("1 booking is concerned", "Ada Byron", "1 person on the waiting list", "Nothing has been saved yet."):
        assert said in words(asked), said
    assert occurrence(web.yoga, one.id).starts_at == one.starts_at
    sure = {**Forms(asked.text).found[f"/console/{page}"], "sure": "1"}
    for _click in range(2):
        answer = visitor.post(page, sure)
    assert answer.status_code == 303
    moved, booking = occurrence(web.yoga, one.id), Acting(web.yoga).read_booking(code)
    assert f"{moved.starts_at:%d %H:%M}" == "03 20:00"
    assert moved.ends_at - moved.starts_at == timedelta(minutes=75)
    assert (booking.starts_at, booking.ends_at, booking.provider) == (moved.starts_at, moved.ends_at, "Tomas Reyl")
    assert booking.moves == 0, "the customer may still move it as often as before"
    [event] = told(web.yoga, "booking.date_changed")
    assert (event.facts["before"]["provider"], event.facts["after"]["provider"]) == ("Mara Oduya", "Tomas Reyl")
    assert len(told(web.yoga, "waitlist.date_changed")) == 1
    assert "moved it from" in words(web.customer().get(f"bookings/{code}"))
    assert mailed(web) == [("ada@example.com", "Changed"), ("ben@example.com", "Waiting list, changed")]


def test_a_slip_does_not_hide_that_somebody_else_has_changed_the_date(web: Web) -> None:
    visitor, one = owner(web), make_class(web.yoga, days=3)
    page = f"dates/{one.id.hex}/change"
    older = visitor.form(page)
    assert visitor.send(page, capacity="9", sure="1").status_code == 303
    slip = visitor.post(page, {**older, "capacity": "x"})
    again = visitor.post(page, {**older, "capacity": "7", "seen": hidden(slip, "seen"), "sure": "1"})
    assert again.status_code == 422
    assert "This date has changed while the page was open" in words(again)
    assert occurrence(web.yoga, one.id).capacity == 9


def test_a_busy_provider_takes_no_date_and_time_off_is_asked_about(web: Web) -> None:
    visitor, ids, one = owner(web), web.yoga.ids, make_class(web.yoga, days=3)
    make_class(web.yoga, days=3, provider_id=ids["tom"], location_id=None)
    page = f"dates/{one.id.hex}/change"
    answer = visitor.send(page, provider=ids["tom"].hex)
    assert answer.status_code == 422
    assert "Busy with Slow Flow" in words(answer)
    day = (web.now + timedelta(days=5)).date()
    web.yoga.add(TimeOff(id=uuid7(), provider_id=None, first_day=day, last_day=day))
    answer = visitor.send(page, starts=f"{day}T10:00")
    assert (answer.status_code, "This day is time off." in words(answer)) == (200, True)
    assert visitor.send(page, starts=f"{day}T10:00", sure="1").status_code == 303


def test_b12_a_cancelled_date_cancels_its_bookings_and_says_so(web_everywhere: Web) -> None:
    web, visitor = web_everywhere, owner(web_everywhere)
    one = make_class(web.yoga, days=3, capacity=4, seats_taken=1)
    codes = [make_booking(web.yoga, occurrence=one, tickets=2).code, make_booking(web.yoga, occurrence=one).code]
    hold = Hold(id=uuid7(), occurrence_id=one.id, places=1, since=web.now, until=web.now + timedelta(hours=1),
                purpose="offer")  # fmt: skip
    web.yoga.add(hold)
    waits(web.yoga, one, offer_hold_id=hold.id)
    page = f"dates/{one.id.hex}/cancel"
    shown = visitor.get(page)
    for said in ("2 bookings are cancelled", "ada@example.com", "1 person on the waiting list"):
        assert said in words(shown), said
    sent = {**visitor.form(page), "reason": "Burst pipe"}
    for _click in range(2):
        assert visitor.post(page, sent).location == f"/console/dates/{one.id.hex}/?done=cancelled"
    assert occurrence(web.yoga, one.id).state == "cancelled"
    cancelled = told(web.yoga, "booking.cancelled")
    assert [event.facts["after"]["reason"] for event in cancelled] == ["Burst pipe"] * 2
    assert all(event.facts["after"]["fee"] == 0 for event in cancelled)
    with web.database.session(web.yoga.tenant_id) as session:
        found = session.scalars(select(Booking).where(Booking.code.in_(codes))).all()
        assert {(each.status, each.cancelled_by) for each in found} == {("cancelled", "member")}
        assert session.scalars(select(WaitlistEntry)).all() == []
        assert session.scalars(select(Hold)).all() == []
    assert len(told(web.yoga, "waitlist.date_cancelled")) == 1
    assert told(web.yoga, "waitlist.offer_ended") == []
    whom = [("ada@example.com", "Cancelled")] * 2 + [("ben@example.com", "Not taking place")]
    assert mailed(web) == whom, "and no mail to the business for each of them"
    ada = web.customer()
    assert "Burst pipe" in words(ada.get(f"bookings/{codes[0]}"))
    assert "Cancelled" in words(ada.get("bookings/?tab=cancelled"))
    assert str(OccurrenceKey(one.id)) not in web.visitor().get(f"book/{web.yoga.ids['flow'].hex}").text
    answer = visitor.send(f"dates/{one.id.hex}/change", capacity="9")
    assert "This date is not taking place any more." in words(answer)


def test_who_books_while_the_page_is_open_is_seen_before_the_date_is_cancelled(web: Web) -> None:
    visitor, one = owner(web), make_class(web.yoga, days=3)
    page = f"dates/{one.id.hex}/cancel"
    empty = visitor.form(page)
    make_booking(web.yoga, occurrence=one)
    answer = visitor.post(page, empty)
    assert answer.status_code == 422
    assert "ada@example.com" in answer.text
    assert occurrence(web.yoga, one.id).state == "scheduled"


def test_a_date_that_nobody_has_is_taken_back_and_nobody_is_told(web: Web) -> None:
    visitor, one = owner(web), make_class(web.yoga, days=3)
    page = f"dates/{one.id.hex}/cancel"
    assert "nobody is told" in words(visitor.get(page))
    sent = visitor.form(page)
    for _click in range(2):
        assert visitor.post(page, sent).location == "/console/dates/?done=released"
    assert [kind for kind, _facts in events(web.yoga)] == ["date.withdrawn"]
    assert one.id.hex not in visitor.get("dates/").text
    over = make_class(web.yoga, days=-3)
    assert visitor.send(f"dates/{over.id.hex}/cancel").status_code == 422
    assert over.id.hex in visitor.get("dates/?when=past").text


def test_staff_see_who_comes_and_change_nothing(web: Web) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    one = make_class(web.yoga, days=3)
    code = make_booking(web.yoga, occurrence=one).code
    waits(web.yoga, one)
    staff, boss = sign_in(nobody(web), "sam@staff.example"), owner(web)
    page = staff.get(f"dates/{one.id.hex}/")
    assert all(said in words(page) for said in ("Ada Byron", code, "Ben Okri", "Waiting list", "1 of 12 places"))
    assert "Change date" not in page.text
    assert "Publish dates" not in staff.get("dates/").text
    for path in ("dates/new", f"dates/{one.id.hex}/change", f"dates/{one.id.hex}/cancel"):
        assert staff.get(path).status_code == 403
    assert staff.post(f"dates/{one.id.hex}/cancel", boss.form(f"dates/{one.id.hex}/cancel")).status_code == 403
    assert occurrence(web.yoga, one.id).state == "scheduled"


def test_another_business_has_none_of_it(web: Web) -> None:
    theirs, one = owner(web, web.other), make_class(web.yoga, days=3)
    appointment = make_appointment(web.yoga, starts_at=web.now + timedelta(days=2))
    for page in ("", "change", "cancel"):
        assert theirs.get(f"dates/{one.id.hex}/{page}").status_code == 404
        assert owner(web).get(f"dates/{appointment.occurrence_id.hex}/{page}").status_code == 404
    for name, value in (("service", "flow"), ("provider", "mara"), ("location", "studio")):
        own = {"service": web.other.ids["flow"].hex, "provider": "", "location": "", name: web.yoga.ids[value].hex}
        assert theirs.get(plan(web, **own)).status_code == 404, name
    assert one.id.hex not in theirs.get("dates/").text

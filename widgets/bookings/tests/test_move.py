"""Rescheduling: only free times can be saved, and a time that went meanwhile is no dead end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event
from bookwidget.schedule.rules import TimeKey
from tests import factories
from tests.web_fixtures import Visitor, Web

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
"""Thursday, in opening hours."""


def slots(html: str) -> list[str]:
    return re.findall(r'type="radio" name="slot" value="([^"]+)"', html)


def checked(html: str) -> list[str]:
    return re.findall(r'value="([^"]+)" checked', html)


def start(web: Web, code: str) -> tuple[datetime, int]:
    """When the booking begins, and how many events tell of a move."""
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        stored = session.execute(select(Booking.starts_at).where(Booking.code == code)).scalar_one()
        return stored, len(session.execute(select(Event).where(Event.kind == "booking.moved")).all())


def key(web: Web, at: datetime, provider: str = "mara") -> str:
    return str(TimeKey(web.yoga.ids[provider], at))


@pytest.fixture
def code(web: Web) -> str:
    """Of an appointment with Mara."""
    return factories.make_appointment(web.yoga, starts_at=TEN).code


@pytest.fixture
def ada(web: Web) -> Visitor:
    return web.customer()


def test_B6_a_free_time_is_chosen_and_saved(web: Web, code: str, ada: Visitor) -> None:
    page = ada.get(f"bookings/{code}/move").text
    assert "Thu 26 Nov, 10:00" in page
    assert 'aria-current="date"' in page
    assert "Keep 10:00" in page
    assert "Confirm" in page
    assert start(web, code) == (TEN, 0)
    chosen = key(web, TEN + timedelta(hours=3), "tom")
    assert chosen in slots(page)
    answer = ada.send(f"bookings/{code}/move", slot=chosen)
    assert (answer.status_code, answer.location) == (303, f"/w/yoga/0/bookings/?moved={code}")
    assert start(web, code) == (TEN + timedelta(hours=3), 1)
    listed = ada.get(answer.location).text
    assert "Massage has been moved to Thu 26 Nov, 13:00." in listed
    assert f'data-event="booking.moved?booking={code}"' in listed


def move(visitor: Visitor, code: str, slot: str, **changes: str) -> TestResponse:
    return visitor.send(f"bookings/{code}/move", slot=slot, **changes)


def test_the_week_is_a_strip_of_links(web: Web, code: str, ada: Visitor) -> None:
    page = ada.get(f"bookings/{code}/move").text
    strip = page.split('class="bw-days"')[1].split("</nav>")[0]
    assert strip.count("<a ") == 5  # from today, two hours from now
    assert strip.count("nothing available") == 2  # the weekend
    assert "Next week" in page
    assert "Previous week" not in page
    friday = ada.get(f"bookings/{code}/move?day=2026-11-27").text
    assert "Fri 27 Nov" in friday
    assert key(web, TEN + timedelta(days=1)) in slots(friday)
    later = ada.get(f"bookings/{code}/move?from=2026-12-07").text
    assert "Previous week" in later
    assert "December 2026" in later


def test_parts_of_the_day_and_who_is_there(code: str, ada: Visitor) -> None:
    page = ada.get(f"bookings/{code}/move").text
    assert re.findall(r'<legend class="bw-legend">([^<]+)', page) == ["Morning", "Afternoon"]
    assert "<small>Mara Oduya</small>" in page
    assert "<small>Tomas Reyl</small>" in page


@pytest.mark.parametrize(
    "query", ["from=x", "from=0001-01-01", "from=9999-12-31", "day=9999-12-31", "slot=t-0", "slot=%00"]
)
def test_addresses_typed_by_hand(code: str, ada: Visitor, query: str) -> None:
    assert ada.get(f"bookings/{code}/move?{query}").status_code == 200


@pytest.mark.parametrize("slot", ["", "x", "t-" + "0" * 32 + "-1", "o-" + "0" * 32, "\x00", "x" * 5000])
def test_what_is_no_time_is_refused(web: Web, code: str, ada: Visitor, slot: str) -> None:
    answer = move(ada, code, slot)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert slots(answer.text)
    assert start(web, code) == (TEN, 0)


def test_a_time_that_went_meanwhile_names_the_nearest(web: Web, code: str, ada: Visitor) -> None:
    wanted = TEN + timedelta(hours=3)
    fields = {**ada.form(f"bookings/{code}/move")}
    factories.make_appointment(web.yoga, starts_at=wanted, customer="ben")
    answer = ada.post(f"bookings/{code}/move", {**fields, "slot": key(web, wanted)})
    assert answer.status_code == 422
    assert "This time has just been taken." in answer.text
    nearest = answer.text.split("The nearest free times:")[1].split("</fieldset>")[0]
    assert "Thu 26 Nov, 13:00" in nearest  # with Tomas, who is free
    assert "Tomas Reyl" in nearest
    assert key(web, wanted) not in slots(answer.text)
    assert start(web, code) == (TEN, 0)
    assert ada.post(f"bookings/{code}/move", {**fields, "slot": slots(nearest)[0]}).status_code == 303


def test_a_page_made_before_another_move_keeps_the_choice(web: Web, code: str, ada: Visitor) -> None:
    stale = ada.form(f"bookings/{code}/move")
    assert move(ada, code, key(web, TEN + timedelta(hours=1))).status_code == 303
    wanted = key(web, TEN + timedelta(hours=4))
    answer = ada.post(f"bookings/{code}/move", {**stale, "slot": wanted})
    assert answer.status_code == 422
    assert "has changed in the meantime" in answer.text
    assert checked(answer.text) == [wanted]
    assert start(web, code) == (TEN + timedelta(hours=1), 1)
    fresh = ada.post(f"bookings/{code}/move", {**stale, "slot": wanted, "moves": "1"})
    assert fresh.status_code == 303


@pytest.mark.parametrize("moves", ["", "x", "-1", "99999999999999999999"])
def test_a_version_that_is_none_is_refused(web: Web, code: str, ada: Visitor, moves: str) -> None:
    assert move(ada, code, key(web, TEN + timedelta(hours=1)), moves=moves).status_code == 422
    assert start(web, code) == (TEN, 0)


def test_a_second_press_is_one_move(web: Web, code: str, ada: Visitor) -> None:
    fields = ada.form(f"bookings/{code}/move")
    fields["slot"] = key(web, TEN + timedelta(hours=2))
    answers = [ada.post(f"bookings/{code}/move", fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert start(web, code) == (TEN + timedelta(hours=2), 1)


def test_B5_too_late_is_403_with_the_reason_and_changes_nothing(web: Web, code: str, ada: Visitor) -> None:
    fields = ada.form(f"bookings/{code}/move")
    web.settings(web.yoga, bookings__move_notice_hours=96)
    fields["slot"] = key(web, TEN + timedelta(hours=2))
    for answer in (ada.get(f"bookings/{code}/move"), ada.post(f"bookings/{code}/move", fields)):
        assert answer.status_code == 403
        assert "Rescheduling was possible until Sun, 22 Nov 2026, 10:00." in answer.text
    assert start(web, code) == (TEN, 0)


def test_only_its_customer_moves(web: Web, code: str, ada: Visitor) -> None:
    own = factories.make_booking(web.yoga, customer="ben", days=5)
    factories.make_class(web.yoga, days=6)
    ben = web.customer("ben")
    fields = ben.form(f"bookings/{own.code}/move")
    fields["slot"] = key(web, TEN + timedelta(hours=2))
    assert ben.post(f"bookings/{code}/move", fields).status_code == 404
    assert ada.post(f"bookings/{code}/move", fields).status_code == 403  # Ben's token
    assert ada.post(f"bookings/{code}/move", fields, origin="null").status_code == 403
    assert web.customer("ada", web.other).post(f"bookings/{code}/move", fields).status_code == 403
    assert web.visitor().post(f"bookings/{code}/move", fields).status_code == 401
    assert start(web, code) == (TEN, 0)


def test_a_class_moves_among_its_other_dates(web: Web, ada: Visitor) -> None:
    booking = factories.make_booking(web.yoga, tickets=2)
    near, full, far = (
        factories.make_class(web.yoga, days=days, capacity=seats) for days, seats in ((3, 5), (4, 1), (40, 5))
    )
    page = ada.get(f"bookings/{booking.code}/move").text
    assert slots(page) == [f"o-{near.id.hex}"]
    assert "5 places left" in page
    assert f"o-{far.id.hex}" in ada.get(f"bookings/{booking.code}/move?from=2026-12-22").text
    assert move(ada, booking.code, f"o-{full.id.hex}").status_code == 422
    assert move(ada, booking.code, f"o-{near.id.hex}").status_code == 303
    assert start(web, booking.code) == (near.starts_at, 1)


def test_nothing_free_says_where_to_look(web: Web, ada: Visitor) -> None:
    booking = factories.make_booking(web.yoga)
    page = ada.get(f"bookings/{booking.code}/move").text
    assert "Nothing is available on these days." in page
    assert "See later days" in page
    assert "Confirm" not in page
    last = ada.get(f"bookings/{booking.code}/move?from=2027-02-20").text
    assert "There are no other free times at the moment." in last

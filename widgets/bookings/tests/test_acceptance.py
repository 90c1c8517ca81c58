"""What FEATURES asks of the list and of changing a booking, sentence by sentence, over HTTP on both databases."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from bookwidget.bookings.models import Booking
from bookwidget.events.models import Event
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.bookings.acting import occurrence
from tests.bookings.soundness import troubles
from tests.bookings.test_statements import make_many
from tests.notices.test_links import deliver
from tests.web_fixtures import Visitor, Web

TABS = ("upcoming", "waiting", "past", "cancelled")
TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    return web_everywhere


def codes(html: str) -> list[str]:
    return re.findall(r'<h3 id="b[^"]+"><a href="[^"]+/([0-9A-Z]{8})"', html)


def numbers(html: str) -> list[int]:
    """At the tabs, in their order."""
    strip = html.split('class="bw-tabs"')[1].split("</nav>", maxsplit=1)[0]
    return [int(re.sub(r"\D", "", count)) for count in re.findall(r"<span>([^<]+)</span>", strip)]


def days_of(html: str) -> list[date]:
    return [date.fromisoformat(at[:10]) for at in re.findall(r'class="bw-date" datetime="([^"]+)"', html)]


def events(web: Web) -> int:
    with web.database.session(web.yoga.tenant_id) as session:
        booked = select(func.count()).select_from(Event).where(Event.booking_id.is_not(None))
        return int(session.execute(booked).scalar_one())


def links(html: str, text: str) -> list[str]:
    return [url.replace("&amp;", "&") for url in re.findall(r'href="([^"]+)"', html) if text in url]


def test_b1_each_booking_is_in_exactly_one_tab(web: Web) -> None:
    yoga = web.yoga
    soon, now, off = (factories.make_booking(yoga, days=days) for days in (2, -0.02, 3))
    past = factories.make_booking(yoga, days=-2)
    gone = [factories.make_booking(yoga, days=days, status="cancelled") for days in (5, -5)]
    pending = factories.make_booking(yoga, days=6, status="pending")
    theirs = factories.make_booking(yoga, customer="ben", days=7)
    ada = web.customer()
    assert ada.send(f"bookings/{off.code}/cancel").status_code == 303
    shown = {tab: set(codes(ada.get(f"bookings/?tab={tab}").text)) for tab in TABS}
    assert shown == {
        "upcoming": {soon.code, now.code, pending.code},
        "waiting": set(),
        "past": {past.code},
        "cancelled": {off.code, *(one.code for one in gone)},
    }
    assert theirs.code not in "".join(ada.get(f"bookings/?tab={tab}").text for tab in TABS)


def test_b1_ten_thousand_bookings_have_their_tabs_and_pages(web: Web) -> None:
    make_many(web.yoga, 10_000)
    ada = web.customer()
    for number, tab in ((0, "upcoming"), (2, "past"), (3, "cancelled")):
        first = ada.get(f"bookings/?tab={tab}")
        assert sum(numbers(first.text)) == 10_000
        pages = -(-numbers(first.text)[number] // 20)
        seen: list[str] = []
        for page in (1, 2, pages - 1, pages):
            seen += codes(ada.get(f"bookings/?tab={tab}&page={page}").text)
        assert len(seen) == len(set(seen)) == 60 + (numbers(first.text)[number] % 20 or 20)
        assert codes(ada.get(f"bookings/?tab={tab}&page={pages + 7}").text) == seen[60:], "beyond the end is the end"


@pytest.mark.parametrize("tab", ["upcoming", "past", "cancelled"])
def test_b2_a_range_and_a_word_leave_what_matches_and_the_address_can_be_reloaded(web: Web, tab: str) -> None:
    make_many(web.yoga, 10_000)
    ada = web.customer()
    first, last = (date(2026, 11, 26), date(2026, 12, 10)) if tab != "past" else (date(2026, 11, 1), date(2026, 11, 15))
    address = f"bookings/?tab={tab}&q=slow&from={first}&to={last}"
    page = ada.get(address)
    assert codes(page.text)
    [*_others, onwards] = links(page.text, "page=2")
    second = ada.get(onwards)
    again = web.customer().get(onwards)
    assert codes(second.text) == codes(again.text), "reloaded in another browser"
    assert not set(codes(page.text)) & set(codes(second.text))
    days = [*days_of(page.text), *days_of(second.text)]
    assert all(first <= day <= last for day in days)
    assert all((a >= b) if tab == "past" else (a <= b) or tab == "cancelled" for a, b in pairwise(days))
    for kept in ('value="slow"', f'value="{first}"', f'value="{last}"'):
        assert kept in second.text
    assert codes(ada.get(address.replace("slow", "nothing")).text) == []


@pytest.mark.parametrize("deed", ["cancel", "move"])
def test_b5_outside_the_limit_the_control_is_gone_and_a_hand_made_request_changes_nothing(web: Web, deed: str) -> None:
    booking = factories.make_booking(web.yoga, days=2)
    target = factories.make_class(web.yoga, days=5)
    ada, url = web.customer(), f"bookings/{booking.code}"
    sent = {**ada.form(f"{url}/{deed}"), "slot": str(OccurrenceKey(target.id))}
    web.now += timedelta(days=1)
    for page in ("bookings/", url):
        assert f'{url}/{deed}"' not in ada.get(page).text
    answer = ada.post(f"{url}/{deed}", sent)
    assert answer.status_code == 403
    assert re.search(r"(Rescheduling was possible until|Free cancellation ended on) [^<.]*09:00", answer.text)
    assert events(web) == 0
    assert [occurrence(web.yoga, id).seats_taken for id in (booking.occurrence_id, target.id)] == [1, 0]
    assert troubles(web.yoga) == []


def test_b6_only_free_slots_can_be_saved_and_both_are_told_once(web: Web) -> None:
    mine = factories.make_appointment(web.yoga, starts_at=TEN)
    factories.make_appointment(web.yoga, starts_at=TEN + timedelta(hours=2), customer="ben")
    ada, page = web.customer(), f"bookings/{mine.code}/move"

    def save(hours: float) -> int:
        key = str(TimeKey(web.yoga.ids["mara"], TEN + timedelta(hours=hours)))
        return ada.post(page, {**ada.form(page), "slot": key}).status_code

    for _look in range(2):
        ada.get(f"{page}?day=2026-11-26")  # and goes away without saving
    assert [save(hours) for hours in (2, 1, 2.5, 40, -48)] == [422] * 5
    assert (events(web), deliver(web)) == (0, [])
    assert save(4) == 303
    assert sorted(mail["To"] for mail in deliver(web) + deliver(web)) == ["ada@example.com", "hello@yoga.example"]
    assert events(web) == 1
    assert troubles(web.yoga) == []


def test_b8_cancelled_only_by_the_button_under_cancelled_and_its_place_is_free(web: Web) -> None:
    web.settings(web.yoga, bookings__undo_minutes=0)
    full = factories.make_class(web.yoga, days=3, capacity=1)
    booking = factories.make_booking(web.yoga, occurrence=full)
    ada, page = web.customer(), f"bookings/{booking.code}/cancel"
    for _look in range(2):
        assert "Keep it" in ada.get(page).text
    assert events(web) == 0
    assert booking.code in codes(ada.get("bookings/").text)
    assert ada.send(page).status_code == 303
    assert codes(ada.get("bookings/").text) == []
    assert codes(ada.get("bookings/?tab=cancelled").text) == [booking.code]
    assert book(web.customer("ben"), web, str(OccurrenceKey(full.id))) == 303
    assert occurrence(web.yoga, full.id).seats_taken == 1
    with web.database.session(web.yoga.tenant_id) as session:
        assert session.execute(select(Booking.status).where(Booking.code == booking.code)).scalar_one() == "cancelled"


def book(visitor: Visitor, web: Web, key: str) -> int:
    """Keeps the place."""
    page = f"book/{web.yoga.ids['flow'].hex}"
    return visitor.post(page, {**visitor.form(page), "slot": key}).status_code

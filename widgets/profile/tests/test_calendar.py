"""The secret address for calendar programs: made, read, and ended."""

import re
from datetime import timedelta

import pytest
import vobject
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import CalendarFeed
from bookwidget.catalog.models import Service
from bookwidget.events.models import Event
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.session import writing
from tests import factories
from tests.bookings.rfc5545 import problems
from tests.web_fixtures import HERE, Visitor, Web

ADDRESS = re.compile(r'value="https?://[^/"]+(/feed/yoga/[\w-]+\.ics)"')


def pressed(visitor: Visitor, what: str) -> TestResponse:
    return visitor.send("profile/calendar", page="profile/", do=what)


def made(visitor: Visitor) -> str:
    answer = pressed(visitor, "make")
    assert answer.status_code == 200
    [url] = ADDRESS.findall(answer.text)
    return str(url)


def ask(web: Web, url: str, **headers: str) -> TestResponse:
    return web.app.test_client().get(url, base_url=HERE, headers=headers)


def events_in(answer: TestResponse) -> dict[str, vobject.base.Component]:
    """By their UID, as another library reads them."""
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert problems(answer.data) == []
    return {event.uid.value: event for event in vobject.readOne(answer.text).contents.get("vevent", [])}


def test_all_own_bookings_with_moves_and_cancellations(web_everywhere: Web) -> None:
    web = web_everywhere
    kept, moved, cancelled = (factories.make_booking(web.yoga, days=days) for days in (3, 4, 5))
    past, long_ago = (factories.make_booking(web.yoga, days=-days) for days in (9, 400))
    others = factories.make_booking(web.yoga, customer="ben")
    target = factories.make_class(web.yoga, days=8)
    ada = web.customer()
    url = made(ada)
    ada.send(f"bookings/{moved.code}/move", slot=f"o-{target.id.hex}")
    ada.send(f"bookings/{cancelled.code}/cancel")
    found = events_in(ask(web, url))
    assert set(found) == {str(booking.id) for booking in (kept, moved, cancelled, past)}
    assert not {str(others.id), str(long_ago.id)} & set(found)
    assert found[str(moved.id)].dtstart.value == target.starts_at
    told = {uid: (event.status.value, event.sequence.value) for uid, event in found.items()}
    assert told[str(kept.id)] == ("CONFIRMED", "0")
    assert told[str(moved.id)] == ("CONFIRMED", "1")
    assert told[str(cancelled.id)] == ("CANCELLED", "1")
    ada.send(f"bookings/{cancelled.code}/undo", page=f"bookings/{cancelled.code}")
    again = events_in(ask(web, url))[str(cancelled.id)]
    assert (again.status.value, again.sequence.value) == ("CONFIRMED", "2")


def test_what_the_business_calls_off_is_cancelled_there(web: Web) -> None:
    booking, url = factories.make_booking(web.yoga), made(web.customer())
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Occurrence, (web.yoga.tenant_id, booking.occurrence_id)).state = "cancelled"
    event = events_in(ask(web, url))[str(booking.id)]
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "1")


@pytest.mark.parametrize(
    "name", ["Yoga; für, alle\\ mit: Pausen", "تمرين الصباح الطويل جدًا لكل من يحب الهدوء " * 2, "🧘" * 30]
)
def test_any_name_of_a_service_is_written_as_the_standard_wants(web: Web, name: str) -> None:
    factories.make_booking(web.yoga)
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Service, (web.yoga.tenant_id, web.yoga.ids["flow"])).name = name.strip()
    [event] = events_in(ask(web, made(web.customer()))).values()
    assert event.summary.value == name.strip()


def test_who_has_it_already_is_told_so(web: Web) -> None:
    booking, ada = factories.make_booking(web.yoga, days=5), web.customer()
    url = made(ada)
    first = ask(web, url)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = ask(web, url, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    ada.send(f"bookings/{booking.code}/cancel")
    assert ask(web, url, **{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_ended_or_replaced_it_gives_nothing(web_everywhere: Web) -> None:
    web, ada = web_everywhere, web_everywhere.customer()
    first = made(ada)
    second = made(ada)
    assert ask(web, first).status_code == 404
    assert ask(web, second).status_code == 200
    page = ada.get("profile/").text
    assert second not in page
    assert "It cannot be shown again" in page
    answer = pressed(ada, "end")
    assert "The address has ended." in ada.get(answer.location.partition("#")[0]).text
    assert ask(web, second).status_code == 404
    assert pressed(ada, "end").status_code == 303


def test_the_secret_is_nowhere_stored(web: Web) -> None:
    secret = made(web.customer()).rpartition("/")[2].removesuffix(".ics")
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        feed = session.execute(select(CalendarFeed)).scalars().one()
        told = [repr(vars(event)) for event in session.execute(select(Event)).scalars()]
    assert len(secret) >= 40
    assert secret not in repr(vars(feed)) + "".join(told)


def test_it_is_this_customers_and_this_businesss(web: Web) -> None:
    url = made(web.customer())
    assert ask(web, url.replace("/yoga/", "/other/")).status_code == 404
    assert ask(web, "/feed/yoga/made-up.ics").status_code == 404
    assert ask(web, "/feed/nobody/made-up.ics").status_code == 404
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids["ada"])).is_blocked = True
    assert ask(web, url).status_code == 404


def test_the_business_may_switch_it_off(web: Web) -> None:
    ada = web.customer()
    fields, url = ada.form("profile/", "profile/calendar"), made(ada)
    web.settings(web.yoga, bookings__calendar_feeds=False)
    assert ask(web, url).status_code == 404
    assert ada.post("profile/calendar", {**fields, "do": "make"}).status_code == 404
    page = ada.get("profile/").text
    assert "Make a new address" not in page
    assert "End the address" in page


def test_nobody_asks_too_often_or_tries_addresses_out(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    url = made(web.customer())
    assert [ask(web, url).status_code for _ in range(121)][-2:] == [200, 429]
    guesses = [ask(web, f"/feed/yoga/guess-{n}.ics").status_code for n in range(61)]
    assert guesses[-2:] == [404, 429]
    web.now += timedelta(hours=1)
    assert ask(web, url).status_code == 200


def test_the_validator_finds_what_is_wrong() -> None:
    good = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261124T090000Z\r\n"
        b"DTSTART:20261124T090000Z\r\nSUMMARY:Slow\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert problems(good) == []
    for old, new in (
        (b"\r\n", b"\n"), (b"UID:1\r\n", b""), (b"SUMMARY:Slow", b"SUMMARY:" + b"x" * 70), (b"END:VEVENT\r\n", b""),
        (b"Slow", b"a, b"), (b"PRODID:x\r\n", b""), (b"UID:1", b"UID:1\r\nUID:2"), (b"SUMMARY:Slow", b"SUMMARY"),
        (b"DTSTART:20261124T090000Z", b"DTSTART:20261124T090000"), (b"Slow", b"\xc3\r\n \xbc"),
    ):  # fmt: skip
        assert problems(good.replace(old, new)), new

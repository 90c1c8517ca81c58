"""What nobody's browser sends, to every route of bookings: a message, nothing changed, never an error of ours."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.bookings.actions import booking_token
from bookwidget.bookings.models import Booking, Ticket, WaitlistEntry
from bookwidget.events.models import Event
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.factories import World
from tests.web_fixtures import HERE, Visitor, Web

LONG = "x" * 1_000_000
NUMBERS = ("-1", "0", "1.5", "1e9", "NaN", "٣", "9" * 400, str(2**31), str(2**63), str(-(2**63) - 1), "0x10", " 1 ", "")
TEXTS = (
    "\0",
    "a\0b",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "\u202etxt",
    "'; DROP TABLE booking; --",
    "{{7*7}}",
    "%00",
    LONG,
)
CODES = (
    "",
    "%00",
    "AAAAAAAA",
    "aaaaaaaa",
    "ÄÄÄÄÄÄÄÄ",
    "A" * 5000,
    "..%2f..",
    "00000000-0000-0000-0000-000000000000",
    "'--",
    "🎈" * 8,
)
WRONG: list[dict[str, str]] = [
    {"people": "51"},
    {"people": str(2**63)},
    {"age-0": "-1", "child-0": "1"},
    {"age-0": "9" * 400, "child-0": "1"},
    {"kind-0": uuid7().hex},
    {"kind-0": "\0"},
    {"email": "a\0@example.com"},
    {"email": "eve@example.com\nBcc: x@example.com"},
    {"phone": "\0"},
]
"""In the form of a booking."""
KINDS: tuple[Any, ...] = (Booking, Ticket, Hold, Occurrence, WaitlistEntry, Event)


def look(*worlds: World) -> list[list[tuple[Any, ...]]]:
    found = []
    for world in worlds:
        with world.database.session(world.tenant_id) as session:
            found += [sorted(map(tuple, session.rows(select(*kind.__table__.columns))), key=str) for kind in KINDS]
    return found


def slot_keys(web: Web) -> Iterator[str]:
    """Slots that are none for anybody here."""
    yoga, other, day = web.yoga, web.other, timedelta(days=1)
    tuesday = web.now.replace(hour=10)
    yield from ("", "o-", "t-", "o-1", "t-1-1", "x" * 5000, LONG, "o-" + "z" * 32, "\0", "o-\0", "🎈")
    yield str(OccurrenceKey(uuid7()))
    yield str(OccurrenceKey(factories.make_class(yoga, days=-1).id))
    yield str(OccurrenceKey(factories.make_class(yoga, days=12, state="cancelled").id))
    yield str(OccurrenceKey(factories.make_class(yoga, days=13, capacity=1, seats_taken=1, provider_id=None).id))
    yield str(OccurrenceKey(factories.make_class(yoga, days=14, service_id=yoga.ids["massage"], provider_id=None).id))
    yield str(OccurrenceKey(factories.make_class(other, days=4).id))
    private = factories.make_appointment(yoga, customer="ben", provider="tom", starts_at=tuesday + 2 * day)
    yield str(OccurrenceKey(private.occurrence_id))
    for at in (
        tuesday - 7 * day,
        tuesday - 3650 * day,
        tuesday + 3650 * day,
        tuesday + day * 4,
        tuesday + day + timedelta(minutes=7),
    ):
        yield str(TimeKey(yoga.ids["mara"], at))
    yield str(TimeKey(other.ids["mara"], tuesday + day))
    yield str(TimeKey(uuid7(), tuesday + day))
    valid = str(TimeKey(yoga.ids["mara"], tuesday + day))
    yield from (
        valid + "0" * 30,
        valid[:-1] + "x",
        valid.replace("-", "--", 1),
        "t-" + yoga.ids["mara"].hex + "-99999999999999999999",
    )


def refused(answer: TestResponse, *, of: Any) -> None:
    assert 400 <= answer.status_code < 500, (of, answer.status_code, answer.text[:3000])
    assert "<h1" in answer.text, of


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    """Both databases: each has its own idea of what a text or a number can be."""
    return web_everywhere


@pytest.fixture
def ada(web: Web) -> Visitor:
    return web.customer()


def pages(web: Web, name: str) -> Iterator[tuple[Visitor, str, str]]:
    """The same page signed in and by a link: a class and an appointment."""
    for booking in (
        factories.make_booking(web.yoga, days=9),
        factories.make_appointment(web.yoga, starts_at=web.now.replace(hour=14) + timedelta(days=2)),
    ):
        token = booking_token(web.services.tokens, web.yoga.tenant_id, booking.id, 1)
        yield web.customer(), f"bookings/{booking.code}/{name}", booking.code
        yield web.visitor(), f"booking/{token}/{name}", booking.code


def test_B6_times_that_are_none_are_refused(web: Web) -> None:
    factories.make_class(web.yoga, days=10)
    found = list(pages(web, "move"))
    keys = list(slot_keys(web))
    for visitor, page, _code in (found[0], found[3]):  # a class and an appointment, each by one of the two doors
        fields = visitor.form(page)
        before = look(web.yoga, web.other)
        for key in keys:
            refused(visitor.post(page, {**fields, "slot": key}), of=key[:80])
        for number in NUMBERS[:1] + NUMBERS[2:]:
            refused(visitor.post(page, {**fields, "slot": keys[-1], "moves": number}), of=number[:20])
        assert look(web.yoga, web.other) == before


def test_B8_a_reason_that_is_none_is_refused_or_taken_as_it_is(web: Web) -> None:
    for visitor, page, _code in pages(web, "cancel"):
        fields, before = visitor.form(page), look(web.yoga)
        refused(visitor.post(page, {**fields, "reason": LONG}), of="a megabyte")
        refused(visitor.post(page, {**fields, "reason": "x" * 501}), of="501")
        assert look(web.yoga) == before
        answer = visitor.post(page, {**fields, "reason": "a\0b'; DROP TABLE booking; -- {{7*7}} \u202e"})
        assert answer.status_code in (303, 422)


def test_codes_of_others_and_of_nobody_are_no_codes(web: Web, ada: Visitor) -> None:
    mine, bens = factories.make_booking(web.yoga), factories.make_booking(web.yoga, customer="ben", days=5)
    foreign = factories.make_booking(web.other)
    fields = ada.form(f"bookings/{mine.code}/cancel")
    token = booking_token(web.services.tokens, web.other.tenant_id, foreign.id, 1)
    before = look(web.yoga, web.other)
    for code in (*CODES, bens.code, foreign.code, f"{mine.code}x", mine.code.lower() + "/../x"):
        for name in ("", "/cancel", "/move", "/undo", "/calendar", "/nonsense"):
            got, sent = ada.get(f"bookings/{code}{name}"), ada.post(f"bookings/{code}{name}", fields)
            assert got.status_code in ({200, 404, 308} if not code else {404, 308}), (code[:50], name)
            assert sent.status_code in (403, 404, 405, 308), (code[:50], name, sent.status_code)
    for link in ("x", "x.y", "x.y.z", token, "%00", "A" * 5000, "🎈", ".", ".."):
        for name in ("", "/cancel", "/move", "/undo", "/account"):
            assert ada.get(f"booking/{link}{name}").status_code in (404, 308), (link[:50], name)
            assert ada.post(f"booking/{link}{name}", fields).status_code in (403, 404, 405, 308), (link[:50], name)
    for entry in ("x", "%00", uuid7().hex, "1" * 5000, "🎈"):
        for name in ("", "/leave"):
            assert ada.get(f"bookings/waiting/{entry}{name}").status_code == 404, (entry[:50], name)
    assert look(web.yoga, web.other) == before


def test_B2_any_address_of_the_list_is_answered(web: Web, ada: Visitor) -> None:
    factories.make_booking(web.yoga)
    before, days = look(web.yoga), ("0000-00-00", "9999-12-31", "0001-01-01", "2026-02-30", "-2026-01-01")
    for value in (*NUMBERS, *TEXTS[:-1], *CODES, *days, "x" * 60_000):
        for names in (("tab", "page", "q", "from", "to", "cancelled", "left"), ("from",), ("to", "moved")):
            query = dict.fromkeys(names, value)
            answer = ada.client.get(ada.url("bookings/"), query_string=query, base_url=HERE)
            assert answer.status_code in (200, 422), (names, value[:50], answer.status_code)
            assert "<h1" in answer.text
    assert look(web.yoga) == before


def test_K1_what_is_no_slot_is_not_kept(web: Web) -> None:
    factories.make_class(web.yoga, days=10)
    keys = list(slot_keys(web))
    for service in ("flow", "massage"):
        guest, page = web.visitor(), f"book/{web.yoga.ids[service].hex}"
        fields = guest.form(page)
        before = look(web.yoga, web.other)
        for number, key in enumerate(keys):
            if number % 25 == 0:
                web.now += timedelta(hours=1)  # nobody may try so much at once
            refused(guest.post(page, {**fields, "slot": key}), of=key[:80])
        for hold in (*TEXTS, *NUMBERS):
            refused(guest.post(page, {**fields, "slot": "", "hold": hold}), of=hold[:80])
        for value in (*NUMBERS, *TEXTS[:-1], "0001-01-01", "9999-12-31"):
            for query in ("from", "day", "slot"):
                got = guest.client.get(guest.url(page), query_string={query: value}, base_url=HERE)
                assert got.status_code == 200, (query, value[:50])
        assert look(web.yoga, web.other) == before
    for service in (*CODES[1:], web.other.ids["flow"].hex, uuid7().hex):
        assert web.visitor().get(f"book/{service}").status_code in (404, 308), service[:50]


def test_K3_a_form_of_booking_refuses_what_cannot_be(web: Web) -> None:
    guest, key = web.visitor(), str(OccurrenceKey(factories.make_class(web.yoga, capacity=12).id))
    page = f"book/{web.yoga.ids['flow'].hex}"
    url = str(guest.post(page, {**guest.form(page), "slot": key}).location)
    good = {**guest.form(url), "given_name": "Eve", "family_name": "Adams", "email": "eve@example.com"}
    before = look(web.yoga)
    names = ("given_name", "family_name", "email", "phone", "note", "name-0", "age-0", "kind-0")
    for button in ("review", "confirm"):
        refused(guest.post(url, {**good, "do": button, "email": ""}), of="no e-mail")
        for name in names:
            refused(guest.post(url, {**good, "do": button, name: LONG}), of=(button, name))
        for sent in WRONG:
            refused(guest.post(url, {**good, "do": button, **sent}), of=sent)
    assert look(web.yoga) == before
    for button in ("", "\0", "add-9", "remove-99999", "remove--1", "slot", "slot-1", "nonsense", "x" * 70_000):
        answer = guest.post(url, {**good, "do": button, "slot": "\0"})
        assert answer.status_code in (200, 422), (button[:20], answer.status_code)
    for kept in (*CODES[1:], "x.y", url.rsplit("/", 1)[1] + "x"):
        assert guest.get(f"book/kept/{kept}").status_code in (404, 308), kept[:50]

"""The pages of booking and of a booking's link, for the tour through every page in every language."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.bookings.actions import booking_token, offer_places, waiting_token
from bookwidget.bookings.models import Booking, WaitlistEntry
from bookwidget.catalog.actions import QuestionKind
from bookwidget.catalog.models import Question, Service, ServiceLocation, TicketType
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.session import writing
from tests.factories import make_appointment, make_booking, make_class
from tests.web_fixtures import Forms, Visitor, Web

GUEST = {"given_name": "Sam", "email": "sam@example.com", "terms": "y", "privacy": "y"}


def last_form(answer: TestResponse) -> tuple[str, dict[str, str]]:
    return list(Forms(answer.text).found.items())[-1]


def press(visitor: Visitor, page: TestResponse, button: str, **typed: Any) -> TestResponse:
    url, fields = last_form(page)
    return visitor.post(url, {**fields, "do": button, **typed})


def ask_everything(web: Web) -> dict[str, str]:
    """A question of each kind; the names of their fields."""
    options, ids = ["Ada", "Ben"], {kind.value: uuid7() for kind in QuestionKind}
    web.yoga.add(*(Question(id=id, kind=kind, label="Sam", options=options) for kind, id in ids.items()))
    return {kind: f"question-{id.hex}" for kind, id in ids.items()}


def bookers_pages(web: Web) -> Iterator[tuple[str, TestResponse]]:
    """A class with ticket types, an appointment with somebody, and everything that can go wrong."""
    web.settings(
        web.yoga, bookings__terms_address="https://a.example/t", bookings__privacy_address="https://a.example/p"
    )
    guest, flow, massage = web.visitor(), web.yoga.ids["flow"].hex, web.yoga.ids["massage"].hex
    yield "services", guest.get("book/")
    yield "times", guest.get(f"book/{massage}")
    yield "no dates", guest.get(f"book/{flow}?from=2027-02-20")
    web.yoga.add(TicketType(service_id=web.yoga.ids["flow"], name="Sam", price=900))
    dates = guest.get(f"book/{flow}")
    yield "dates", dates
    yield "no time", press(guest, dates, "", slot="x")
    [slot, *_more] = re.findall(r'name="slot" value="([^"]+)"', dates.text)
    form = guest.get(str(press(guest, dates, "", slot=slot).location))
    yield "details", form
    fields = ask_everything(web)
    yield "questions", guest.get(form.request.path)
    wrong = dict.fromkeys(fields.values(), "1") | {fields["file"]: (BytesIO(b"\0"), "sam.pdf")}
    yield "bad file", press(guest, form, "review", **GUEST, **wrong)
    yield "bad answers", press(guest, form, "review", **GUEST, **{**wrong, fields["file"]: ""})
    right = {"yes_no": "yes", "date": "2027-01-31", "choice": "Ada", "file": (BytesIO(b"%PDF-"), "sam.pdf")}
    yield "answers", press(guest, form, "review", **GUEST, **{fields[kind]: value for kind, value in right.items()})
    yield "known", web.customer().get(form.request.path)
    yield "nothing typed", press(guest, form, "review")
    two = press(guest, form, "add", **GUEST)
    yield "two people", two
    children = {"name-1": "Ben", "child-0": "1", "child-1": "1", "age-1": "7"}
    yield "no age", press(guest, two, "review", **{"age-0": "99"})
    review = press(guest, two, "review", note="123", **children, **{fields["yes_no"]: "no"})
    yield "review", review
    made = guest.get(str(press(guest, review, "confirm").location))
    yield "made", made
    old = make_booking(web.yoga, days=-4)
    yield "again", web.customer().get(f"book/{flow}?again={old.code}")
    ended = web.yoga.add(Service(id=uuid7(), name="Sam", kind="class", minutes=60, is_active=False))
    yield "gone", guest.get(f"book/?gone={ended.id.hex}")
    yield "mailed", guest.get(str(press(guest, made, "").location))
    times = guest.get(f"book/{massage}")
    [slot, *_more] = re.findall(r'name="slot" value="([^"]+)"', times.text)
    kept = press(guest, times, "", slot=slot).location
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Service, (web.yoga.tenant_id, web.yoga.ids["massage"])).is_at_customer = True
    web.yoga.add(ServiceLocation(service_id=web.yoga.ids["massage"], location_id=web.yoga.ids["studio"]))
    where = guest.get(str(kept))
    yield "where", where
    yield "nowhere", press(guest, where, "review", **GUEST)
    yield "at the studio", press(guest, where, "review", **GUEST, where=web.yoga.ids["studio"].hex)
    yield "taken", press(web.visitor(), web.visitor().get(f"book/{massage}"), "", slot=slot)
    web.now += timedelta(minutes=11)
    yield "lapsed", guest.get(str(kept))
    web.now -= timedelta(minutes=11)


def help_pages(web: Web) -> Iterator[tuple[str, TestResponse]]:
    """What is off is not explained."""
    for off in ("", "portal__enabled", "bookings__online", "bookings__cancel_allowed"):
        web.settings(web.yoga, **({off: False} if off else {}))
        yield f"help without {off or 'nothing'}", web.visitor().get("help/")
    web.settings(web.yoga)


def linked_pages(web: Web) -> Iterator[tuple[str, TestResponse]]:
    """One booking by its link, in every state."""
    visitor = web.visitor()

    def link(booking: Booking) -> str:
        return "booking/" + booking_token(web.services.tokens, web.yoga.tenant_id, booking.id, 1)

    made = make_booking(web.yoga, days=4, note="123")
    appointment = make_appointment(web.yoga, starts_at=web.now + timedelta(days=2, hours=5))
    called_off = make_booking(web.yoga, occurrence=make_class(web.yoga, days=9, state="cancelled"))
    for booking in (made, appointment, called_off, make_booking(web.yoga, days=0.2)):
        for path in ("", "/cancel", "/move"):
            yield f"link {path}", visitor.get(link(booking) + path)
    yield "gone", visitor.send(link(made) + "/move", slot="x")
    yield "too long", visitor.send(link(made) + "/cancel", reason="1" * 501)
    moving = visitor.get(link(appointment) + "/move")
    [slot, *_more] = re.findall(r'name="slot" value="([^"]+)"', moving.text)
    yield "moved", visitor.get(str(press(visitor, moving, "", slot=slot).location))
    yield "cancelled", visitor.get(str(visitor.send(link(made) + "/cancel").location))
    yield "ended", visitor.get(link(make_booking(web.yoga, days=-2)))
    yield "forged", visitor.get("booking/x")


def waiters_pages(web: Web) -> Iterator[tuple[str, TestResponse]]:
    """A full date, joined by a guest and by a customer; what is offered to them, and what is not any more."""
    flow = web.yoga.ids["flow"].hex
    full = make_class(web.yoga, days=11, capacity=1)
    make_booking(web.yoga, customer="ben", occurrence=full)
    guest, ada, path = web.visitor(), web.customer(), f"book/wait/o-{full.id.hex}"
    yield "full", guest.get(f"book/{flow}")
    yield "join", guest.get(path)
    yield "join, mistyped", guest.send(path, email="nobody", places="99")
    yield "joined", guest.get(str(guest.send(path, **GUEST).location))
    yield "join, one waits", ada.get(path)
    mine = str(ada.send(path, places="2").location)
    yield "joined", ada.get(mine)
    with web.database.session(web.yoga.tenant_id) as session:
        [sams, adas] = session.execute(
            select(WaitlistEntry).where(WaitlistEntry.occurrence_id == full.id).order_by(WaitlistEntry.id)
        ).scalars()
    link = "booking/waiting/" + waiting_token(web.services.tokens, web.yoga.tenant_id, sams.id)
    yield "waiting, by link", guest.get(link)
    for settings in ({"waitlist__offer": "all_at_once"}, {}):
        web.settings(web.yoga, **settings)
        with_places(web, full)
        yield "offered, by link", guest.get(link)
        yield "offered", ada.get(mine)
        yield "offered, in the list", ada.get("bookings/?tab=waiting")
        yield "leave an offer", ada.get(f"bookings/waiting/{adas.id.hex}/leave")
    fields = ada.form(mine, f"bookings/waiting/{adas.id.hex}/take")
    web.now += timedelta(minutes=121)
    yield "offer is over", ada.post(f"bookings/waiting/{adas.id.hex}/take", fields)
    yield "roomy", web.visitor().get(path)
    web.now -= timedelta(minutes=121)
    guest.send(link + "/leave", link)
    yield "left, by link", guest.get(link)


def with_places(web: Web, full: Occurrence) -> None:
    """More room than everybody wants, offered anew."""
    scope = web.yoga.staff_scope(web.now)
    with scope.session as session, writing(session):
        session.get_one(Occurrence, (web.yoga.tenant_id, full.id)).capacity += 3
        for entry in session.query(WaitlistEntry).where(WaitlistEntry.occurrence_id == full.id):
            entry.offered_until, entry.is_passed = None, False
        session.flush()
        offer_places(scope, full.id)


def transfer_pages(web: Web) -> Iterator[tuple[str, TestResponse]]:
    """Tickets that go to another class, some of them first, and one that is cancelled."""
    web.settings(web.yoga, bookings__transfer_value="any")
    yin = web.yoga.add(Service(id=uuid7(), name="Sam", kind="class", minutes=60, capacity=9, price=1500))
    web.yoga.add(TicketType(service_id=yin.id, name="Ada", price=900))
    dates = [make_class(web.yoga, days=days, service_id=yin.id, provider_id=None) for days in (12, 13)]
    code, ada = make_booking(web.yoga, days=10, tickets=3).code, web.customer()
    page = ada.get(f"bookings/{code}")
    yield "several tickets", page
    one, other = re.findall(r"cancel-ticket/([0-9a-f]+)", page.text)[:2]
    path = f"bookings/{code}/transfer?service={yin.id.hex}"
    keys = [f"&slot=o-{date.id.hex}" for date in dates]
    for query in ("", "&step=kinds", f"{keys[0]}&step=kinds", f"{keys[0]}&step=review", f"&tickets={uuid7().hex}"):
        yield f"transfer {query}", ada.get(path + query)
    yield "cancel ticket", ada.get(f"bookings/{code}/cancel-ticket/{one}")
    yield "ticket cancelled", ada.get(str(ada.send(f"bookings/{code}/cancel-ticket/{one}").location))
    some = f"{path}{keys[1]}&tickets={other}&step=review"
    yield "some of them", ada.get(some)
    yield "some went", ada.get(str(ada.send(some).location))
    rest = f"{path}{keys[0]}&step=review"
    fields = ada.form(rest)
    yield "another price", ada.post(rest, {**fields, "price": "1"})
    yield "all went", ada.get(str(ada.post(rest, fields).location))
    yield "its history", ada.get(f"bookings/{code}")

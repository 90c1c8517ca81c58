"""Part of the tour of every page: the console's rooms for bookings, questions and customers."""

import re
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.accounts.models import ClosureRequest, Customer
from bookwidget.bookings.models import Ticket, WaitlistEntry
from bookwidget.catalog.models import Service, TicketType
from bookwidget.kernel.ids import uuid7
from bookwidget.notices.kinds import KINDS, SMS
from bookwidget.notices.wishes import unsubscribe_token
from bookwidget.schedule.models import Occurrence, TimeOff
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.models import RefusedSite
from tests.bookings.acting import Acting
from tests.bookings.repeating import REPEATS, TEN, WEEKLY, key_at
from tests.factories import make_appointment, make_booking, make_class, make_customer
from tests.web_fixtures import Visitor, Web


def question_pages(visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    yield "no questions", visitor.get("questions/")
    yield "no question", visitor.send("questions/new", label="", kind="choice")
    visitor.send("questions/new", label="123", kind="file", is_required="1")
    kept = visitor.get("questions/?done=saved")
    yield "questions", kept
    [question] = re.findall(r'href="([^"]+/questions/[0-9a-f]{32}/)"', kept.text)
    yield "question", visitor.get(question)
    visitor.send(f"{question}retire", "questions/")
    yield "retired question", visitor.get("questions/")


def offer_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """People, locations and ticket types: none, with what is wrong, saved, no longer offered."""
    ids, lesson = web.yoga.ids, Service(id=uuid7(), name="123", kind="class", minutes=30)
    web.yoga.add(lesson)
    kinds = f"services/{lesson.id.hex}/tickets/"
    yield "no ticket types", visitor.get(kinds)
    for room, one in (("people", ids["tom"]), ("locations", ids["studio"])):
        yield f"no {room}", visitor.send(f"{room}/new", name="")
        yield room, visitor.get(f"{room}/{one.hex}/")
        yield f"older {room}", visitor.send(f"{room}/{one.hex}/", name="123", seen="x")
        visitor.send(f"{room}/{one.hex}/retire", f"{room}/")
        yield f"retired {room}", visitor.get(f"{room}/?done=retired")
        visitor.send(f"{room}/{one.hex}/retire", f"{room}/", again="1")
        yield f"restored {room}", visitor.get(f"{room}/?done=restored")
    yield "no ticket type", visitor.send(f"{kinds}new", name="", price="x")
    for name in ("1", "2", "3"):
        visitor.send(f"{kinds}new", name=name, price=name, is_child="1")
    retire = re.findall(r'action="([^"]+/tickets/[0-9a-f]{32}/)retire"', visitor.get(kinds).text)
    yield "ticket type", visitor.get(retire[0])
    yield "older ticket type", visitor.send(retire[0], name="4", seen="x")
    for one in retire[:2]:
        visitor.send(f"{one}retire", kinds)
    yield "ticket types", visitor.get(f"{kinds}?done=retired")
    yield "the last ticket type", visitor.send(f"{retire[2]}retire", kinds)
    visitor.send(f"{retire[0]}retire", kinds, again="1")
    visitor.send(f"{retire[1]}retire", kinds, again="1")
    yield "saved ticket types", visitor.get(f"{kinds}?done=saved")


def date_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """Dates of classes: none, planned with everything in their way, full with somebody who waits, cancelled."""
    ids, asked = (
        web.yoga.ids,
        "service={flow}&starts={day}T10:00&times=3&provider={mara}&location={studio}&repeat=times",
    )
    named = {name: ids[name].hex for name in ("flow", "mara", "studio")}
    day = (web.now + timedelta(days=20)).date()
    make_class(web.yoga, days=20, starts_at=web.now.replace(hour=10) + timedelta(days=20))
    make_class(web.yoga, starts_at=web.now.replace(hour=10) + timedelta(days=27), provider_id=None)
    yield "nothing today", visitor.get("today/")
    make_class(web.yoga, starts_at=web.now - timedelta(hours=2), capacity=1, seats_taken=1)
    make_class(web.yoga, starts_at=web.now + timedelta(hours=3), state="cancelled")
    make_booking(web.yoga, days=0.1, status="pending")
    for page in ("", "x"):
        web.yoga.add(RefusedSite(origin=f"https://123{page}.example", widget="login", last_at=web.now))
    yield "today", visitor.get("today/")
    off = web.now.date() + timedelta(days=1)
    web.yoga.add(TimeOff(id=uuid7(), provider_id=None, first_day=off, last_day=off))
    for n in range(4):
        make_class(web.yoga, starts_at=web.now + timedelta(hours=n), provider_id=None)
    make_appointment(web.yoga, starts_at=web.now + timedelta(days=6, hours=2), provider="tom")
    for view in ("day", "week", "month", "week&day=2027-03-01"):
        yield f"calendar {view}", visitor.get(f"calendar/?view={view}")
    for path in ("dates/", "dates/?when=past&page=9", "dates/new", f"dates/new?service={named['flow']}"):
        yield path, visitor.get(path)
    yield "no plan", visitor.get(f"dates/new?{asked.format(**named, day='x')}")
    yield "plan", visitor.get(f"dates/new?{asked.format(**named, day=day)}")
    yield "nothing ticked", visitor.send("dates/new", f"dates/new?{asked.format(**named, day=day)}", day="", seen="x")
    full = make_class(web.yoga, days=50, capacity=1)
    make_booking(web.yoga, occurrence=full)
    web.yoga.add(WaitlistEntry(id=uuid7(), customer_id=ids["ben"], occurrence_id=full.id, joined_at=web.now))
    yield from waiting_pages(web, visitor, full)
    page = f"dates/{full.id.hex}"
    for path in ("", "change", "cancel"):
        yield f"date {path}", visitor.get(f"{page}/{path}")
    yield "too few", visitor.send(f"{page}/change", capacity="0")
    yield "told", visitor.send(f"{page}/change", provider=ids["tom"].hex)
    yield "too long", visitor.send(f"{page}/cancel", reason="y" * 501)
    visitor.send(f"{page}/cancel")
    for path in ("?done=cancelled", "change", "cancel"):
        yield f"cancelled date {path}", visitor.get(f"{page}/{path}")
    empty = make_class(web.yoga, days=51)
    for path in ("", "cancel"):
        yield f"empty date {path}", visitor.get(f"dates/{empty.id.hex}/{path}")


def waiting_pages(web: Web, visitor: Visitor, full: Occurrence) -> Iterator[tuple[str, TestResponse]]:
    """Lists with somebody in each state, what is refused, and nobody at all."""
    yield "waiting lists", visitor.get("waiting/")
    for query in (f"service={web.yoga.ids['massage'].hex}", "page=9&done=removed"):
        yield f"nobody waits, {query}", visitor.get(f"waiting/?{query}")
    free, whom = make_class(web.yoga, days=49, capacity=2), (("123", {}), ("456", {"is_passed": True}))
    for name, state in (*whom, ("789", {"offered_until": web.now + timedelta(hours=1)})):
        waiter = make_customer(uuid7(), f"{name}@example.com", name, "", web.now)
        web.yoga.add(waiter)
        entry = WaitlistEntry(id=uuid7(), customer_id=waiter.id, occurrence_id=free.id, joined_at=web.now, **state)
        web.yoga.add(entry)
    yield "waiting with free places", visitor.get("waiting/")
    path = f"waiting/{free.id.hex}/{entry.id.hex}"
    yield "remove from the list", visitor.get(f"{path}/remove")
    sent = visitor.form("waiting/", f"{path}/offer")
    visitor.post(f"{path}/offer", sent)
    yield "offered by hand", visitor.get("waiting/?done=offered")
    yield "remove who has an offer", visitor.get(f"{path}/remove")
    yield "nothing to offer", visitor.post(f"waiting/{full.id.hex}/{entry.id.hex}/offer", sent)


def changing_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """A series, tickets that are transferred, and what was cancelled."""
    at = TEN + timedelta(days=1)
    ada = Acting(web.yoga, settings=REPEATS)
    first = ada.start_series(web.yoga.ids["massage"], key_at(web.yoga, at, "tom"), WEEKLY).code
    yield "a date of a series", visitor.get(f"bookings/{first}/")
    for page in (
        "cancel",
        "move",
        f"move-all?slot={key_at(web.yoga, at + timedelta(hours=1), 'tom')}",
        "move-all?slot=x",
    ):
        yield f"its {page}", visitor.get(f"bookings/{first}/{page}")
    booking = make_booking(web.yoga, days=40, tickets=2)
    web.yoga.add(TicketType(service_id=booking.service_id, name="123", price=900))
    with web.database.session(web.yoga.tenant_id) as session:
        ticket = session.scalars(select(Ticket.id).where(Ticket.booking_id == booking.id)).first()
    path = f"bookings/{booking.code}"
    yield "two tickets", visitor.get(f"{path}/")
    slot = OccurrenceKey(make_class(web.yoga, days=41).id)
    for step in ("", f"&slot={slot}&step=kinds", f"&slot={slot}&step=review"):
        yield f"transfer {step}", visitor.get(f"{path}/transfer?tickets={ticket.hex if ticket else ''}{step}")
    yield "one ticket", visitor.get(f"{path}/cancel-ticket/{ticket.hex if ticket else ''}")
    left_open = visitor.form(f"{path}/cancel")
    visitor.send(f"{path}/transfer", f"{path}/transfer?slot={slot}&step=review")
    yield "changed while it was open", visitor.post(f"{path}/cancel", left_open)
    for deed in ("transferred", "ticket", "restored", "resumed"):
        yield deed, visitor.get(f"{path}/?done={deed}")
    visitor.send(f"{path}/cancel")
    yield "resume", visitor.get(f"{path}/resume")
    gone = make_booking(web.yoga, days=42)
    ada.cancel_booking(gone.code)
    yield "can be undone", visitor.get(f"bookings/{gone.code}/")


def making_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """Booking for a customer, known and new."""
    yield "who", visitor.get("bookings/new")
    yield "nobody", visitor.get("bookings/new?q=xyzzy")
    massage, flow = web.yoga.ids["massage"].hex, web.yoga.ids["flow"].hex
    yield "when, an appointment", visitor.get(f"bookings/new?customer=new&service={massage}")
    yield "when, a class", visitor.get(f"bookings/new?customer=new&service={flow}")
    slot = OccurrenceKey(make_class(web.yoga, days=43).id)
    path = f"bookings/new?customer=new&service={flow}&slot={slot}&places=2"
    yield "the rest", visitor.get(path)
    yield "taken", visitor.send(path, given_name="123", email="ada@example.com", slot="x")
    yield "known", visitor.send(path, given_name="123", email="ada@example.com")
    ada = web.yoga.ids["ada"].hex
    yield "made", visitor.get(str(visitor.send(path.replace("=new", f"={ada}")).location))


def customer_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    yield "customers", visitor.get("customers/")
    yield "no customers", visitor.get("customers/?q=xyzzy")
    yield "new customer", visitor.get("customers/new")
    yield "taken", visitor.send("customers/new", given_name="123", email="ada@example.com")
    added = str(visitor.send("customers/new", given_name="123", email="eve@example.com").location)
    yield "added", visitor.get(added)
    page = added.partition("?")[0]
    yield "details", visitor.get(f"{page}edit")
    for deed in ("invite", "block"):
        yield deed, visitor.get(str(visitor.send(f"{page}{deed}", page).location))
    ada = f"customers/{web.yoga.ids['ada'].hex}/"
    yield "a customer", visitor.get(ada)
    for deed in ("saved", "unblocked", "view-ended"):
        yield deed, visitor.get(f"{ada}?done={deed}")
    looks = str(visitor.send(f"{ada}view", ada).location)
    site = f"{looks.rsplit('/', 2)[0]}/"
    for path in ("bookings/", "profile/views", "profile/people"):
        yield f"seen as the customer: {path}", visitor.get(site + path)
    yield "only looking", visitor.post(f"{site}profile/details", {})
    visitor.send(f"{visitor.url(ada)}view/end", f"{site}bookings/")
    yield "no longer looking", visitor.get(f"{site}bookings/")


def closing_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """Requests to close an account: none, open, with a booking to come, decided; and closing for good."""
    yield "no requests", visitor.get("closures/")
    ben, name = web.yoga.ids["ben"], f"customers/{web.yoga.ids['ben'].hex}/"
    requests = [
        ClosureRequest(id=uuid7(), customer_id=ben, reason="123", asked_at=web.now, state=state,
                       answer="123" if state == "refused" else "", decided_at=web.now if state != "open" else None)
        for state in ("open", "approved", "refused", "withdrawn")
    ]  # fmt: skip
    web.yoga.add(*requests)
    make_booking(web.yoga, customer="ben", days=3)
    yield "requests to close", visitor.get("closures/?done=approved")
    yield "today with requests", visitor.get("today/")
    for one in requests:
        yield f"{one.state} request", visitor.get(f"closures/{one.id.hex}/")
    page = f"closures/{requests[0].id.hex}/"
    yield "no reason", visitor.send(page, answer="")
    yield "something to come", visitor.send(page, approve="1")
    visitor.send(page, answer="123")
    yield "refused requests", visitor.get("closures/?done=refused")
    yield "closing for good", visitor.get(f"{name}close")
    yield "not the name", visitor.send(f"{name}close", typed="123", how="x")
    for closing in ("closed", "anonymised"):
        gone = Customer(id=uuid7(), email=f"{closing}@example.com", given_name="123", is_blocked=True, closing=closing,
                        created_at=web.now)  # fmt: skip
        web.yoga.add(gone)
        yield f"{closing} account", visitor.get(f"customers/{gone.id.hex}/?done=closed")
        yield f"closing the {closing}", visitor.get(f"customers/{gone.id.hex}/close")
    yield "customers with closed ones", visitor.get("customers/?q=closed")


def message_pages(web: Web, visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    """Switches and words, as shipped, as the business's own, and wrong."""
    made, cancelled = "messages/booking.made.customer.email/", "messages/booking.cancelled.business.email/"
    yield "messages", visitor.get("messages/")
    yield "words", visitor.get(made)
    yield "wrong words", visitor.send(made, subject="", text="{{ x }}")
    visitor.send(made, subject="123", text="{{ facts }}")
    yield "own words", visitor.get(f"{made}?done=saved")
    yield "overtaken words", visitor.send(made, subject="456", version="0")
    yield "a test", visitor.post(f"{made}test", visitor.form(made))
    yield "preview", visitor.get(f"{made}preview")
    yield "no preview", visitor.post(f"{made}preview", {**visitor.form(made), "text": "{{ x }}"})
    for text in (kind.key for kind in KINDS.values() if kind.channel == SMS):
        yield f"preview of {text}", visitor.get(f"messages/{text}/preview")
    visitor.send("messages/", sent="")
    yield "switched", visitor.get("messages/?done=switched")
    yield "off", visitor.get(cancelled)
    text = "messages/booking.moved.customer.sms/"
    yield "text message", visitor.get(text)
    yield "text preview", visitor.get(f"{text}preview")
    yield "undelivered", visitor.get("messages/undelivered?again=1")
    kind = KINDS["booking.reminded.customer.email"]
    token = unsubscribe_token(web.services.tokens, web.yoga.tenant_id, web.yoga.ids["ada"], kind)
    yield "unsubscribe", visitor.get(f"/unsubscribe/yoga/{token}")
    yield "unsubscribed", visitor.post(f"/unsubscribe/yoga/{token}", {})

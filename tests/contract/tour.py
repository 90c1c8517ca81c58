"""A tour of every page and mail: each template, each state that it tells apart; who needs all pages walks it.

A template that no part of the tour shows fails `test_translated_pages`.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import chain
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from bookwidget.bookings.models import Acceptance, Ticket, WaitlistEntry
from bookwidget.kernel.ids import uuid7
from bookwidget.notices.compose import Letter
from bookwidget.notices.kinds import BUSINESS, CUSTOMER, MEMBER, OWNER
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from bookwidget.theming.i18n import Catalogs
from bookwidget.web.rendering import render_bare
from tests import factories
from tests.console.desks import hire, nobody, owner
from tests.contract.booking_pages import bookers_pages, help_pages, linked_pages, transfer_pages, waiters_pages
from tests.contract.business_pages import business_pages, members_links
from tests.contract.desk_pages import (
    changing_pages,
    closing_pages,
    customer_pages,
    date_pages,
    making_pages,
    message_pages,
    offer_pages,
    question_pages,
)
from tests.contract.messages import translations
from tests.contract.newcomer_pages import email_pages, newcomers_pages
from tests.contract.series_pages import series_pages
from tests.factories import PASSWORD, World, make_appointment, make_booking, make_class
from tests.notices.test_letters import (
    ADA,
    cancelled,
    date_called_off,
    date_changed,
    event,
    letter,
    made_at,
    moved,
    noted,
    of_series,
    reminded,
    restored,
    taken_off,
    ticket_cancelled,
    transferred,
    waits,
)
from tests.web_fixtures import HERE, Visitor, Web

TO_CUSTOMERS = (
    "customer.invited", "password.reset_requested", "customer.email_asked", "customer.email_changed", "customer.closed",
    "customer.closing_refused",
)  # fmt: skip
"""Events whose mails say nothing of a booking."""
PLAIN = ", as text"
"""How the name of a mail ends that was made a page from its text."""


@dataclass(frozen=True)
class Language:
    code: str
    locale: str
    zone: str
    currency: str
    direction: str


GERMAN = Language("de", "de_DE", "Europe/Berlin", "EUR", "ltr")
ARABIC = Language("ar", "ar_AE", "Asia/Dubai", "AED", "rtl")


def settle(world: World, language: Language) -> None:
    """The business moves to where this is spoken."""
    with world.database.session(world.tenant_id) as session, writing(session):
        here = session.get_one(Tenant, world.tenant_id)
        here.locale, here.timezone, here.currency = language.locale, language.zone, language.currency


def book_everything(world: World) -> dict[str, str]:
    """A booking in every state that a page tells apart; codes by state, and the id of an entry on a waiting list."""
    child = make_booking(world, days=9)
    full = make_class(world, days=6, capacity=1)
    make_booking(world, customer="ben", occurrence=full)
    past = make_class(world, days=-3)
    called_off = make_class(world, days=8, state="cancelled")
    waiting = WaitlistEntry(id=uuid7(), customer_id=world.ids["ada"], occurrence_id=full.id, joined_at=world.now)
    world.add(
        waiting,
        *[
            Acceptance(
                booking_id=child.id,
                document=document,
                address="https://a.example/x",
                version="1",
                accepted_at=world.now,
            )
            for document in ("terms", "privacy")
        ],
        Ticket(booking_id=child.id, occurrence_id=child.occurrence_id, is_child=True, age=7),
        Ticket(booking_id=child.id, occurrence_id=child.occurrence_id, attendee="Ben", is_child=True, age=9),
    )
    made = {
        "class": make_booking(world, days=3, tickets=2),
        "appointment": make_appointment(world, starts_at=world.now + timedelta(days=2, hours=2)),
        "soon": make_booking(world, days=0.2),
        "child": child,
        "past": make_booking(world, occurrence=past),
        "called off": make_booking(world, occurrence=called_off),
        "pending": make_booking(world, days=5, status="pending"),
        "hold": make_booking(world, days=7, status="hold"),
        "cancelled": make_booking(world, days=12, status="cancelled"),
    }
    return {"waiting": waiting.id.hex, **{state: booking.code for state, booking in made.items()}}


def page(answer: TestResponse) -> str:
    """What came, if it is what was to come: the page of a mistake of ours would be well translated too."""
    assert answer.status_code < 500, answer.request.path
    assert answer.status_code not in (301, 302, 303), answer.request.path
    return answer.text


def strangers_pages(web: Web) -> Iterator[tuple[str, str]]:
    visitor = web.visitor()
    for path in ("login/", "login/forgot", "login/reset/x", "login/email/x", "bookings/", "profile/"):
        yield path, page(visitor.get(path))
    yield "wrong password", page(visitor.send("login/", email="ada@example.com", password="wrong"))
    yield "link sent", page(visitor.send("login/forgot", email="nobody"))
    yield "link sent", page(visitor.get(visitor.send("login/forgot", email="ada@example.com").location or ""))
    token = web.services.tokens.reset(web.yoga.tenant_id, web.yoga.ids["ada"], factories.PASSWORD_HASH)
    yield "new password", page(visitor.get(f"login/reset/{token}"))
    yield "bad password", page(visitor.send(f"login/reset/{token}", password="12345"))
    yield "framed", page(web.visitor(site=web.yoga.ids["site"].hex).get("login/"))
    headers = {"Referer": "https://stranger.example/", "Sec-Fetch-Dest": "iframe"}
    yield "refused", page(visitor.get("/w/yoga/bookings", headers=headers))


def customers_pages(web: Web, codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    entry = codes.pop("waiting")
    for path in ("bookings/", *(f"bookings/?tab={tab}" for tab in ("waiting", "past", "cancelled"))):
        yield f"Ben: {path}", page(web.customer("ben").get(path))
        yield f"empty: {path}", page(web.customer("ada", web.other).get(path))
    ada = web.customer()
    for path in ("bookings/", *(f"bookings/?tab={tab}" for tab in ("waiting", "past", "cancelled"))):
        yield path, page(ada.get(path))
    yield "unknown", page(ada.get("bookings/XXXXXXXX"))
    yield "filtered", page(ada.get("bookings/?q=zzz&from=2026-13-45"))
    for state, code in codes.items():
        for deed in ("", "/cancel", "/move", "/rate"):
            yield f"{state}{deed}", page(ada.get(f"bookings/{code}{deed}"))
    for state in ("class", "appointment"):
        path = f"bookings/{codes[state]}/move"
        yield f"nowhere: {state}", page(ada.post(path, {**ada.form(path), "slot": "gone"}))
    for path in (f"bookings/waiting/{entry}", f"bookings/waiting/{entry}/leave"):
        yield path, page(ada.get(path))
    yield "left", page(ada.get(ada.send(f"bookings/waiting/{entry}/leave").location or ""))
    yield "left before", page(ada.get(f"bookings/waiting/{entry}"))
    ada.send(f"bookings/{codes['class']}/cancel", reason="")
    yield "cancelled", page(ada.get("bookings/"))
    yield "its history", page(ada.get(f"bookings/{codes['class']}"))
    yield from noted_and_rated(ada, codes)
    yield "profile", page(ada.get("profile/"))
    yield from answers(email_pages(web, ada))
    yield "nobody", page(ada.get("profile/people"))
    yield "no name", page(ada.send("profile/people", is_child="y", birth_year="1"))
    ada.send("profile/people", name="Ben", is_child="y", birth_year="2020")
    kept = ada.get("profile/people?saved=1")
    yield "people", page(kept)
    yield "a person", page(ada.get(re.findall(r'href="([^"]+/people/[^"]+)"', kept.text)[0]))
    yield from closing_ones(web, ada)
    yield "feed made", page(ada.send("profile/calendar", "profile/", do="make"))
    yield "feed there", page(ada.get("profile/"))
    ada.send("profile/calendar", "profile/", do="end")
    yield "feed ended", page(ada.get("profile/?saved=feed"))
    yield "messages", page(ada.get(ada.send("profile/messages").location or ""))
    yield "mistyped", page(ada.send("profile/details", "profile/", given_name="", phone="12"))
    yield "too short", page(ada.send("profile/password", "profile/", current="x", new="y"))


def closing_ones(web: Web, ada: Visitor) -> Iterator[tuple[str, str]]:
    """Pages of closing one's own account, which stays."""
    for closing in ("erase", "approval"):
        web.settings(web.yoga, accounts__closing=closing)
        yield f"closing: {closing}", page(ada.get("profile/close"))
        yield "not closed", page(ada.send("profile/close", password="x", reason="x" * 600))
    ada.send("profile/close", password=PASSWORD)
    yield "asked to close", page(ada.get("profile/?saved=asked"))
    yield "asked already", page(ada.get("profile/close"))
    ada.send("profile/close", keep="1")
    yield "not asked any more", page(ada.get("profile/?saved=kept"))
    yield "closed", page(web.visitor().get("login/?closed=1"))
    web.settings(web.yoga)


def noted_and_rated(ada: Visitor, codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    soon, past = f"bookings/{codes['soon']}", f"bookings/{codes['past']}"
    yield "no note", page(ada.send(f"{soon}/notes", page=soon, text=""))
    yield "noted", page(ada.get(ada.send(f"{soon}/notes", page=soon, text="123").location or ""))
    yield "links ended", page(ada.get(ada.send(f"{soon}/links", page=soon).location or ""))
    yield "no stars", page(ada.send(f"{past}/rate", stars=""))
    yield "rated", page(ada.get(ada.send(f"{past}/rate", stars="3.5").location or ""))
    yield "rated, in the list", page(ada.get("bookings/?tab=past"))
    yield "another rating", page(ada.get(f"{past}/rate"))
    yield "withdrawn", page(ada.get(ada.send(f"{past}/withdraw", page=f"{past}/rate").location or ""))


def owners_pages(web: Web, language: Language) -> Iterator[tuple[str, str]]:
    stranger = nobody(web)
    stranger.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language.locale.replace("_", "-")
    for path in ("/login", "/console/login", "/login?business=nobody"):
        yield path, page(stranger.get(path))
    for where, answer in members_links(web, stranger):
        yield where, page(answer)
    visitor = owner(web)
    for where, answer in business_pages(web, visitor):
        yield where, page(answer)
    for path in ("branding/", "branding/?saved=look", "sites/", "embed/", "embed/?widget=login&width=wide", "nothing/"):
        yield path, page(visitor.get(path))
    for where, answer in chain(
        question_pages(visitor),
        changing_pages(web, visitor),
        making_pages(web, visitor),
        customer_pages(web, visitor),
        message_pages(web, visitor),
        date_pages(web, visitor),
        offer_pages(web, visitor),
        closing_pages(web, visitor),
    ):
        yield where, page(answer)
    code = make_booking(web.yoga, days=2).code
    yield "cancelled", page(visitor.send(f"bookings/{make_booking(web.yoga, days=4).code}/cancel", reason="y" * 501))
    for path in ("?when=all", "?q=xyzzy", f"{code}/", f"{code}/cancel", f"{code}/move", f"{code}/rules"):
        yield f"bookings/{path}", page(visitor.get(f"bookings/{path}"))
    yield "exception", page(visitor.send(f"bookings/{code}/rules", permission="booking:cancel", reason="123", until=""))
    visitor.send(f"bookings/{code}/rules", permission="booking:cancel", reason="123")
    for path in (f"{code}/", f"{code}/rules?saved=1"):
        yield f"bookings/{path} afterwards", page(visitor.get(f"bookings/{path}"))
    yield "bad colour", page(visitor.send("branding/", accent="#ffffff"))
    yield "bad site", page(visitor.send("sites/", origin="nowhere"))
    hire(web.yoga, "bo@both.example", "staff")
    hire(web.other, "bo@both.example", "staff")
    yield "choose", page(stranger.send("login", email="bo@both.example", password=PASSWORD))
    yield "remove site", page(visitor.get(f"sites/{web.yoga.ids['site'].hex}/remove"))


def closed_pages(web: Web) -> Iterator[tuple[str, str]]:
    web.settings(web.yoga, portal__enabled=False)
    yield "closed", page(web.visitor().get("login/"))
    web.settings(web.yoga)


def settings_pages(web: Web) -> Iterator[tuple[str, str]]:
    visitor, of_massage = owner(web), f"settings/?service={web.yoga.ids['massage'].hex}"
    mine = visitor.form("settings/")
    changed = {"bookings.cancel_notice_hours": "36", "bookings.undo_minutes": "11", "waitlist.offer": "off"}
    yield "saved", page(visitor.get(visitor.post("settings/", {**mine, **changed}).location or ""))
    overtaken = {**mine, "bookings.cancel_notice_hours": "2", "bookings.max_places": "x", "bookings.terms_address": "x"}
    yield "wrong", page(visitor.post("settings/", overtaken))
    yield "overtaken", page(visitor.post("settings/", {**mine, "bookings.cancel_notice_hours": "2"}))
    visitor.send(of_massage, **{"bookings.max_places": "9", "bookings.transfer_target": "0"})
    for path in ("settings/", of_massage, "settings/?q=123", "settings/?saved=0&widget=bookings"):
        yield path, page(visitor.get(path))


def hours_pages(web: Web) -> Iterator[tuple[str, str]]:
    visitor, mara = owner(web), web.yoga.ids["mara"].hex
    make_appointment(web.yoga, starts_at=web.now + timedelta(days=14, hours=3))
    yield "no hours of her own", page(visitor.get(f"hours/?who={mara}"))
    late = {f"{day}.0.opens": "16:00" for day in range(5)}
    yield "outside", page(visitor.send("hours/", **late))
    yield "no hours", page(visitor.send("hours/", **{"1.0.opens": "99"}))
    yield "older", page(visitor.send("hours/", **late, seen="older"))
    first = {"first_day": "2026-12-08", "last_day": "2026-12-08"}
    yield "off", page(visitor.send("hours/off", page="hours/", **first))
    yield "no day", page(visitor.send("hours/off", page="hours/", first_day="2026-12-24", last_day="2026-12-01"))
    visitor.send("hours/off", page="hours/", first_day="2027-12-24", last_day="2027-12-26", who=mara)
    visitor.send(f"hours/?who={mara}", **{"6.0.opens": "10:00", "6.0.closes": "00:00"})
    for path in ("hours/?done=off", f"hours/?who={mara}"):
        yield path, page(visitor.get(path))


def services_pages(web: Web) -> Iterator[tuple[str, str]]:
    visitor, yoga = owner(web), web.yoga.ids
    yield "no service", page(visitor.send("services/new", name="", minutes="x", price="1"))
    visitor.send("services/new", name="Yoga", minutes="30", price="1")
    visitor.send("services/new", name="Flow", minutes="30", price="1")
    retired = visitor.get("services/").text.split("/retire")[0].rpartition("/console/")[2] + "/retire"
    visitor.send(retired, page="services/")
    for path in (
        "services/?done=retired",
        "services/new",
        *(f"services/{yoga[name].hex}/" for name in ("flow", "massage")),
    ):
        yield path, page(visitor.get(path))
    yield "older service", page(visitor.send(f"services/{yoga['massage'].hex}/", seen="x", name="Massage Yoga"))


def windows_pages(web: Web) -> Iterator[tuple[str, str]]:
    path = "-/popup?" + urlencode({"challenge": b64encode(bytes(32))})
    visitor = web.visitor()
    yield "window", page(visitor.get(path))
    yield "mistyped", page(visitor.send(path, email="ada@example.com", password="wrong"))
    yield "code", page(visitor.send(path, email="ada@example.com", password=PASSWORD, stay="1"))
    yield "one tap", page(web.customer().get(path))
    frame = web.visitor(site=web.yoga.ids["site"].hex)
    yield "wrong code", page(frame.post("-/redeem", {"code": "000000", "verifier": "x"}))


def bare_pages(web: Web, language: Language) -> Iterator[tuple[str, str]]:
    asked = {"Accept-Language": language.code}
    with web.app.test_request_context("/", base_url=HERE, headers=asked):
        yield "leave", render_bare("leave.html", url="https://stranger.example/")
    visitor = web.visitor()
    for path in ("/w/nobody/login", "/nothing", "nothing/"):
        yield path, page(visitor.get(path, headers=asked))


def plain(made: Letter, language: Language) -> str:
    """A mail's subject and its text without HTML, as a page."""
    lines = "".join(f"<p>{line}</p>" for line in (made.subject, *made.text.splitlines()))
    return f"<html lang={language.code} dir={language.direction}>{lines}</html>"


@cache
def all_words() -> Catalogs:
    return Catalogs(translations())


def mails(language: Language) -> Iterator[tuple[str, str]]:
    catalogs = all_words()
    for happened in (
        made_at(), made_at("member"), moved(), moved("member"), cancelled("123"), cancelled("", "member"), restored(),
        made_at(from_waiting_list=True), noted(), *of_series(), transferred(kinds=[]),
        transferred("member", price=1100, kinds=[]),
        ticket_cancelled(fee=700), ticket_cancelled("member"),
    ):  # fmt: skip
        for to in (CUSTOMER, BUSINESS):
            here = {"locale": language.locale, "timezone": language.zone, "currency": language.currency}
            made = letter(happened, to, catalogs, **here)
            yield f"{happened.kind} {to}", made.html
            yield f"{happened.kind} {to}{PLAIN}", plain(made, language)
    for happened in (
        waits("joined"), waits("offered", is_kept=True), waits("offered", places=1),
        waits("offer_ended", ended="lapsed"), waits("offer_ended", ended="taken"),
        date_changed(), date_changed("waitlist"), date_called_off(), taken_off(),
    ):  # fmt: skip
        made = letter(happened, CUSTOMER, catalogs, locale=language.locale, timezone=language.zone)
        yield happened.kind, made.html
        yield f"{happened.kind}{PLAIN}", plain(made, language)
    for kind in ("member.reset_requested", "member.invited", "member.password_changed"):
        made = letter(event(kind, {}, {}), MEMBER, catalogs, locale=language.locale)
        yield kind, made.html
        yield f"{kind}{PLAIN}", plain(made, language)
    for is_known in (True, False):
        signed_up = event("business.signed_up", {}, {"business": "123", "is_known": is_known})
        made = letter(signed_up, OWNER, catalogs, locale=language.locale, timezone=language.zone)
        yield "signed up", made.html
        yield f"signed up{PLAIN}", plain(made, language)
    guest = replace(ADA, password_hash="")
    links = [event(kind, {}, {"reason": "123"}) for kind in TO_CUSTOMERS]
    for happened in (reminded(), made_at(), *links):
        made = letter(happened, CUSTOMER, catalogs, locale=language.locale, timezone=language.zone, customer=guest)
        yield f"{happened.kind} to a guest", made.html
        yield f"{happened.kind} to a guest{PLAIN}", plain(made, language)


def answers(pages: Iterator[tuple[str, TestResponse]]) -> Iterator[tuple[str, str]]:
    return ((where, page(answer)) for where, answer in pages)


def booking_pages(web: Web) -> Iterator[tuple[str, str]]:
    pages = (help_pages, bookers_pages, linked_pages, waiters_pages, series_pages, transfer_pages)
    for where, answer in chain.from_iterable(tour(web) for tour in pages):
        yield where, page(answer)


def every_page(web: Web, language: Language) -> Iterator[tuple[str, str]]:
    """Where it was met and its HTML, of pages and mails, after both businesses have moved to where this is spoken."""
    for world in (web.yoga, web.other):
        settle(world, language)
    codes = book_everything(web.yoga)
    return chain(
        strangers_pages(web), customers_pages(web, codes), owners_pages(web, language), settings_pages(web),
        hours_pages(web), services_pages(web), closed_pages(web), bare_pages(web, language),
        answers(newcomers_pages(web, language.locale.replace("_", "-"))),
        windows_pages(web), mails(language), booking_pages(web),
    )  # fmt: skip

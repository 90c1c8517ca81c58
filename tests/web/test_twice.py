"""Every form at a booking, found by following its pages: pressed twice, made before a change, in two tabs.

Nothing is named here: whatever a person can reach from a booking's own page, by links and by forms that ask, is tried
in every state and through every door, the console's too. One effect, a clear page, and nothing lost that was typed.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.bookings.actions import booking_token
from bookwidget.bookings.models import Booking, WaitlistEntry
from bookwidget.events.models import Event
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.base import Base, Owned
from tests import factories
from tests.bookings.acting import Acting
from tests.bookings.repeating import TEN, WEEKLY, key_at
from tests.bookings.soundness import troubles
from tests.console.desks import owner
from tests.web_fixtures import Forms, Visitor, Web

WORDS = "Words that took a while to type"
WIDE_OPEN = {
    "bookings__postpone_allowed": True, "bookings__cancelled_is_final": False, "bookings__repeat_allowed": True,
    "bookings__series_days": 21,
    "bookings__cancel_notice_hours": 0, "bookings__move_notice_hours": 0, "schedule__notice_hours": 0,
}  # fmt: skip
ANSWERED = {200, 303, 403, 404, 410, 422}
KINDS: list[type[Owned]] = [
    mapper.class_
    for mapper in Base.registry.mappers
    if mapper.class_.__module__.startswith(("bookwidget.bookings", "bookwidget.schedule"))
] + [Event]


@dataclass(frozen=True)
class Form:
    """As a browser would send it, with every empty text filled in and the first of each choice taken."""

    page: str
    action: str
    fields: dict[str, str]

    def __str__(self) -> str:
        all_of = ": all" if self.fields.get("which") == "all" else ": some" if self.fields.get("tickets") else ""
        below = re.sub(r"^.*/bookings?/(waiting/)?[^/]+", "", self.action)
        return re.sub(r"/[0-9a-f]{32}", "/…", below) + all_of

    @property
    def variants(self) -> Iterator["Form"]:
        """Of a series: this date, and all later ones."""
        yield self
        if "which" in self.fields:
            yield replace(self, fields={**self.fields, "which": "all"})


@dataclass
class Stage:
    """A business in some state, which can be had again as often as one likes."""

    web: Web
    visitor: Visitor
    url: str
    """Of the booking's own page."""
    booking: Booking

    def __post_init__(self) -> None:
        self.file = Path(self.web.database.url.removeprefix("sqlite:///"))
        self.now = self.web.now
        self.web.database.dispose()
        shutil.copy(self.file, self.file.with_suffix(".kept"))

    def again(self) -> None:
        self.web.database.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.file.with_suffix(".kept"), self.file)
        self.web.now = self.now

    def forms(self) -> list[Form]:
        """All that can be reached from the booking's page."""
        home = f"{self.url}/" if "/console/" in self.url else self.url
        pages, found, seen = [home], dict[str, Form](), set[Any]()
        while pages:
            page = pages.pop(0)
            if step_of(page) in seen:
                continue
            answer = self.visitor.get(page)
            seen.add(step_of(page))
            assert answer.status_code in (200, 303, 410), (page, answer.status_code)
            if answer.mimetype != "text/html" or answer.status_code == 303:
                continue
            for form in (one for made in forms_of(page, answer.text) for one in made.variants):
                found.setdefault(str(form), form)
                if str(form).endswith("/move: all"):  # all later dates are shown before anything changes
                    pages.append(str(self.send(form).location))
            links = {
                unescape(link) if "tickets=" in link else link.split("?")[0]
                for link in re.findall(r'href="([^"#]+)', answer.text)
            }
            links |= set(questions_of(answer.text, self.booking.starts_at + timedelta(days=1)))
            pages += [link for link in sorted(links) if link.startswith(f"{self.url}/")]
        return list(found.values())

    def send(self, form: Form) -> TestResponse:
        return self.visitor.post(form.action, form.fields)

    def look(self) -> dict[str, list[tuple[Any, ...]]]:
        with self.web.database.session(self.web.yoga.tenant_id) as session:
            return {
                kind.__tablename__: sorted(map(tuple, session.rows(select(*kind.__table__.columns))), key=str)
                for kind in KINDS
            }


def step_of(page: str) -> tuple[str, frozenset[str]]:
    """A page of a path is looked at once for each set of things that its address names."""
    found = urlsplit(page)
    return found.path, frozenset(parse_qs(found.query))


def questions_of(html: str, day: datetime) -> Iterator[str]:
    """Where the forms of a page lead that only ask, such as for a day or a date: with their first choice, and a day."""
    for part in re.findall(r"<form[^>]*>.*?</form>", html, re.S):
        if 'method="post"' not in part:
            [(action, fields)] = filled(part).items()
            fields |= dict.fromkeys(re.findall(r'type="date"[^>]* name="([^"]+)"', part), f"{day:%Y-%m-%d}")
            fields |= dict.fromkeys(re.findall(r'name="([^"]+)"[^>]* type="date"', part), f"{day:%Y-%m-%d}")
            yield f"{action.split('?')[0]}?{urlencode(fields)}"


def filled(part: str) -> dict[str, dict[str, str]]:
    """A form with the first of each choice taken."""
    found = Forms(part).found
    for fields in found.values():
        for name, value in re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"', part):
            fields[name] = fields.get(name) or value
        for name, value in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>\s*<option value="([^"]*)"', part):
            fields[name] = value
    return found


def forms_of(page: str, html: str) -> Iterator[Form]:
    """The posting forms of a page that show what belongs to it."""
    parts = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', html, re.S)
    for part in parts:
        [(action, fields)] = filled(part).items()
        for name in re.findall(r'<(?:textarea|input type="text")[^>]*name="([^"]+)"', part):
            fields[name] = fields.get(name) or WORDS
        buttons = re.findall(r'<button[^>]*name="([^"]+)" value="([^"]+)"', part)
        fields |= dict(buttons[:1])
        if "/-/" not in action and not action.endswith("/logout"):  # the frame's own, such as logging out
            yield Form(page, action.split("?")[0] or page, fields)


STATES = ("class", "appointment", "undoable", "resumable", "past", "waiting", "series", "excepted")


def stage(web: Web, state: str, door: str) -> Stage:
    web.settings(web.yoga, **WIDE_OPEN)
    for days in (4, 5, 6):
        factories.make_class(web.yoga, days=days)
    yoga, entry = web.yoga, None
    if state == "series":
        first = Acting(yoga, "owner").start_series(
            yoga.ids["massage"], key_at(yoga, TEN), WEEKLY, customer_id=yoga.ids["ada"]
        )
        with web.database.session(yoga.tenant_id) as session:
            booking = session.get_one(Booking, (yoga.tenant_id, first.id))
    elif state == "appointment":
        booking = factories.make_appointment(yoga, starts_at=web.now + timedelta(days=2, hours=1))
    else:
        booking = factories.make_booking(yoga, tickets=2, days=-1 if state == "past" else 2)
    if state in ("undoable", "resumable"):
        Acting(yoga, settings=None).cancel_booking(booking.code)
    if state == "resumable":
        web.now += timedelta(minutes=11)
    if state == "waiting":
        full = factories.make_class(yoga, days=3, capacity=1, seats_taken=0)
        factories.make_booking(yoga, customer="ben", occurrence=full)
        entry = yoga.add(
            WaitlistEntry(id=uuid7(), customer_id=yoga.ids["ada"], occurrence_id=full.id, joined_at=web.now)
        )
    if state == "excepted":
        permission, until = Permission.BOOKING_CANCEL, booking.starts_at
        Acting(yoga, "owner").allow_anyway(booking.code, permission, reason="ill", until=until)
    if door == "desk":
        return Stage(web, owner(web), f"/console/bookings/{booking.code}", booking)
    if door == "link":
        token = booking_token(web.services.tokens, yoga.tenant_id, booking.id, 1)
        return Stage(web, web.visitor(), f"/w/yoga/0/booking/{token}", booking)
    own = f"bookings/waiting/{entry.id.hex}" if entry else f"bookings/{booking.code}"
    return Stage(web, web.customer(), f"/w/yoga/0/{own}", booking)


def clear(answer: TestResponse) -> bool:
    """A page of ours that says something, or the way to one."""
    return answer.status_code in ANSWERED and (answer.status_code == 303 or "<h1" in answer.text)


ONCE = ("/leave",)
"""Who has left is on no list."""
DOORS = [(state, door) for state in STATES[:-1] for door in ("own", "link") if (state, door) != ("waiting", "link")]
DOORS += [(state, "desk") for state in ("class", "series", "excepted", "undoable")]


@pytest.mark.parametrize(("state", "door"), DOORS)
def test_a_form_that_is_sent_twice_has_one_effect(web: Web, state: str, door: str) -> None:
    found = stage(web, state, door)
    effects = 0
    for form in found.forms():
        found.again()
        before = found.look()
        first = found.send(form)
        after = found.look()
        second = found.send(form)
        assert clear(first), (form, first.status_code, first.text)
        assert clear(second), (form, second.status_code, second.text)
        assert found.look() == after, f"{form}: twice"
        assert second.status_code == first.status_code or str(form) in ONCE, f"{form}: {second.status_code}"
        assert first.status_code == 303 or after == before, f"{form}: {first.status_code}, and something happened"
        assert troubles(web.yoga) == []
        effects += after != before
    assert effects > 0 or state in ("resumable", "past"), "nothing was tried"


def moved(found: Stage) -> None:
    yoga, key = found.web.yoga, key_at(found.web.yoga, found.booking.starts_at + timedelta(days=1), "tom")
    if found.booking.service_id == yoga.ids["flow"]:
        key = str(OccurrenceKey(factories.make_class(yoga, days=8).id))
    Acting(yoga, "owner", found.web.now).move_booking(found.booking.code, key, moves=None)


def cancelled(found: Stage) -> None:
    Acting(found.web.yoga, "owner", found.web.now).cancel_booking(found.booking.code)


def over(found: Stage) -> None:
    found.web.now += timedelta(days=20)


def begun(found: Stage) -> None:
    found.web.now = found.booking.starts_at + timedelta(minutes=5)


LIVE = ("class", "series", "excepted")
STALE = [one for one in DOORS if one[0] in (*LIVE, "undoable", "resumable")]


@pytest.mark.parametrize(("state", "door"), STALE)
def test_a_form_made_before_a_change_is_answered_kindly(web: Web, state: str, door: str) -> None:
    """Nothing happens that its page did not show, and what was typed stays where it can be sent again."""
    found = stage(web, state, door)
    changes: tuple[Callable[[Stage], None], ...] = (moved, cancelled) if state in LIVE else ()
    for form, meanwhile in product(found.forms(), (*changes, begun, over)):
        found.again()
        meanwhile(found)
        before = found.look()
        answer = found.send(form)
        assert clear(answer) or answer.status_code == 401, (form, answer.status_code, answer.text)
        assert answer.status_code == 303 or found.look() == before, f"{form}: refused, and something happened"
        if answer.status_code == 422 and WORDS in form.fields.values():
            assert WORDS in answer.text, f"{form}: what was typed is lost"
        assert troubles(web.yoga) == []


BUTTONS = ("review", "confirm", "add", "remove-0", "remove-1", "longer", "forget", "slot", "")


@pytest.mark.parametrize("who", ["guest", "customer"])
def test_K1_a_form_of_booking_left_open_in_another_tab_changes_nothing_once_it_is_booked(web: Web, who: str) -> None:
    """Not even with other words in it, and by no button: it leads to what was booked."""
    web.settings(web.yoga, schedule__notice_hours=0)
    person = web.customer() if who == "customer" else web.visitor()
    key = OccurrenceKey(factories.make_class(web.yoga).id)
    page = f"book/{web.yoga.ids['flow'].hex}"
    url = str(person.post(page, {**person.form(page), "slot": str(key)}).location)
    known = {"given_name": "Eve", "family_name": "Adams", "email": "eve@example.com"} if who == "guest" else {}
    form = {**person.form(url), **known}
    made = person.post(url, {**form, "do": "confirm"})
    assert made.status_code == 303
    with web.database.session(web.yoga.tenant_id) as session:
        booking = session.execute(select(Booking)).scalar_one()
    found = Stage(web, person, url, booking)
    before = found.look()
    for button in BUTTONS:
        answer = person.post(url, {**form, "do": button, "note": WORDS, "given_name": "Eva", "name-0": "Kim"})
        assert (answer.status_code, answer.location) == (303, made.location), button
        assert found.look() == before, button

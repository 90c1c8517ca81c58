"""Every form at a booking, found by following its pages: pressed twice, made before a change, in two tabs.

Nothing is named here: whatever a person can reach from a booking's own page is tried in every state and through both
doors. One effect, a clear page, and nothing lost that was typed.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.bookings.actions import booking_token
from bookwidget.bookings.models import Booking, WaitlistEntry
from bookwidget.events.models import Event
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.base import Base, Owned
from tests import factories
from tests.bookings.acting import Acting
from tests.bookings.soundness import troubles
from tests.web_fixtures import Forms, Visitor, Web

WORDS = "Words that took a while to type"
WIDE_OPEN = {
    "bookings__postpone_allowed": True, "bookings__cancelled_is_final": False, "bookings__repeat_allowed": True,
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
        return re.sub(r"/[0-9A-Za-z_.-]{8,}(?=/|$)", "/…", self.action)


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
        pages, found, seen = [self.url], dict[str, Form](), set[str]()
        while pages:
            page = pages.pop()
            answer = self.visitor.get(page)
            seen.add(page)
            assert answer.status_code in (200, 303, 410), (page, answer.status_code)
            if answer.mimetype != "text/html" or answer.status_code == 303:
                continue
            for form in forms_of(page, answer.text):
                found.setdefault(str(form), form)
            links = {link.split("?")[0] for link in re.findall(r'href="([^"#]+)', answer.text)}
            pages += [link for link in sorted(links) if link.startswith(f"{self.url}/") and link not in seen]
        return list(found.values())

    def send(self, form: Form) -> TestResponse:
        return self.visitor.post(form.action, form.fields)

    def look(self) -> dict[str, list[tuple[Any, ...]]]:
        with self.web.database.session(self.web.yoga.tenant_id) as session:
            return {
                kind.__tablename__: sorted(map(tuple, session.rows(select(*kind.__table__.columns))), key=str)
                for kind in KINDS
            }


def forms_of(page: str, html: str) -> Iterator[Form]:
    """The posting forms of a page that show what belongs to it."""
    parts = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', html, re.S)
    for part in parts:
        [(action, fields)] = Forms(part).found.items()
        for name, value in re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"', part):
            fields.setdefault(name, value)
            fields[name] = fields[name] or value
        for name in re.findall(r'<(?:textarea|input type="text")[^>]*name="([^"]+)"', part):
            fields[name] = fields.get(name) or WORDS
        buttons = re.findall(r'<button[^>]*name="([^"]+)" value="([^"]+)"', part)
        fields |= dict(buttons[:1])
        if "/-/" not in action:  # the frame's own, such as logging out
            yield Form(page, action.split("?")[0] or page, fields)


STATES = ("class", "appointment", "undoable", "resumable", "past", "waiting")


def stage(web: Web, state: str, door: str) -> Stage:
    web.settings(web.yoga, **WIDE_OPEN)
    for days in (4, 5, 6):
        factories.make_class(web.yoga, days=days)
    yoga, entry = web.yoga, None
    if state == "appointment":
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
    if door == "link":
        token = booking_token(web.services.tokens, yoga.tenant_id, booking.id, 1)
        return Stage(web, web.visitor(), f"/w/yoga/0/booking/{token}", booking)
    own = f"bookings/waiting/{entry.id.hex}" if entry else f"bookings/{booking.code}"
    return Stage(web, web.customer(), f"/w/yoga/0/{own}", booking)


def clear(answer: TestResponse) -> bool:
    """A page of ours that says something, or the way to one."""
    return answer.status_code in ANSWERED and (answer.status_code == 303 or "<h1" in answer.text)


DOORS = [(state, door) for state in STATES for door in ("own", "link") if (state, door) != ("waiting", "link")]


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
        assert first.status_code == 303 or after == before, f"{form}: {first.status_code}, and something happened"
        assert troubles(web.yoga) == []
        effects += after != before
    assert effects > 0 or state in ("resumable", "past"), "nothing was tried"


def moved(found: Stage) -> None:
    target = factories.make_class(found.web.yoga, days=8)
    Acting(found.web.yoga, "owner", found.web.now).move_booking(
        found.booking.code, str(OccurrenceKey(target.id)), moves=None
    )


def cancelled(found: Stage) -> None:
    Acting(found.web.yoga, "owner", found.web.now).cancel_booking(found.booking.code)


def over(found: Stage) -> None:
    found.web.now += timedelta(days=20)


def begun(found: Stage) -> None:
    found.web.now = found.booking.starts_at + timedelta(minutes=5)


@pytest.mark.parametrize(("state", "door"), [one for one in DOORS if one[0] in ("class", "undoable", "resumable")])
@pytest.mark.parametrize("meanwhile", [moved, cancelled, begun, over])
def test_a_form_made_before_a_change_is_answered_kindly(
    web: Web, state: str, door: str, meanwhile: Callable[[Stage], None]
) -> None:
    """Nothing happens that its page did not show, and what was typed stays where it can be sent again."""
    found = stage(web, state, door)
    if state != "class" and meanwhile in (moved, cancelled):
        meanwhile = over
    for form in found.forms():
        found.again()
        meanwhile(found)
        before = found.look()
        answer = found.send(form)
        assert clear(answer) or answer.status_code == 401, (form, answer.status_code, answer.text)
        assert answer.status_code == 303 or found.look() == before, f"{form}: refused, and something happened"
        if answer.status_code == 422 and WORDS in form.fields.values():
            assert WORDS in answer.text, f"{form}: what was typed is lost"
        assert troubles(web.yoga) == []

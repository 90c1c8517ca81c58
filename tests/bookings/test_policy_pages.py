"""What the pages offer, what hand-made requests are answered, and what the engine and `explain` say: one and the same.

Each case is a booking of its own, of a service with settings of its own, seen through one door.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import g
from sqlalchemy import func, select

from bookwidget.bookings import policy
from bookwidget.bookings.actions import booking_token, explain
from bookwidget.bookings.models import Booking, JobNote, Ticket
from bookwidget.bookings.policy import Answer, decide
from bookwidget.catalog.models import Service
from bookwidget.events.models import Event
from bookwidget.kernel.actors import Actor, Door, customer, member, visitor
from bookwidget.kernel.ids import booking_code, uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.schedule.models import Hold, Occurrence, Purpose
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.settings import Settings
from bookwidget.web.guard import make_token
from tests import factories
from tests.bookings.oracle import ADA, BEN, OF_STAFF, Case, cases, verdict
from tests.console.desks import owner
from tests.web_fixtures import Visitor, Web

PAGES = {
    Permission.BOOKING_CANCEL: "cancel",
    Permission.BOOKING_MOVE: "move",
    Permission.BOOKING_POSTPONE: "postpone",
    Permission.BOOKING_TRANSFER: "transfer",
    Permission.BOOKING_UNDO: "undo",
    Permission.BOOKING_RESUME: "resume",
    Permission.BOOKING_RATE: "rate",
    Permission.BOOKING_NOTE: "notes",
}
DESK = {
    Permission.BOOKING_CANCEL: "cancel",
    Permission.BOOKING_MOVE: "move",
    Permission.BOOKING_NOTE: "note",
    Permission.BOOKING_MARK: "attendance",
    Permission.BOOKING_OVERRIDE: "rules",
}
"""The console's pages of a booking, of which that with the rules has its form on itself."""
DONE_ALREADY = {"already_cancelled": Permission.BOOKING_CANCEL, "not_cancelled": Permission.BOOKING_UNDO}
"""What is answered like the first time, although the policy would say no now."""
MAIL = customer(ADA, Door.MAIL)
STAFF = member(BEN)
DOORS: tuple[Actor, ...] = (*[customer(ADA)] * 5, *[MAIL] * 3, customer(BEN), visitor())
KINDS: tuple[Any, ...] = (Booking, Ticket, Hold, Occurrence, JobNote, Event)
WORDS = {
    "stars": "4.5",
    "text": "The blue mat",
    "reason": "ill",
    "permission": "booking:cancel",
    "until": "2030-01-01T10:00",
}


@dataclass
class Doors:
    """Everybody's browser, and the guards of their forms; these belong to a person, not to a booking."""

    web: Web

    def __post_init__(self) -> None:
        self.of_ada, self.of_ben, self.of_nobody = self.web.customer(), self.web.customer("ben"), self.web.visitor()
        self.of_staff = owner(self.web)
        with self.web.database.session(self.web.yoga.tenant_id) as session, writing(session):
            flow = session.get_one(Service, (self.web.yoga.tenant_id, self.web.yoga.ids["flow"]))
            flow.settings = {"bookings.postpone_allowed": True}
        later = OccurrenceKey(factories.make_class(self.web.yoga, days=22).id)
        pages = {
            "cancel": "cancel", "move": "move", "postpone": "postpone?from=2026-12-15",
            "transfer": f"transfer?slot={later}&step=review",
        }  # fmt: skip
        mine, again, theirs = (
            factories.make_booking(self.web.yoga, customer=who, days=days)
            for who, days in (("ada", 9), ("ada", 10), ("ben", 12))
        )
        self.fields: dict[str, dict[str, dict[str, str]]] = {}
        for who, browser, first, url in (
            ("ada", self.of_ada, f"bookings/{mine.code}", f"bookings/{again.code}"),
            ("mail", self.of_nobody, self.link(mine), self.link(again)),
            ("ben", self.of_ben, f"bookings/{theirs.code}", f"bookings/{theirs.code}"),
        ):
            own = {name: browser.form(f"{url}/{page}", f"{url}/{name}") for name, page in pages.items()}
            own |= {"resume": own["move"], "notes": browser.form(url, f"{url}/notes")}  # one form, on two pages
            browser.post(f"{first}/cancel", own["cancel"])
            own["undo"] = browser.form(first, f"{first}/undo")
            self.fields[who] = own
        for who, browser in (("ada", self.of_ada), ("ben", self.of_ben)):
            past = f"bookings/{factories.make_booking(self.web.yoga, customer=who, days=-1).code}"
            self.fields[who]["rate"] = browser.form(past, f"{past}/rate")
        self.fields["mail"]["rate"] = {"csrf_token": self.guard_of_nobody("RatingForm")}
        desk = f"bookings/{again.code}"
        pages = {name: "" if name in ("note", "attendance") else name for name in DESK.values()}
        self.fields["staff"] = {
            name: self.of_staff.form(f"{desk}/{page}", f"{desk}/{name}") for name, page in pages.items()
        }

    def guard_of_nobody(self, purpose: str) -> str:
        """Of a form that no page shows to people who come by a link: what they open ends before it can be rated."""
        with self.web.app.test_request_context():
            g.place = SimpleNamespace(subject=(self.web.yoga.slug, ""), signing=None)
            token = make_token(purpose)
            g.pop("place")
        return token

    def link(self, booking: Booking) -> str:
        return f"booking/{booking_token(self.web.services.tokens, self.web.yoga.tenant_id, booking.id, 1)}"

    def of(self, actor: Actor, booking: Booking) -> tuple[Visitor, str, dict[str, dict[str, str]]]:
        """A browser, the address of the booking's page in it, and the fields of its forms."""
        own = f"bookings/{booking.code}"
        if actor == STAFF:
            return self.of_staff, own, self.fields["staff"]
        if actor == MAIL:
            return self.of_nobody, self.link(booking), self.fields["mail"]
        if actor == customer(BEN):
            return self.of_ben, own, self.fields["ben"]
        return self.of_ada if actor == customer(ADA) else self.of_nobody, own, self.fields["ada"]


def store(web: Web, case: Case) -> tuple[Booking, Occurrence, Occurrence]:
    """The case's booking, at its distance from the test's clock; its date, and one to which it could move."""
    shift, yoga = web.now - case.now, web.yoga
    service = Service(
        id=uuid7(),
        name=f"Lesson {uuid7().hex}",
        kind=case.facts.kind,
        minutes=60,
        capacity=9,
        price=1,
        settings=case.stored,
    )
    facts = case.facts
    here = factories.make_class(
        yoga,
        starts_at=facts.starts_at + shift,
        ends_at=facts.ends_at + shift,
        service_id=yoga.add(service).id,
        provider_id=None,
        seats_taken=facts.status != "cancelled" or facts.undo_until is not None,
        state="cancelled" if facts.is_occurrence_cancelled else "scheduled",
    )
    days = max(20, (here.starts_at - web.now).days + 2)  # later than the booking: else it were no postponement
    there = factories.make_class(yoga, days=days, service_id=service.id, provider_id=None)
    hold = uuid7() if facts.undo_until else None
    booking = Booking(
        id=uuid7(), code=booking_code(), customer_id=yoga.ids["ada"], service_id=service.id, occurrence_id=here.id,
        starts_at=here.starts_at, ends_at=here.ends_at, status=facts.status, price=1, moves=facts.moves,
        cancelled_at=facts.cancelled_at and facts.cancelled_at + shift, cancelled_by=facts.cancelled_by,
        overridden=facts.overridden, overridden_until=facts.overridden_until and facts.overridden_until + shift,
        cancelled_from="confirmed", undo_until=facts.undo_until and facts.undo_until + shift, undo_hold_id=hold,
        rated_at=facts.rated_at and facts.rated_at + shift, rating=facts.rated_at and 8,
        created_at=yoga.now - timedelta(days=500),
    )  # fmt: skip
    things: list[Any] = [booking, Ticket(booking_id=booking.id, occurrence_id=here.id, price=1)]
    if hold and booking.undo_until:
        things.append(
            Hold(
                id=hold,
                occurrence_id=here.id,
                places=1,
                since=here.starts_at,
                until=booking.undo_until,
                purpose=Purpose.UNDO,
            )
        )
    yoga.add(*things)
    return booking, here, there


def look(web: Web, booking: Booking, *dates: Occurrence) -> list[Any]:
    """All that there is about a booking and its dates, and how much of everything."""
    of_dates = [date.id for date in dates]
    own = (
        (Booking, Booking.id == booking.id), (Ticket, Ticket.booking_id == booking.id),
        (Hold, Hold.occurrence_id.in_(of_dates)), (Occurrence, Occurrence.id.in_(of_dates)),
    )  # fmt: skip
    with web.database.session(web.yoga.tenant_id) as session:
        rows = [sorted(map(tuple, session.rows(select(*kind.__table__.columns).where(of)))) for kind, of in own]
        return [*rows, [session.rows(select(func.count()).select_from(kind)).scalar_one() for kind in KINDS]]


def ticket_of(web: Web, booking: Booking) -> UUID:
    with web.database.session(web.yoga.tenant_id) as session:
        return session.execute(select(Ticket.id).where(Ticket.booking_id == booking.id)).scalar_one()


@dataclass
class Tried:
    """A case, stored, and the browser of its actor."""

    web: Web
    doors: Doors
    case: Case

    def __post_init__(self) -> None:
        self.booking, self.here, self.there = store(self.web, self.case)
        self.ticket = ticket_of(self.web, self.booking)
        self.browser, self.url, self.fields = self.doors.of(self.case.actor, self.booking)
        self.is_staff = self.case.actor == STAFF
        self.name = (DESK if self.is_staff else PAGES)[self.case.permission]
        self.allowed, self.rule = verdict(self.case)
        self.is_over = self.case.actor == MAIL and self.case.facts.ends_at <= self.case.now

    def says(self) -> None:
        """The engine, and what explains it."""
        ids, actor = self.web.yoga.ids, self.case.actor
        actor = (
            member(ids["owner"]) if self.is_staff else customer(ids["ada"], actor.door) if actor.id == ADA else actor
        )
        scope = self.web.yoga.scope(actor, self.web.now)
        with scope.session:
            said = {one.permission: one for one in explain(scope, self.booking.code, self.web.now)}
        answer = said.get(self.case.permission)
        assert answer is None or (answer.allowed, answer.rule) == (self.allowed, self.rule)
        assert answer is not None or self.case.permission in OF_STAFF
        case = self.case
        engine = decide(case.permission, case.facts, Settings(case.stored), case.actor, case.now)
        assert (engine.allowed, engine.rule) == (self.allowed, self.rule)

    @property
    def status(self) -> int:
        """Of the booking's page."""
        kinds = {customer(BEN): 404, visitor(): 401}
        return 410 if self.is_over else kinds.get(self.case.actor, 200)

    def shows(self) -> None:
        """The control: on the booking's page, on that of the rules, in its line of the list."""
        is_rules = self.name == "rules"
        page = self.browser.get(f"{self.url}/rules" if is_rules else self.url + "/" * self.is_staff)
        assert page.status_code == self.status
        control = "Allow it" if is_rules else f'{self.browser.url(self.url)}/{self.name}"'
        assert (control in page.text) is (self.allowed and not self.is_over)
        if self.case.actor == customer(ADA) and self.name not in ("undo", "notes"):
            tabs = ("upcoming", "past", "cancelled")
            rows = "".join(self.browser.get(f"bookings/?tab={tab}&q={self.booking.code}").text for tab in tabs)
            assert (control in rows) is self.allowed

    def answers(self) -> None:
        """A request made by hand."""
        before = look(self.web, self.booking, self.here, self.there)
        sent = {**self.fields[self.name], **WORDS}
        sent |= {"slot": str(OccurrenceKey(self.there.id)), "moves": str(self.booking.moves), "price": "1"}
        sent |= {"note": uuid7().hex, "mark": f"{self.ticket.hex}.absent"}
        done = self.browser.post(f"{self.url}/{self.name}", sent)
        expected = self.status if self.status != 200 else 303 if self.allowed else 403
        if expected == 403 and DONE_ALREADY.get(self.rule) is self.case.permission:
            expected = 303
        assert done.status_code == expected, done.text
        is_done = look(self.web, self.booking, self.here, self.there) != before
        assert is_done is (self.allowed and not self.is_over)


def check(web: Web, doors: Doors, case: Case) -> str:
    """All that speak of the case; gives the rule."""
    tried = Tried(web, doors, case)
    try:
        tried.says()
        tried.shows()
        tried.answers()
    except AssertionError as error:
        raise AssertionError(f"{case}: {verdict(case)}") from error
    return tried.rule


@pytest.fixture
def doors(web: Web) -> Doors:
    web.settings(web.yoga, schedule__notice_hours=0, schedule__horizon_days=730)
    return Doors(web)


@pytest.mark.parametrize("number", [120, pytest.param(1000, marks=pytest.mark.slow)])
def test_B5_pages_answers_engine_and_explain_agree(web: Web, doors: Doors, number: int) -> None:
    asked = cases(number, seed=number, asked=tuple(PAGES), actors=DOORS)
    decided = Counter(check(web, doors, case) for case in asked)
    assert len(decided) >= 15, decided  # else the cases are too much alike


@pytest.mark.parametrize("number", [30, pytest.param(300, marks=pytest.mark.slow)])
def test_B5_the_console_agrees_too(web: Web, doors: Doors, number: int) -> None:
    asked = cases(number, seed=number, asked=tuple(DESK), actors=(STAFF,))
    decided = Counter(check(web, doors, case) for case in asked)
    assert len(decided) >= 3, decided


NOT_SHOWN = {"already_cancelled", "not_cancelled"}
"""Rules whose opposite cannot be tried: the second press of a button is answered like the first."""


def test_B5_each_rule_that_is_turned_round_shows_at_the_page_and_at_the_answer(
    web: Web, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {verdict(case)[1]: case for case in cases(400, seed=1, asked=tuple(PAGES), actors=(customer(ADA),))}
    assert len(found) >= 20, sorted(found)
    for rule, case in found.items():
        if rule in NOT_SHOWN:
            continue
        with monkeypatch.context() as patch:
            patch.setattr(policy, "decide", turned(rule))
            for look_at in (Tried.shows, Tried.answers):
                with pytest.raises(AssertionError):
                    look_at(Tried(web, doors, case))


def turned(rule: str) -> Callable[..., Answer]:
    """The engine with this rule's answer turned round."""

    def wrong(*asked: Any) -> Answer:
        answer = decide(*asked)
        reason = _("This is not possible.") if answer.allowed else None
        return answer._replace(allowed=not answer.allowed, reason=reason) if answer.rule == rule else answer

    return wrong

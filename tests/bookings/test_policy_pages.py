"""What the pages offer, what hand-made requests are answered, and what the engine and `explain` say: one and the same.

Each case is a booking of its own, of a service with settings of its own, seen through one door.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bookwidget.bookings.actions import booking_token, explain
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.bookings.policy import decide
from bookwidget.catalog.models import Service
from bookwidget.events.models import Event
from bookwidget.kernel.actors import Actor, Door, customer, visitor
from bookwidget.kernel.ids import booking_code, uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.schedule.models import Hold, Occurrence, Purpose
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.settings import Settings
from tests import factories
from tests.bookings.oracle import ADA, BEN, Case, cases, verdict
from tests.web_fixtures import Visitor, Web

PAGES = {
    Permission.BOOKING_CANCEL: "cancel",
    Permission.BOOKING_MOVE: "move",
    Permission.BOOKING_POSTPONE: "postpone",
    Permission.BOOKING_UNDO: "undo",
    Permission.BOOKING_RESUME: "resume",
}
DONE_ALREADY = {"already_cancelled": Permission.BOOKING_CANCEL, "not_cancelled": Permission.BOOKING_UNDO}
"""What is answered like the first time, although the policy would say no now."""
MAIL = customer(ADA, Door.MAIL)
DOORS: tuple[Actor, ...] = (*[customer(ADA)] * 5, *[MAIL] * 3, customer(BEN), visitor())
KINDS: tuple[Any, ...] = (Booking, Ticket, Hold, Occurrence, Event)


@dataclass
class Doors:
    """Everybody's browser, and the guards of their forms; these belong to a person, not to a booking."""

    web: Web

    def __post_init__(self) -> None:
        self.of_ada, self.of_ben, self.of_nobody = self.web.customer(), self.web.customer("ben"), self.web.visitor()
        mine, theirs = (factories.make_booking(self.web.yoga, customer=who, days=9) for who in ("ada", "ben"))
        undo = self.of_ada.send(f"bookings/{mine.code}/cancel").location
        fields = {
            "ada": {"undo": self.of_ada.form(undo, f"bookings/{mine.code}/undo")},
            "mail": {"undo": self.of_nobody.form(self.link(mine), f"{self.link(mine)}/undo")},
            "ben": {},
        }
        again = factories.make_booking(self.web.yoga, days=10)
        factories.make_class(self.web.yoga, days=11)
        with self.web.database.session(self.web.yoga.tenant_id) as session, writing(session):
            flow = session.get_one(Service, (self.web.yoga.tenant_id, self.web.yoga.ids["flow"]))
            flow.settings = {"bookings.postpone_allowed": True}
        for name, page in (("cancel", "cancel"), ("move", "move"), ("postpone", "postpone?from=2026-12-05")):
            fields["ada"][name] = self.of_ada.form(f"bookings/{again.code}/{page}")
            fields["ben"][name] = self.of_ben.form(f"bookings/{theirs.code}/{page}")
            fields["mail"][name] = self.of_nobody.form(f"{self.link(again)}/{page}")
        for form in fields.values():
            form["resume"] = form["move"]  # one form, on two pages
        self.of_ben.send(f"bookings/{theirs.code}/cancel")
        fields["ben"]["undo"] = self.of_ben.form(f"bookings/{theirs.code}", f"bookings/{theirs.code}/undo")
        self.fields = fields

    def link(self, booking: Booking) -> str:
        return f"booking/{booking_token(self.web.services.tokens, self.web.yoga.tenant_id, booking.id, 1)}"

    def of(self, actor: Actor, booking: Booking) -> tuple[Visitor, str, dict[str, dict[str, str]]]:
        """A browser, the address of the booking's page in it, and the fields of its forms."""
        if actor == MAIL:
            return self.of_nobody, self.link(booking), self.fields["mail"]
        browser = {customer(ADA): self.of_ada, customer(BEN): self.of_ben}.get(actor, self.of_nobody)
        return browser, f"bookings/{booking.code}", self.fields["ben" if actor == customer(BEN) else "ada"]


def store(web: Web, case: Case) -> tuple[Booking, Occurrence]:
    """The case's booking, at its distance from the test's clock, and a date to which it could move."""
    shift, yoga = web.now - case.now, web.yoga
    service = Service(
        id=uuid7(), name=f"Lesson {uuid7().hex}", kind="class", minutes=60, capacity=9, price=1, settings=case.stored
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
        created_at=yoga.now - timedelta(days=500),
    )  # fmt: skip
    things: list[Any] = [booking, Ticket(booking_id=booking.id, occurrence_id=here.id)]
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
    return booking, there


def look(web: Web, booking: Booking) -> list[list[tuple[Any, ...]]]:
    """All that there is about a booking, and how many events."""
    with web.database.session(web.yoga.tenant_id) as session:
        tables = [kind.__table__ for kind in KINDS]
        return [sorted(map(tuple, session.rows(select(*table.columns))), key=str) for table in tables]


def check(web: Web, doors: Doors, case: Case) -> str:
    """All that speak of the case; gives the rule."""
    booking, there = store(web, case)
    browser, url, fields = doors.of(case.actor, booking)
    allowed, rule = verdict(case)
    name = PAGES[case.permission]
    actor = customer(web.yoga.ids["ada"], case.actor.door) if case.actor.id == ADA else case.actor
    scope = web.yoga.scope(actor, web.now)
    with scope.session:
        answer = next(one for one in explain(scope, booking.code, web.now) if one.permission is case.permission)
    assert (answer.allowed, answer.rule) == (allowed, rule)
    engine = decide(case.permission, case.facts, Settings(case.stored), case.actor, case.now)
    assert (engine.allowed, engine.rule) == (allowed, rule)

    page = browser.get(url)
    is_over = case.actor == MAIL and case.facts.ends_at <= case.now
    assert page.status_code == (
        410 if is_over else 404 if case.actor == customer(BEN) else 401 if case.actor == visitor() else 200
    )
    assert (f'{browser.url(url)}/{name}"' in page.text) is (allowed and not is_over)
    if case.actor == customer(ADA) and name != "undo":
        rows = "".join(
            browser.get(f"bookings/?tab={tab}&q={booking.code}").text for tab in ("upcoming", "past", "cancelled")
        )
        assert (f'{browser.url(url)}/{name}"' in rows) is allowed

    before = look(web, booking)
    sent = {**fields[name], "slot": str(OccurrenceKey(there.id)), "moves": str(booking.moves)}
    done = browser.post(f"{url}/{name}", sent)
    expected = page.status_code if page.status_code != 200 else 303 if allowed else 403
    if expected == 403 and DONE_ALREADY.get(rule) is case.permission:
        expected = 303
    assert done.status_code == expected, done.text
    assert (look(web, booking) != before) is (allowed and not is_over)
    return rule


@pytest.mark.parametrize("number", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_B5_pages_answers_engine_and_explain_agree(web: Web, number: int) -> None:
    web.settings(web.yoga, schedule__notice_hours=0, schedule__horizon_days=730)
    doors, decided = Doors(web), Counter[str]()
    for case in cases(number, seed=number, asked=tuple(PAGES), actors=DOORS):
        try:
            decided[check(web, doors, case)] += 1
        except AssertionError as error:
            raise AssertionError(f"{case}: {verdict(case)}") from error
    assert len(decided) >= 15, decided  # else the cases are too much alike

"""Every route of the frame: another tenant's identifiers, a stranger's sign-in, foreign and unsigned posts.

The routes come from the application itself: a new one is tried without being named here. Only a new kind of
identifier in an address has to be given a value, and a test fails until it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import MetaData, create_engine
from werkzeug.routing import Rule

from bookwidget import create_app
from bookwidget.accounts.models import Companion
from bookwidget.accounts.signing_in import Kind, open_sign_in
from bookwidget.bookings.models import Booking, GivenAnswer, Upload, WaitlistEntry
from bookwidget.catalog.models import Question
from bookwidget.config import Config
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.session import writing
from bookwidget.web.services import EXTENSION
from tests.bookings.acting import Acting
from tests.factories import World, make_booking, make_class

HERE = "https://widgets.localhost"
PERSONAL = {"code", "entry", "person", "ticket"}
"""What stands in an address for something of yoga's customer Ada."""
NEEDS_SIGN_IN = {200, 401}
"""The sign-in form in place of the page."""


@dataclass
class Houses:
    app: Flask
    yoga: World
    other: World
    code: str
    entry: str
    answer: str
    person: str
    ticket: str

    def url(self, rule: Rule, tenant: str, site: str) -> str:
        """The rule's address with yoga's identifiers in it, for whatever tenant and site."""
        values = {
            "tenant": tenant,
            "site": site,
            "code": self.code,
            "entry": self.entry,
            "answer": self.answer,
            "person": self.person,
            "ticket": self.ticket,
            "service": self.yoga.ids["flow"].hex,
            "token": "made-up",
            "kept": "made-up",
            "told": "made-up",
            "slot": "o-" + "0" * 32,
        }
        unknown = rule.arguments - set(values)
        assert not unknown, f"{rule}: say in this test what stands for {unknown}"
        url = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
        assert url
        return str(url[1])

    def sign_in(self, world: World, customer: str) -> dict[str, str]:
        """Headers of a signed-in customer's frame."""
        scope = world.scope()
        with scope.session, writing(scope.session):
            text = open_sign_in(scope, Kind.FRAME, customer_id=world.ids[customer])
        return {"Cookie": f"__Host-bw-frame-{world.tenant_id.hex[-12:]}={text}"}

    def stored(self) -> list[object]:
        """Everything in the database but sign-ins, whose last use moves on."""
        engine = create_engine(self.yoga.database.url)
        metadata = MetaData()
        metadata.reflect(engine)
        with engine.connect() as connection:
            rows = [
                (table.name, *row)
                for table in metadata.sorted_tables
                if table.name not in ("sign_in", "alembic_version")
                for row in connection.execute(table.select())
            ]
        engine.dispose()
        return sorted(map(repr, rows))  # type: ignore[return-value]


@pytest.fixture
def houses(yoga: World, other: World, tmp_path: Path) -> Iterator[Houses]:
    config = Config.load({}, instance=tmp_path, database_url=yoga.database.url)
    app = create_app(config, clock=lambda: yoga.now)
    waiting = WaitlistEntry(
        id=uuid7(), customer_id=yoga.ids["ada"], occurrence_id=make_class(yoga, days=4).id, joined_at=yoga.now
    )
    yoga.add(waiting)
    booking = make_booking(yoga)
    child: Companion = yoga.add(Companion(id=uuid7(), customer_id=yoga.ids["ada"], name="Kim", is_child=True))
    [ticket] = Acting(yoga).read_booking(booking.code).tickets
    ids = waiting.id.hex, make_answer(yoga, booking).hex, child.id.hex, ticket.id.hex
    yield Houses(app, yoga, other, booking.code, *ids)
    app.extensions[EXTENSION].database.dispose()


def make_answer(world: World, booking: Booking) -> UUID:
    """A file that came with this booking."""
    question = Question(id=uuid7(), kind="file", label="Your plan?")
    upload = Upload(
        id=uuid7(), hold_id=booking.id, question_id=question.id, name="plan.txt", size=4, content=b"plan", until=None
    )
    answer = GivenAnswer(
        id=uuid7(), booking_id=booking.id, question_id=question.id, position=0, kind="file", label=question.label,
        value=upload.name, upload_id=upload.id,
    )  # fmt: skip
    world.add(question, upload, answer)
    return answer.id


def frame_rules(houses: Houses) -> list[Rule]:
    rules = [rule for rule in houses.app.url_map.iter_rules() if rule.rule.startswith("/w/<tenant>/<site>/")]
    assert len(rules) >= 10
    return rules


def ask(houses: Houses, rule: Rule, url: str, headers: dict[str, str]) -> list[int]:
    """Status of a GET and of a POST with a proper Origin, where the route takes them."""
    client, methods = houses.app.test_client(use_cookies=False), rule.methods or set()
    statuses = []
    if "GET" in methods:
        statuses.append(client.get(url, base_url=HERE, headers=headers).status_code)
    if "POST" in methods:
        posted = client.post(url, base_url=HERE, headers={**headers, "Origin": HERE}, data={"slot": "x", "moves": 0})
        statuses.append(posted.status_code)
    return statuses


def test_another_tenants_site_is_no_place(houses: Houses) -> None:
    headers = houses.sign_in(houses.yoga, "ada")
    for rule in frame_rules(houses):
        url = houses.url(rule, "yoga", houses.other.ids["site"].hex)
        assert set(ask(houses, rule, url, headers)) == {404}, rule


def test_another_tenants_identifiers_lead_nowhere(houses: Houses) -> None:
    """Signed in at the other tenant, with yoga's booking code in the address."""
    headers, before = houses.sign_in(houses.other, "ada"), houses.stored()
    for rule in frame_rules(houses):
        if not PERSONAL & rule.arguments:
            continue
        url = houses.url(rule, "other", houses.other.ids["site"].hex)
        assert set(ask(houses, rule, url, headers)) <= {404, 403}, rule
        assert ask(houses, rule, url, headers)[0] == 404, rule
    assert houses.stored() == before


def test_another_tenants_sign_in_opens_nothing(houses: Houses) -> None:
    headers, before = houses.sign_in(houses.other, "ada"), houses.stored()
    name = f"__Host-bw-frame-{houses.yoga.tenant_id.hex[-12:]}"
    forged = {"Cookie": f"{name}={headers['Cookie'].partition('=')[2]}"}
    signed_out = {rule.rule: ask(houses, rule, url_at_home(houses, rule), {}) for rule in frame_rules(houses)}
    for rule in frame_rules(houses):
        assert ask(houses, rule, url_at_home(houses, rule), forged) == signed_out[rule.rule], rule
    assert houses.stored() == before


def test_another_customers_booking_is_not_there(houses: Houses) -> None:
    headers, before = houses.sign_in(houses.yoga, "ben"), houses.stored()
    for rule in frame_rules(houses):
        if PERSONAL & rule.arguments:
            assert ask(houses, rule, url_at_home(houses, rule), headers)[0] == 404, rule
    assert houses.stored() == before


@pytest.mark.parametrize("origin", [None, "null", "https://yoga.localhost", "https://evil.localhost", HERE + ":444"])
def test_a_foreign_post_is_refused_everywhere(houses: Houses, origin: str | None) -> None:
    headers, before = houses.sign_in(houses.yoga, "ada"), houses.stored()
    client = houses.app.test_client(use_cookies=False)
    for rule in frame_rules(houses):
        if "POST" in (rule.methods or set()):
            sent = {**headers, **({"Origin": origin} if origin else {})}
            answer = client.post(url_at_home(houses, rule), base_url=HERE, headers=sent)
            assert answer.status_code == 403, rule
    assert houses.stored() == before


def test_a_post_without_a_token_is_refused_everywhere(houses: Houses) -> None:
    headers, before = houses.sign_in(houses.yoga, "ada"), houses.stored()
    client = houses.app.test_client(use_cookies=False)
    for rule in frame_rules(houses):
        if "POST" in (rule.methods or set()):
            answer = client.post(url_at_home(houses, rule), base_url=HERE, headers={**headers, "Origin": HERE})
            assert answer.status_code == 403, rule
    assert houses.stored() == before


def test_a_get_changes_nothing(houses: Houses) -> None:
    headers, before = houses.sign_in(houses.yoga, "ada"), houses.stored()
    client = houses.app.test_client(use_cookies=False)
    for rule in frame_rules(houses):
        for method in (client.get, client.head):
            method(url_at_home(houses, rule), base_url=HERE, headers=headers)
    assert houses.stored() == before


def url_at_home(houses: Houses, rule: Rule) -> str:
    return houses.url(rule, "yoga", houses.yoga.ids["site"].hex)

"""Every address of the console against everybody who may not: strangers, staff, another business."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bookwidget.accounts.models import ClosureRequest, CustomerImport
from bookwidget.bookings.models import Ticket
from bookwidget.catalog.models import Question, TicketType
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import TimeOff
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.models import Host, Member, RefusedSite
from bookwidget.tenancy.session import writing
from tests.bookings.repeating import TEN, key_at, start
from tests.console.desks import events, hire, nobody, origins, owner, sign_in, tenant
from tests.factories import World, make_booking, make_class
from tests.web_fixtures import Visitor, Web

OPEN = {"console.log_in", "console.choose", "console.forgot", "console.password", "console.invitation"}
EVERY_MEMBER = {
    "console.home",
    "console.embed",
    "console.embed_plugin",
    "console.log_out",
    "console.dates",
    "console.dates_one",
    "console.today",
    "console.calendar",
}
LEAD_BACK = {
    (f"console.{name}", "GET")
    for name in (
        "sites_allow",
        "sites_dismiss",
        "services_retire",
        "services_tickets_place",
        "services_tickets_retire",
        "providers_retire",
        "locations_retire",
        "hours_off",
        "hours_end",
        "bookings_attendance",
        "bookings_links",
        "bookings_withdraw",
        "bookings_note",
        "customers_block",
        "customers_invite",
        "customers_view",
        "customers_view_end",
        "questions_place",
        "questions_retire",
        "team_role",
        "team_end",
        "team_again",
        "imports_check",
        "imports_run",
        "imports_undo",
        "messages_reset",
        "messages_test",
        "hosts_check",
        "hosts_remove",
        "start",
        "start_colour",
        "start_end",
        "start_skip",
        "waiting_offer",
    )
}
"""Looked at, they only lead to the page with their button."""
OF_BOOKINGS = ("console.bookings", "console.customers", "console.closures", "console.waiting")
"""Begin the endpoints that every member may open."""


def addresses(web: Web, **named: str) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and path of every route."""
    with web.app.test_request_context():
        for rule in web.app.url_map.iter_rules():
            if rule.endpoint.startswith("console."):
                values = {name: named[name] for name in rule.arguments}
                path = web.app.url_map.bind("", "").build(rule.endpoint, values)
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    yield rule.endpoint, method, path


def ids(web: Web) -> dict[str, str]:
    """Of things of the tenant `yoga`."""
    refused: RefusedSite = web.yoga.add(RefusedSite(origin="https://blog.example", widget="login", last_at=web.now))
    host: Host = web.yoga.add(Host(name="book.shop.example", created_at=web.now))
    booking = make_booking(web.yoga)
    with web.database.session(web.yoga.tenant_id) as session:
        ticket = session.scalars(select(Ticket.id).where(Ticket.booking_id == booking.id)).one()
    question: Question = web.yoga.add(Question(id=uuid7(), kind="line", label="Who sent you?"))
    kind: TicketType = web.yoga.add(TicketType(id=uuid7(), service_id=web.yoga.ids["flow"], name="Child", price=700))
    closure = some_closure(web.yoga)
    made = some_import(web, web.yoga)
    day = web.now.date()
    off: TimeOff = web.yoga.add(TimeOff(id=uuid7(), provider_id=None, first_day=day, last_day=day))
    return {
        "site": web.yoga.ids["site"].hex, "refused": refused.id.hex, "code": booking.code, "answer": uuid7().hex,
        "host": host.id.hex, "location": web.yoga.ids["studio"].hex, "provider": web.yoga.ids["mara"].hex,
        "kind": kind.id.hex, "closure": closure.id.hex,
        "off": off.id.hex, "service": web.yoga.ids["massage"].hex, "question": question.id.hex, "ticket": ticket.hex,
        "customer": web.yoga.ids["ada"].hex, "message": "booking.made.customer.email", "token": "made-up",
        "member": web.yoga.ids["owner"].hex, "number": made.id.hex, "occurrence": booking.occurrence_id.hex,
        "entry": uuid7().hex,
    }  # fmt: skip


def some_closure(world: World) -> ClosureRequest:
    made: ClosureRequest = world.add(ClosureRequest(id=uuid7(), customer_id=world.ids["ben"], asked_at=world.now))
    return made


def some_import(web: Web, world: World) -> CustomerImport:
    made: CustomerImport = world.add(
        CustomerImport(
            id=uuid7(), name="x.csv", content=b"Name,Email\na,b\n", encoding="utf-8", delimiter=",",
            header=["Name", "Email"], rows=1, created_at=web.now,
        )
    )  # fmt: skip
    return made


def ask(visitor: Visitor, method: str, path: str, guard: str) -> int:
    """The status; a post carries a valid guard where one was given."""
    if method == "GET":
        return visitor.get(path).status_code
    return visitor.post(path, {"csrf_token": guard, "origin": "https://evil.example", "name": "Evil"}).status_code


def guards(visitor: Visitor, *more: str) -> list[str]:
    """A token for each form that this visitor can see on the usual pages and on `more`."""
    pages = (
        "branding/", "settings/", "sites/", "embed/", "login", "hours/", "services/", "services/new", "questions/",
        "questions/new", "customers/new", "team/new", "messages/", "messages/booking.made.customer.email/",
        "dates/new", *more,
    )  # fmt: skip
    texts = [visitor.get(page) for page in pages]
    return [page.text.split('name="csrf_token" value="')[n].split('"')[0]
            for page in texts for n in range(1, page.text.count('name="csrf_token"') + 1)]  # fmt: skip


def untouched(web: Web) -> bool:
    return (
        origins(web.yoga) == ["https://yoga.localhost"]
        and (tenant(web.yoga).name, tenant(web.yoga).branding) == ("Yoga", {})
        and events(web.yoga) == []
    )


def test_without_sign_in_everything_leads_to_the_sign_in(web: Web) -> None:
    visitor = nobody(web)
    found = list(addresses(web, **ids(web)))
    assert len(found) > 12
    for endpoint, method, path in found:
        if endpoint not in OPEN:
            answer = visitor.get(path) if method == "GET" else visitor.post(path, {})
            assert (answer.status_code, (answer.location or "")[:15]) == (303, "/console/login?"), path
    assert untouched(web)


def test_staff_see_bookings_and_the_embed_page_only(web: Web) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    visitor = sign_in(nobody(web), "sam@staff.example")
    assert visitor.get("/console/").location == "/console/today/"
    page = visitor.get("embed/")
    assert page.status_code == 200
    assert "/console/branding/" not in page.text
    assert "/console/sites/" not in page.text
    assert "/console/settings/" not in page.text
    tokens = guards(visitor)
    for endpoint, method, path in addresses(web, **ids(web)):
        if endpoint not in OPEN | EVERY_MEMBER and not endpoint.startswith(OF_BOOKINGS):
            assert {ask(visitor, method, path, token) for token in tokens} == {403}, (method, path)
    assert "Only owners and managers" in visitor.get("branding/").text
    assert untouched(web)


def test_who_is_demoted_while_a_page_is_open_has_lost_it(web: Web) -> None:
    visitor = owner(web)
    fields = visitor.form("sites/")
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Member, (web.yoga.tenant_id, web.yoga.ids["owner"])).role = "staff"
    assert visitor.post("sites/", {**fields, "origin": "https://evil.example"}).status_code == 403
    assert untouched(web)


def test_managers_may_what_owners_may(web: Web) -> None:
    hire(web.yoga, "mia@manager.example", "manager")
    visitor = sign_in(nobody(web), "mia@manager.example")
    assert visitor.send("sites/", origin="shop.example").status_code == 303


def test_another_business_finds_nothing_and_changes_nothing(web: Web) -> None:
    visitor, own, theirs = owner(web, web.other), make_booking(web.other), ids(web)
    slot = OccurrenceKey(make_class(web.other, days=3).id)
    again = f"bookings/{start(web.other).code}/move-all?slot={key_at(web.other, TEN + timedelta(hours=3))}"
    pages = ("", "cancel", "move", "rules", f"transfer?step=review&slot={slot}")
    more = [f"team/{web.other.ids['owner'].hex}/"]
    more += [f"dates/{own.occurrence_id.hex}/{page}" for page in ("change", "cancel")]
    more += [f"services/{web.other.ids['flow'].hex}/tickets/new", "people/new"]
    more += [f"customers/{web.other.ids['ada'].hex}/close", f"closures/{some_closure(web.other).id.hex}/"]
    more += [f"imports/{some_import(web, web.other).id.hex}/"]
    tokens = guards(visitor, again, *more, *(f"bookings/{own.code}/{page}" for page in pages))
    tried = 0
    for endpoint, method, path in addresses(web, **theirs):
        if endpoint in OPEN or (endpoint, method) in LEAD_BACK:
            continue
        if any(value in path for name, value in theirs.items() if name != "message"):
            statuses = {ask(visitor, method, path, token) for token in tokens}
            assert statuses == ({404} if method == "GET" else {404, 403}), (method, path)
            tried += 1
    assert tried == 77
    for page in (
        "branding/", "settings/", "sites/", "embed/", "bookings/?when=all", "questions/", "hours/", "customers/",
    ):  # fmt: skip
        text = visitor.get(page).text
        assert theirs["code"] not in text
        assert "Who sent you?" not in text
        assert "yoga.localhost" not in text
        assert "blog.example" not in text
    assert untouched(web)


@pytest.mark.parametrize("bad", ["0", "x" * 32, "0" * 32, "../../other"])
def test_an_id_that_is_none_is_not_found(web: Web, bad: str) -> None:
    visitor = owner(web)
    for path in (f"sites/{bad}/remove", f"sites/{bad}"):
        answer = visitor.get(path)
        assert answer.status_code == 404
    answer = visitor.get("nothing-here")
    assert "Nothing here" in answer.text
    assert "Back to the console" in answer.text


def test_posts_without_or_with_anothers_guard_change_nothing(web: Web) -> None:
    visitor, foreign = owner(web), guards(owner(web, web.other))
    for endpoint, method, path in addresses(web, **ids(web)):
        if method == "POST" and endpoint not in OPEN:
            for token in ("", "x", *foreign):
                assert ask(visitor, "POST", path, token) == 403, path
    assert untouched(web)


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_posts_from_elsewhere_change_nothing(web: Web, origin: str | None) -> None:
    visitor = owner(web)
    fields = {**visitor.form("sites/"), "origin": "https://evil.example"}
    assert visitor.post("sites/", fields, origin=origin).status_code == 403
    assert untouched(web)


def test_the_console_holds_no_inline_script_or_style(web: Web) -> None:
    visitor = owner(web)
    ids(web)
    for page in ("branding/", "settings/", "sites/", "embed/", f"sites/{web.yoga.ids['site'].hex}/remove", "nothing"):
        text = visitor.get(page).text
        before = text.split("<pre")[0]
        assert " style=" not in before
        assert "<style" not in before
        assert " on" + "click=" not in before
        assert all("src=" in part.split(">")[0] for part in before.split("<script")[1:])


def test_a_get_writes_nothing(web: Web) -> None:
    visitor = owner(web)
    for _endpoint, method, path in addresses(web, **ids(web)):
        if method == "GET":
            visitor.get(path)
    assert untouched(web)
    with web.database.session(web.yoga.tenant_id) as session:
        assert len(session.scalars(select(RefusedSite)).all()) == 1

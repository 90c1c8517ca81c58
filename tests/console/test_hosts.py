"""A host name of the owner's own: claimed, checked by a real question to a name server, serving."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import dns.message
import dns.rrset
import pytest
from sqlalchemy import event

from bookwidget.events.housekeeping import keep_house
from bookwidget.kernel.errors import Refused
from bookwidget.tenancy.hosts import add_host
from tests.console.desks import events, owner
from tests.web_fixtures import Visitor, Web

NAME, TARGET = "book.yoga.example", "widgets.service.example"


@dataclass
class NameServer:
    """Answers over UDP from `records`: name to type and value."""

    records: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                data, who = self.socket.recvfrom(4096)
            except OSError:
                return
            self.asked += 1
            answer = dns.message.make_response(dns.message.from_wire(data))
            name, kind = str(answer.question[0].name), dns.rdatatype.to_text(answer.question[0].rdtype)
            while found := self.records.get(name.rstrip(".")):
                if found[0] in (kind, "CNAME"):
                    answer.answer.append(dns.rrset.from_text(name, 60, "IN", *found))
                name = found[1] if found[0] == "CNAME" else ""
            self.socket.sendto(answer.to_wire(), who)


@pytest.fixture
def names(web: Web) -> Iterator[NameServer]:
    server = NameServer({TARGET: ("A", "192.0.2.7")})
    web.services.config = replace(web.services.config, public_url=f"https://{TARGET}", dns_server=server.address)
    yield server
    server.socket.close()


def add(web: Web, visitor: Visitor, name: str = NAME) -> str:
    """The path of its check."""
    assert visitor.send("hosts/", name=name).location == "/console/hosts/?done=added"
    return visitor.get("hosts/").text.split('/check"')[0].rpartition('"')[2] + "/check"


def question(web: Web, domain: str) -> int:
    return Visitor(web.app, "/").get("/internal/certificate", query_string={"domain": domain}).status_code


def serves(web: Web, name: str = NAME) -> bool:
    return web.app.test_client().get("/", base_url=f"https://{name}").location.startswith("/p/")


@pytest.mark.parametrize(
    ("records", "is_here"),
    [
        ({}, False),
        ({NAME: ("CNAME", TARGET + ".")}, True),
        ({NAME: ("CNAME", "cdn.example."), "cdn.example": ("CNAME", TARGET + ".")}, True),
        ({NAME: ("A", "192.0.2.7")}, True),
        ({NAME: ("A", "192.0.2.8")}, False),
        ({NAME: ("CNAME", "evil.example."), "evil.example": ("A", "192.0.2.9")}, False),
    ],
)
def test_a_name_serves_once_it_was_seen_to_lead_here(
    web: Web, names: NameServer, records: dict[str, tuple[str, str]], is_here: bool
) -> None:
    visitor = owner(web)
    check = add(web, visitor)
    page = visitor.get("hosts/").text
    assert "Not checked yet" in page
    assert TARGET in page
    assert (serves(web), question(web, NAME)) == (False, 404)
    assert names.asked == 0, "no page asks"
    names.records |= records
    answer = visitor.send(check, "hosts/")
    assert answer.location == f"/console/hosts/?done={'verified' if is_here else 'failed'}"
    page = visitor.get(answer.location).text
    assert ("Verified" if is_here else "Leads elsewhere") in page
    assert (serves(web), question(web, NAME)) == ((True, 200) if is_here else (False, 404))
    assert (NAME in visitor.get("embed/").text) is is_here
    assert [kind for kind, _facts in events(web.yoga)] == ["host.added", *["host.verified"] * is_here]


def test_what_was_verified_stays_when_the_name_server_is_away(web: Web, names: NameServer) -> None:
    visitor = owner(web)
    names.records[NAME] = ("CNAME", TARGET + ".")
    check = add(web, visitor)
    visitor.send(check, "hosts/")
    names.records.clear()
    visitor.send(check, "hosts/")
    assert serves(web)
    assert visitor.send(check.replace("/check", "/remove"), "hosts/").location == "/console/hosts/?done=removed"
    assert (serves(web), question(web, NAME)) == (False, 404)


def test_a_name_belongs_to_who_claimed_it_until_the_claim_lapses(web: Web, names: NameServer) -> None:
    add(web, owner(web))
    other = owner(web, web.other)
    answer = other.send("hosts/", name=NAME)
    assert answer.status_code == 422
    assert "already leads to a business" in answer.text
    with pytest.raises(Refused):
        add_host(web.database, web.other.tenant_id, NAME, public_url="https://x.example", now=web.now)
    assert NAME not in other.get("hosts/").text
    assert keep_house(web.database, web.now + timedelta(days=8))["hosts"] == 1
    add(web, other)
    add_host(web.database, web.other.tenant_id, NAME, public_url="https://x.example", now=web.now)
    assert serves(web), "the operator's word verifies"
    assert keep_house(web.database, web.now + timedelta(days=8))["hosts"] == 0


@pytest.mark.parametrize("typed", ["", "localhost", "a b.example", "https://book.example/x", TARGET, "192.0.2.7"])
def test_what_is_no_name_is_refused(web: Web, names: NameServer, typed: str) -> None:
    answer = owner(web).send("hosts/", name=typed)
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text


def test_there_is_an_end_to_names_and_to_checks(web: Web, names: NameServer) -> None:
    visitor = owner(web)
    check = add(web, visitor)
    for n in range(4):
        add(web, visitor, f"book{n}.yoga.example")
    assert visitor.send("hosts/", name="one-more.yoga.example").status_code == 422
    fields = visitor.form("hosts/", check)
    assert {visitor.post(check, fields).status_code for _n in range(30)} == {303}
    assert visitor.post(check, fields).status_code == 429


def test_the_certificate_question_is_one_statement_and_then_none(web: Web) -> None:
    add_host(web.database, web.yoga.tenant_id, NAME, public_url="https://x.example", now=web.now)
    seen: list[str] = []
    event.listen(web.database._platform, "before_cursor_execute", lambda *told: seen.append(told[2]))
    event.listen(web.database.walled, "before_cursor_execute", lambda *told: seen.append(told[2]))
    assert [question(web, NAME) for _n in range(3)] == [200] * 3
    assert [question(web, domain) for domain in ("nobody.example", "nobody.example")] == [404, 404]
    assert len(seen) == 2
    assert [question(web, domain) for domain in ("", "x" * 300, "a/b", "é.example", "a b")] == [404] * 5
    assert len(seen) == 2
    with web.database.all_tenants("a test") as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + seen[0].replace("?", "'x'")).all()
    assert "USING INDEX" in str(plan), plan

"""The history of the whole business at the console."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from bookwidget.bookings.actions import HistoryQuery, read_history
from bookwidget.events.models import Event
from bookwidget.kernel.errors import Denied
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.session import writing
from tests.bookings.acting import Acting
from tests.console.desks import hire, nobody, owner, sign_in
from tests.factories import World, make_booking
from tests.web_fixtures import Web


def lines(page: str) -> list[str]:
    """Each line of the log in plain words."""
    found = re.findall(r"<li><time.*?</li>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


def plant(world: World, number: int, **values: Any) -> None:
    """Events of the past, a minute apart, the oldest first."""
    rows = [
        {"tenant_id": world.tenant_id, "id": uuid7(), "kind": "customer.signed_in",
         "at": world.now - timedelta(minutes=number - n), "actor_kind": "customer",
         "actor_id": world.ids["ada"], "door": "widget", "customer_id": world.ids["ada"],
         "booking_id": None, "facts": {"before": {}, "after": {"n": n}}, **values}
        for n in range(number)
    ]  # fmt: skip
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(insert(Event), rows)


def test_everything_stands_there_in_words_with_who_and_through_which_door(web_everywhere: Web) -> None:
    web = web_everywhere
    boss = owner(web)
    booking = make_booking(web.yoga)
    Acting(web.yoga).cancel_booking(booking.code)
    boss.send("team/new", name="Sam Staff", email="sam@staff.example", role="staff")
    mine = boss.form("settings/")
    boss.post("settings/", {**mine, "bookings.cancel_notice_hours": "36"})
    boss.send("services/new", name="Aerial", minutes="30", price="1", kind="class")
    page = boss.get("history/").text
    said = lines(page)
    for words in (
        ("Cancelled", "Ada Byron", booking.code, "in the widget"),
        ("Invited to the team: Sam Staff", "Olga Owner", "in the console"),
        ("Settings changed:", "Olga Owner"),
        ("Service saved: Aerial",),
        ("Logged in to the console", "Olga Owner"),
    ):
        assert any(all(word in line for word in words) for line in said), (words, said)
    assert not re.search(r">[a-z_]+\.[a-z_]+<", page), "raw kinds"
    assert lines(boss.get(f"history/?q={booking.code.lower()}").text) == [line for line in said if booking.code in line]
    assert [line for line in said if "Ada" in line] == lines(boss.get("history/?q=ada+by").text)
    assert all("Olga" in line for line in lines(boss.get(f"history/?who={web.yoga.ids['owner'].hex}").text))
    assert {line.split()[-1] for line in lines(boss.get("history/?group=offer").text)}
    assert "Aerial" in boss.get("history/?group=offer").text
    assert "Aerial" not in boss.get("history/?group=bookings").text
    assert lines(boss.get("history/?to=2026-11-23").text) == []
    assert lines(boss.get("history/?from=2026-11-24&to=2026-11-24").text) == said
    assert lines(owner(web, web.other).get(f"history/?q={booking.code}").text) == []


def test_it_is_paged_by_key_so_that_nothing_is_doubled_or_left_out(web: Web) -> None:
    plant(web.yoga, 120)
    same = web.yoga.now - timedelta(days=3)
    plant(web.yoga, 60, at=same)
    boss, seen, url = owner(web), [], "history/?group=customers"
    for page in range(4):
        answer = boss.get(url).text
        seen += re.findall(r'datetime="([^"]+)"', answer)
        older = re.findall(r'href="([^"]+before=[^"]+)"', answer)
        plant(web.yoga, 3, at=web.yoga.now)  # what happens meanwhile moves no page
        assert bool(older) is (page < 3)
        url = older[0].replace("&amp;", "&") if older else ""
    assert len(seen) == 180
    assert seen == sorted(seen, reverse=True)
    assert "Nothing matches" in boss.get("history/?before=1-" + "0" * 32).text


@pytest.mark.parametrize("query", ["before=x", "before=9" * 9 + "-" + "f" * 32, "group=x&who=x", "q=%00%25_", "from=x"])
def test_what_is_mistyped_shows_the_page_all_the_same(web: Web, query: str) -> None:
    assert owner(web).get(f"history/?{query}").status_code in (200, 422)


def test_swapped_days_are_refused_kindly(web: Web) -> None:
    answer = owner(web).get("history/?from=2026-11-24&to=2026-11-01")
    assert answer.status_code == 422
    assert "The last day is before the first" in answer.text


def test_staff_and_customers_do_not_read_it(web: Web) -> None:
    hire(web.yoga, "sam@staff.example", "staff")
    assert sign_in(nobody(web), "sam@staff.example").get("history/").status_code == 403
    scope = web.yoga.scope()
    with scope.session, pytest.raises(Denied):
        read_history(scope, HistoryQuery())


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "ix_event_at"),
        ({"kinds": ("booking.made", "customer.signed_in")}, "ix_event_at"),
        ({"kinds": ("member.invited", "settings.changed"), "of_business": True}, "ix_event_"),
        ({"by_owner": True}, "ix_event_member"),
        ({"text": "ben"}, "ix_event_customer"),
    ],
)
def test_a_page_of_a_long_history_reads_an_index_and_stays_at_its_statements(
    yoga: World, query: dict[str, Any], index: str
) -> None:
    plant(yoga, 6000)
    plant(yoga, 40, kind="member.signed_in", actor_kind="member", actor_id=yoga.ids["owner"], customer_id=None)
    plant(yoga, 20, customer_id=yoga.ids["ben"])
    with yoga.database.all_tenants("statistics", writing=True) as connection:
        connection.execute(text("ANALYZE"))
    if query.pop("by_owner", False):
        query["member_id"] = yoga.ids["owner"]
    sent: list[tuple[str, Any]] = []
    scope = yoga.staff_scope()
    event.listen(yoga.database.walled, "before_cursor_execute", lambda *facts: sent.append((facts[2], facts[3])))
    with scope.session:
        read_history(scope, HistoryQuery(**query))
    assert len(sent) == (3 if "text" in query else 2), "the role, what the words name, the page"
    statement, values = sent[-1]
    is_sqlite = yoga.database.url.startswith("sqlite")
    with yoga.database.all_tenants("a look at the plan") as connection:
        plan = connection.exec_driver_sql(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + statement, values)
        words = "\n".join(str(row) for row in plan)
    assert index in words, words
    assert "Seq Scan on event" not in words, words
    assert "SCAN event" not in words, words

"""Waiting lists in the console: who waits for what, a place offered by hand, and somebody taken off."""

import re
from datetime import timedelta
from typing import Any

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import WaitlistEntry
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.session import writing
from tests.console.desks import events, hire, nobody, owner, sign_in
from tests.console.test_dates import mailed, waits, words
from tests.factories import World, make_booking, make_class, make_customer
from tests.web_fixtures import Forms, Visitor, Web


def person(world: World, name: str) -> str:
    id = world.ids[name] = uuid7()
    world.add(make_customer(id, f"{name}@wait.example", name.title(), "", world.now))
    return name


def full_date(web: Web, days: float = 3, **values: Any) -> Occurrence:
    date = make_class(web.yoga, capacity=1, days=days, **values)
    make_booking(web.yoga, occurrence=date)
    return date


def offer_path(entry: WaitlistEntry) -> str:
    return f"waiting/{entry.occurrence_id.hex}/{entry.id.hex}/offer"


def press(visitor: Visitor, entry: WaitlistEntry) -> Any:
    """The button of this entry, as it stands on the page."""
    return visitor.post(offer_path(entry), Forms(visitor.get("waiting/").text).found[f"/console/{offer_path(entry)}"])


def test_item2_all_dates_to_come_with_who_waits_in_order(web_everywhere: Web) -> None:
    """By date; full or with free places; since when; what is offered until when. Not what is over or called off."""
    web, visitor, world = web_everywhere, owner(web_everywhere), web_everywhere.yoga
    assert "Nobody is waiting" in words(visitor.get("waiting/"))
    later, sooner = full_date(web, days=5), make_class(world, days=2, capacity=3)
    for date in (later, sooner):
        waits(world, date, person(world, f"first{date.capacity}"), places=2)
        waits(world, date, person(world, f"second{date.capacity}"))
    until = world.now + timedelta(hours=2)
    waits(world, sooner, person(world, "told"), offered_until=until)
    waits(world, sooner, person(world, "past"), offered_until=world.now - timedelta(hours=1), is_passed=True)
    for gone in (make_class(world, days=-1), make_class(world, days=4, state="cancelled")):
        waits(world, gone, person(world, gone.id.hex))
    text = words(visitor.get("waiting/"))
    order = (
        "3 places free",
        "1. First3",
        "2 places",
        "2. Second3",
        "3. Told",
        "Offered to all until Tue 24",
        "4. Past",
    )
    rest = ("Did not take the last offer", "Full", "1. First1", "2. Second1")
    assert re.search(".*".join(map(re.escape, (*order, *rest))), text), text
    assert len(re.findall(r"\d\. ", text)) == 6
    assert text.count("Offer the place now") == 4, "where places are free"
    assert "Nobody is waiting" in words(visitor.get(f"waiting/?service={world.ids['massage'].hex}"))
    assert text.count("First") == words(visitor.get(f"waiting/?service={world.ids['flow'].hex}")).count("First")
    assert 'href="/console/waiting/"' in visitor.get("today/").text
    assert "/console/waiting/?service=" in visitor.get(f"dates/{later.id.hex}/").text


def test_item2_a_place_is_offered_by_hand_and_the_customer_is_told_once(web_everywhere: Web) -> None:
    web, world = web_everywhere, web_everywhere.yoga
    hire(world, "sam@staff.example", "staff")
    visitor = sign_in(nobody(web), "sam@staff.example")
    date = make_class(world, days=3, capacity=1)
    first, second = waits(world, date, person(world, "first")), waits(world, date)
    page = Forms(visitor.get("waiting/").text).found
    for _click in range(2):
        answer = visitor.post(offer_path(second), page[f"/console/{offer_path(second)}"])
        assert answer.location == "/console/waiting/?done=offered"
    assert [kind for kind, _facts in events(world)] == ["waitlist.offered"]
    shown = visitor.get(str(answer.location))
    assert "The place is offered" in words(shown)
    assert re.search(r"2\. Ben \S+ 1 place since .* Kept for them until", words(shown)), words(shown)
    assert "Offer the place now" not in words(shown), "it is the only one"
    late = visitor.post(offer_path(first), page[f"/console/{offer_path(first)}"])
    assert (late.status_code, "No place is free on this date any more." in words(late)) == (422, True)
    assert "1. First" in words(late), "the lists are there all the same"
    assert mailed(web) == [("ben@example.com", "A place is free")]
    assert "A place is free" in words(web.customer("ben").get(f"bookings/waiting/{second.id.hex}"))


def test_item2_what_is_over_meanwhile_is_refused_kindly(web: Web) -> None:
    visitor, world = owner(web), web.yoga
    date = make_class(world, days=3, capacity=9)
    gone, blocked = waits(world, date, person(world, "gone")), waits(world, date, person(world, "blocked"))
    page = Forms(visitor.get("waiting/").text).found
    with web.database.session(world.tenant_id) as session, writing(session):
        session.delete(session.get_one(WaitlistEntry, (world.tenant_id, gone.id)))
        session.get_one(Customer, (world.tenant_id, world.ids["blocked"])).is_blocked = True
    for entry, why in ((gone, "no longer on the waiting list"), (blocked, "This customer is blocked")):
        answer = visitor.post(offer_path(entry), page[f"/console/{offer_path(entry)}"])
        assert (answer.status_code, why in words(answer)) == (422, True), words(answer)
    with web.database.session(world.tenant_id) as session, writing(session):
        session.get_one(Occurrence, (world.tenant_id, date.id)).state = "cancelled"
    answer = visitor.post(offer_path(blocked), page[f"/console/{offer_path(blocked)}"])
    assert "This date was called off." in words(answer)
    assert events(world) == []
    assert visitor.get(offer_path(gone)).location == "/console/waiting/", "a look offers nothing"


def test_item2_who_is_removed_hands_the_offer_on_and_a_second_click_is_the_same(web_everywhere: Web) -> None:
    web, visitor, world = web_everywhere, owner(web_everywhere), web_everywhere.yoga
    date = make_class(world, days=3, capacity=1)
    mine, _next = waits(world, date), waits(world, date, person(world, "next"))
    assert press(visitor, mine).status_code == 303
    path, service = f"waiting/{date.id.hex}/{mine.id.hex}/remove", world.ids["flow"].hex
    asked = visitor.get(f"{path}?service={service}&page=2")
    assert "goes to the next in line" in words(asked)
    assert "The customer is told by email." in words(asked)
    [(address, fields)] = [(at, sent) for at, sent in Forms(asked.text).found.items() if at.endswith("page=2")]
    for _click in range(2):
        answer = visitor.post(address, fields)
        assert answer.location == f"/console/waiting/?service={service}&page=2&done=removed"
    assert "is not on the waiting list any more" in words(visitor.get(str(answer.location)))
    assert visitor.get(path).status_code == 303
    assert [kind for kind, _facts in events(world)] == ["waitlist.offered", "waitlist.removed"]
    told = mailed(web)
    assert ("next@wait.example", "A place is free") in told
    assert [subject for to, subject in told if to != "next@wait.example"][-1] == "No longer on the waiting list"
    with web.database.session(world.tenant_id) as session:
        assert session.get(WaitlistEntry, (world.tenant_id, mine.id)) is None
    assert "Taken off the waiting list" in words(visitor.get("history/"))
    assert visitor.get("waiting/x/y/remove").status_code == 404

"""View as customer, over HTTP: everything is seen, nothing is changed, and the customer can read it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from bookwidget.accounts.models import Companion, SignIn
from bookwidget.bookings.models import Booking, Ticket, WaitlistEntry
from bookwidget.kernel.errors import Denied
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import Member
from bookwidget.tenancy.session import writing
from bookwidget.web.viewing import viewing_site
from tests.console.desks import events, hire, nobody, owner, sign_in
from tests.factories import make_booking, make_class
from tests.web_fixtures import HERE, Forms, Visitor, Web


def site_of(web: Web, who: str = "ada") -> str:
    return f"/w/yoga/{viewing_site(web.yoga.ids[who])}/"


def page_of(web: Web, who: str = "ada") -> str:
    return f"customers/{web.yoga.ids[who].hex}/"


def begin(web: Web, visitor: Visitor, who: str = "ada") -> str:
    """Presses the button; the address of the list of bookings."""
    answer = visitor.send(f"{page_of(web, who)}view", page_of(web, who))
    assert answer.status_code == 303, answer.text
    assert str(answer.location).startswith(site_of(web, who))
    return f"{site_of(web, who)}bookings/"


def kinds(web: Web) -> list[str]:
    return [kind for kind, _facts in events(web.yoga) if kind.startswith("customer.view")]


def sign_ins(web: Web) -> list[tuple[object, ...]]:
    with web.database.session(web.yoga.tenant_id) as session:
        rows = session.execute(select(SignIn.id, SignIn.seen_at, SignIn.ended_at).order_by(SignIn.id))
        return [tuple(row) for row in rows]


def test_item6_a_member_sees_what_the_customer_sees_and_the_customer_reads_it(web_everywhere: Web) -> None:
    web = web_everywhere
    booking = make_booking(web.yoga, days=3)
    web.yoga.add(Companion(id=uuid7(), customer_id=web.yoga.ids["ada"], name="Kim Lovelace", is_child=True))
    ada, boss = web.customer(), owner(web)
    before = sign_ins(web)
    first = begin(web, boss)
    web.now += timedelta(minutes=5)  # long enough to note a last use
    for path in ("bookings/", f"bookings/{booking.code}", "profile/", "book/"):
        theirs, seen = ada.get(path), boss.get(site_of(web) + path)
        assert (theirs.status_code, seen.status_code) == (200, 200), path
        assert "You are viewing as Ada" in seen.text
        assert "You are viewing as" not in theirs.text
        main = [text.split("<main", 1)[1].split("</main>")[0] for text in (theirs.text, seen.text)]
        assert "This device" in main[0] or alike(main[0], "/w/yoga/0/") == alike(main[1], site_of(web)), path
    assert "Kim" in ada.get("profile/people").text
    people = boss.get(f"{site_of(web)}profile/people").text
    assert "Kim" not in people
    assert "Only the customer sees this list" in people
    boss.get(first)
    assert [row for row in sign_ins(web) if row in before] == [row for row in before if row in sign_ins(web)]
    ours = ada.get("profile/views").text
    assert ours.count("<time") == 1
    assert "Olga Owner" in ours
    assert "looked at your account" in ada.get("profile/").text
    history = boss.get("history/").text
    assert "Pages viewed as the customer sees them" in history
    assert "Pages viewed as the customer sees them" in boss.get(page_of(web)).text
    assert kinds(web) == ["customer.viewed"]


def alike(html: str, base: str) -> str:
    """A page without what differs by who looks and when: addresses, guards and new ids."""
    return " ".join(re.sub(r"[0-9a-f]{32,}|[0-9a-f]{8}\.", "", html.replace(base, "")).split())


def test_item6_every_write_is_refused_in_one_place(web: Web) -> None:
    """Every route of every widget that takes a POST, with guards that are good, and each form of the pages."""
    boss, booking = owner(web), make_booking(web.yoga, days=3)
    entry = WaitlistEntry(
        id=uuid7(), customer_id=web.yoga.ids["ada"], occurrence_id=make_class(web.yoga, days=4).id, joined_at=web.now
    )
    child = Companion(id=uuid7(), customer_id=web.yoga.ids["ada"], name="Kim", is_child=True)
    web.yoga.add(entry, child)
    with web.database.session(web.yoga.tenant_id) as session:
        ticket = session.scalars(select(Ticket.id).where(Ticket.booking_id == booking.id)).one()
    first = begin(web, boss)
    before = events(web.yoga)
    values = {
        "code": booking.code,
        "entry": entry.id.hex,
        "person": child.id.hex,
        "ticket": ticket.hex,
        "answer": uuid7().hex,
        "service": web.yoga.ids["flow"].hex,
        "slot": "o-" + "0" * 32,
        **dict.fromkeys(("token", "kept", "told"), "x"),
    }
    guard = boss.form(first, f"/console/{page_of(web)}view/end")["csrf_token"]
    tried = 0
    for url in posts(web, values):
        answer = boss.post(url, {"csrf_token": guard, "do": "remove", "reason": "x"})
        assert answer.status_code == 403, url
        assert "Nothing was changed" in answer.text
        assert "You are viewing as Ada" in answer.text
        tried += 1
    assert tried > 25
    for page in ("bookings/", f"bookings/{booking.code}", f"bookings/{booking.code}/cancel", "profile/", "book/"):
        for action, fields in Forms(boss.get(site_of(web) + page).text).found.items():
            if fields.get("csrf_token") and not action.startswith("/console/"):
                assert boss.post(action or site_of(web) + page, fields).status_code == 403, action
    for method in ("put", "delete", "patch"):
        assert getattr(boss.client, method)(first, base_url=HERE, headers={"Origin": HERE}).status_code in (403, 405)
    assert events(web.yoga) == before
    with web.database.session(web.yoga.tenant_id) as session:
        assert session.get_one(Booking, (web.yoga.tenant_id, booking.id)).status == booking.status
        session.is_read_only = True
        with pytest.raises(Denied), writing(session):
            raise AssertionError


def posts(web: Web, values: dict[str, str]) -> list[str]:
    """Addresses of all routes of the frame that take a POST."""
    rules: list[Rule] = [rule for rule in web.app.url_map.iter_rules() if rule.rule.startswith("/w/<tenant>/<site>/")]
    named = {"tenant": "yoga", "site": viewing_site(web.yoga.ids["ada"]), **values}
    urls = (rule.build({name: named[name] for name in rule.arguments}, append_unknown=False) for rule in rules
            if "POST" in (rule.methods or set()))  # fmt: skip
    return [str(url[1]) for url in urls if url]


def test_item6_it_ends_by_button_by_itself_and_with_the_members_right(web: Web) -> None:
    boss = owner(web)
    first = begin(web, boss)
    begin(web, boss)  # a second click
    assert kinds(web) == ["customer.viewed"]
    for _press in range(2):
        answer = boss.post(f"{page_of(web)}view/end", boss.form(page_of(web), f"{page_of(web)}block"))
        assert answer.status_code == 303
        assert "can read in their profile" in boss.get(str(answer.location)).text
    assert kinds(web) == ["customer.viewed", "customer.view_ended"]
    assert over(boss, first)
    begin(web, boss)
    assert boss.get(first).status_code == 200
    web.now += timedelta(minutes=14, seconds=59)
    assert boss.get(first).status_code == 200
    web.now += timedelta(seconds=1)
    assert over(boss, first)
    assert boss.get("embed/").status_code == 200  # the member's own sign-in goes on
    begin(web, boss)
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Member, (web.yoga.tenant_id, web.yoga.ids["owner"])).role = "staff"
    assert boss.get(first).status_code == 404


def over(visitor: Visitor, url: str) -> bool:
    looked, sent = visitor.get(url), visitor.post(f"{url.rsplit('/', 2)[0]}/profile/details", {})
    assert "Ada" not in looked.text
    return looked.status_code == sent.status_code == 403 and "Viewing has ended" in looked.text


def test_item6_nobody_else_sees_anything(web: Web) -> None:
    boss, stranger, ada = owner(web), nobody(web), web.customer()
    hire(web.yoga, "sam@staff.example", "staff")
    hire(web.yoga, "mia@staff.example", "manager")
    staff, mia = (sign_in(nobody(web), f"{who}@staff.example") for who in ("sam", "mia"))
    first = begin(web, boss)
    assert "View as customer" not in staff.get(page_of(web)).text
    guard = staff.form(page_of(web), f"{page_of(web)}block")
    assert staff.post(f"{page_of(web)}view", guard).status_code == 403
    for visitor in (stranger, staff, ada, owner(web, web.other)):
        assert visitor.get(first).status_code == 404
        assert visitor.post(site_of(web) + "profile/details", {}).status_code == 404
    assert over(mia, first)  # a manager who has not begun
    assert boss.get(site_of(web, "ben") + "bookings/").status_code == 403
    theirs = web.other.ids["ada"].hex
    assert boss.post(f"customers/{theirs}/view", boss.form(page_of(web), f"{page_of(web)}view")).status_code == 404
    assert boss.get(f"/w/yoga/as-{theirs}/bookings/").status_code == 403
    assert boss.get(f"/w/other/{viewing_site(web.other.ids['ada'])}/bookings/").status_code == 404
    assert boss.get("/w/yoga/as-x/bookings/").status_code == 404
    assert kinds(web) == ["customer.viewed"]
    blocked = boss.send(f"{page_of(web, 'ben')}block", page_of(web, "ben"))
    assert blocked.status_code == 303
    assert "View as customer" not in boss.get(page_of(web, "ben")).text
    assert boss.post(f"{page_of(web, 'ben')}view", boss.form(page_of(web), f"{page_of(web)}view")).status_code == 403
    assert web.visitor().get("profile/views").status_code == 401

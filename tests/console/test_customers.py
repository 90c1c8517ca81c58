"""Customers at the console, over HTTP: found, shown, added, changed, invited, blocked."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from bookwidget.accounts.models import Customer, SignIn
from bookwidget.events.models import Event
from bookwidget.kernel.ids import uuid7
from bookwidget.notices.models import Message
from tests import factories
from tests.bookings.test_statements import counted
from tests.console.desks import HOSTILE_LINES, events, hire, nobody, sign_in
from tests.factories import PASSWORD
from tests.web_fixtures import Visitor, Web, hidden


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    return web_everywhere


@pytest.fixture
def staff(web: Web) -> Visitor:
    hire(web.yoga, "sam@staff.example", "staff")
    return sign_in(nobody(web), "sam@staff.example")


def words(visitor: Visitor, path: str, status: int = 200) -> str:
    answer = visitor.get(path)
    assert answer.status_code == status, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def page_of(web: Web, who: str = "ada") -> str:
    return f"customers/{web.yoga.ids[who].hex}/"


def stored(web: Web, who: str = "ada") -> Customer:
    with web.database.session(web.yoga.tenant_id) as session:
        return session.get_one(Customer, (web.yoga.tenant_id, web.yoga.ids[who]))


def kinds(web: Web) -> list[str]:
    return [kind for kind, _facts in events(web.yoga) if kind.startswith(("customer.", "password."))]


def test_c1_a_customer_is_found_and_shown_with_everything(web: Web, staff: Visitor) -> None:
    booking = factories.make_booking(web.yoga, days=3)
    theirs = factories.make_booking(web.yoga, days=4, customer="ben")
    told = Event(
        id=uuid7(), kind="booking.made", at=web.now, actor_kind="customer", door="widget", facts={},
        customer_id=web.yoga.ids["ada"], booking_id=booking.id,
    )  # fmt: skip
    web.yoga.add(told)
    web.yoga.add(
        Message(event_id=told.id, template="x", recipient="customer", channel="email", address="ada@example.com",
                sender_name="Yoga", subject="You are booked <in>", text="t", html="h", created_at=web.now)
    )  # fmt: skip
    web.customer()
    staff.send(f"bookings/{booking.code}/note", f"bookings/{booking.code}/", text="Needs the <ramp>")
    staff.send(f"bookings/{theirs.code}/note", f"bookings/{theirs.code}/", text="Of Ben")
    assert page_of(web) in staff.get("customers/?q=ada byron").text
    assert page_of(web, "ben") not in staff.get("customers/?q=ada byron").text
    assert page_of(web) in staff.get("customers/?q=Byron,  Ada").text, "in whatever order names are read out"
    assert page_of(web, "ben") in staff.get("customers/").text
    assert "Nobody matches" in staff.get("customers/?q=xyzzy").text
    page = words(staff, page_of(web))
    for said in (
        "Ada Byron",
        "ada@example.com",
        "Has an account",
        "You are booked <in>",
        "Logged in at",
        "Needs the <ramp> Sam",
        "Last seen",
    ):
        assert said in page, said
    html = staff.get(page_of(web)).text
    assert booking.code in html
    assert theirs.code not in html
    assert "Of Ben" not in html


def test_c1_a_customers_page_takes_the_same_number_of_statements_for_any_number_of_bookings(
    web: Web, staff: Visitor
) -> None:
    numbers = []
    for more in (1, 12):
        for n in range(more):
            factories.make_booking(web.yoga, days=1 + more + n / 5, occurrence=None)
        with counted(web.database) as sent:
            staff.get(page_of(web))
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]


def test_c1_staff_change_the_same_profile_that_the_customer_sees(web: Web, staff: Visitor) -> None:
    path = page_of(web) + "edit"
    fields = {**staff.form(path), "given_name": "Augusta", "phone": "07700 900321"}
    for _click in range(2):
        assert staff.post(path, fields).status_code == 303
    profile = web.customer().get("profile/").text
    assert 'value="Augusta"' in profile
    assert "07700 900321" in profile
    assert kinds(web).count("customer.updated") == 1
    assert "Details changed Sam" in words(staff, page_of(web))


def test_c1_two_who_edit_one_customer_the_second_is_told(web: Web, staff: Visitor) -> None:
    path = page_of(web) + "edit"
    old = staff.form(path)
    web.customer().send("profile/details", "profile/", given_name="Augusta")
    late = staff.post(path, {**old, "given_name": "Adele"})
    assert late.status_code == 422
    assert "changed somewhere else in the meantime" in late.text
    assert 'value="Adele"' in late.text
    slip = staff.post(path, {**old, "given_name": " "})
    again = staff.post(path, {**old, "given_name": "Adele", "version": hidden(slip, "version")})
    assert again.status_code == 422, "nobody has told them yet that it is different now"
    assert stored(web).given_name == "Augusta"


def test_bk4_a_customer_is_added_once_and_invited_with_one_mail(web: Web, staff: Visitor) -> None:
    fields = {**staff.form("customers/new"), "given_name": "Eve", "email": "Eve@Example.com"}
    places = {staff.post("customers/new", fields).location for _click in range(2)}
    [place] = places
    assert "No password yet" in words(staff, str(place))
    page = str(place).partition("?")[0]
    assert "Invite to the portal" in staff.get(page).text
    invite = staff.form(page, f"{page}invite")
    for _click in range(2):
        assert staff.post(f"{page}invite", invite).status_code == 303
    assert kinds(web) == ["customer.added", "customer.invited"]
    again = staff.send("customers/new", given_name="Other", email="eve@example.com")
    assert again.status_code == 422
    assert "There is a customer with this email already" in again.text


def test_c1_who_is_blocked_is_logged_out_and_stays_out(web: Web, staff: Visitor) -> None:
    ada = web.customer()
    booking = factories.make_booking(web.yoga, days=3)
    fields = staff.form(page_of(web), page_of(web) + "block")
    for _click in range(2):
        assert staff.post(page_of(web) + "block", fields).status_code == 303
    assert kinds(web).count("customer.blocked") == 1
    assert booking.code not in ada.get("bookings/").text
    assert web.visitor().send("login/", email="ada@example.com", password=PASSWORD).status_code == 422
    with web.database.session(web.yoga.tenant_id) as session:
        assert all(one.ended_at for one in session.scalars(select(SignIn).where(SignIn.customer_id.is_not(None))))
    refused = staff.post(page_of(web) + "invite", fields)
    assert refused.status_code == 403
    assert "Unblock them first" in refused.text
    staff.send(page_of(web) + "block", page_of(web))
    assert not stored(web).is_blocked
    web.customer()


@pytest.mark.parametrize(
    "typed",
    [
        {"given_name": ""}, {"email": ""}, {"email": "nobody"}, {"email": "ben@example.com"}, {"phone": "12"},
        *[{"family_name": line} for line in HOSTILE_LINES],
    ],
)  # fmt: skip
def test_details_that_make_no_sense_are_refused_and_stay_typed(web: Web, staff: Visitor, typed: dict[str, Any]) -> None:
    before = vars(stored(web)).copy()
    for path in ("customers/new", page_of(web) + "edit"):
        answer = staff.send(path, **{"given_name": "Kept", "email": "kept@example.com", **typed})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        assert "Kept" in answer.text or "given_name" in typed
    all_wrong = staff.send("customers/new", given_name="", email="x", phone="12").text
    assert all_wrong.count('aria-invalid="true"') == 3, "all of it at once"
    assert stored(web).email == before["email"]
    assert kinds(web) == []


def test_another_businesss_customer_is_not_found(web: Web, staff: Visitor) -> None:
    theirs = web.other.ids["ada"].hex
    for page in ("", "edit", "block", "invite"):
        path = f"customers/{theirs}/{page}"
        if page in ("", "edit"):
            assert staff.get(path).status_code == 404
        if page:
            form = staff.form("customers/new") if page == "edit" else staff.form(page_of(web), page_of(web) + "block")
            assert staff.post(path, {**form, "given_name": "Evil", "email": "evil@example.com"}).status_code == 404
    with web.database.session(web.other.tenant_id) as session:
        other = session.get_one(Customer, (web.other.tenant_id, web.other.ids["ada"]))
        assert (other.given_name, other.is_blocked) == ("Ada", False)

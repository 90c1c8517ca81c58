"""Booking over HTTP, as guest and signed in: every step by plain links and forms."""

import inspect
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bookwidget.accounts.models import Customer
from bookwidget.bookings.actions import booking_token
from bookwidget.bookings.models import Acceptance, Booking, Ticket
from bookwidget.catalog.models import TicketType
from bookwidget.events.models import Event
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.schedule.rules import OccurrenceKey, TimeKey
from tests import factories
from tests.factories import PASSWORD
from tests.web_fixtures import HERE, Forms, Visitor, Web

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
EVE = {"given_name": "Eve", "family_name": "Adams", "email": "eve@example.com", "phone": "01632 960555"}


def count(web: Web, what: Any) -> int:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return int(session.execute(select(func.count()).select_from(what)).scalar_one())


def stored(web: Web, what: Any) -> Any:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return session.execute(select(what)).scalars().one()


def mara_at(web: Web, at: datetime = TEN) -> str:
    return str(TimeKey(web.yoga.ids["mara"], at))


def class_key(web: Web, **changes: Any) -> str:
    return str(OccurrenceKey(factories.make_class(web.yoga, **changes).id))


def page_of(web: Web, key: str) -> str:
    return f"book/{web.yoga.ids['flow' if key.startswith('o-') else 'massage'].hex}"


def choose(web: Web, visitor: Visitor, key: str) -> TestResponse:
    """Takes a time; answers with the redirect to the form."""
    return visitor.post(page_of(web, key), {**visitor.form(page_of(web, key)), "slot": key})


def open_form(web: Web, visitor: Visitor, key: str) -> str:
    answer = choose(web, visitor, key)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def press(visitor: Visitor, url: str, button: str, **changes: str) -> TestResponse:
    """The form at its first showing, changed and sent by a button."""
    return visitor.post(url, {**visitor.form(url), "do": button, **changes})


def again(visitor: Visitor, page: TestResponse, button: str, **changes: str) -> TestResponse:
    """The form of a page that was an answer."""
    url, fields = list(Forms(page.text).found.items())[-1]
    return visitor.post(url, {**fields, "do": button, **changes})


def minutes_later(web: Web, minutes: int) -> None:
    web.now += timedelta(minutes=minutes)


@pytest.mark.parametrize("portal", [True, False])
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_K3_a_guest_books_without_an_account(web: Web, kind: str, portal: bool) -> None:
    web.settings(web.yoga, portal__enabled=portal)
    guest, key = web.visitor(), class_key(web) if kind == "class" else mara_at(web)
    assert page_of(web, key) in guest.get("book/").text
    url = open_form(web, guest, key)
    form = guest.get(url).text
    assert "Held for you until 09:10." in form
    review = press(guest, url, "review", **EVE, note="Knee")
    assert review.status_code == 200
    for words in ("Eve Adams", "eve@example.com", "Knee", "£14.00" if kind == "class" else "£60.00"):
        assert words in review.text
    assert count(web, Booking) == 0, "nothing is booked before the review is confirmed"
    made = again(guest, review, "confirm")
    assert made.status_code == 303
    shown = guest.get(made.location).text
    booking = stored(web, Booking)
    assert "You are booked." in shown
    assert f'data-event="booking.made?booking={booking.code}"' in shown
    assert "set a password" in shown
    assert (booking.status, booking.note, count(web, Hold)) == ("confirmed", "Knee", 0)
    assert "Set-Cookie" not in made.headers, "a booking signs nobody in"


def test_k3_a_guest_books_then_moves_and_cancels_by_the_mail_s_link_with_plain_forms(web_everywhere: Web) -> None:
    web, guest = web_everywhere, web_everywhere.visitor()
    key, later = class_key(web), factories.make_class(web.yoga, days=6)
    again(guest, press(guest, open_form(web, guest, key), "review", **EVE), "confirm")
    booking = stored(web, Booking)
    link = f"booking/{booking_token(web.services.tokens, web.yoga.tenant_id, booking.id, 1)}"
    assert f"/w/yoga/0/{link}/move" in guest.get(link).text
    moved = guest.send(f"{link}/move", slot=str(OccurrenceKey(later.id)))
    assert (moved.status_code, stored(web, Booking).occurrence_id) == (303, later.id)
    assert "has been moved to" in guest.get(moved.location).text
    cancelled = guest.send(f"{link}/cancel", reason="A cold")
    assert (cancelled.status_code, stored(web, Booking).status) == (303, "cancelled")
    assert "You can undo this until" in guest.get(cancelled.location).text


def test_K1_a_signed_in_customer_types_nothing_that_is_known(web: Web) -> None:
    ada = web.customer()
    menu = re.findall(r'<nav class="bw-nav".*?</nav>', ada.get("bookings/").text, re.S)[0]
    assert re.findall(r">([^<]+)</a>", menu) == ["My bookings", "Book", "Profile"]
    url = open_form(web, ada, class_key(web))
    form = ada.get(url).text
    assert "You are booking as Ada Byron (ada@example.com)." in form
    assert 'name="email"' not in form
    made = again(ada, press(ada, url, "review"), "confirm")
    assert stored(web, Booking).customer_id == web.yoga.ids["ada"]
    assert "set a password" not in ada.get(made.location).text


def test_K3_a_business_may_want_people_to_log_in_first(web: Web) -> None:
    """Everybody may look; who takes a time logs in, and comes back to it."""
    web.settings(web.yoga, accounts__sign_in_required_to_book=True)
    guest, key = web.visitor(), mara_at(web)
    assert guest.get("book/").status_code == 200
    assert guest.get("book/kept/x").status_code == 401
    led = choose(web, guest, key)
    assert (led.status_code, count(web, Hold)) == (303, 0)
    asked = guest.get(str(led.location))
    assert asked.status_code == 401
    assert "Log in to your bookings" in asked.text
    form = next(fields for url, fields in Forms(asked.text).found.items() if "password" in fields)
    entered = guest.post("login/", {**form, "email": "ada@example.com", "password": PASSWORD})
    assert entered.status_code == 303
    back = guest.client.get(entered.location, base_url=HERE, follow_redirects=True)
    assert f'value="{key}" checked' in back.text
    taken = again(guest, back, "")
    assert taken.status_code == 303
    review = press(guest, str(taken.location), "review")
    assert again(guest, review, "confirm").status_code == 303
    assert stored(web, Booking).customer_id == web.yoga.ids["ada"]


def test_K3_who_must_log_in_comes_back_in_a_frame_too(web: Web) -> None:
    """The script asks, so that the answer is a page with a sign-in form and not an error on the host page."""
    web.settings(web.yoga, accounts__sign_in_required_to_book=True)
    guest = web.visitor(site=web.yoga.ids["site"].hex)
    led = choose(web, guest, mara_at(web)).location
    asked = guest.client.get(led, base_url=HERE, headers={"X-Bookwidget": "1"})
    assert asked.status_code == 200
    assert 'name="password"' in asked.text
    assert mara_at(web) in asked.text, "it leads back to the time"


def test_K3_what_is_wrong_is_said_all_at_once_and_stays_typed(web: Web) -> None:
    guest = web.visitor()
    url = open_form(web, guest, class_key(web))
    answer = press(guest, url, "review", given_name="", email="eve", phone="1", note="Hello there")
    assert answer.status_code == 422
    for words in ("Please fill this in.", "does not look like an email", "does not look like a phone", "Hello there"):
        assert words in answer.text
    assert answer.text.count('aria-invalid="true"') == 3


def test_K3_people_are_added_and_removed_and_their_places_kept_at_once(web: Web) -> None:
    guest, key = web.visitor(), class_key(web, capacity=2)
    url = open_form(web, guest, key)
    two = press(guest, url, "add", **EVE)
    assert "Person 2" in two.text
    assert stored(web, Occurrence).seats_taken == 2
    full = again(guest, two, "add", **{"name-1": "Kim", "child-1": "1", "age-1": "7"})
    assert full.status_code == 422
    assert "There are not enough places left." in full.text
    assert 'value="Kim"' in full.text
    review = again(guest, full, "review", **{"name-1": "Kim", "child-1": "1", "age-1": "7"})
    assert "Kim (child, 7)" in review.text
    assert "£28.00" in review.text
    again(guest, review, "confirm")
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        tickets = session.execute(select(Ticket.attendee, Ticket.is_child, Ticket.age).order_by(Ticket.id)).all()
    assert tickets == [("", False, None), ("Kim", True, 7)]


def test_a_person_who_is_removed_leaves_the_others_as_they_are(web: Web) -> None:
    guest = web.visitor()
    url = open_form(web, guest, class_key(web))
    page = again(guest, press(guest, url, "add", **EVE), "add", **{"name-0": "Eve", "name-1": "Kim"})
    fewer = again(guest, page, "remove-0", **{"name-2": "Lee"})
    assert re.findall(r'name="name-\d" value="([^"]*)"', fewer.text) == ["Kim", "Lee"]
    assert stored(web, Occurrence).seats_taken == 2


def test_ticket_types_have_their_own_price(web: Web) -> None:
    kind = web.yoga.add(TicketType(service_id=web.yoga.ids["flow"], name="Concession", price=900))
    guest = web.visitor()
    url = open_form(web, guest, class_key(web))
    assert "Concession, £9.00" in guest.get(url).text
    review = press(guest, url, "review", **EVE, **{"kind-0": kind.id.hex})
    assert "£9.00" in review.text
    assert again(guest, review, "confirm").status_code == 303
    assert stored(web, Booking).price == 900


@pytest.mark.parametrize("times", [2, 3])
def test_K3_a_form_that_is_sent_again_is_one_booking(web: Web, times: int) -> None:
    guest = web.visitor()
    url = open_form(web, guest, class_key(web))
    review = press(guest, url, "review", **EVE)
    answers = [again(guest, review, "confirm") for _time in range(times)]
    assert len({answer.location for answer in answers}) == 1
    assert (count(web, Booking), count(web, Customer)) == (1, 3)
    back = guest.get(url)
    assert back.location == answers[0].location, "the way back leads to what was booked"


def test_K3_a_click_that_books_between_two_looks_of_another_is_answered_alike(
    web_everywhere: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL shows the second look of one transaction what was committed since the first."""
    guest = web_everywhere.visitor()
    review = press(guest, open_form(web_everywhere, guest, class_key(web_everywhere)), "review", **EVE)
    looked: list[str] = []
    faster: list[TestResponse] = []

    def slow(look: Callable[..., Any], *values: Any) -> Any:
        looked.append(look.__name__)
        if len(looked) == 2:
            with ThreadPoolExecutor(1) as another:
                faster.append(another.submit(again, guest, review, "confirm").result())
        return look(*values)

    names = inspect.unwrap(web_everywhere.app.view_functions["book.kept_place"]).__globals__
    for name in ("read_held", "link_of_hold"):
        monkeypatch.setitem(names, name, partial(slow, names[name]))
    answer = again(guest, review, "confirm")
    assert (answer.status_code, answer.location) == (303, faster[0].location)


def test_K3_a_lapsed_hold_shows_the_nearest_times_and_loses_nothing(web: Web) -> None:
    guest = web.visitor()
    url = open_form(web, guest, mara_at(web))
    review = press(guest, url, "review", **EVE, note="Knee")
    minutes_later(web, 11)
    factories.make_appointment(web.yoga, starts_at=TEN)
    gone = again(guest, review, "confirm")
    assert gone.status_code == 422
    assert "The nearest free times:" in gone.text
    [other, *more] = re.findall(r'name="slot" value="([^"]+)"', gone.text)
    assert mara_at(web) not in [other, *more]
    form = again(guest, gone, "slot", slot=other)
    assert form.status_code == 200
    for typed in EVE.values():
        assert typed in form.text
    assert "Held for you until 09:21." in form.text
    made = again(guest, again(guest, form, "review"), "confirm")
    assert made.status_code == 303
    assert count(web, Booking) == 2
    assert web.visitor().get(url).status_code in (200, 303)


def test_K3_a_lapsed_page_is_friendly(web: Web) -> None:
    guest = web.visitor()
    url = open_form(web, guest, class_key(web))
    minutes_later(web, 11)
    page = guest.get(url)
    assert page.status_code == 200
    assert "Your place was held for a while and is now free for others." in page.text
    assert "See all times" in page.text


def test_a_place_can_be_kept_longer(web: Web) -> None:
    guest = web.visitor()
    url = open_form(web, guest, class_key(web))
    minutes_later(web, 5)
    assert "Held for you until 09:15." in press(guest, url, "longer").text


def test_K3_a_time_that_went_meanwhile_is_no_dead_end(web: Web) -> None:
    guest = web.visitor()
    fields = guest.form(page_of(web, mara_at(web)))
    factories.make_appointment(web.yoga, starts_at=TEN)
    answer = guest.post(page_of(web, mara_at(web)), {**fields, "slot": mara_at(web)})
    assert answer.status_code == 422
    assert "The nearest free times:" in answer.text
    assert count(web, Hold) == 0


def test_a_double_click_on_a_time_keeps_one_place(web: Web) -> None:
    guest, key = web.visitor(), class_key(web)
    fields = {**guest.form(page_of(web, key)), "slot": key}
    answers = [guest.post(page_of(web, key), fields) for _click in range(2)]
    assert answers[0].location == answers[1].location
    assert (count(web, Hold), stored(web, Occurrence).seats_taken) == (1, 1)


def test_bad_input_is_refused_and_changes_nothing(web: Web) -> None:
    guest, key = web.visitor(), class_key(web)
    past = class_key(web, days=-1)
    foreign = str(OccurrenceKey(factories.make_class(web.other).id))
    fields = guest.form(page_of(web, key))
    for bad in (past, foreign, mara_at(web, TEN - timedelta(days=7)), "o-1", "x" * 5000, ""):
        assert guest.post(page_of(web, key), {**fields, "slot": bad}).status_code == 422
    assert guest.get(f"book/{web.other.ids['flow'].hex}").status_code == 404
    assert guest.get("book/kept/made.up.token").status_code == 404
    url = open_form(web, guest, key)
    other_url = url.replace("/yoga/", "/other/")
    assert web.visitor(web.other).get(other_url).status_code == 404
    for sent in ({"people": "-1"}, {"people": "0"}, {"people": "x"}):
        assert press(guest, url, "review", **EVE, **sent).status_code == 200, "one place is the least"
    for sent in ({"people": "99999"}, {"age-0": "7"}, {"age-0": "-1", "child-0": "1"}, {"kind-0": "x"}):
        assert press(guest, url, "review", **EVE, **sent).status_code == 422
    assert press(guest, url, "remove-99", **EVE).status_code == 200
    assert press(guest, url, "nonsense", **EVE).status_code == 200
    assert (count(web, Booking), count(web, Hold)) == (0, 1)


def test_K3_terms_have_to_be_accepted_where_the_business_has_some(web: Web) -> None:
    web.settings(web.yoga, bookings__terms_address="https://yoga.example/terms", bookings__documents_version="7")
    guest = web.visitor()
    url = open_form(web, guest, class_key(web))
    assert 'href="https://yoga.example/terms"' in guest.get(url).text
    refused = press(guest, url, "review", **EVE)
    assert refused.status_code == 422
    assert "Please tick this box to book." in refused.text
    again(guest, again(guest, refused, "review", terms="y"), "confirm")
    accepted = stored(web, Acceptance)
    assert (accepted.document, accepted.version, accepted.accepted_at) == ("terms", "7", web.now)


def test_K3_an_email_that_is_known_shows_nothing_of_its_owner(web: Web) -> None:
    """The same answers for a customer's address and for nobody's, and nothing else of the customer's."""
    factories.make_booking(web.yoga, note="Private")
    pages = []
    for email in ("ada@example.com", "nobody@example.com"):
        guest = web.visitor()
        review = press(guest, open_form(web, guest, class_key(web, days=5)), "review", **{**EVE, "email": email})
        page = guest.get(again(guest, review, "confirm").location)
        for private in ("Private", "Byron", "01632 960001"):
            assert private not in review.text + page.text
        mailed = again(guest, page, "")
        pages.append((review.status_code, page.status_code, mailed.status_code, len(re.findall("<p", page.text))))
        assert guest.get("bookings/").status_code == 401
    assert pages[0] == pages[1]
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        kinds = session.execute(select(Event.kind)).scalars().all()
    assert kinds.count("password.reset_requested") == 2


def test_the_week_and_the_provider_are_plain_links(web: Web) -> None:
    guest = web.visitor()
    page = guest.get(page_of(web, mara_at(web))).text
    assert "Tomas Reyl</a>" in page
    mara = guest.get(f"{page_of(web, mara_at(web))}?provider={web.yoga.ids['mara'].hex}&day=2026-11-26").text
    assert mara_at(web) in mara
    assert web.yoga.ids["tom"].hex not in "".join(re.findall(r'name="slot" value="([^"]+)"', mara))
    assert guest.get(f"{page_of(web, mara_at(web))}?from=nonsense&day=x&provider=y&slot=z").status_code == 200
    dates = guest.get(page_of(web, class_key(web, capacity=3))).text
    assert "3 places left" in dates

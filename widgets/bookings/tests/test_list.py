"""The list: tabs, filter, pages, what each row offers, and what it costs."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from bookwidget.bookings.models import Ticket, WaitlistEntry
from bookwidget.kernel.ids import uuid7
from tests import factories
from tests.bookings.test_statements import make_many
from tests.console.desks import owner
from tests.web_fixtures import Web

LIST = "bookings/"


def tabs(html: str) -> dict[str, str]:
    """Label → count."""
    strip = html.split('class="bw-tabs"')[1].split("</nav>", maxsplit=1)[0]
    return {label.strip(): count for label, count in re.findall(r">([^<>]+)<span>([^<]+)</span>", strip)}


def names(html: str) -> list[str]:
    return re.findall(r'<h3 id="b[^"]+">(?:<a [^>]+>)?([^<]+)', html)


def test_B1_the_tabs_are_links_with_counts(web: Web) -> None:
    factories.make_booking(web.yoga)
    factories.make_booking(web.yoga, days=-2)
    factories.make_booking(web.yoga, days=-3)
    factories.make_booking(web.yoga, days=4, status="cancelled")
    ada = web.customer()
    page = ada.get(LIST)
    assert page.status_code == 200
    assert tabs(page.text) == {"Upcoming": "1", "Waiting list": "0", "Past": "2", "Cancelled": "1"}
    assert len(names(ada.get("bookings/?tab=past").text)) == 2
    assert len(names(ada.get("bookings/?tab=cancelled").text)) == 1
    assert names(ada.get("bookings/?tab=nonsense&page=-4").text) == ["Slow Flow"]


def list_everything(web: Web) -> dict[str, str]:
    """Codes of one booking in each tab; Ada waits for a fifth date."""
    full = factories.make_class(web.yoga, days=6, capacity=1)
    factories.make_booking(web.yoga, customer="ben", occurrence=full)
    web.yoga.add(
        WaitlistEntry(id=uuid7(), customer_id=web.yoga.ids["ada"], occurrence_id=full.id, joined_at=web.yoga.now)
    )
    return {
        "upcoming": factories.make_booking(web.yoga).code,
        "past": factories.make_booking(web.yoga, days=-2).code,
        "cancelled": factories.make_booking(web.yoga, days=4, status="cancelled").code,
    }


def test_b1_the_owner_picks_the_tabs_and_their_order(web: Web) -> None:
    codes = list_everything(web)
    places = {"upcoming": "2", "waiting": "", "past": "1", "cancelled": "3"}
    sent = {f"bookings.tabs:{tab}": place for tab, place in places.items()}
    assert owner(web).send("settings/", **sent).status_code == 303
    ada = web.customer()
    page = ada.get(LIST).text
    assert list(tabs(page).items()) == [("Past", "1"), ("Upcoming", "1"), ("Cancelled", "1")]
    assert codes["past"] in page, "the first tab is the one that opens"
    listed = [code for tab in ("past", "upcoming", "cancelled") for code in codes.values()
              if f'/{code}"' in ada.get(f"bookings/?tab={tab}").text.split('class="bw-tabs"')[1]]  # fmt: skip
    assert sorted(listed) == sorted(codes.values()), "each in exactly one"
    assert ada.get("bookings/?tab=waiting").text.count("bw-card") == page.count("bw-card"), "not shown: the first"


def test_b1_with_one_tab_it_is_a_plain_list_and_what_is_not_in_it_still_opens(web: Web) -> None:
    codes = list_everything(web)
    web.settings(web.yoga, bookings__tabs="upcoming")
    ada = web.customer()
    page = ada.get("bookings/?tab=past").text
    assert 'class="bw-tabs"' not in page
    assert names(page) == ["Slow Flow"]
    assert codes["upcoming"] in page
    for tab in ("past", "cancelled"):
        assert codes[tab] not in page
        assert ada.get(f"bookings/{codes[tab]}").status_code == 200
    assert "another tab" not in ada.get("bookings/?q=xyzzy").text
    deed = ada.send(f"bookings/{codes['upcoming']}/cancel")
    assert "Undo" in ada.get(deed.location or "").text, "the note of what was done needs no tab"


def test_b1_two_at_one_place_and_none_at_all_are_refused(web: Web) -> None:
    visitor = owner(web)
    twice = visitor.send("settings/", **{"bookings.tabs:past": "1"})
    assert twice.status_code == 422
    assert "Two stand at the same place" in twice.text
    tabs_of_page = ("upcoming", "waiting", "past", "cancelled")
    none = visitor.send("settings/", **dict.fromkeys((f"bookings.tabs:{tab}" for tab in tabs_of_page), ""))
    assert none.status_code == 422
    assert "Choose at least one." in none.text


def test_strangers_and_other_customers_see_nothing_of_it(web: Web) -> None:
    code = factories.make_booking(web.yoga).code
    nobody = web.visitor().get(LIST)
    assert nobody.status_code == 401
    assert "Log in" in nobody.text
    assert code not in nobody.text
    for visitor in (web.customer("ben"), web.customer("ada", web.other)):
        page = visitor.get(LIST)
        assert (page.status_code, names(page.text), code in page.text) == (200, [], False)


def test_a_sign_in_of_one_business_is_none_at_another(web: Web) -> None:
    factories.make_booking(web.other)
    assert web.customer("ada").get(f"/w/other/0/{LIST}").status_code == 401


def test_the_next_booking_is_set_apart_and_is_the_one_with_the_filled_button(web: Web) -> None:
    factories.make_booking(web.yoga, days=2)
    factories.make_booking(web.yoga, days=3)
    ada = web.customer()
    page = ada.get(LIST).text
    assert page.count("bw-card--next") == 1
    assert page.count("bw-btn--main") == 1
    assert "Next, in 2 days" in page
    assert "bw-card--next" not in ada.get("bookings/?q=slow").text


def test_what_is_going_on_now_says_so(web: Web) -> None:
    factories.make_booking(web.yoga, occurrence=factories.make_class(web.yoga, days=-0.01))
    page = web.customer().get(LIST).text
    assert '<p class="bw-lead">Now</p>' in page
    assert "Reschedule" not in page


@pytest.mark.parametrize(
    ("choices", "offered"),
    [
        ({}, {"Reschedule", "Cancel booking"}),
        ({"bookings__cancel_allowed": False}, {"Reschedule"}),
        ({"bookings__move_allowed": False}, {"Cancel booking"}),
        ({"bookings__move_notice_hours": 72, "bookings__cancel_notice_hours": 72}, set()),
    ],
)
def test_B5_controls_that_are_not_allowed_are_absent(web: Web, choices: dict[str, object], offered: set[str]) -> None:
    factories.make_booking(web.yoga)
    web.settings(web.yoga, **choices)
    page = web.customer().get(LIST).text
    assert {label for label in ("Reschedule", "Cancel booking") if label in page} == offered
    assert "Details" in page


def test_children_are_named_with_their_age(web: Web) -> None:
    booking = factories.make_booking(web.yoga)
    web.yoga.add(
        Ticket(booking_id=booking.id, occurrence_id=booking.occurrence_id, attendee="Ines", is_child=True, age=7)
    )
    page = web.customer().get(LIST).text
    assert "Ines, 7" in page
    assert "#child" in page
    assert "2 places" in page


def test_a_date_the_business_cancelled_is_said_in_words(web: Web) -> None:
    factories.make_booking(web.yoga, occurrence=factories.make_class(web.yoga, state="cancelled"))
    page = web.customer().get(LIST).text
    assert "Cancelled by Yoga" in page
    assert "bw-card--off" in page


def test_the_waiting_list_tells_the_place_in_line(web: Web) -> None:
    full = factories.make_class(web.yoga, capacity=1, seats_taken=1)
    for who in ("ben", "ada"):
        web.yoga.add(WaitlistEntry(id=uuid7(), customer_id=web.yoga.ids[who], occurrence_id=full.id, joined_at=web.now))
    assert "Number 2 in line" in web.customer().get("bookings/?tab=waiting").text
    assert "You are next in line" in web.customer("ben").get("bookings/?tab=waiting").text


def test_B2_name_and_dates_together_and_the_address_can_be_reloaded(web: Web) -> None:
    factories.make_booking(web.yoga, days=2)
    factories.make_booking(web.yoga, days=20)
    factories.make_appointment(web.yoga, starts_at=web.now + timedelta(days=21))
    ada = web.customer()
    address = "bookings/?tab=upcoming&q=flow&from=2026-12-01&to=2026-12-31"
    first, again = ada.get(address).text, ada.get(address).text
    assert names(first) == names(again) == ["Slow Flow"]
    assert tabs(first)["Upcoming"] == "1"
    assert "<details" in first
    assert " open>" in first
    assert 'value="flow"' in first
    assert 'value="2026-12-01"' in first
    assert "tab=past&amp;q=flow&amp;from=2026-12-01&amp;to=2026-12-31" in first
    assert "Clear filter" in first


def test_a_filter_without_result_says_so(web: Web) -> None:
    factories.make_booking(web.yoga)
    page = web.customer().get("bookings/?q=zzz").text
    assert "Nothing here matches" in page
    assert page.count("Clear filter") == 2


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ({"from": "tomorrow"}, "from", "This is not a date."),
        ({"to": "2026-02-30"}, "to", "This is not a date."),
        ({"from": "2026-12-02", "to": "2026-12-01"}, "to", "The last day is before the first."),
        ({"q": "x" * 121}, "q", "at most 120 characters"),
    ],
)
def test_a_filter_that_is_not_right_is_said_beside_its_field(
    web: Web, query: dict[str, str], field: str, message: str
) -> None:
    factories.make_booking(web.yoga)
    page = web.customer().get(LIST, query_string=query)
    assert page.status_code == 422
    assert message in page.text.split(f'id="{field}-error"')[1].split("</p>")[0]
    for typed in query.values():
        assert f'value="{typed}"' in page.text
    assert names(page.text) == ["Slow Flow"]


@pytest.mark.parametrize("text", ["%", "_", "\x00", "'; --", "<script>"])
def test_signs_in_a_name_are_only_signs(web: Web, text: str) -> None:
    factories.make_booking(web.yoga)
    page = web.customer().get(LIST, query_string={"q": text})
    assert page.status_code == 200
    assert "<script>" not in page.text.split("</head>")[1]


def test_pages_of_twenty_with_links_that_keep_the_filter(web: Web) -> None:
    for number in range(45):
        factories.make_booking(web.yoga, days=2 + number / 4)
    ada = web.customer()
    first, second, last = (ada.get(f"bookings/?q=flow&page={page}").text for page in (1, 2, 99))
    assert [len(names(page)) for page in (first, second, last)] == [20, 20, 5]
    assert "page=2&amp;q=flow" in first
    assert ("Later" in first, "Earlier" in first) == (True, False)
    assert ("Later" in second, "Earlier" in second) == (True, True)
    assert ("Later" in last, "Earlier" in last) == (False, True)
    assert "Page 3 of 3" in last


def test_in_the_past_the_next_page_is_earlier(web: Web) -> None:
    for number in range(21):
        factories.make_booking(web.yoga, days=-2 - number)
    page = web.customer().get("bookings/?tab=past").text
    assert ("Later" in page, "Earlier" in page) == (False, True)


def test_months_are_headings(web: Web) -> None:
    for days in (2, 10, 40):
        factories.make_booking(web.yoga, days=days)
    page = web.customer().get(LIST).text
    assert re.findall(r'<h2 class="(bw-[a-z]+)">([^<]+)</h2>', page) == [
        ("bw-vh", "November"),
        ("bw-month", "December"),
        ("bw-month", "January 2027"),
    ]


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("upcoming", "No upcoming bookings"),
        ("waiting", "You are not waiting for anything"),
        ("past", "No past bookings"),
        ("cancelled", "No cancelled bookings"),
    ],
)
def test_an_empty_tab_says_what_will_be_there(web: Web, tab: str, words: str) -> None:
    assert words in web.customer().get(f"bookings/?tab={tab}").text


def test_times_stand_in_the_zone_of_the_business(web: Web) -> None:
    summer = factories.make_class(web.yoga, starts_at=web.now.replace(year=2027, month=7, hour=9))
    factories.make_booking(web.yoga, occurrence=summer)
    assert "10:00–11:15" in web.customer().get(LIST).text


@pytest.mark.parametrize("number", [10, 10_000])
def test_the_page_takes_four_statements_for_any_number_of_bookings(web_everywhere: Web, number: int) -> None:
    web = web_everywhere
    make_many(web.yoga, number)
    ada = web.customer()
    sent: list[str] = []

    def note(*facts: object) -> None:
        sent.append(str(facts[2]))  # connection, cursor, statement, …

    event.listen(web.database.walled, "before_cursor_execute", note)
    for address in ("bookings/", "bookings/?page=9999", "bookings/?tab=past&page=250", "bookings/?q=slow"):
        sent.clear()
        page = ada.get(address)
        assert page.status_code == 200
        assert names(page.text)
        assert len(sent) <= 4, sent

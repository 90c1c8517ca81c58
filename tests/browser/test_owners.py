"""What owners decide, by its ID: done at the console, seen by a customer in a frame on the business's site or in a mail
that came by SMTP. One service for all; each test leaves the business as it found it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
from argon2 import PasswordHasher
from selenium.webdriver.common.keys import Keys

from bookwidget.accounts import passwords, tokens
from tests.browser import chromium
from tests.browser.chromium import Chromium
from tests.browser.fixtures import need
from tests.browser.hands import Hands
from tests.browser.journeys_desk import logs_in
from tests.browser.letters import PostOffice, link_in, post_office
from tests.browser.stage import Stage, raise_stage
from tests.events.work import happen
from tests.factories import PASSWORD, make_booking
from tests.notices.mailing import place, text_of

pytestmark = pytest.mark.browser

SAVE = "main .bw-save .bw-btn--main"
SUCCESS = "[role=status]"
NEW_PASSWORD = "another horse battery"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    need(chromium.BINARY, chromium.DRIVER)
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "hasher", cheap)
        patch.setattr(passwords, "DUMMY_HASH", cheap.hash("nobody"))
        raised = raise_stage(tmp_path_factory.mktemp("owners"), cheap.hash(PASSWORD))
        yield raised
        raised.stop()


@contextmanager
def browsing(stage: Stage) -> Iterator[Hands]:
    browser = Chromium()
    try:
        yield Hands(browser, stage)
    finally:
        browser.quit()


@pytest.fixture(scope="module")
def owner(stage: Stage) -> Iterator[Hands]:
    """Logged in at the console."""
    with browsing(stage) as hands:
        logs_in(hands)
        yield hands


@pytest.fixture(scope="module")
def window(stage: Stage) -> Iterator[Hands]:
    with browsing(stage) as hands:
        yield hands


@pytest.fixture
def visitor(window: Hands) -> Hands:
    """Somebody else's browser, in which nobody is logged in."""
    window.browser.top()
    window.browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    return window


@pytest.fixture
def ada(visitor: Hands) -> Hands:
    """Logged in in the frame on the business's site."""
    comes_in(visitor, "ada@example.com")
    visitor.there(".bw-who")
    return visitor


def comes_in(hands: Hands, email: str) -> None:
    hands.visit("bookings")
    hands.type("input[name=email]", email)
    hands.type("input[name=password]", PASSWORD)
    hands.press("main form button")


@pytest.fixture(scope="module")
def office(stage: Stage) -> Iterator[PostOffice]:
    with post_office(stage) as made:
        yield made


@pytest.fixture
def post(office: PostOffice) -> PostOffice:
    """Empty: what earlier tests did has been sent."""
    office.arrived()
    return office


def console(hands: Hands, page: str) -> None:
    hands.open(f"{hands.stage.service_origin}/console/{page}")


def switch(hands: Hands, words: str, name: str) -> None:
    """Finds a setting that is on or off by its words, and turns it round."""
    console(hands, f"settings/?q={words}")
    hands.choose(f"input[name='{name}']")
    hands.press(SAVE)
    hands.sees("Saved", SUCCESS)


def books_as_guest(hands: Hands, email: str) -> str:
    """Next week, in the frame; the booking's code."""
    hands.visit("book")
    hands.press(f"main a[href*='{hands.stage.yoga.ids['massage'].hex}']")
    hands.press(".bw-steppers a:last-of-type")
    hands.choose("input[name=slot]")
    hands.press("main form .bw-btn--main")
    hands.type("input[name=given_name]", "Sam")
    hands.type("input[name=email]", email)
    hands.press("button[name=do][value=review].bw-btn")
    hands.press("button[name=do][value=confirm]")
    hands.sees("booked", SUCCESS)
    return hands.browser.text(".bw-code")


def lacks(hands: Hands, css: str) -> None:
    """Waits until it is not there."""
    hands.browser.wait(f"no {css}", lambda: not hands.browser.there(css, 0.05))


LAST_TIME = "return [...document.querySelectorAll('input[name=slot]')].at(-1).value"


def moves(hands: Hands) -> None:
    """The booking whose page is open, to the last time that is offered: the first may be now, with somebody else."""
    hands.press("main a[href*='/move']")
    hands.there("input[name=slot]")
    hands.choose(f"input[value='{hands.browser.js(LAST_TIME)}']")
    hands.press("main form[action*='/move'] .bw-btn--main")
    hands.sees("moved", SUCCESS)


def test_s1_portal_off_is_said_politely_and_guests_still_book(owner: Hands, visitor: Hands) -> None:
    switch(owner, "Customer portal", "portal.enabled")
    visitor.visit("bookings")
    visitor.sees("Logging in is switched off at the moment.")
    books_as_guest(visitor, "guest@example.com")
    switch(owner, "Customer portal", "portal.enabled")
    visitor.visit("bookings")
    visitor.there("input[name=password]")


def test_s2_a_switch_takes_the_way_in_the_page_and_the_action_together(owner: Hands, ada: Hands) -> None:
    """Even of a form that was open when it was turned off."""
    way_in = "li a[href*='/transfer']"
    ada.press("li:has(a[href*='/transfer']) .bw-menu summary")
    ada.press(way_in)
    ada.choose("input[name=slot]")
    switch(owner, "transfer tickets", "bookings.transfer_allowed")
    ada.press("main form[action*='/transfer'] .bw-btn--main")
    lacks(ada, "main form[action*='/transfer']")
    ada.visit("bookings")
    ada.there("li a[href*='/move']")
    lacks(ada, way_in)
    switch(owner, "transfer tickets", "bookings.transfer_allowed")
    ada.visit("bookings")
    ada.there(way_in)


def test_s3_the_snippet_copied_into_an_empty_page_shows_the_widget(owner: Hands, visitor: Hands) -> None:
    for widget, shown in (("bookings", "input[name=password]"), ("book", "main a[href*='/book/']")):
        console(owner, f"embed?widget={widget}")
        snippet = unescape(owner.browser.text("#loader"))
        assert f"yoga/{widget}" in snippet
        visitor.stage.pages.write("/empty", snippet)
        visitor.open(visitor.stage.page("yoga", "/empty"))
        visitor.browser.frame("iframe")
        visitor.there(shown)


def test_c1_what_staff_change_stands_in_the_customers_widget_and_in_the_history(owner: Hands, ada: Hands) -> None:
    yoga = owner.stage.yoga
    page, over = f"customers/{yoga.ids['ada'].hex}/", make_booking(yoga, days=-2)
    console(owner, f"{page}edit")
    owner.type("input[name=family_name]", "Lovelace")
    owner.type("input[name=phone]", "01632 960123")
    owner.press("main form[method=post] .bw-btn--main")
    owner.sees("Lovelace", "h1")
    switch(owner, "attendance", "bookings.attendance_tracked")
    console(owner, f"bookings/{over.code}/")
    owner.press("main form[action$='/attendance'] button[value$='.absent']")
    owner.there(SUCCESS)
    for shown in (page, f"bookings/{over.code}/"):
        console(owner, shown)
        owner.sees("Olga Owner")
    ada.visit("profile")
    assert ada.browser.attribute("input[name=family_name]", "value") == "Lovelace"
    assert ada.browser.attribute("input[name=phone]", "value") == "01632 960123"
    ada.visit("bookings")
    ada.press("a[href*='tab=past']")
    ada.sees("Not attended", f"li:has(a[href*='{over.code}'])")
    switch(owner, "attendance", "bookings.attendance_tracked")


def test_v1_an_invitation_is_one_mail_to_the_main_address_single_use_and_expires(
    owner: Hands, visitor: Hands, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    console(owner, "customers/new")
    owner.type("input[name=given_name]", "Kim")
    owner.type("input[name=email]", "kim@example.com")
    owner.press("main form[method=post] .bw-btn--main")
    owner.press("form[action$='/invite'] button")
    owner.sees("The invitation is on its way.", SUCCESS)
    link = link_in(post.only_to("kim@example.com"), "/login/reset/")
    with monkeypatch.context() as a_week:
        later = tokens.utc_now() + timedelta(days=7, seconds=2)
        a_week.setattr(tokens, "utc_now", lambda: later)
        visitor.open(link)
        visitor.there("main")
        lacks(visitor, "input[name=password]")
    visitor.open(link)
    visitor.type("input[name=password]", NEW_PASSWORD)
    visitor.press("main form button")
    visitor.there(".bw-who")
    visitor.open(link)
    visitor.there("main")
    lacks(visitor, "input[name=password]")


def test_v2_the_confirmation_invites_and_off_takes_only_that_away(
    owner: Hands, visitor: Hands, post: PostOffice
) -> None:
    written = []
    for email in ("one@example.com", "two@example.com"):
        books_as_guest(visitor, email)
        written.append(text_of(post.one_to(email)))
        switch(owner, "Invite to the portal", "portal.invite_in_confirmation")
    with_it, without = (
        re.sub(r"(?m)https://\S*/booking/\S+|^with .*$|^.*\d\d:\d\d.*$|^$\n", "", one) for one in written
    )
    lines = [line for line in with_it.splitlines() if line and line not in without.splitlines()]
    assert any("/login/forgot" in line for line in lines)
    assert len(lines) == 2, "the switch takes the invitation and nothing else"
    comes_in(visitor, "ada@example.com")
    visitor.there(".bw-who")


def test_e1_a_mail_for_each_thing_a_customer_does_with_old_and_new_time_in_words_of_ones_own(
    owner: Hands, visitor: Hands, post: PostOffice
) -> None:
    for deed in ("made", "moved", "cancelled"):
        console(owner, f"messages/booking.{deed}.business.email/")
        owner.type("input[name=subject]", f"{{{{ given_name }}}} {deed}")
        owner.press("main form[method=post] .bw-foot .bw-btn--main")
        owner.sees("Saved", SUCCESS)
    books_as_guest(visitor, "three@example.com")
    mails = {str(mail["To"]): mail for mail in post.arrived()}
    assert len(mails) == 2
    assert mails["hello@yoga.example"]["Subject"] == "Sam made"
    visitor.open(link_in(mails["three@example.com"], "/booking/"))
    moves(visitor)
    mail = post.one_to("hello@yoga.example")
    assert mail["Subject"] == "Sam moved"
    assert len(set(re.findall(r"\d+ \w+ 20\d\d · \d\d:\d\d–\d\d:\d\d", text_of(mail)))) == 2, "old and new"
    visitor.press("main a[href*='/cancel']")
    visitor.press("main form[action*='/cancel'] .bw-btn--bad")
    visitor.sees("cancelled", SUCCESS)
    assert post.one_to("hello@yoga.example")["Subject"] == "Sam cancelled"


def test_n1_what_a_customer_turns_off_does_not_come_and_what_the_booking_needs_does(
    ada: Hands, post: PostOffice
) -> None:
    yoga, soon = ada.stage.yoga, ada.stage.yoga.now + timedelta(days=2)

    def choose(kind: str) -> None:
        ada.visit("profile")
        ada.press("main a[href*='/messages']")
        ada.sees("always sent")
        ada.choose(f"input[name=wanted][value='{kind}']")
        ada.press("main form .bw-btn--main")
        ada.sees("Saved", SUCCESS)

    choose("booking.reminded.customer.email")
    happen(yoga, "booking.reminded", after=place(soon))
    happen(yoga, "booking.cancelled", before=place(soon), after={"reason": ""})
    assert post.one_to("ada@example.com")["Subject"].startswith("Cancelled")
    choose("booking.reminded.customer.email")
    happen(yoga, "booking.reminded", after=place(soon))
    mail = post.one_to("ada@example.com")
    assert mail["Subject"].startswith("Reminder")
    ada.open(link_in(mail, "/unsubscribe/"))
    ada.press("main form button")
    ada.sees("Turned off")
    happen(yoga, "booking.reminded", after=place(soon))
    assert post.arrived() == []


def test_n2_links_in_mails_open_the_right_booking_of_the_right_business(visitor: Hands, post: PostOffice) -> None:
    code = books_as_guest(visitor, "four@example.com")
    link = link_in(post.one_to("four@example.com"), "/booking/")
    visitor.open(link)
    visitor.sees(code)
    moves(visitor)
    visitor.open(link_in(post.one_to("four@example.com"), "/booking/"))
    visitor.sees(code)
    visitor.open(link.replace("/w/yoga/", "/w/other/"))
    visitor.there("main")
    assert code not in visitor.browser.text("body")


def test_u1_one_portal_a_business_with_its_own_name_and_nothing_of_anothers(ada: Hands) -> None:
    ada.visit("portal")
    ada.sees("Yoga", "header")
    ada.there(".bw-who")
    body, _headers = ada.stage.pages.others["/hands"]
    ada.stage.pages.write("/theirs", body.replace("yoga/portal", "other/portal"))
    ada.open(ada.stage.page("other", "/theirs"))
    ada.browser.frame("iframe")
    ada.there("input[name=password]")
    said = ada.browser.text("body")
    assert "Other" in said
    assert not any(word in said for word in ("Yoga", "Ada"))


def test_u2_the_menu_has_the_sections_in_the_businesss_order_and_words(owner: Hands, ada: Hands) -> None:
    console(owner, "portal")
    owner.type("input[name='word:bookings:en']", "My classes")
    owner.pick_second("select[name='place:bookings']")
    owner.browser.keys("select[name='place:book']", Keys.ARROW_UP)
    owner.press(SAVE)
    owner.there(SUCCESS)
    ada.visit("portal")
    assert ada.browser.text(".bw-nav").split("\n")[:2] == ["Book", "My classes"]


def test_s4_help_and_whom_to_ask_are_the_businesss_own_and_can_be_replaced(owner: Hands, visitor: Hands) -> None:
    visitor.visit("book")
    assert visitor.browser.attribute("footer a[href^='mailto:']", "href") == "mailto:hello@yoga.example"
    visitor.press("footer a[href*='/help/']")
    visitor.sees("Help", "h1")
    console(owner, "settings/?q=portal.support_email")
    owner.type("input[name='portal.support_email']", "ask@yoga.example")
    owner.press(SAVE)
    owner.sees("Saved", SUCCESS)
    visitor.visit("book")
    assert visitor.browser.attribute("footer a[href^='mailto:']", "href") == "mailto:ask@yoga.example"
    visitor.stage.pages.write("/theirs", visitor.stage.pages.others["/hands"][0].replace("yoga/", "other/"))
    visitor.open(visitor.stage.page("other", "/theirs"))
    visitor.browser.frame("iframe")
    assert visitor.browser.attribute("footer a[href^='mailto:']", "href") == "mailto:hello@other.example"


def test_a1_a_refusal_tells_the_customer_and_approval_ends_sign_ins_and_log_in(
    owner: Hands, visitor: Hands, post: PostOffice
) -> None:
    console(owner, "settings/?q=accounts.closing")
    owner.browser.js("document.querySelector(\"select[name='accounts.closing']\").value = 'approval'")
    owner.press(SAVE)
    owner.sees("Saved", SUCCESS)
    comes_in(visitor, "ben@example.com")
    visitor.there(".bw-who")
    why, closed = "As we said on the phone", "has closed your account"
    for decision, told in (("main .bw-foot .bw-btn:not([name])", why), ("button[name=approve]", closed)):
        visitor.visit("profile")
        visitor.press("main a[href*='/close']")
        visitor.type("input[name=password]", PASSWORD)
        visitor.press("main form[action*='/close'] button.bw-btn--bad")
        visitor.sees("Your request has been sent.", SUCCESS)
        post.arrived()
        console(owner, "closures/")
        owner.press("main .bw-items .bw-btn")
        owner.type("textarea[name=answer]", why)
        owner.press(decision)
        owner.there(SUCCESS)
        assert told in text_of(post.one_to("ben@example.com"))
    visitor.visit("profile")
    visitor.there("input[name=password]")
    comes_in(visitor, "ben@example.com")
    visitor.there("[role=alert], [aria-invalid=true]")
    lacks(visitor, ".bw-who")

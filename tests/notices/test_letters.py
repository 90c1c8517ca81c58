"""The words and the look of the mails."""

import re
from dataclasses import fields
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bookwidget.events.store import Happened
from bookwidget.kernel.ids import uuid7
from bookwidget.notices.compose import (
    BOOKING_LINK,
    RESET_LINK,
    TEMPLATES,
    WAITING_LINK,
    Letter,
    MailContext,
)
from bookwidget.notices.kinds import BUSINESS, CUSTOMER
from bookwidget.notices.links import CustomerFacts
from bookwidget.tenancy.scope import TenantFacts
from bookwidget.tenancy.settings import Settings
from bookwidget.theming.branding import Branding
from bookwidget.theming.colour import contrast
from bookwidget.theming.i18n import Catalogs
from bookwidget.theming.styles import colours
from tests.fixtures import NOW
from tests.notices.mailing import catalogs_with, place, shipped_themes, writer

OLD, NEW = NOW + timedelta(days=2), NOW + timedelta(days=230, hours=3)
ADA = CustomerFacts(uuid7(), "ada@example.com", "Ada", "Byron", "+441632960001", "", False, "hash")
TEMPLATE_NAMES = sorted(path.stem for path in (TEMPLATES / "mail").glob("*.*.*.html"))


def tenant(**changes: Any) -> TenantFacts:
    values = {
        "id": uuid7(), "slug": "yoga", "name": "Harbour Yoga", "is_active": True, "locale": "en_GB",
        "timezone": "Europe/London", "currency": "GBP", "email": "hello@yoga.example", "phone": "+441632960144",
        "theme": "quiet", "branding": {}, "portal": {}, "plan": "", "settings": Settings({}), **changes,
    }  # fmt: skip
    return TenantFacts(**values)


def event(kind: str, before: dict[str, Any], after: dict[str, Any], actor: str = "customer") -> Happened:
    facts = {"before": before, "after": after}
    return Happened(uuid7(), kind, NOW, actor, None, "widget", None, ADA.id, facts)


def moved(actor: str = "customer", to: datetime = NEW) -> Happened:
    return event("booking.moved", place(OLD), place(to), actor)


def made_at(actor: str = "customer", **facts: Any) -> Happened:
    return event("booking.made", {}, place(OLD) | facts, actor)


def waits(deed: str, **facts: Any) -> Happened:
    """Of a waiting list, two hours before an offer would end."""
    known = {"entry": uuid7().hex, "position": 2, "places": 2, "until": (NOW + timedelta(hours=2)).isoformat()}
    return event(f"waitlist.{deed}", {}, place(OLD) | known | facts, "system")


def date_changed(kind: str = "booking") -> Happened:
    """The business gives somebody else the class, at another time."""
    before, after = place(OLD), place(NEW, provider="Tomas Reyl")
    return event(f"{kind}.date_changed", before, {**after, "entry": uuid7().hex}, "member")


def date_called_off() -> Happened:
    """Who waited for it."""
    return event("waitlist.date_cancelled", place(OLD), {"reason": "123"}, "member")


def taken_off() -> Happened:
    """By the business."""
    return event("waitlist.removed", place(OLD), {}, "member")


def cancelled(reason: str = "", actor: str = "customer", **changes: Any) -> Happened:
    return event("booking.cancelled", place(OLD, **changes), {"reason": reason}, actor)


def transferred(actor: str = "customer", *, price: int = 1800, **changes: Any) -> Happened:
    before = place(OLD, code="AAAAAAAA", price=1400, places=2, kinds=changes.pop("kinds", ["Adult", "Child"]))
    after = place(NEW, **{"code": "BBBBBBBB", "price": price, "places": 2, **changes})
    return event("booking.transferred", before, after, actor)


def ticket_cancelled(actor: str = "customer", *, fee: int = 0) -> Happened:
    before = place(OLD, price=2800, places=3, attendee="Ben")
    after = {"reason": "123", "fee": fee, "fee_percent": 50 if fee else 0, "price": 1400, "places": 2}
    return event("booking.ticket_cancelled", before, after, actor)


def restored() -> Happened:
    return event("booking.restored", {}, place(OLD))


def reminded() -> Happened:
    return event("booking.reminded", {}, place(OLD) | {"hours": 24}, "system")


def noted(actor: str = "customer") -> Happened:
    return event("booking.note_added", {}, {**place(OLD), "note": "123\n<b>", "is_shared": True}, actor)


def of_series() -> list[Happened]:
    """What several dates have in common, and single ones that were postponed and resumed."""
    others = {"dates": [place(NEW)], "staying": [place(OLD)]}
    weekly = {"kind": "weekly", "every": 2, "first_day": "2026-11-24"}
    return [
        event("booking.made", {}, {**place(OLD), **others, "repeats": weekly, "left_out": [place(NEW)]}),
        event("booking.cancelled", place(OLD), {"reason": "", **others}),
        event("booking.postponed", place(OLD), {**others, "next_at": NEW.isoformat()}),
        event("booking.postponed", place(OLD), place(NEW)),
        event("booking.resumed", place(OLD), place(NEW)),
        event("series.date_left_out", {}, {"service": "Slow Flow", "starts_at": NEW.isoformat(), "repeats": weekly}),
    ]


def letter(what: Happened, to: str = CUSTOMER, catalogs: Catalogs | None = None, **changes: Any) -> Letter:
    customer = changes.pop("customer", ADA)
    return writer(catalogs).letter(tenant(**changes), what, to, customer)


def words_of(html: str) -> str:
    parts: list[str] = []
    parser = HTMLParser()
    parser.handle_data = parts.append  # type: ignore[method-assign]
    parser.feed(html)
    return " ".join(" ".join(parts).split())


@pytest.mark.parametrize("to", [CUSTOMER, BUSINESS])
@pytest.mark.parametrize("actor", ["customer", "member"])
def test_the_mail_of_a_move_has_the_old_and_the_new_time_in_the_business_s_zone(to: str, actor: str) -> None:
    made = letter(moved(actor), to)
    for words in (made.text, words_of(made.html)):
        assert re.search(
            r"New time:.*12 July 2027 · 13:00–14:15.*Old time:.*26 November 2026 · 09:00–10:15", words, re.S
        )
        assert "with Mara Oduya" in words
        assert "Studio 1" in words
    assert "12 July 2027" in made.subject


@pytest.mark.parametrize("to", [CUSTOMER, BUSINESS])
def test_the_mail_of_a_cancellation(to: str) -> None:
    made = letter(cancelled("The boiler\nis cold"), to)
    assert "Slow Flow, Thursday, 26 November 2026" in made.subject
    assert "Reason: The boiler\nis cold" in made.text
    assert ("Hello Ada," in made.text) == (to == CUSTOMER)
    assert ("ada@example.com" in made.text) == (to == BUSINESS)
    assert ("https://service.example/p/yoga/" in made.text) == (to == CUSTOMER)


@pytest.mark.parametrize("to", [CUSTOMER, BUSINESS])
def test_b15_the_mail_of_a_note(to: str) -> None:
    made = letter(noted(), to)
    assert "Slow Flow, Thursday, 26 November 2026" in made.subject
    assert "123\n<b>" in made.text
    assert "&lt;b&gt;" in made.html
    assert (BOOKING_LINK in made.text) == (to == CUSTOMER)
    assert ("Ada Byron wrote a note to this booking:" in made.text) == (to == BUSINESS)


@pytest.mark.parametrize("to", [CUSTOMER, BUSINESS])
def test_b7_the_mail_of_a_transfer_has_both_events_and_the_difference(to: str) -> None:
    made = letter(transferred(service="Yin"), to)
    for words in (made.text, words_of(made.html)):
        assert re.search(
            r"New date:.*Yin.*2 tickets · £18\.00.*Old date:.*2 tickets · Adult, Child · £14\.00", words, re.S
        )
        assert "the difference of £4.00" in words
        assert "The other tickets of the booking stay as they are." in words
    whole = letter(transferred(price=1100, code="AAAAAAAA"), to)
    assert "The new price is £3.00 lower." in whole.text
    assert "The other tickets" not in whole.text


@pytest.mark.parametrize("to", [CUSTOMER, BUSINESS])
def test_b8_the_mail_of_one_ticket_says_what_stays_and_what_is_owed(to: str) -> None:
    made = letter(ticket_cancelled(fee=700), to)
    for words in (made.text, words_of(made.html)):
        assert "2 tickets stay booked. The price is now £14.00." in words
        assert "owe 50% of the price (£7.00) for cancelling late." in words
        assert "The ticket of Ben is cancelled." in words
    assert "owe" not in letter(ticket_cancelled(), to).text


@pytest.mark.parametrize("actor", ["customer", "member"])
def test_the_mail_of_a_new_booking(actor: str) -> None:
    to_ada, to_business = (letter(made_at(actor), to) for to in (CUSTOMER, BUSINESS))
    assert to_ada.subject == "Booked: Slow Flow, Thursday, 26 November 2026"
    assert to_business.subject == "New booking from Ada Byron: Slow Flow, Thursday, 26 November 2026"
    assert ("we booked this for you:" in to_ada.text) == (actor == "member")
    assert "Thursday, 26 November 2026 · 09:00–10:15" in words_of(to_ada.html)
    assert "01632 960001" in to_business.text


def test_the_customer_s_mails_hold_a_stand_in_for_the_booking_s_link_and_the_business_s_do_not() -> None:
    for happened in (made_at(), moved(), cancelled()):
        assert BOOKING_LINK in letter(happened).text
        assert BOOKING_LINK in letter(happened).html
        assert BOOKING_LINK not in letter(happened, BUSINESS).text + letter(happened, BUSINESS).html


def test_an_event_may_leave_open_who_where_and_until_when() -> None:
    bare = event("booking.cancelled", {"starts_at": OLD.isoformat(), "service": "Massage"}, {"reason": ""})
    made = letter(bare)
    assert "26 November 2026 · 09:00\n\n" in made.text
    assert "None" not in made.text + made.html
    assert "with " not in made.text


def test_the_reset_mail_holds_a_stand_in_for_the_link() -> None:
    made = letter(event("password.reset_requested", {}, {}))
    assert made.subject == "Set your password for Harbour Yoga"
    assert RESET_LINK in made.text
    assert made.html.count(RESET_LINK) == 3


def test_what_people_typed_cannot_become_markup() -> None:
    evil = CustomerFacts(uuid7(), "e@example.com", "<b>Eve</b>", '"><script>x', "", "", False, "")
    made = letter(cancelled('<img src="x">', service="<i>Flow</i>"), BUSINESS, customer=evil, name="<u>Yoga</u>")
    for tag in ("<b>", "<script", '<img src="x"', "<i>", "<u>"):
        assert tag not in made.html
    assert "<i>Flow</i>" in made.subject, "plain text is left as it was typed"
    assert "&lt;" not in made.text


def test_the_business_s_colours_and_logo() -> None:
    made = letter(cancelled(), branding={"accent": "#b3541e", "logo": {"file": "l.png", "width": 240, "height": 80}})
    assert 'src="https://service.example/media/yoga/l.png"' in made.html
    fill, words = re.findall(r"background: (#\w{6});\s*color: (#\w{6})", made.html)[-1]
    assert fill == colours(shipped_themes(), "quiet", Branding("", accent="#b3541e"))["fill"]
    assert contrast(fill, words) >= 4.5
    assert "<img" not in letter(cancelled()).html


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_all_is_inline_and_nothing_is_loaded(name: str) -> None:
    kind, _dot, to = name.rpartition(".")
    facts = {} if kind.startswith("password") else place(OLD)
    made = letter(event(kind, facts, facts), to)
    for forbidden in ("<style", "<link", "<script", "var(", "@import", "url("):
        assert forbidden not in made.html
    assert 'style="' in made.html
    assert len(made.html) < 10_000
    assert made.text.strip()
    assert "\n\n\n\n" not in made.text


def test_customers_read_their_language_and_the_business_its_own(tmp_path: Path) -> None:
    words = {"Booking moved": "Buchung verschoben", "with %(provider)s": "mit %(provider)s"}
    german = catalogs_with(tmp_path, "de", words)
    ada = CustomerFacts(ADA.id, ADA.email, "Ada", "Byron", "", "de_DE", False, "")
    to_ada = letter(moved(), CUSTOMER, german, customer=ada)
    assert "Buchung verschoben" in to_ada.html
    assert "Montag, 12. Juli 2027" in to_ada.text
    assert "mit Mara Oduya" in to_ada.text
    assert "Monday, 12 July 2027" in letter(moved(), BUSINESS, german, customer=ada).text


def test_a_language_without_words_gives_the_business_s() -> None:
    ada = CustomerFacts(ADA.id, ADA.email, "Ada", "Byron", "", "ja_JP", False, "")
    assert "12 July 2027" in letter(moved(), customer=ada).text


def test_right_to_left(tmp_path: Path) -> None:
    arabic = catalogs_with(tmp_path, "ar", {"Booking moved": "نُقل الحجز"})
    made = letter(moved(), BUSINESS, arabic, locale="ar", timezone="Asia/Dubai", currency="AED", name="استوديو نور")
    assert '<html lang="ar" dir="rtl">' in made.html
    assert "نُقل الحجز" in made.html
    assert '<body class="bw-mail" dir="rtl"' in made.html


def test_the_templates_use_all_of_the_documented_context() -> None:
    """And nothing else: an unknown name raises, in the tests above."""
    used = "".join(path.read_text("utf-8") for path in (TEMPLATES / "mail").iterdir())
    assert [field.name for field in fields(MailContext) if field.name not in used] == []


def test_a_mail_of_the_waiting_list_says_what_can_be_done_and_until_when() -> None:
    joined = letter(waits("joined"))
    assert joined.subject == "On the waiting list: Slow Flow, Thursday, 26 November 2026"
    for words in (joined.text, words_of(joined.html)):
        assert "Your place in line: 2." in words
        assert "Number of places: 2" in words
    assert WAITING_LINK in joined.html
    kept, told = (letter(waits("offered", is_kept=is_kept, places=1)) for is_kept in (True, False))
    assert "It is held for you until Tue 24 Nov, 11:00." in kept.text
    assert "whoever takes it first has it" in told.text
    assert "Number of places" not in kept.text
    lapsed, taken = (letter(waits("offer_ended", ended=how)) for how in ("lapsed", "taken"))
    assert "is over" in lapsed.text
    assert "faster" in taken.text
    assert all("You keep your place in line." in one.text for one in (lapsed, taken))


def test_the_business_reads_that_a_place_went_to_somebody_from_the_list() -> None:
    words = "The place was given to somebody from the waiting list."
    for made in (letter(made_at(from_waiting_list=True), BUSINESS), letter(made_at(), BUSINESS)):
        assert (words in made.text) is (words in words_of(made.html))
    assert words in letter(made_at(from_waiting_list=True), BUSINESS).text
    assert words not in letter(made_at(), BUSINESS).text

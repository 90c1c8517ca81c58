"""Acceptance of the details (B3), of what can be done in a row (B4) and of what was (B12)."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bookwidget.bookings.models import Booking, Ticket
from bookwidget.kernel.ids import uuid7
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from bookwidget.theming.themes import find_themes, shipped_folder
from tests import factories
from tests.web_fixtures import Visitor, Web

STYLES = Path(__file__).resolve().parents[3] / "bookwidget" / "theming" / "static"
THEMES = sorted(find_themes([shipped_folder()]).found)


class Controls(HTMLParser):
    """What can be reached by key and finger, and whether it stands in a menu that needs a script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.summaries = 0
        self.odd: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        self.summaries += tag == "summary"
        self.odd += [name for name in given if name.startswith("on") or name in ("tabindex", "role", "hidden")]


def row_of(page: str, code: str) -> str:
    return next(row for row in page.split("<article")[1:] if code in row).split("</article>")[0]


def use_theme(web: Web, name: str) -> None:
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, web.yoga.tenant_id).theme = name


@pytest.fixture
def ada(web_everywhere: Web) -> Visitor:
    return web_everywhere.customer()


def family(web: Web, **changes: object) -> Booking:
    """A booking of Ada's for herself, Ines, who is seven, and Ben."""
    booking = factories.make_booking(web.yoga, **changes)
    at = {"booking_id": booking.id, "occurrence_id": booking.occurrence_id}
    second, third = sorted([uuid7(), uuid7()])  # within one millisecond they are in no order by themselves
    web.yoga.add(
        Ticket(id=second, **at, attendee="Ines", is_child=True, age=7), Ticket(id=third, **at, attendee="Ben Okri")
    )
    return booking


def test_b3_details_show_everything_of_ones_own_booking_and_404_of_others(web_everywhere: Web, ada: Visitor) -> None:
    web, booking = web_everywhere, family(web_everywhere, note="Window seat")
    page = ada.get(f"bookings/{booking.code}").text
    for words in (
        "Slow Flow", "Thursday, 26 November 2026", "Mara Oduya", "Studio 1", "1 Harbour Row", "£14.00", booking.code,
        "You<br>Ines (child, 7)<br>Ben Okri", "Window seat", "Yoga", "hello@yoga.example", "tel:+441632960144",
    ):  # fmt: skip
        assert words in page, words
    for stranger in (web.customer("ben"), web.customer("ada", web.other)):
        assert stranger.get(f"bookings/{booking.code}").status_code == 404


@pytest.mark.parametrize("theme", THEMES)
def test_b4_every_action_is_a_link_in_the_page_in_every_theme(web: Web, theme: str) -> None:
    use_theme(web, theme)
    ada, booking = web.customer(), factories.make_booking(web.yoga)
    base = f"/w/yoga/0/bookings/{booking.code}"
    wanted = {f"{base}/{name}" for name in ("move", "calendar", "cancel")}
    row = Controls(row_of(ada.get("bookings/").text, booking.code))
    assert wanted | {base} <= set(row.links)
    assert row.summaries == 1, "the rest is in a menu of the browser's own, which needs no script"
    assert not row.odd
    page = ada.get(f"bookings/{booking.code}").text.split('class="bw-pair"')[1].split("<dl")[0]
    details = Controls(page)
    assert wanted <= set(details.links)
    assert "hover" not in row_of(ada.get("bookings/").text, booking.code)


@pytest.mark.parametrize("shape", ["buttons", "icons"])
def test_b4_every_action_stands_in_the_row_as_a_named_link_where_the_business_wants_it(web: Web, shape: str) -> None:
    web.settings(web.yoga, bookings__row_actions=shape)
    ada, booking = web.customer(), factories.make_booking(web.yoga)
    base = f"/w/yoga/0/bookings/{booking.code}"
    html = row_of(ada.get("bookings/").text, booking.code)
    row = Controls(html)
    assert {base, *(f"{base}/{name}" for name in ("move", "again", "transfer", "calendar", "cancel"))} <= set(row.links)
    assert (row.summaries, row.odd) == (0, []), "nothing has to be opened first"
    named = re.findall(r'<a class="bw-btn.*?</a>', html, re.S)
    said = [" ".join(re.sub(r"<[^>]+>", "", link).split()) for link in named]
    assert said[0] == "Reschedule: Slow Flow"
    assert said[-1] == "Cancel booking: Slow Flow", "what is bad stands last"
    assert all(one.endswith(": Slow Flow") for one in said)
    assert html.count('title="') == (len(said) if shape == "icons" else 0)


def test_b4_no_style_shows_anything_by_hovering_alone() -> None:
    for name in ("base.css", "widget.css"):
        for rule in re.findall(r"[^{}]*:hover[^{}]*\{[^{}]*\}", (STYLES / name).read_text("utf-8")):
            assert not re.search(r"display|visibility|opacity|position|clip", rule.partition("{")[2]), rule


CHIP = re.compile(r'bw-chip[^"]*">(.*?)</span></span>', re.S)


def chips_of(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", chip).strip() for chip in CHIP.findall(page)]


@pytest.mark.parametrize(
    ("is_tracked", "marks", "said"),
    [
        (True, ("", "", ""), "Attended"),
        (True, ("absent", "", ""), "Attended"),
        (True, ("absent", "absent", "absent"), "Not attended"),
        (True, ("attended", "attended", "attended"), "Attended"),
        (False, ("", "", ""), "Booked"),
        (False, ("absent", "absent", "absent"), "Booked"),
        (False, ("attended", "attended", "attended"), "Booked"),
    ],
)
def test_b12_what_a_past_booking_says(
    web_everywhere: Web, ada: Visitor, is_tracked: bool, marks: tuple[str, ...], said: str
) -> None:
    web = web_everywhere
    web.settings(web.yoga, bookings__attendance_tracked=is_tracked)
    occurrence = factories.make_class(web.yoga, days=-2)
    booking = factories.make_booking(web.yoga, occurrence=occurrence, tickets=0)
    names = (("", False, None), ("Ines", True, 7), ("Ben Okri", False, None))
    web.yoga.add(
        *[
            Ticket(booking_id=booking.id, occurrence_id=occurrence.id, attendee=name, is_child=is_child, age=age,
                   attendance=mark)
            for (name, is_child, age), mark in zip(names, marks, strict=True)
        ]
    )  # fmt: skip
    for page in (row_of(ada.get("bookings/?tab=past").text, booking.code), ada.get(f"bookings/{booking.code}").text):
        assert chips_of(page)[0] == said
        assert ("Attended" in page, "Not attended" in page) == (said == "Attended", said == "Not attended")
        assert {"Ines, 7 (child)", "Ben Okri"} <= set(chips_of(page))


def test_b12_who_was_there_and_who_was_not_stands_with_each(web_everywhere: Web, ada: Visitor) -> None:
    web = web_everywhere
    web.settings(web.yoga, bookings__attendance_tracked=True)
    booking = factories.make_booking(web.yoga, days=-2)
    web.yoga.add(
        Ticket(booking_id=booking.id, occurrence_id=booking.occurrence_id, attendee="Ines", is_child=True, age=7,
               attendance="absent")
    )  # fmt: skip
    page = ada.get(f"bookings/{booking.code}").text
    people = page.split("<dt>For</dt>")[1].split("</dd>")[0]
    assert re.sub(r"<[^>]+>", "|", people).strip("|\n ") == "You, attended|Ines (child, 7), not attended"


def test_b12_a_cancelled_event_says_so_and_nothing_of_attendance(web_everywhere: Web, ada: Visitor) -> None:
    web = web_everywhere
    web.settings(web.yoga, bookings__attendance_tracked=True)
    booking = factories.make_booking(web.yoga, occurrence=factories.make_class(web.yoga, days=-2, state="cancelled"))
    for page in (row_of(ada.get("bookings/?tab=past").text, booking.code), ada.get(f"bookings/{booking.code}").text):
        assert chips_of(page)[0] == "Cancelled by Yoga"
        assert "ttended" not in page


def test_b12_a_child_is_marked_with_a_sign_and_in_words(web_everywhere: Web, ada: Visitor) -> None:
    web = web_everywhere
    booking = family(web, days=-2)
    row = row_of(ada.get("bookings/?tab=past").text, booking.code)
    chip = next(chip for chip in row.split('class="bw-chip') if "Ines" in chip)
    assert "#child" in chip
    assert "child" in re.sub(r"<[^>]+>", "", chip).lower(), "not by a sign and a colour alone"

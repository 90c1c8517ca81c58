"""Notes, stars, links and what was accepted, on the page of one booking."""

import re

import pytest

from bookwidget.bookings.actions import add_note, booking_token, list_notes, read_booking
from bookwidget.bookings.models import Acceptance, Booking
from tests import factories
from tests.web_fixtures import Visitor, Web


def notes_of(web: Web, code: str) -> list[tuple[str, str]]:
    scope = web.yoga.staff_scope()
    with scope.session:
        return [(note.author, note.text) for note in list_notes(scope, code)]


def rating_of(web: Web, code: str) -> tuple[float | None, str]:
    scope = web.yoga.staff_scope()
    with scope.session:
        booking = read_booking(scope, code)
        return booking.rating, booking.rating_comment


def link_of(web: Web, booking: Booking) -> str:
    return "booking/" + booking_token(web.services.tokens, web.yoga.tenant_id, booking.id, 1)


def stars_in(html: str) -> list[str]:
    return re.findall(r'type="radio" name="stars" id="[^"]+" value="([^"]+)"', html)


@pytest.fixture
def past(web_everywhere: Web) -> str:
    return factories.make_booking(web_everywhere.yoga, days=-2).code


def test_b15_a_saved_note_is_there_for_staff_with_time_and_author(web_everywhere: Web) -> None:
    web, code = web_everywhere, factories.make_booking(web_everywhere.yoga).code
    ada = web.customer()
    answer = ada.send(f"bookings/{code}/notes", page=f"bookings/{code}", text="Gate <b> is open")
    assert (answer.status_code, answer.location) == (303, f"/w/yoga/0/bookings/{code}?done=noted")
    page = ada.get(answer.location).text
    assert "Your note is saved." in page
    assert "Gate &lt;b&gt; is open" in page
    assert "You wrote a note." in page
    assert notes_of(web, code) == [("Ada Byron", "Gate <b> is open")]


def test_b15_the_same_form_twice_is_one_note(web: Web) -> None:
    code = factories.make_booking(web.yoga).code
    ada = web.customer()
    fields = ada.form(f"bookings/{code}", f"bookings/{code}/notes")
    for _ in range(2):
        assert ada.post(f"bookings/{code}/notes", {**fields, "text": "Once"}).status_code == 303
    assert len(notes_of(web, code)) == 1


def test_b15_by_the_link_of_a_mail_too(web: Web) -> None:
    booking = factories.make_booking(web.yoga)
    link, visitor = link_of(web, booking), web.visitor()
    assert visitor.send(f"{link}/notes", page=link, text="By mail").status_code == 303
    assert notes_of(web, booking.code) == [("Ada Byron", "By mail")]


def test_b15_staff_notes_show_only_if_shared(web: Web) -> None:
    code = factories.make_booking(web.yoga).code
    scope = web.yoga.staff_scope()
    with scope.session:
        add_note(scope, code, "Pays late")
        add_note(scope, code, "Bring a towel", is_shared=True)
    page = web.customer().get(f"bookings/{code}").text
    assert "Bring a towel" in page
    assert "Pays late" not in page
    assert "Olga" not in page
    assert page.count("Yoga wrote a note.") == 1


def test_what_was_typed_stays_when_a_note_is_refused(web: Web) -> None:
    code = factories.make_booking(web.yoga).code
    ada = web.customer()
    answer = ada.send(f"bookings/{code}/notes", page=f"bookings/{code}", text="x" * 2001)
    assert answer.status_code == 422
    assert "x" * 2001 in answer.text
    assert 'aria-describedby="text-error"' in answer.text


def test_b15_no_form_where_none_is_allowed(
    web: Web,
) -> None:
    code = factories.make_booking(web.yoga, days=-2).code
    ada = web.customer()
    assert "/notes" not in ada.get(f"bookings/{code}").text
    web.settings(web.yoga, bookings__notes_afterwards=True)
    fields = ada.form(f"bookings/{code}", f"bookings/{code}/notes")
    web.settings(web.yoga, bookings__notes_afterwards=False)
    answer = ada.post(f"bookings/{code}/notes", {**fields, "text": "Late"})
    assert answer.status_code == 403
    assert "Notes could be written until the booking was over." in answer.text
    assert not notes_of(web, code)


def test_b14_stars_save_to_that_booking(web_everywhere: Web, past: str) -> None:
    web, ada = web_everywhere, web_everywhere.customer()
    other = factories.make_booking(web.yoga, days=-3).code
    page = ada.get(f"bookings/{past}").text
    assert stars_in(page) == ["0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5"]
    assert '<span class="bw-vh">3.5 of 5 stars</span>' in page
    answer = ada.send(f"bookings/{past}/rate", page=f"bookings/{past}", stars="4.5", comment="Calm")
    assert answer.status_code == 303
    page = ada.get(answer.location).text
    assert "Thank you. Your rating is saved." in page
    assert "4.5 of 5 stars" in page
    assert not stars_in(page)
    assert rating_of(web, past) == (4.5, "Calm")
    assert rating_of(web, other) == (None, "")
    rows = ada.get("bookings/?tab=past").text
    assert "You rated 4.5" in rows
    assert f"bookings/{other}/rate" in rows
    assert f'class="bw-unrated" href="/w/yoga/0/bookings/{past}/rate"' not in rows


def test_b14_no_stars_on_what_is_not_completed(web: Web) -> None:
    ada = web.customer()
    for booking in (
        factories.make_booking(web.yoga),
        factories.make_booking(web.yoga, days=-1, status="cancelled"),
        factories.make_booking(web.yoga, occurrence=factories.make_class(web.yoga, days=-1, state="cancelled")),
    ):
        assert not stars_in(ada.get(f"bookings/{booking.code}").text)
        answer = ada.get(f"bookings/{booking.code}/rate")
        assert answer.status_code == 403
        assert "Only what has taken place can be rated." in answer.text
    for tab in ("upcoming", "past", "cancelled"):
        assert "bw-unrated" not in ada.get(f"bookings/?tab={tab}").text


@pytest.mark.parametrize("stars", ["", "6", "3.25"])
def test_b14_without_stars_it_is_said(web: Web, stars: str) -> None:
    code = factories.make_booking(web.yoga, days=-2).code
    ada = web.customer()
    answer = ada.send(f"bookings/{code}/rate", page=f"bookings/{code}", stars=stars, comment="Kept")
    assert answer.status_code == 422
    assert "Choose half a star to five stars." in answer.text
    assert "Kept" in answer.text
    assert rating_of(web, code) == (None, "")


def test_b14_it_is_changed_and_taken_back(web: Web) -> None:
    code = factories.make_booking(web.yoga, days=-2).code
    ada = web.customer()
    ada.send(f"bookings/{code}/rate", stars="2", comment="Cold")
    page = ada.get(f"bookings/{code}/rate").text
    assert re.findall(r'value="([^"]+)" checked', page) == ["2"]
    assert "Cold" in page
    ada.send(f"bookings/{code}/rate", stars="3", comment="")
    assert rating_of(web, code) == (3, "")
    answer = ada.send(f"bookings/{code}/withdraw", page=f"bookings/{code}/rate")
    assert "Your rating is taken back." in ada.get(answer.location).text
    assert rating_of(web, code) == (None, "")


def test_b14_switched_off_there_are_no_stars(web: Web) -> None:
    code = factories.make_booking(web.yoga, days=-2).code
    web.settings(web.yoga, bookings__ratings=False)
    ada = web.customer()
    assert not stars_in(ada.get(f"bookings/{code}").text)
    assert "bw-unrated" not in ada.get("bookings/?tab=past").text
    assert ada.get(f"bookings/{code}/rate").status_code == 403


def test_links_sent_so_far_are_ended_by_a_button(web: Web) -> None:
    booking = factories.make_booking(web.yoga)
    ada, stranger, link = web.customer(), web.visitor(), link_of(web, booking)
    assert stranger.get(link).status_code == 200
    assert "End all links" not in stranger.get(link).text
    assert ada.get(f"bookings/{booking.code}/links").status_code == 303
    assert stranger.get(link).status_code == 200
    answer = ada.send(f"bookings/{booking.code}/links", page=f"bookings/{booking.code}")
    page = ada.get(answer.location).text
    assert "The links sent so far do not open this booking any more." in page
    assert "You ended the links in mails." in page
    assert stranger.get(link).status_code == 404


def test_what_was_accepted_stands_there_with_version_and_time(web: Web) -> None:
    booking = factories.make_booking(web.yoga)
    web.yoga.add(
        Acceptance(booking_id=booking.id, document="terms", address="https://yoga.example/terms", version="2026-1",
                   accepted_at=web.now)
    )  # fmt: skip
    page = web.customer().get(f"bookings/{booking.code}").text
    accepted = page.split("<dt>Accepted</dt>")[1].split("</dd>")[0]
    assert 'href="https://yoga.example/terms"' in accepted
    assert "(2026-1), Tue 24 Nov, 09:00" in accepted


def test_nothing_is_said_that_is_not_so(web: Web) -> None:
    booking = factories.make_booking(web.yoga, days=-1)
    ada: Visitor = web.customer()
    for deed in ("noted", "rated", "ended", "nonsense"):
        assert "bw-note--good" not in ada.get(f"bookings/{booking.code}?done={deed}").text

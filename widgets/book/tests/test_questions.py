"""The business's own questions: asked, answered, refused, reviewed, kept and shown."""

import re
from datetime import timedelta

import pytest

from bookwidget.bookings.models import Booking, GivenAnswer
from bookwidget.catalog.models import Question
from bookwidget.tenancy.session import writing
from tests.bookings.test_statements import counted
from tests.web_fixtures import Visitor, Web

from .asking import EVE, again, answers, ask, file, only, open_form, press, rows, words


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    """Answers are data, so both databases keep them."""
    return web_everywhere


def ask_everything(web: Web) -> dict[str, str]:
    """One question of each kind but files, out of order; the last one is for all services."""
    return {
        "day": ask(web.yoga, "date", "Due on?", position=5),
        "line": ask(web.yoga, "line", "Who sent you?", position=1, help="A name is enough."),
        "text": ask(web.yoga, "text", "Any injuries?", position=2),
        "choice": ask(web.yoga, "choice", "Which mat?", position=3, options=["Thin", "Thick"], is_required=True),
        "yes": ask(web.yoga, "yes_no", "First time?", position=4, is_required=True, service_id=None),
    }


def test_b3_every_answer_is_reviewed_kept_and_shown(web: Web) -> None:
    fields, guest = ask_everything(web), web.visitor()
    url = open_form(web, guest)
    form = words(guest.get(url).text)
    assert "Who sent you? (optional) A name is enough." in form
    labels = ("Who sent you?", "Any injuries?", "Which mat?", "First time?", "Due on?")
    assert sorted(labels, key=form.index) == list(labels), "in the business's order"
    typed = {
        "line": "  My\tsister ",
        "text": "Left knee\nRight knee",
        "choice": "Thick",
        "yes": "no",
        "day": "2027-02-01",
    }
    review = press(guest, url, "review", **EVE, **{fields[name]: value for name, value in typed.items()})
    assert review.status_code == 200
    assert "First time? No Due on? Mon, 1 Feb 2027" in words(review.text)
    made = again(guest, review, "confirm")
    assert made.status_code == 303
    assert answers(web) == [
        ("Who sent you?", "My sister"), ("Any injuries?", "Left knee\nRight knee"), ("Which mat?", "Thick"),
        ("First time?", "no"), ("Due on?", "2027-02-01"),
    ]  # fmt: skip
    by_link = words(guest.get(str(made.location)).text)
    assert "Your answers Who sent you? My sister Any injuries? Left knee Right knee Which mat? Thick" in by_link


def test_b3_answers_stand_in_the_details_of_ones_own_booking_only(web: Web) -> None:
    field, ada = ask(web.yoga, "line", "Who sent you?"), web.customer()
    assert again(ada, press(ada, open_form(web, ada), "review", **{field: "Ben"}), "confirm").status_code == 303
    [booking] = rows(web, Booking)
    page = f"bookings/{booking.code}"
    assert "Your answers Who sent you? Ben" in words(ada.get(page).text)
    assert web.customer("ben").get(page).status_code == 404
    assert web.customer("ada", web.other).get(page).status_code == 404


def test_b3_answers_keep_the_words_that_were_asked(web: Web) -> None:
    """Also those of a question that is no longer asked."""
    field, ada = ask(web.yoga, "line", "Who sent you?"), web.customer()
    again(ada, press(ada, open_form(web, ada), "review", **{field: "Ben"}), "confirm")
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        question = session.get_one(Question, (web.yoga.tenant_id, only(web, Question)))
        question.label, question.is_active = "Other words", False
    [booking] = rows(web, Booking)
    assert "Who sent you? Ben" in words(ada.get(f"bookings/{booking.code}").text)
    assert "Other words" not in ada.get(open_form(web, ada, days=4)).text


def test_k3_what_is_wrong_stands_beside_its_question_and_nothing_is_lost(web: Web) -> None:
    fields, guest = ask_everything(web), web.visitor()
    url = open_form(web, guest)
    wrong = {fields["line"]: "x" * 201, fields["text"]: "Left knee", fields["choice"]: "Purple", fields["day"]: "soon"}
    refused = press(guest, url, "review", **EVE, **wrong)
    assert refused.status_code == 422
    for name, reason in (
        ("line", "Please use at most 200 characters."), ("choice", "Please choose one of these."),
        ("yes", "Please choose Yes or No."), ("day", "This is no day."),
    ):  # fmt: skip
        assert reason in words(re.findall(rf'id="{fields[name]}-error".*?</p>', refused.text, re.S)[0])
        assert f'{fields[name]}-error"' in refused.text.partition(f'id="{fields[name]}-error"')[0], "it is tied to it"
    assert f"{fields['text']}-error" not in refused.text
    for typed in ("x" * 201, "Left knee", 'value="soon"', "eve@example.com"):
        assert typed in refused.text
    right = {fields["line"]: "", fields["choice"]: "Thin", fields["yes"]: "yes", fields["day"]: ""}
    assert again(guest, again(guest, refused, "review", **right), "confirm").status_code == 303
    assert answers(web) == [("Any injuries?", "Left knee"), ("Which mat?", "Thin"), ("First time?", "yes")]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "20261124T10", "٢٠٢٦-١١-٢٤"])
def test_k3_a_day_that_is_none_is_refused(web: Web, day: str) -> None:
    field, guest = ask(web.yoga, "date", "Due on?"), web.visitor()
    assert press(guest, open_form(web, guest), "review", **EVE, **{field: day}).status_code == 422


def test_k3_questions_that_change_while_the_form_is_open(web: Web) -> None:
    """One that goes is not missed; one that comes is asked before anything is booked."""
    field, guest = ask(web.yoga, "line", "Who sent you?", is_required=True), web.visitor()
    url = open_form(web, guest)
    review = press(guest, url, "review", **EVE, **{field: "Ben"})
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Question, (web.yoga.tenant_id, only(web, Question))).is_active = False
    late = ask(web.yoga, "line", "How tall are you?", is_required=True)
    asked = again(guest, review, "confirm")
    assert asked.status_code == 422
    assert "Please fill this in." in asked.text
    assert not rows(web, Booking)
    again(guest, again(guest, asked, "review", **{late: "170"}), "confirm")
    assert answers(web) == [("How tall are you?", "170")]


def test_k3_answers_go_along_when_people_are_added_or_the_time_is_gone(web: Web) -> None:
    field, guest = ask(web.yoga, "text", "Any injuries?"), web.visitor()
    url = open_form(web, guest)
    two = press(guest, url, "add", **EVE, **{field: "Left knee"})
    assert "Left knee" in two.text
    review = again(guest, two, "review")
    web.now += timedelta(minutes=11)
    gone = again(guest, review, "confirm")
    assert gone.status_code == 422
    [slot, *_more] = re.findall(r'name="slot" value="([^"]+)"', gone.text)
    assert "Left knee" in again(guest, gone, "slot", slot=slot).text


def test_k3_answers_of_other_services_and_tenants_are_not_asked_for(web: Web) -> None:
    ask(web.yoga, "line", "Which oil?", service_id=web.yoga.ids["massage"], is_required=True)
    ask(web.other, "line", "Which boat?", service_id=None, is_required=True)
    guest = web.visitor()
    url = open_form(web, guest)
    form = guest.get(url).text
    assert "Which oil?" not in form
    assert "Which boat?" not in form
    made_up = {f"question-{'0' * 32}": "x", "question-x": "x", **{f"question-{n:032x}": "x" for n in range(1, 300)}}
    assert again(guest, press(guest, url, "review", **EVE, **made_up), "confirm").status_code == 303
    assert not rows(web, GivenAnswer)


def statements(web: Web, visitor: Visitor, url: str) -> int:
    with counted(web.database) as sent:
        assert visitor.get(url).status_code == 200
    return len(sent)


def test_k3_all_questions_cost_one_statement(web: Web) -> None:
    guest = web.visitor()
    url = open_form(web, guest)
    none = statements(web, guest, url)
    for number in range(20):
        ask(web.yoga, "line", f"Question {number}")
    assert statements(web, guest, url) == none
    for number in range(3):
        ask(web.yoga, "file", f"File {number}")
    assert statements(web, guest, url) == none + 1, "and one for all files"


def test_a_file_is_no_text(web: Web) -> None:
    """A file where a text is asked for changes nothing, nor does text where a file is."""
    line, file_field, guest = ask(web.yoga, "line", "Name?"), ask(web.yoga, "file", "Photo?"), web.visitor()
    url = open_form(web, guest)
    assert press(guest, url, "review", **EVE, **{line: file(b"hello", "a.txt")}).status_code == 404
    assert again(guest, press(guest, url, "review", **EVE, **{file_field: "x"}), "confirm").status_code == 303
    assert not rows(web, GivenAnswer)

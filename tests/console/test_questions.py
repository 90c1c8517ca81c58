"""The page of questions, over HTTP: what is changed here is what the booking form asks from then on."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from bookwidget.bookings.models import Booking, GivenAnswer
from bookwidget.catalog.models import Question
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.rules import OccurrenceKey
from tests import factories
from tests.console.desks import HOSTILE_LINES, events, owner
from tests.web_fixtures import Visitor, Web, hidden


@pytest.fixture
def web(web_everywhere: Web) -> Web:
    """Questions are data, so both databases keep them."""
    return web_everywhere


@pytest.fixture
def olga(web: Web) -> Visitor:
    return owner(web)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def add(visitor: Visitor, label: str, **changes: Any) -> Any:
    return visitor.send("questions/new", **{"label": label, "kind": "line", **changes})


def stored(web: Web) -> list[Question]:
    with web.database.session(web.yoga.tenant_id) as session:
        return list(session.scalars(select(Question).order_by(Question.position, Question.id)))


def page_of(web: Web, label: str) -> str:
    return "questions/" + next(one.id.hex for one in stored(web) if one.label == label) + "/"


def form_of_class(web: Web, visitor: Visitor) -> str:
    """The address of the booking form, a place of which is kept."""
    page = f"book/{web.yoga.ids['flow'].hex}"
    slot = str(OccurrenceKey(factories.make_class(web.yoga, days=2, provider_id=None).id))
    answer = visitor.post(page, {**visitor.form(page), "slot": slot})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def asked(web: Web) -> list[str]:
    """The labels that the class's form shows, in order."""
    guest = web.visitor()
    page = words(guest.get(form_of_class(web, guest)).text)
    labels = [one.label for one in stored(web) if one.label in page]
    return sorted(labels, key=page.index)


def test_k1_a_question_that_is_added_here_is_asked_when_somebody_books(web: Web, olga: Visitor) -> None:
    assert "This form asks nothing of your own yet" in olga.get("questions/").text
    answer = add(olga, "Which <mat>?", kind="choice", options="Thin\r\n\r\nThick\r\n", help="Both are ours.")
    assert answer.status_code == 303, answer.text
    add(olga, "First time?", kind="yes_no", is_required="1", service=web.yoga.ids["flow"].hex)
    add(olga, "Sore where?", service=web.yoga.ids["massage"].hex)
    page = olga.get("questions/?service=" + web.yoga.ids["flow"].hex).text
    beside = words(page.partition('id="shown"')[2])
    assert "Which <mat>? (optional)" in beside
    assert "Thin" in beside
    assert "First time?" in beside
    assert "Sore where?" not in page
    assert "Sore where?" in olga.get("questions/?service=" + web.yoga.ids["massage"].hex).text
    assert asked(web) == ["Which <mat>?", "First time?"]
    assert [kind for kind, _facts in events(web.yoga)] == ["question.saved"] * 3


def test_sent_twice_it_is_one_question(web: Web, olga: Visitor) -> None:
    fields = {**olga.form("questions/new"), "label": "Who sent you?", "kind": "line"}
    for _click in range(2):
        assert olga.post("questions/new", fields).status_code == 303
    assert len(stored(web)) == 1


def test_it_is_shown_as_customers_see_it_before_it_is_saved(web: Web, olga: Visitor) -> None:
    answer = olga.send("questions/new", label="When is it due?", kind="date", is_required="1", show="1")
    assert answer.status_code == 200
    assert '<input class="bw-input" type="date"' in answer.text
    assert 'value="When is it due?"' in answer.text
    assert stored(web) == []
    refused = olga.send("questions/new", label="", kind="date", show="1")
    assert refused.status_code == 422


def test_b3_a_question_is_changed_and_answers_keep_the_words_they_were_given_to(web: Web, olga: Visitor) -> None:
    add(olga, "Who sent you?")
    [question], ada = stored(web), web.customer()
    url, field = form_of_class(web, ada), f"question-{question.id.hex}"
    ada.post(url, {**ada.form(url), "do": "review", field: "Ben"})
    ada.post(url, {**ada.form(url), "do": "confirm", field: "Ben"})
    with web.database.session(web.yoga.tenant_id) as session:
        [booking] = session.scalars(select(Booking))
        assert [one.label for one in session.scalars(select(GivenAnswer))] == ["Who sent you?"]
    olga.send(page_of(web, "Who sent you?"), label="How did you find us?", kind="line")
    assert [one.label for one in stored(web)] == ["How did you find us?"]
    for page in (olga.get(f"bookings/{booking.code}/"), ada.get(f"bookings/{booking.code}")):
        assert "Who sent you? Ben" in words(page.text)
        assert "How did you find us?" not in page.text


def test_two_who_change_one_question_the_second_sees_what_changed(web: Web, olga: Visitor) -> None:
    add(olga, "Who sent you?")
    path = page_of(web, "Who sent you?")
    old = {**olga.form(path), "kind": "line"}
    assert olga.post(path, {**old, "label": "By whom?"}).status_code == 303
    assert olga.post(path, {**old, "label": "By whom?"}).status_code == 303, "the second click"
    assert len(events(web.yoga)) == 2
    late = olga.post(path, {**old, "label": "From where?"})
    assert late.status_code == 422
    assert "Somebody else has changed this question" in late.text
    assert 'value="From where?"' in late.text
    assert "By whom?" in late.text
    slip = olga.post(path, {**old, "label": " "})
    again = olga.post(path, {**old, "label": "From where?", "seen": hidden(slip, "seen")})
    assert again.status_code == 422, "nobody has told them yet that it is different now"
    assert [one.label for one in stored(web)] == ["By whom?"]


def test_k1_the_order_here_is_the_order_of_the_form(web: Web, olga: Visitor) -> None:
    for label in ("One?", "Two?", "Three?"):
        add(olga, label)
    ids = [one.id.hex for one in stored(web)]
    path = f"questions/{ids[2]}/place"
    fields = olga.form("questions/", path)
    for _click in range(2):
        assert olga.post(path, {**fields, "place": f"before.{ids[1]}"}).status_code == 303
    assert asked(web) == ["One?", "Three?", "Two?"]
    olga.post(f"questions/{ids[0]}/place", {**fields, "place": f"after.{ids[1]}"})
    assert asked(web) == ["Three?", "Two?", "One?"]
    for odd in ("", "before", f"beside.{ids[0]}", "before." + uuid7().hex, f"before.{ids[2]}"):
        assert olga.post(path, {**fields, "place": odd}).status_code == 404, odd
    assert asked(web) == ["Three?", "Two?", "One?"]


def test_k1_what_is_no_longer_asked_can_be_asked_again(web: Web, olga: Visitor) -> None:
    add(olga, "Who sent you?")
    path = page_of(web, "Who sent you?") + "retire"
    fields = olga.form("questions/", path)
    for _click in range(2):
        answer = olga.post(path, fields)
    assert "no longer asked" in olga.get(answer.location).text
    assert asked(web) == []
    assert "Who sent you?" in olga.get("questions/").text.partition("No longer asked")[2]
    olga.post(path, {**olga.form("questions/", path)})
    assert asked(web) == ["Who sent you?"]
    assert [kind for kind, _facts in events(web.yoga)] == ["question.saved", "question.retired", "question.restored"]


@pytest.mark.parametrize(
    "typed",
    [
        {"label": ""}, {"label": "x" * 201}, {"help": "y" * 301}, {"kind": "essay"}, {"kind": ""},
        {"kind": "choice", "options": "Only one"}, {"kind": "choice", "options": "Same\nSame"},
        {"kind": "choice", "options": "\n".join(map(str, range(31)))}, {"service": "nope"},
        *[{"label": line} for line in HOSTILE_LINES], {"kind": "choice", "options": "a\nb\u202e"},
    ],
)  # fmt: skip
def test_what_makes_no_question_is_refused_and_stays_typed(web: Web, olga: Visitor, typed: dict[str, str]) -> None:
    answer = add(olga, **{"label": "Kept?", **typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "Kept?" in answer.text or "label" in typed
    assert stored(web) == []


def test_a_service_of_another_business_is_not_found(web: Web, olga: Visitor) -> None:
    assert add(olga, "Who?", service=web.other.ids["flow"].hex).status_code == 404
    assert stored(web) == []

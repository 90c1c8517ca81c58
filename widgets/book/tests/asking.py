"""Questions for these tests, and the way to a form with them."""

import re
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from bookwidget.bookings.models import GivenAnswer, Upload
from bookwidget.catalog.models import Question
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.rules import OccurrenceKey
from tests import factories
from tests.factories import World
from tests.web_fixtures import Forms, Visitor, Web

EVE = {"given_name": "Eve", "family_name": "Adams", "email": "eve@example.com"}
PDF = b"%PDF-1.7\nhello\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def ask(world: World, kind: str, label: str, **changes: Any) -> str:
    """A question of the class; the name of its field."""
    values: dict[str, Any] = {"id": uuid7(), "service_id": world.ids["flow"], **changes}
    question: Question = world.add(Question(kind=kind, label=label, **values))
    return f"question-{question.id.hex}"


def open_form(web: Web, visitor: Visitor, *, service: str = "flow", key: str = "", days: float = 2) -> str:
    """Takes a time of the class; the address of the form."""
    key = key or str(OccurrenceKey(factories.make_class(web.yoga, days=days).id))
    page = f"book/{web.yoga.ids[service].hex}"
    answer = visitor.post(page, {**visitor.form(page), "slot": key})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def press(visitor: Visitor, url: str, button: str, **changes: Any) -> TestResponse:
    return visitor.post(url, {**visitor.form(url), "do": button, **changes})


def again(visitor: Visitor, page: TestResponse, button: str, **changes: Any) -> TestResponse:
    """The form of a page that was an answer."""
    url, fields = list(Forms(page.text).found.items())[-1]
    return visitor.post(url, {**fields, "do": button, **changes})


def file(content: bytes, name: str) -> tuple[BytesIO, str]:
    """For the client's form data."""
    return BytesIO(content), name


def rows(web: Web, what: Any) -> list[Any]:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return list(session.execute(select(what).order_by(what.id)).scalars())


def answers(web: Web) -> list[tuple[str, str]]:
    return [(one.label, one.value) for one in sorted(rows(web, GivenAnswer), key=lambda one: one.position)]


def uploads(web: Web) -> list[tuple[str, int, bool]]:
    return [(one.name, one.size, one.until is None) for one in rows(web, Upload)]


def words(text: str) -> str:
    """A page's text on one line, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def only(web: Web, what: Any) -> UUID:
    [row] = rows(web, what)
    found: UUID = row.id
    return found

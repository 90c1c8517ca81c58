"""A disk without room: a clear page, nothing half done, and the same press works once there is room again.

`max_page_count` fills the file before a statement; a limit on the size of files fails within a commit, in a process of
its own, which then ends as if it had been killed.
"""

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from bookwidget.bookings.models import Booking, GivenAnswer, JobNote, Ticket, Upload
from bookwidget.catalog.models import Question
from bookwidget.events.models import Event, Job
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Hold, Occurrence
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy import database
from tests import factories
from tests.bookings.soundness import troubles
from tests.web_fixtures import HERE, Forms, Visitor, Web

KINDS: tuple[Any, ...] = (Booking, Ticket, Occurrence, Hold, JobNote, GivenAnswer, Upload, Event, Job)
PAGE, SHARED_MEMORY = 4096 + 24, 32_768
"""Bytes of a page in SQLite's log, and of the file beside it that every reader needs."""
WORDS = "I took a while to type this"


def look(web: Web) -> list[Any]:
    with web.database.session(web.yoga.tenant_id) as session:
        return [sorted(map(str, session.rows(select(*kind.__table__.columns)))) for kind in KINDS]


@contextmanager
def full(web: Web) -> Iterator[None]:
    """The file of the database cannot grow."""
    with web.database.all_tenants("a test's look") as connection:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "PRAGMAS", (*database.PRAGMAS, f"max_page_count={size}"))
        web.database.dispose()
        yield
    web.database.dispose()


Press = tuple[Visitor, str, dict[str, Any]]


def date_of(web: Web) -> Occurrence:
    return factories.make_class(web.yoga, days=9, provider_id=None)


def cancelling(web: Web, ada: Visitor) -> Press:
    page = f"bookings/{factories.make_booking(web.yoga, occurrence=date_of(web)).code}/cancel"
    return ada, page, {**ada.form(page), "reason": WORDS}


def moving(web: Web, ada: Visitor) -> Press:
    target = date_of(web)
    page = f"bookings/{factories.make_booking(web.yoga, occurrence=date_of(web)).code}/move"
    return ada, page, {**ada.form(page), "slot": str(OccurrenceKey(target.id))}


def booking(web: Web, ada: Visitor) -> Press:
    web.now += timedelta(minutes=5)  # nobody may begin so many at once
    page, key = f"book/{web.yoga.ids['flow'].hex}", OccurrenceKey(date_of(web).id)
    form = str(ada.post(page, {**ada.form(page), "slot": str(key)}).location)
    return ada, form, {**ada.form(form), "do": "confirm", "note": WORDS}


def noting(web: Web, ada: Visitor) -> Press:
    page = f"bookings/{factories.make_booking(web.yoga, occurrence=date_of(web)).code}"
    return ada, f"{page}/notes", {**ada.form(page, f"{page}/notes"), "text": WORDS}


@pytest.mark.parametrize("make", [cancelling, moving, booking, noting])
def test_nothing_is_half_done_when_the_file_cannot_grow(web: Web, make: Callable[..., Press]) -> None:
    """Presses until there is no room left for one more."""
    ada = web.customer()
    web.settings(web.yoga, schedule__hold_minutes=60)
    presses = [make(web, ada) for _number in range(11)]
    with full(web):
        for visitor, url, fields in presses:
            before = look(web)
            answer = visitor.post(url, fields)
            if answer.status_code != 303:
                break
        refused(answer, fields)
        assert look(web) == before
    assert visitor.post(url, Forms(answer.text).found[""]).status_code == 303, "there is room again"
    assert look(web) != before
    assert troubles(web.yoga) == []


def refused(answer: TestResponse, sent: dict[str, Any]) -> None:
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), answer.text
    assert "Please try again in a moment. Nothing was changed." in answer.text
    assert Forms(answer.text).found[""] == sent, "the button sends all that was typed"


def limited(most: int, send: Callable[[], TestResponse]) -> int:
    """The answer's status, of a process whose files hold at most so many bytes, and which ends at once afterwards."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        status = 0
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
            status = send().status_code
        finally:
            os.write(writer, str(status).encode())
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        return int(answer.read())


@pytest.mark.parametrize("make", [cancelling, booking])
def test_nothing_is_half_done_when_the_disk_is_full_within_a_commit(web: Web, make: Callable[..., Press]) -> None:
    """With room for one page of the log more each time, until all of it fits."""
    visitor, url, fields = make(web, web.customer())
    before, answers = look(web), []
    for pages in count(step=3):
        web.database.dispose()
        answers.append(limited(SHARED_MEMORY + pages * PAGE, lambda: visitor.post(url, fields)))
        if answers[-1] == 303:
            break
        assert answers[-1] == 503, answers
        assert look(web) == before
        assert pages < 100
    assert len(answers) > 1, "there was room at once"
    assert look(web) != before
    assert troubles(web.yoga) == []


def test_D2_a_file_that_the_disk_does_not_take_is_not_half_kept(web: Web) -> None:
    question = web.yoga.add(
        Question(id=uuid7(), service_id=web.yoga.ids["flow"], kind="file", label="Your plan", position=1)
    )
    ada = web.customer()
    visitor, url, fields = booking(web, ada)
    file = FileStorage(BytesIO(b"%PDF-" + b"x" * 700_000), "plan.pdf")
    boundary, body = encode_multipart({**fields, f"question-{question.id.hex}": file, "do": "review"})
    before, kind = look(web), f"multipart/form-data; boundary={boundary}"

    def send() -> TestResponse:
        headers = {"Origin": HERE}
        return visitor.client.post(url, base_url=HERE, data=body, content_type=kind, headers=headers)

    with full(web):
        answer = send()
        assert answer.status_code == 503
        assert "Nothing was changed." in answer.text
        assert look(web) == before
    web.database.dispose()
    # So large that it goes through a file of its own while it comes in: there is no room for that either.
    assert limited(SHARED_MEMORY + 100 * PAGE, send) == 503
    assert look(web) == before
    assert send().status_code == 200
    assert len(look(web)[KINDS.index(Upload)]) == 1

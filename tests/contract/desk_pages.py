"""Part of the tour of every page: the console's rooms for bookings, questions and customers."""

import re
from collections.abc import Iterator

from werkzeug.test import TestResponse

from tests.web_fixtures import Visitor


def question_pages(visitor: Visitor) -> Iterator[tuple[str, TestResponse]]:
    yield "no questions", visitor.get("questions/")
    yield "no question", visitor.send("questions/new", label="", kind="choice")
    visitor.send("questions/new", label="123", kind="file", is_required="1")
    kept = visitor.get("questions/?done=saved")
    yield "questions", kept
    [question] = re.findall(r'href="([^"]+/questions/[0-9a-f]{32}/)"', kept.text)
    yield "question", visitor.get(question)
    visitor.send(f"{question}retire", "questions/")
    yield "retired question", visitor.get("questions/")

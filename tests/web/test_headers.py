"""Headers are put at once, past Werkzeug's own way; see `bookwidget/web/headers.py`."""

import pytest
from flask import Response
from werkzeug.datastructures import Headers

from bookwidget.web.headers import Answer, given, put

ENVIRON = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "https", "HTTP_HOST": "here.example", "PATH_INFO": "/"}


def test_what_is_always_so_replaces_what_is_there_and_the_rest_does_not() -> None:
    answer = Answer("x")
    put(answer, {"A": "1"}, {"B": "2", "content-type": "no"})
    put(answer, {"a": "3"}, {"b": "4", "C": "5"})
    assert answer.headers["A"] == "3"
    assert answer.headers["B"] == "2"
    assert answer.headers["C"] == "5"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert len(answer.headers) == 5, "each once, with the length"
    assert (given(answer, "b"), given(answer, "d")) == ("2", None)


@pytest.mark.parametrize("status", [200, 204, 206, 302, 304, 401, 422, 500])
@pytest.mark.parametrize("own", [{}, {"Location": "/there?ü"}, {"Content-Location": "/ü"}])
def test_an_answer_is_sent_with_the_headers_that_werkzeug_sends(status: int, own: dict[str, str]) -> None:
    answer, theirs = (kind("text", status, Headers(own)) for kind in (Answer, Response))
    assert list(answer.get_wsgi_headers(ENVIRON)) == list(theirs.get_wsgi_headers(ENVIRON))
    assert isinstance(answer.headers._list, list), "what `put` changes"

"""Flask's own stand-ins and ours are the same thing; see `bookwidget/web/current.py`."""

import flask
import pytest
from flask import Flask

from bookwidget.web import current


def test_the_request_and_what_is_kept_with_it_are_those_of_flask() -> None:
    app = Flask(__name__)
    with app.test_request_context("/here?day=2"):
        assert current.request.path == "/here"
        assert current.request.args is flask.request.args
        current.request.max_content_length = 7
        assert flask.request.max_content_length == 7
        current.g.place = "there"
        assert flask.g.place == "there"
        assert "place" in current.g
        assert "other" not in current.g
        assert current.g.get("other") is None
        assert current.g.pop("place") == "there"
        assert "place" not in flask.g
        with pytest.raises(AttributeError):
            _ = current.g.place


def test_outside_of_a_request_there_is_none() -> None:
    with pytest.raises(LookupError):
        _ = current.request.path
    with pytest.raises(LookupError):
        _ = current.g.place


def test_cookies_and_what_stands_in_the_address_are_read_as_werkzeug_reads_them() -> None:
    environ = {"HTTP_COOKIE": 'one=1; two="a b"; one=again; umlaut=\xc3\xbc; =none; odd'}
    for query in ("", "day=2&day=3&name=%C3%BC&empty="):
        ours, theirs = (kind({**environ, "QUERY_STRING": query}) for kind in (current.WidgetRequest, flask.Request))
        assert ours.cookies == theirs.cookies
        assert ours.args == theirs.args
        assert ours.args.getlist("day") == theirs.args.getlist("day")
        assert type(ours.cookies) is type(theirs.cookies)
    with pytest.raises(TypeError):
        current.WidgetRequest({}).args["day"] = "2"

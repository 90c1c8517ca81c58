"""Logs hold no personal data, whatever breaks."""

import io
import json
from pathlib import Path

import pytest

from bookwidget import create_app
from bookwidget.config import Config
from bookwidget.logs import configure_logging, log
from bookwidget.web.services import EXTENSION
from tests.factories import World

HERE = "https://widgets.localhost"


def test_a_mistake_of_ours_is_logged_without_what_was_typed(
    yoga: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(Config.load({}, instance=tmp_path, database_url=yoga.database.url), clock=lambda: yoga.now)
    out = io.StringIO()
    configure_logging(file=out)

    def broken(stored: str, typed: str) -> bool:
        raise ValueError(f"cannot check {typed}")

    monkeypatch.setattr("bookwidget.accounts.passwords.matches", broken)
    client = app.test_client()
    page = client.get("/w/yoga/0/login/", base_url=HERE).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    typed = {"email": "ada@example.com", "password": "my own secret", "csrf_token": token}
    answer = client.post("/w/yoga/0/login/", data=typed, base_url=HERE, headers={"Origin": HERE})
    app.extensions[EXTENSION].database.dispose()
    assert answer.status_code == 500
    assert "my own secret" not in answer.text
    mistakes = [line for line in map(json.loads, out.getvalue().splitlines()) if line["event"] == "mistake"]
    assert len(mistakes) == 1
    assert mistakes[0]["exception"][0]["type"] == "builtins.ValueError"
    assert any("test_logs.py" in frame for frame in mistakes[0]["exception"][0]["frames"])
    for private in ("my own secret", "ada@example", token, "cannot check"):
        assert private not in out.getvalue()


def test_what_an_error_came_from_is_named_too(logged: io.StringIO) -> None:
    try:
        try:
            raise KeyError("a name")
        except KeyError as error:
            raise RuntimeError("a number") from error
    except RuntimeError:
        log.exception("broken")
    types = [error["type"] for error in json.loads(logged.getvalue())["exception"]]
    assert types == ["builtins.RuntimeError", "builtins.KeyError"]
    assert "a name" not in logged.getvalue()

"""Themes that cannot be used: named when the service starts, and customers see a working widget all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bookwidget import create_app
from bookwidget.config import Config
from bookwidget.logs import configure_logging
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from bookwidget.web.services import EXTENSION
from tests.console.desks import owner
from tests.factories import make_world
from tests.fixtures import NOW
from tests.web_fixtures import Web

BAD = {
    "orphan": ({"theme.toml": 'title = "O"\nparent = "nobody"'}, "orphan/theme.toml: line 2: 'parent': there is no"),
    "ring": ({"theme.toml": 'title = "R"\nparent = "ring"'}, "ring/theme.toml: line 2: 'parent': circle ring > ring"),
    "tint": (
        {"tokens.css": ":root{\n--bw-color-accent:blue}"},
        "tint/tokens.css: line 2: --bw-color-accent is no",
    ),
    "face": ({"theme.toml": 'title = "F"\n[fonts]\nLora = "lora.woff2"'}, "face/theme.toml: line 3: the font 'Lora'"),
    "torn": (
        {"templates/login/login.html": "<p>\n{% if %}"},
        "torn/templates/login/login.html: line 2: Expected",
    ),
    "lost": (
        {"templates/login/login.html": '{% extends "nowhere.html" %}'},
        "login.html: line 1: there is no",
    ),
    "odd": ({"templates/login/login.html": "{{ 1 | sparkle }}"}, "login/login.html: line 1: No filter named 'sparkle'"),
    "latin": ({"templates/login/login.html": b"\xe4"}, "login/login.html: 'utf-8' codec can't decode"),
}
"""Files beside a sound manifest and sheet, and what is said of them."""
BREAKS = '{% extends "base:login/login.html" %}{% block main %}\n{{ nobody.gave.this }}{% endblock %}'


def put(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in {"theme.toml": 'title = "T"', "tokens.css": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def bad(cheap_hashes: None, sqlite_url: str, tmp_path: Path) -> Iterator[Web]:
    """A service that was started with all of them, and with one that breaks only when its page is made."""
    for name, (files, _said) in BAD.items():
        put(tmp_path / "themes" / name, dict(files))
    put(tmp_path / "themes/late", {"theme.toml": 'title = "Late"', "templates/login/login.html": BREAKS})
    config = Config.load({}, instance=tmp_path, database_url=sqlite_url, theme_folders=(tmp_path / "themes",))
    app = create_app(config, clock=lambda: NOW)
    database = app.extensions[EXTENSION].database
    yield Web(app, make_world(database, slug="yoga", now=NOW), make_world(database, slug="other", now=NOW), NOW)
    database.dispose()


def wear(web: Web, theme: str) -> None:
    with web.yoga.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, web.yoga.tenant_id).theme = theme


def test_each_is_named_at_start_and_for_the_owner_and_customers_see_the_default(bad: Web) -> None:
    themes = bad.services.themes
    assert {problem.theme for problem in themes.problems} == set(BAD)
    visitor = owner(bad)
    for name, (_files, said) in BAD.items():
        assert said in str(themes.problem(name)), name
        wear(bad, name)
        answer = bad.visitor().get("login/")
        assert answer.status_code == 200, name
        assert 'name="password"' in answer.text, name
        assert "#1d5c86" in bad.visitor().get("/brand/yoga.css").text, name
        told = visitor.get("/console/branding/").text
        assert "cannot be used at the moment" in told, name
        assert str(themes.problem(name)).split(": ")[0] in told, name
    wear(bad, "warm")
    assert "cannot be used" not in visitor.get("/console/branding/").text


def test_the_log_names_each_at_start(sqlite_url: str, tmp_path: Path, logs: pytest.CaptureFixture[str]) -> None:
    put(tmp_path / "themes/torn", dict(BAD["torn"][0]))
    put(tmp_path / "themes/child", {"theme.toml": 'title = "C"\nparent = "torn"'})
    config = Config.load({}, instance=tmp_path, database_url=sqlite_url, theme_folders=(tmp_path / "themes",))
    create_app(config).extensions[EXTENSION].database.dispose()
    said = logs.readouterr().err
    assert said.count("theme_left_out") == 2
    assert BAD["torn"][1] in said
    assert "there is no usable theme 'torn'" in said


def test_a_template_that_breaks_later_gives_the_page_as_shipped(bad: Web, logs: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    wear(bad, "late")
    for _time in range(2):
        answer = bad.visitor().get("login/")
        assert (answer.status_code, 'name="password"' in answer.text) == (200, True)
    logged = logs.readouterr().err
    assert logged.count("theme_page_broken") == 1
    assert "late/templates/login/login.html: line 2: 'nobody' is undefined" in logged
    told = owner(bad).get("/console/branding/").text
    assert "Some pages of the design Late do not work" in told
    assert "templates/login/login.html: line 2" in told

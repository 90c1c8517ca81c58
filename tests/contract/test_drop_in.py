"""CONTRIBUTING.md's smallest widget and docs/themes.md's smallest theme, made from the documents and dropped in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bookwidget import create_app
from bookwidget.config import Config
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from bookwidget.web.services import EXTENSION
from tests.factories import World

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "CONTRIBUTING.md", ROOT / "docs/themes.md")
FILE = re.compile(r"^`((?:widgets|themes)/[\w./-]+)`\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


def files_in_documents() -> dict[str, str]:
    return dict(found for document in DOCUMENTS for found in FILE.findall(document.read_text("utf-8")))


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    for name, content in files_in_documents().items():
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return tmp_path / "mine"


@pytest.fixture
def app(dropped: Path, yoga: World, tmp_path: Path) -> Iterator[Flask]:
    config = Config.load(
        {},
        instance=tmp_path,
        database_url=yoga.database.url,
        widget_folders=(dropped / "widgets",),
        theme_folders=(dropped / "themes",),
    )
    app = create_app(config, clock=lambda: yoga.now)
    yield app
    app.extensions[EXTENSION].database.dispose()


def test_the_documents_have_both_in_full() -> None:
    files = files_in_documents()
    assert len([name for name in files if name.startswith("widgets/ping/")]) == 4
    assert len([name for name in files if name.startswith("themes/brand/")]) == 2


def test_the_smallest_widget_works(app: Flask) -> None:
    answer = app.test_client().get("/w/yoga/0/ping/")
    assert answer.status_code == 200
    assert "<h1>Hello</h1>" in answer.text
    assert "Yoga" in answer.text, "it carries the tenant's name"


def test_the_smallest_theme_works(app: Flask, yoga: World) -> None:
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, yoga.tenant_id).theme = "brand"
    styles = app.test_client().get("/brand/yoga.css").text
    assert "--bw-color-accent:#7a3e9d" in styles
    assert app.test_client().get("/w/yoga/0/ping/").status_code == 200


def test_without_the_folders_both_are_gone(yoga: World, tmp_path: Path) -> None:
    app = create_app(Config.load({}, instance=tmp_path, database_url=yoga.database.url))
    assert app.test_client().get("/w/yoga/0/ping/").status_code == 404
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, yoga.tenant_id).theme = "brand"
    styles = app.test_client().get("/brand/yoga.css")
    assert styles.status_code == 200, "a tenant whose theme is gone falls back to the default"
    assert "#7a3e9d" not in styles.text
    app.extensions[EXTENSION].database.dispose()


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ('titel = "Ping"', "unknown key titel"),
        ("order = 3", "title is missing"),
        ('title = "Ping"\norder = "first"', "order must be of type int"),
        ("title =", "widget.toml"),
    ],
)
def test_a_mistake_in_a_widget_is_named_at_start(
    yoga: World, dropped: Path, tmp_path: Path, toml: str, named: str
) -> None:
    (dropped / "widgets/ping/widget.toml").write_text(toml)
    config = Config.load({}, instance=tmp_path, database_url=yoga.database.url, widget_folders=(dropped / "widgets",))
    with pytest.raises(Exception, match=named):
        create_app(config)

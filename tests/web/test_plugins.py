"""Plugins: the examples of docs/hooks.md do what is said of them, and a bad one breaks nothing."""

import inspect
import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bookwidget import create_app, find_parts, plugins
from bookwidget.catalog.models import Service
from bookwidget.config import Config
from bookwidget.hookspecs import HookSpecs
from bookwidget.logs import configure_logging
from bookwidget.notices.kinds import KINDS
from bookwidget.notices.models import Message
from bookwidget.shipped import Shipped
from bookwidget.tenancy.session import writing
from bookwidget.web.services import EXTENSION
from tests.events.work import HandClock, happen, worker
from tests.factories import make_appointment, make_booking, make_class, make_world
from tests.fixtures import NOW
from tests.notices.gateway import Gateway, serving_texts
from tests.notices.mailing import place
from tests.notices.test_texts import PHONE, ready, texts_of
from tests.web_fixtures import Web

DOCUMENT = Path(__file__).parents[2] / "docs/hooks.md"
TEXT = DOCUMENT.read_text("utf-8")
EXAMPLES = dict(re.findall(r"^`plugins/([\w.]+)`\n```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL))
HEAD = "from bookwidget.hookspecs import hookimpl\nimport time\n\n@hookimpl\n"
BAD = {
    "raises.py": HEAD + "def menu_entries(entries):\n    raise RuntimeError('secret')\n",
    "forever.py": HEAD + "def menu_entries(entries):\n    while True: time.sleep(0.05)\n",
    "no_modem.py": HEAD + "def send_text(to):\n    raise RuntimeError('secret')\n",
    "denies.py": HEAD + "def refuse(permission):\n    raise RuntimeError('secret')\n",
    "at_load.py": "raise RuntimeError('at load')\n",
    "no_such.py": HEAD + "def menu_entries(entrees):\n    return entrees\n",
}


@pytest.fixture
def served(cheap_hashes: None, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A service with the examples and with bad plugins, none of which any business uses yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plugins, "PATIENCE", 0.3)
    folder = tmp_path / "plugins"
    ping = folder / "brought/ping"
    (ping / "templates").mkdir(parents=True)
    for name, content in {**EXAMPLES, **BAD}.items():
        (folder / name).write_text(content, "utf-8")
    (ping / "widget.toml").write_text('title = "Ping"\nextra = true\n', "utf-8")
    (ping / "view.py").write_text(
        "from bookwidget.web import render\ndef register(widget): widget.page('/', ping)\n"
        "def ping(): return render('ping.html')\n",
        "utf-8",
    )
    (ping / "templates/ping.html").write_text('{% extends "layout.html" %}{% block main %}Pong{% endblock %}', "utf-8")
    (folder / "brought/brand").mkdir()
    (folder / "brought/brand/theme.toml").write_text('title = "Brand"', "utf-8")
    (folder / "brought/brand/tokens.css").write_text("", "utf-8")
    config = Config.load({}, instance=tmp_path, database_url=sqlite_url, plugin_folders=(folder,))
    app = create_app(config, clock=lambda: NOW)
    database = app.extensions[EXTENSION].database
    yield Web(app, make_world(database, slug="yoga", now=NOW), make_world(database, slug="other", now=NOW), NOW)
    database.dispose()
    plugins.install((), Shipped())


def test_each_hook_stands_in_the_document_with_its_arguments_and_an_example() -> None:
    told = dict(re.findall(r"^## (\w+)\((.*)\)$", TEXT, re.MULTILINE))
    hooks = {name: one for name, one in vars(HookSpecs).items() if not name.startswith("_")}
    assert told == {name: ", ".join([*inspect.signature(one).parameters][1:]) for name, one in hooks.items()}
    for name in hooks:
        section = TEXT.split(f"## {name}(")[1].split("\n## ")[0]
        assert f"def {name}(" in section, name


def test_folders_of_a_plugin_are_looked_in_and_an_extra_widget_is_for_who_named_it(served: Web) -> None:
    assert "brand" in served.services.themes.found
    for path in ("/w/yoga/0/ping/", "/w/yoga/ping"):
        assert served.visitor().get(path).status_code == 404, path
    assert "Ping" not in served.customer().get("profile/").text
    served.settings(served.yoga, extras__on="ping")
    assert "Pong" in served.visitor().get("ping/").text
    assert served.visitor().get("/w/yoga/ping").status_code == 303
    assert "Ping" in served.customer().get("profile/").text
    assert served.visitor(served.other).get("ping/").status_code == 404


def test_the_examples_of_pages_do_what_is_said_of_them_where_they_are_on(served: Web) -> None:
    sunday = make_booking(served.yoga, occurrence=make_class(served.yoga, days=5)).code
    hidden = make_appointment(served.yoga, starts_at=NOW + timedelta(days=3)).code
    with served.yoga.database.session(served.yoga.tenant_id) as session, writing(session):
        session.get_one(Service, (served.yoga.tenant_id, served.yoga.ids["massage"])).name = "Private lesson"
    assert NOW + timedelta(days=5) == NOW.replace(day=29), "a Sunday"
    before = served.customer().get("bookings/").text
    assert served.visitor().get("login/").text.count("at any time") == 0
    assert served.customer().get(f"bookings/{sunday}/cancel").status_code == 200
    served.settings(served.yoga, extras__on="short_menu no_private greeting sunday_rest")
    ada = served.customer()
    after = ada.get("bookings/").text
    assert before.count("/profile/") > after.count("/profile/"), "the menu lost an entry"
    assert {one for one in (sunday, hidden) if one in before} == {sunday, hidden}
    assert {one for one in (sunday, hidden) if one in after} == {sunday}, "what is private is not listed"
    assert "Yoga, at any time" in served.visitor().get("login/").text
    refused = ada.get(f"bookings/{sunday}/cancel")
    assert refused.status_code == 403
    assert "by telephone" in refused.text
    assert served.customer("ada", served.other).get("bookings/").text.count("/profile/") == before.count("/profile/")


def test_the_worker_tells_the_plugins_of_the_business(served: Web, tmp_path: Path) -> None:
    served.settings(served.yoga, extras__on="diary")
    events = [happen(world, "booking.made") for world in (served.yoga, served.other)]
    assert worker(served.database, HandClock(NOW)).run_once() == 2
    assert (tmp_path / "diary.txt").read_text() == f"yoga booking.made {events[0]}\n"


def test_a_text_message_leaves_by_the_plugin_and_is_kept_until_it_is_taken(served: Web, tmp_path: Path) -> None:
    clock, gateway, keys = HandClock(NOW), Gateway(), " ".join(one for one in KINDS if one.endswith(".sms"))
    ready(served.yoga)
    happen(served.yoga, "booking.reminded", after=place(NOW + timedelta(days=2)))
    with serving_texts(gateway) as url:
        for on in ("no_modem", "modem", "modem"):
            served.settings(served.yoga, extras__on=on, messages__texts=keys)
            texts_of(served.yoga, url, clock)
            clock.turn(3600)
    [line] = (tmp_path / "to-send.jsonl").read_text().splitlines()
    said = json.loads(line)
    assert (said["to"], said["text"].startswith("Yoga: see you on Thu 26 Nov"), len(said["key"])) == (PHONE, True, 32)
    assert gateway.asked == [], "it went by the plugin alone"
    with served.database.session(served.yoga.tenant_id) as session:
        assert session.query(Message).where(Message.channel == "sms").one().sent_at is not None


def test_one_that_raises_is_logged_and_left_out(served: Web, logs: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    served.settings(served.yoga, extras__on="raises short_menu")
    page = served.customer().get("bookings/")
    assert (page.status_code, "My bookings" in page.text) == (200, True)
    said = logs.readouterr().err
    assert '"plugin": "raises"' in said
    assert "plugin_failed" in said
    assert "secret" not in said


def test_one_that_never_comes_back_costs_a_page_its_patience_once(served: Web) -> None:
    served.settings(served.yoga, extras__on="forever")
    ada = served.customer()
    for _time in range(3):
        page = ada.get("bookings/")
        assert (page.status_code, "/profile/" in page.text) == (200, True)
    assert plugins.stuck_ones() == {"forever"}
    assert sum(thread.name == "plugin" for thread in threading.enumerate()) == 1


def test_one_that_decides_and_fails_says_no(served: Web) -> None:
    code = make_booking(served.yoga, days=4).code
    ada = served.customer()
    filled = ada.form(f"bookings/{code}/cancel")
    served.settings(served.yoga, extras__on="denies")
    refused = ada.post(f"bookings/{code}/cancel", filled)
    assert refused.status_code == 403
    assert "cannot be done at the moment" in refused.text
    assert "secret" not in refused.text
    assert ada.get(f"bookings/{code}").status_code == 200, "it is still there to be looked at"


def test_what_cannot_be_loaded_is_named_and_left_out(served: Web) -> None:
    problems = plugins.install((Path("plugins"),), Shipped()).problems
    assert set(problems) == {"at_load", "no_such"}
    assert "at load" in problems["at_load"]
    assert "entrees" in problems["no_such"]


def test_without_plugins_nothing_is_asked(tmp_path: Path) -> None:
    find_parts(Config(instance=tmp_path))
    assert not plugins.is_any()

"""The mailbox of a development service."""

import re
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client

from bookwidget import create_app
from bookwidget.config import Config
from bookwidget.notices.transport import Maildir
from bookwidget.ops.live import SCRIPT, VERSION, Live
from bookwidget.web.errors import MISTAKES_SHOWN
from bookwidget.web.services import EXTENSION
from tests.factories import make_booking, make_world
from tests.fixtures import NOW
from tests.web_fixtures import Visitor

HOSTILE = "<script>alert(1)</script>"


def client_of(tmp_path: Path, url: str, **settings: object) -> FlaskClient:
    config = Config.load({}, instance=tmp_path / "instance", database_url=url, **settings)
    return create_app(config).test_client()


@pytest.fixture
def developer(tmp_path: Path, sqlite_url: str) -> FlaskClient:
    return client_of(tmp_path, sqlite_url, development=True)


def deliver(tmp_path: Path, number: int, subject: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Harbour Yoga <no-reply@example.com>", f"ada{number}@example.com"
    mail["Subject"], mail["Message-ID"] = subject, f"<{number}@example.com>"
    mail["Date"] = "Tue, 24 Nov 2026 09:00:00 +0000"
    mail.set_content(f"{HOSTILE} https://service.example/reset/token")
    mail.add_alternative(f"<html><body><p>Hello</p>{HOSTILE}</body></html>", subtype="html")
    Maildir(tmp_path / "instance" / "mailbox").send(mail)


def test_nothing_is_there_where_it_is_not_development(tmp_path: Path, sqlite_url: str) -> None:
    client = client_of(tmp_path, sqlite_url)
    deliver(tmp_path, 1, "A secret")
    for path in ("/dev/mailbox", "/dev/mailbox/1", "/dev/mailbox/1/html"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "A secret" not in answer.text


def test_an_empty_box_says_so(developer: FlaskClient) -> None:
    assert "No emails yet" in developer.get("/dev/mailbox").text


def test_mails_that_really_leave_are_not_here(tmp_path: Path, sqlite_url: str) -> None:
    client = client_of(tmp_path, sqlite_url, development=True, mail_url="smtp://127.0.0.1:2525")
    assert "This service sends real emails" in client.get("/dev/mailbox").text


def test_a_mail_is_listed_and_opened(developer: FlaskClient, tmp_path: Path) -> None:
    deliver(tmp_path, 1, "Your booking is cancelled")
    listed = developer.get("/dev/mailbox")
    assert "frame-ancestors 'none'" in listed.headers["Content-Security-Policy"]
    assert "ada1@example.com" in listed.text
    link = listed.text.partition('href="/dev/mailbox/')[2].partition('"')[0]
    opened = developer.get(f"/dev/mailbox/{link}").text
    assert "Your booking is cancelled" in opened
    assert HOSTILE not in opened
    assert '<a href="https://service.example/reset/token"' in opened
    assert f'src="/dev/mailbox/{link}/html" sandbox=' in opened


def test_what_a_mail_holds_cannot_act(developer: FlaskClient, tmp_path: Path) -> None:
    deliver(tmp_path, 1, HOSTILE)
    listed = developer.get("/dev/mailbox").text
    assert HOSTILE not in listed
    link = listed.partition('href="/dev/mailbox/')[2].partition('"')[0]
    answer = developer.get(f"/dev/mailbox/{link}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("id", ["nothing", "..%2f..%2fsecret_key"])
def test_an_unknown_mail_is_404(developer: FlaskClient, id: str) -> None:
    assert developer.get(f"/dev/mailbox/{id}").status_code == 404
    assert developer.get(f"/dev/mailbox/{id}/html").status_code == 404


def test_the_workbench_shows_each_page_that_one_comes_to(cheap_hashes: None, sqlite_url: str, tmp_path: Path) -> None:
    app = create_app(Config.load({}, instance=tmp_path, database_url=sqlite_url, development=True), clock=lambda: NOW)
    database = app.extensions[EXTENSION].database
    world = make_world(database, slug="yoga", now=NOW)
    code = make_booking(world, days=3).code
    ada = Visitor(app, "/w/yoga/preview/").sign_in()
    page = ada.get("/dev/workbench?business=yoga&width=320&scheme=dark&accent=%23ffff00&theme=night").text
    shown = set(
        re.findall(r'<iframe class="bw-bench--dark" loading="lazy" width="320" .*? src="/w/yoga/preview/(.*?)"', page)
    )
    assert shown >= {
        "bookings/",
        "bookings/?tab=past",
        f"bookings/{code}",
        f"bookings/{code}/cancel",
        "profile/",
        "book/",
    }
    assert "bw-bench--light" not in page
    assert 'value="#ffff00" data-token="--bw-color-accent" data-own="#cfa968"' in page
    assert "--bw-color-accent: #ffff00;\n" in page
    assert "--bw-font-transform-label: uppercase;\n" in page, "all that the theme says is there to be changed"
    assert "4.5" in page
    assert "✗" not in page, "whatever the two colours are"
    assert 'value="#cfa968"' in ada.get("/dev/workbench?widget=-&theme=night&accent=blue").text, (
        "no colour: the theme's"
    )
    assert "<iframe" not in ada.get("/dev/workbench?widget=-").text
    refused = {
        unescape(url) for url in re.findall(r' src="(/dev/workbench/sent.*?)" title="[^"]* \(refused\), yoga', page)
    }
    assert len(refused) >= 6, "log-in, forgotten password, note, rating, details, password, people"
    for url in refused:
        answer = ada.get(url)
        assert (answer.status_code, "bw-error" in answer.text or "bw-note" in answer.text) == (422, True), url
    profile = "/w/yoga/preview/profile/"
    for page in (
        f"{profile}&form=9",
        f"{profile}&form=x",
        profile,
        "/signup&form=0",
        "/signup&stranger=1",
        "//e/w/",
        "",
    ):
        assert ada.get(f"/dev/workbench/sent?page={page}").status_code == 404
    strangers = ada.get(f"/dev/workbench/sent?page={profile}&stranger=1")
    assert (strangers.status_code, "Log in to your bookings" in strangers.text) == (401, True)
    before = ada.get(f"bookings/{code}").text
    cancelled = ada.get(f"/dev/workbench/sent?page=/w/yoga/preview/bookings/{code}/cancel&form=0")
    assert cancelled.status_code == 303, "an empty reason is fine"
    assert text_of(ada.get(f"bookings/{code}").text) == text_of(before), "but it was only tried"
    database.dispose()


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_what_is_saved_is_served_and_a_mistake_is_shown_until_it_is_mended(sqlite_url: str, tmp_path: Path) -> None:
    themes = tmp_path / "themes/brand"
    themes.mkdir(parents=True)
    (themes / "theme.toml").write_text('title = "Brand"')
    (themes / "tokens.css").write_text(":root{--bw-color-accent:#112233}")
    widget = tmp_path / "widgets/ping"
    widget.mkdir(parents=True)
    folders = {"theme_folders": (tmp_path / "themes",), "widget_folders": (tmp_path / "widgets",)}
    bare = Live(Config.load({}, instance=tmp_path, database_url=sqlite_url, development=True), {})
    assert bare.look(), "a shipped theme or widget needs no folder of one's own"
    assert bare.app is not None
    bare.app.extensions[EXTENSION].database.dispose()
    live = Live(Config.load({}, instance=tmp_path, database_url=sqlite_url, development=True, **folders), {})
    client = Client(live)
    assert live.look()
    assert not live.look()
    assert client.get(VERSION).text == "1"
    seen = client.get("/dev/mailbox", headers={"Accept-Encoding": "gzip, br"})
    assert f'<script src="{SCRIPT}">' in seen.text, "as browsers ask for it"
    assert client.get(SCRIPT).mimetype == "text/javascript"
    live.first = "/dev/workbench?theme=brand"
    assert client.get("/").location == live.first, "the address that the command prints is short"
    (widget / "widget.toml").write_text("titel = 1")
    assert live.look()
    broken = client.get("/dev/mailbox")
    assert (broken.status_code, "unknown key titel" in broken.text) == (500, True)
    (widget / "widget.toml").write_text('title = "Ping"')
    (widget / "view.py").write_text("def register(widget): widget.page('/', ping)\ndef ping(): return 'Pong'\n")
    assert live.look()
    assert client.get(VERSION).text == "3"
    assert client.get("/dev/mailbox").status_code == 200
    assert live.app.config[MISTAKES_SHOWN]
    live.app.extensions[EXTENSION].database.dispose()

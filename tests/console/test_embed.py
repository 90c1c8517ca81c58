import json
import re
from dataclasses import fields
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import event

from bookwidget.console.snippets import SnippetWords, make_snippets
from bookwidget.tenancy.models import Host, Tenant
from bookwidget.tenancy.session import writing
from tests.console.desks import owner
from tests.web_fixtures import Web

HOSTILE = "\"><script>alert(1)</script>&'"


class Elements(HTMLParser):
    """Every start tag with its attributes, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def snippet(page: str, id: str) -> str:
    found = re.search(rf'<pre[^>]* id="{id}"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def test_the_plain_snippet_needs_no_script(web: Web) -> None:
    page = owner(web).get("embed/?widget=login").text
    (frame, paragraph, link) = Elements(snippet(page, "plain")).found
    assert frame[0] == "iframe"
    assert frame[1]["src"] == "http://localhost:8000/w/yoga/login"
    assert frame[1]["title"] == "Log in · Yoga"
    assert int(frame[1]["height"]) > 100
    assert frame[1]["referrerpolicy"] == "strict-origin"
    assert "data-bookwidget" in frame[1]
    assert (paragraph[0], link[0]) == ("p", "a")
    assert link[1]["href"] == "http://localhost:8000/p/yoga/"


def test_the_loaders_snippet_holds_a_link_and_the_cards_words(web: Web) -> None:
    page = owner(web).get("embed/?widget=profile").text
    (place, link, script) = Elements(snippet(page, "loader")).found
    assert place[0] == "div"
    assert place[1]["data-bookwidget"] == "yoga/profile"
    assert {"data-title", "data-min-height", "data-error", "data-retry", "data-open"} <= set(place[1])
    assert all(place[1].values())
    assert link == ("a", {"href": "http://localhost:8000/p/yoga/"})
    assert script == ("script", {"async": "", "src": "http://localhost:8000/embed.js"})


def test_the_buttons_snippet_is_a_link_that_the_script_makes_a_dialog_of(web: Web) -> None:
    (link, script) = Elements(snippet(owner(web).get("embed/?widget=book").text, "button")).found
    values = {"data-bookwidget-open": "yoga/book", "data-title": "Book · Yoga", "data-close": "Close"}
    assert link == ("a", {**values, "href": "http://localhost:8000/p/yoga/"})
    assert script == ("script", {"async": "", "src": "http://localhost:8000/embed.js"})


def test_a_name_cannot_break_out_of_the_snippet(web: Web) -> None:
    with web.database.session(web.yoga.tenant_id) as session, writing(session):
        session.get_one(Tenant, web.yoga.tenant_id).name = HOSTILE
    page = owner(web).get("embed/?widget=login").text
    assert "<script>alert" not in page
    for id, size in (("plain", 3), ("loader", 3), ("button", 2)):
        found = Elements(snippet(page, id)).found
        assert len(found) == size
        assert HOSTILE in {**found[0][1]}.get("title", found[0][1].get("data-title", ""))


def test_the_snippet_is_html_in_every_value() -> None:
    words = SnippetWords(**{word.name: HOSTILE for word in fields(SnippetWords)})
    made = make_snippets("https://bw.example", "yoga", "login", 300, words)
    for text in (made.plain, made.loader, made.button):
        assert "<script>alert" not in text
        assert [tag for tag, _ in Elements(text).found].count("script") <= 1


@pytest.mark.parametrize("query", ["", "?widget=nope", "?widget=../x&width=zzz", "?widget=login&width=wide"])
def test_the_preview_is_the_real_widget_and_only_the_console_frames_it(web: Web, query: str) -> None:
    visitor = owner(web)
    page = visitor.get(f"embed/{query}")
    assert page.status_code == 200
    found = [values for tag, values in Elements(page.text).found if tag == "iframe"]
    assert len(found) == 1
    assert found[0]["title"].startswith("Preview")
    preview = visitor.get(found[0]["src"])
    assert "frame-ancestors https://widgets.localhost" in preview.headers["Content-Security-Policy"]
    assert "Olga" not in preview.text, "the console's sign-in is no customer's"


def test_every_widget_that_was_found_can_be_chosen(web: Web) -> None:
    page = owner(web).get("embed/").text
    for slug in web.services.widgets:
        assert f'<option value="{slug}"' in page


def test_it_warns_while_no_site_is_allowed(web: Web) -> None:
    visitor = owner(web)
    page = visitor.get("embed/").text
    assert "https://yoga.localhost" in page
    assert "No site is allowed yet" not in page
    visitor.send(f"sites/{web.yoga.ids['site'].hex}/remove")
    page = visitor.get("embed/").text
    assert "No site is allowed yet" in page
    assert 'href="/console/sites/"' in page


def test_the_copy_button_waits_for_script(web: Web) -> None:
    buttons = re.findall(r"<button[^>]*data-copy[^>]*>", owner(web).get("embed/").text)
    assert len(buttons) == 3
    assert all(button.endswith("hidden>") for button in buttons)


def test_snippets_name_the_business_s_own_host(web: Web) -> None:
    web.yoga.add(Host(name="book.yoga.example", created_at=web.now, verified_at=web.now))
    page = unescape(owner(web).get("embed/").text)
    assert re.search(r'src="https?://book\.yoga\.example(:\d+)?/w/yoga/', page)
    assert re.search(r'src="https?://book\.yoga\.example(:\d+)?/embed\.js"', page)
    assert "book.yoga.example" not in owner(web, web.other).get("embed/").text


SCRIPTED, PLAIN_FIRST = ("loader", "button", "plain"), ("plain", "loader", "button")
WORKS = {
    "html": SCRIPTED, "wordpress": SCRIPTED, "wordpress-plugin": ("shortcode",), "wordpress-com": ("link",),
    "squarespace": SCRIPTED, "wix": ("address",), "webflow": SCRIPTED, "shopify": SCRIPTED,
    "notion": ("address", "link"), "google-sites": ("link",), "joomla": PLAIN_FIRST, "drupal": PLAIN_FIRST,
}  # fmt: skip


def test_each_website_builder_has_its_form_and_its_steps(web: Web) -> None:
    visitor = owner(web)
    assert set(re.findall(r'<option value="([a-z-]+)"', visitor.get("embed/").text)) >= set(WORKS)
    for host, forms in WORKS.items():
        page = visitor.get(f"embed/?widget=book&host={host}&width=wide").text
        shown = re.findall(r'<pre[^>]* id="([a-z]+)"', page)
        assert tuple(shown) == forms, host
        assert page.count("data-copy=") == len(forms), host
        assert 2 <= page.partition("bw-steps-list")[2].partition("</ol>")[0].count("<li>") <= 4, host
        assert "preview/book/" in page
        assert f"host={host}" in page.partition('class="bw-tabs"')[2], "the width changes without losing the rest"
    assert snippet(visitor.get("embed/?host=wix&widget=book").text, "address") == "http://localhost:8000/w/yoga/book"
    assert snippet(visitor.get("embed/?host=google-sites").text, "link") == "http://localhost:8000/p/yoga/"
    page = visitor.get("embed/?host=wordpress-plugin&widget=book").text
    assert snippet(page, "shortcode") == '[bookwidget widget="book"]'
    assert 'href="/console/embed/wordpress.zip"' in page
    assert 'id="loader"' in visitor.get("embed/?host=geocities").text, "as none chosen"


def test_a_refused_site_is_allowed_from_here_with_one_press(web: Web) -> None:
    visitor, stranger = owner(web), web.visitor()
    frame = {"Referer": "https://shop.example/x", "Sec-Fetch-Dest": "iframe"}
    assert stranger.get("/w/yoga/book", headers=frame).status_code == 403
    path = "embed/?widget=book&host=webflow&width=wide"
    assert "https://shop.example" in visitor.get(path).text
    [action] = re.findall(r'action="(/console/sites/refused/\w+/allow)"', visitor.get(path).text)
    answer = visitor.post(action, visitor.form(path, action))
    assert answer.status_code == 303
    page = visitor.get(answer.location).text
    assert "https://shop.example may show your widgets now" in page
    assert "Tried and refused" not in page
    assert '<option value="webflow" selected' in page
    assert stranger.get("/w/yoga/book", headers=frame).status_code == 303
    assert "shop.example" not in owner(web, web.other).get(path).text


def test_a_refused_origin_is_written_once_an_hour_for_each_widget(web_everywhere: Web) -> None:
    web, written = web_everywhere, []

    @event.listens_for(web.database.walled, "before_cursor_execute")
    def note(*told: Any) -> None:
        if told[2].split()[0] in ("INSERT", "UPDATE") and "refused_site" in told[2]:
            written.append(told[2])

    def come(origin: str, widget: str) -> int:
        before = len(written)
        frame = {"Referer": f"{origin}/", "Sec-Fetch-Dest": "iframe"}
        assert web.visitor().get(f"/w/yoga/{widget}", headers=frame).status_code == 403
        return len(written) - before

    assert [come("https://a.example", "book") for _time in range(3)] == [1, 0, 0]
    assert [come("https://a.example", "login"), come("https://b.example", "book")] == [1, 1]
    web.now += timedelta(minutes=59)
    assert come("https://a.example", "book") == 0
    web.now += timedelta(minutes=2)
    assert [come("https://a.example", "book") for _time in range(2)] == [1, 0]


def test_the_plugin_for_wordpress_knows_whose_widgets_it_shows(web: Web) -> None:
    web.yoga.add(Host(name="book.yoga.example", created_at=web.now, verified_at=web.now))
    answer = owner(web).get("embed/wordpress.zip")
    assert answer.content_type == "application/zip"
    archive = ZipFile(BytesIO(answer.data))
    files = {"bookwidget.php", "block.js", "readme.txt", "settings.json"}
    assert {*archive.namelist()} == {f"bookwidget/{name}" for name in files}
    settings = json.loads(archive.read("bookwidget/settings.json"))
    assert settings["origin"].endswith("//book.yoga.example:8000")
    assert settings["tenant"] == "yoga"
    assert settings["first"] in settings["widgets"]
    assert settings["widgets"]["book"]["title"] == "Book · Yoga"
    assert json.loads(ZipFile(BytesIO(owner(web, web.other).get("embed/wordpress.zip").data)).read(
        "bookwidget/settings.json"))["tenant"] == "other"  # fmt: skip

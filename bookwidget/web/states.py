"""For developers: the states of a widget, found as whoever asks would come to them: by links, by a search that finds
nothing, and by sending each form with nothing filled in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client, TestResponse

from bookwidget.tenancy.session import rehearsing
from bookwidget.web.current import request
from bookwidget.web.discovery import Manifest
from bookwidget.web.visits import PREVIEW, own_origin

TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
MOST_STATES, MOST_OF_A_KIND = 24, 2
"""For each widget; of a kind are pages of one address but for what stands in it, such as two bookings."""
NOWHERE = "zzzz"
"""What no search finds."""
LOG_IN = "login"
"""The widget that only those see who are not signed in."""
SENT = "/dev/workbench/sent"
TYPED = {"", "date", "email", "file", "number", "password", "search", "tel", "text", "textarea", "time", "url"}
"""Types of fields that are emptied; all others are sent as they stand."""
BUTTONS = {"button", "image", "reset", "submit"}
REFUSED = (401, 422)
"""What a form answers that says what is wrong."""


@dataclass(frozen=True)
class State:
    """A page of a widget."""

    title: str
    url: str
    """Where it is shown."""
    name: str
    """Of letters, digits and hyphens; the same at every business and on every day."""


@dataclass
class FoundForm:
    """A form of a page: where it goes, and what it would send."""

    action: str
    method: str
    typed: list[str] = field(default_factory=list)
    """Names of the fields that somebody fills in."""
    kept: dict[str, str] = field(default_factory=dict)
    """What the page itself says: hidden fields, what is chosen, and the first button."""
    choices: dict[str, str] = field(default_factory=dict)
    """The first of each row of radio buttons."""


class Page(HTMLParser):
    """What leads on from a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[FoundForm] = []
        self._form: FoundForm | None = None
        self._list = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has: dict[str, str] = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in has:
            self.links.append(has["href"].partition("#")[0])
        elif tag == "form":
            self._form = FoundForm(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form and tag in ("input", "textarea", "select", "button", "option"):
            self._take(self._form, tag, has)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def _take(self, form: FoundForm, tag: str, has: dict[str, str]) -> None:
        name, kind = has.get("name", ""), has.get("type", "" if tag == "input" else tag)
        if tag == "select":
            self._list = name
        elif tag == "option" and (self._list not in form.kept or "selected" in has):
            form.kept[self._list] = has.get("value", "")
        elif tag == "button" or kind in BUTTONS:
            form.kept.setdefault(name, has.get("value", ""))
        elif kind in TYPED:
            form.typed.append(name)
        elif kind == "hidden" or "checked" in has:
            form.kept[name] = has.get("value", "on")
        elif kind == "radio":
            form.choices.setdefault(name, has.get("value", ""))

    @property
    def blanks(self) -> list[FoundForm]:
        """Forms that somebody fills in and sends."""
        return [form for form in self.forms if form.method == "post" and form.typed]


def states_of(widget: Manifest, slug: str, starts: Iterable[str] = ()) -> list[State]:
    """The widget's first page, `starts` (addresses of any widget), those that lead on from them, and each of their
    forms as it is refused.
    """
    base = f"/w/{slug}/{PREVIEW}/"
    own = [url.removeprefix(base) for url in starts if url.startswith(f"{base}{widget.slug}/")]
    waiting, seen, found = [f"{widget.slug}/", *own], set[str](), list[State]()
    kinds: dict[str, int] = {}
    refused: list[State] = []
    while waiting and len(found) < MOST_STATES:
        path = waiting.pop(0)
        kind = kind_of(base + path)
        if path in seen or kinds.get(kind, 0) >= MOST_OF_A_KIND:
            continue
        seen.add(path)
        answer = asked(base + path)
        if is_page(answer, 200):
            kinds[kind] = kinds.get(kind, 0) + 1
            found.append(State(title_of(answer), base + path, numbered(kind, kinds[kind])))
            page = Page(answer.get_data(as_text=True))
            waiting += leads_on(page, base + path, base, widget)
            refused += refusals(page, base + path, kind, {one.name for one in refused})
    return [*found, *refused]


def leads_on(page: Page, here: str, base: str, widget: Manifest) -> Iterator[str]:
    searches = [
        f"{form.action or here}?{urlencode({**form.kept, **dict.fromkeys(form.typed, NOWHERE)})}"
        for form in page.forms
        if form.method == "get" and form.typed
    ]
    for url in (*searches, *page.links):
        if url.startswith(f"{base}{widget.slug}/"):
            yield url.removeprefix(base)


def refusals(page: Page, here: str, kind: str, known: set[str]) -> Iterator[State]:
    """Forms of the page that say what is missing when nothing is filled in."""
    for number, form in enumerate(page.blanks):
        name = f"{kind_of(form.action or here)}-refused"
        if name not in known:
            answer = sent(here, number)
            if answer is not None and answer.status_code in REFUSED and answer.mimetype == "text/html":
                known.add(name)
                query = urlencode({"page": here, "form": number})
                yield State(f"{title_of(answer)} (refused)", f"{SENT}?{query}", name)


def kind_of(url: str) -> str:
    """Pages of one view with the same questions in their address are of a kind; each tab is one of its own."""
    parts = urlsplit(url)
    try:
        rule, _values = current_app.url_map.bind("").match(parts.path, return_rule=True)
        path = rule.rule.partition("<site>")[2]
    except HTTPException:
        path = parts.path
    query: Mapping[str, str] = dict(parse_qsl(parts.query))
    said = [path, *sorted(query), query.get("tab", ""), "nothing" if NOWHERE in query.values() else ""]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(said).lower()).strip("-")


def numbered(kind: str, number: int) -> str:
    return kind if number == 1 else f"{kind}-{number}"


def title_of(answer: Response | TestResponse) -> str:
    title = TITLE.search(answer.get_data(as_text=True))
    return " ".join(unescape(TAG.sub("", title[1])).split()) if title else ""


def is_page(answer: Response | TestResponse, status: int) -> bool:
    return answer.status_code == status and answer.mimetype == "text/html"


def is_for_strangers(path: str) -> bool:
    """Whether somebody who is signed in would be sent on from there."""
    return [*path.split("/"), "", "", "", ""][4] == LOG_IN


def asked(url: str, **options: Any) -> TestResponse:
    """What whoever asks would get there; where one logs in, as a stranger."""
    cookie = "" if is_for_strangers(url) else request.headers.get("Cookie", "")
    headers = {"Cookie": cookie, **options.pop("headers", {})}
    client = Client(current_app, use_cookies=False)
    return client.open(url, base_url=request.host_url, headers=headers, buffered=True, **options)


def sent(url: str, number: int) -> TestResponse | None:
    """What whoever asks would get for that form of that page with nothing filled in; None for no such form of a
    widget. Nothing is written, whatever the form is for.
    """
    if not url.startswith("/w/"):
        return None
    forms = Page(asked(url).get_data(as_text=True)).blanks
    if number not in range(len(forms)):
        return None
    form = forms[number]
    with rehearsing():
        return asked(
            form.action or url,
            method="POST",
            data={**dict.fromkeys(form.typed, ""), **form.kept},
            headers={"Origin": own_origin()},
        )

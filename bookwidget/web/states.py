"""For developers: the states of a widget, found as whoever asks would come to them: by links, by a search that finds
nothing, by sending each form with nothing filled in and with something, and by looking again without being logged in.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client, TestResponse

from bookwidget.tenancy.session import rehearsing
from bookwidget.web.current import request
from bookwidget.web.discovery import Manifest
from bookwidget.web.visits import PREVIEW, own_origin

TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
MOST_STATES, MOST_OF_A_KIND, MOST_TRIES = 60, 2, 4
"""Pages of each widget; of a kind are those of one address but for what stands in it, such as two bookings. Of a kind
with questions in its address there is one. So many addresses of a kind are asked for, as some show no page.
"""
NOWHERE = "zzzz"
"""What no search finds."""
ID = re.compile(r"[0-9a-f]{32}")
LOG_IN = "login"
"""The widget that only those see who are not signed in."""
LOGGED_OUT = "-logged-out"
"""How the names of states end that only strangers see."""
SENT = "/dev/workbench/sent"
TYPED = {
    "": "Sam", "date": "2030-01-31", "email": "sam@example.com", "file": "", "number": "1", "search": "Sam",
    "password": "a long enough password", "tel": "+441632960001", "text": "Sam", "textarea": "Thank you!",
    "time": "10:00", "url": "https://example.com/",
}  # fmt: skip
"""Types of fields that are emptied, and what is filled in; all others are sent as they stand."""
NUMBER = "7"
"""For fields that want figures."""
BUTTONS = {"button", "image", "reset", "submit"}
PAGE, REFUSED = (200, 410), (401, 422)
"""What pages answer, those that are over among them; what a form answers that says what is wrong."""


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
    typed: dict[str, str] = field(default_factory=dict)
    """By name: the fields that somebody fills in, each with what stands in it or something that fits."""
    kept: dict[str, str] = field(default_factory=dict)
    """What the page itself says: hidden fields, what is chosen, and the first button."""
    choices: dict[str, str] = field(default_factory=dict)
    """The first of each row of radio buttons."""
    ticks: dict[str, str] = field(default_factory=dict)
    """Boxes that are not ticked."""

    @property
    def empty(self) -> dict[str, str]:
        return {**dict.fromkeys(self.typed, ""), **self.kept}

    @property
    def filled(self) -> dict[str, str]:
        return {**self.typed, **self.ticks, **self.choices, **self.kept}


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
        elif kind in TYPED and name:
            form.typed[name] = has.get("value") or (NUMBER if has.get("inputmode") == "numeric" else TYPED[kind])
        elif kind == "hidden" or "checked" in has:
            form.kept[name] = has.get("value", "on")
        elif kind == "radio":
            form.choices.setdefault(name, has.get("value", ""))
        elif kind == "checkbox":
            form.ticks[name] = has.get("value", "on")

    @property
    def blanks(self) -> list[FoundForm]:
        """Forms that somebody fills in and sends."""
        return [form for form in self.forms if form.method == "post" and (form.typed or form.choices or form.ticks)]


class Walk:
    """Through one widget of one business."""

    def __init__(self, widget: Manifest, slug: str, starts: Iterable[str] = ()) -> None:
        self.base = f"/w/{slug}/{PREVIEW}/"
        self.own = f"{self.base}{widget.slug}/"
        self.first = self.own
        self.waiting = [self.own, *(url for url in starts if url.startswith(self.own))]
        self.seen, self.tries, self.kinds = set[str](), Counter[str](), Counter[str]()
        self.found: list[State] = []
        self.others: dict[str, State] = {}
        """By name, those that no address leads to."""

    def states(self) -> list[State]:
        while self.waiting and len(self.found) < MOST_STATES:
            url = self.waiting.pop(0)
            kind = kind_of(url)
            most = 1 if urlsplit(url).query else MOST_OF_A_KIND
            if url not in self.seen and self.kinds[kind] < most and self.tries[kind] < MOST_TRIES:
                self.seen.add(url)
                self.tries[kind] += 1
                self.look(url, kind)
        return [*self.found, *self.others.values()]

    def look(self, url: str, kind: str) -> None:
        """As who is logged in; at the first page of a kind as a stranger too, who may see something else."""
        mine = asked(url)
        if is_page(mine, PAGE):
            self.kinds[kind] += 1
            self.found.append(State(title_of(mine), url, numbered(kind, self.kinds[kind])))
            self.go_on(mine, url)
        elif url == self.first and mine.status_code == 303:
            self.found.append(State(title_of(asked(mine.location)), url, kind))
        if is_for_strangers(url) or self.kinds[kind] > 1:
            return
        theirs = asked(url, is_stranger=True)
        if is_page(theirs, (*PAGE, 401) if url == self.first else PAGE) and words_of(theirs) != words_of(mine):
            if not is_page(mine, PAGE):
                self.kinds[kind] += 1
            self.add(f"{title_of(theirs)} (logged out)", f"{kind}{LOGGED_OUT}", page=url, stranger=1)
            self.go_on(theirs, url, is_stranger=True)

    def add(self, title: str, name: str, **query: Any) -> None:
        self.others.setdefault(name, State(title, f"{SENT}?{urlencode(query)}", name))

    def go_on(self, answer: TestResponse, here: str, *, is_stranger: bool = False) -> None:
        page = Page(answer.get_data(as_text=True))
        self.waiting += leads_on(page, here, self.own)
        for number, form in enumerate(page.blanks):
            if (form.action or here).startswith(self.own):
                query = {"page": here, "form": number, **({"stranger": 1} if is_stranger else {})}
                self.send(form, query, words_of(answer))

    def send(self, form: FoundForm, query: dict[str, Any], before: str) -> None:
        """The form as it is refused, and what it leads to when it is filled in."""
        here, is_stranger = query["page"], "stranger" in query
        name = kind_of(form.action or here) + (LOGGED_OUT if is_stranger else "")
        if f"{name}-refused" not in self.others:
            answer = tried(form, here, is_stranger=is_stranger)
            if is_page(answer, REFUSED):
                self.add(f"{title_of(answer)} (refused)", f"{name}-refused", **query)
        if f"{name}-filled" not in self.others:
            answer = tried(form, here, is_filled=True, is_stranger=is_stranger)
            if is_page(answer, PAGE) and words_of(answer) != before:
                self.add(f"{title_of(answer)} (filled in)", f"{name}-filled", **query, filled=1)
            elif (answer.location or "").startswith(self.own):
                self.waiting.append(answer.location.partition("#")[0])


def states_of(widget: Manifest, slug: str, starts: Iterable[str] = ()) -> list[State]:
    """The widget's first page, `starts` (addresses of any widget), those that lead on from them, what a stranger sees
    there, and each of their forms as it is refused and as it is taken.
    """
    return Walk(widget, slug, starts).states()


def leads_on(page: Page, here: str, own: str) -> Iterator[str]:
    """Searches that find nothing, what is chosen from a list, and links."""
    asking = [form for form in page.forms if form.method == "get" and (form.typed or form.choices)]
    searches = [
        f"{form.action or here}?{urlencode({**form.choices, **form.kept, **dict.fromkeys(form.typed, NOWHERE)})}"
        for form in asking
    ]
    return (url for url in (*searches, *page.links) if url.startswith(own))


def kind_of(url: str) -> str:
    """Pages of one view with the same questions in their address are of a kind; each tab is one of its own."""
    parts = urlsplit(url)
    try:
        rule, _values = current_app.url_map.bind("").match(parts.path, return_rule=True)
        path = rule.rule.partition("<site>")[2]
    except HTTPException:
        path = parts.path
    query: Mapping[str, str] = {ID.sub("", name): value for name, value in parse_qsl(parts.query)}
    said = [path, *sorted(query), query.get("tab", ""), "nothing" if NOWHERE in query.values() else ""]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(said).lower()).strip("-")


def numbered(kind: str, number: int) -> str:
    return kind if number == 1 else f"{kind}-{number}"


def title_of(answer: TestResponse) -> str:
    title = TITLE.search(answer.get_data(as_text=True))
    return " ".join(unescape(TAG.sub("", title[1])).split()) if title else ""


def words_of(answer: TestResponse) -> str:
    """All that the page says below the business's own head."""
    main = MAIN.search(answer.get_data(as_text=True))
    return " ".join(TAG.sub(" ", main[0]).split()) if main else ""


def is_page(answer: TestResponse, statuses: Container[int]) -> bool:
    return answer.status_code in statuses and answer.mimetype == "text/html"


def is_for_strangers(path: str) -> bool:
    """Whether somebody who is signed in would be sent on from there."""
    return [*path.split("/"), "", "", "", ""][4] == LOG_IN


def asked(url: str, *, is_stranger: bool = False, **options: Any) -> TestResponse:
    """What whoever asks would get there; a stranger, and everybody where one logs in, is not logged in."""
    cookie = "" if is_stranger or is_for_strangers(url) else request.headers.get("Cookie", "")
    headers = {"Cookie": cookie, **options.pop("headers", {})}
    client, base = Client(current_app, use_cookies=False), request.host_url
    with current_app.app_context():  # `g` holds the guard of whoever asked last
        return client.open(url, base_url=base, headers=headers, buffered=True, **options)


def sent(url: str, number: int, *, is_filled: bool = False, is_stranger: bool = False) -> TestResponse | None:
    """What they would get for that form of that page, with nothing filled in or with something; None for no such form
    of a widget.
    """
    if not url.startswith("/w/"):
        return None
    forms = Page(asked(url, is_stranger=is_stranger).get_data(as_text=True)).blanks
    if number not in range(len(forms)):
        return None
    return tried(forms[number], url, is_filled=is_filled, is_stranger=is_stranger)


def tried(form: FoundForm, here: str, *, is_filled: bool = False, is_stranger: bool = False) -> TestResponse:
    """What comes of a form of the page. Nothing is written, whatever the form is for."""
    data = form.filled if is_filled else form.empty
    with rehearsing():
        return asked(
            form.action or here, is_stranger=is_stranger, method="POST", data=data, headers={"Origin": own_origin()}
        )

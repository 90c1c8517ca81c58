"""For developers: every page that a customer can come to, side by side in each width, scheme and theme."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest
from urllib.parse import parse_qsl, urlsplit

from flask import current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client

from bookwidget.kernel.errors import Refused
from bookwidget.tenancy.platform import list_tenants
from bookwidget.theming.colour import checked_hex, contrast
from bookwidget.theming.styles import inputs_of
from bookwidget.theming.tokens import PAIRS, derive
from bookwidget.web.discovery import Manifest
from bookwidget.web.product import render_product
from bookwidget.web.services import services
from bookwidget.web.visits import PREVIEW

WIDTHS = (320, 480, 768, 1280)
USUAL_WIDTHS = ("320", "768")
SCHEMES = ("light", "dark")
LINK = re.compile(r'<a [^>]*?href="([^"#]+)"')
TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
MOST_STATES, MOST_OF_A_KIND = 24, 2
"""For each widget; of a kind are pages of one address but for what stands in it, such as two bookings."""


@dataclass(frozen=True)
class State:
    """A page of a widget."""

    path: str
    """Below the business's own part of the address: the same page of another business has the same."""
    title: str


@dataclass(frozen=True)
class Pair:
    words: str
    ground: str
    ratio: str
    needed: float
    passes: bool


def workbench() -> ResponseReturnValue:
    """Who is signed in at a business sees its pages as they see them."""
    own = services()
    tenants = {one.slug: one for one in list_tenants(own.database) if one.is_active}
    asked = [slug for slug in request.args.getlist("business") if slug in tenants] or [*tenants][:1]
    widgets = [one for one in own.widgets.values() if request.args.get("widget", one.slug) == one.slug]
    theme = request.args.get("theme", "quiet")
    accent, surface = colours_asked(theme)
    return render_product(
        "development/workbench.html",
        businesses=[*tenants], asked=asked, all_widgets=[*own.widgets], chosen=request.args.get("widget", ""),
        shown=[(widget.title, rows_of(widget, asked)) for widget in widgets],
        widths=WIDTHS, picked=[int(one) for one in request.args.getlist("width") or USUAL_WIDTHS if one.isdigit()],
        schemes=request.args.getlist("scheme") or SCHEMES, preview=PREVIEW, theme=theme, themes=[*own.themes.found],
        accent=accent, surface=surface,
        pairs={scheme: pairs_of(accent, surface, dark=scheme == "dark") for scheme in SCHEMES},
    )  # fmt: skip


def rows_of(widget: Manifest, slugs: list[str]) -> list[list[tuple[str, State]]]:
    """Each state with the business that it is of: what stands at the same place at two of them stands side by side."""
    columns = [[(slug, state) for state in states_of(widget, slug)] for slug in slugs]
    return [[cell for cell in row if cell] for row in zip_longest(*columns)]


def colours_asked(theme: str) -> tuple[str, str]:
    """The accent and the page colour of the address; the theme's where it has none that is a colour."""
    found = inputs_of(services().themes, theme)
    try:
        return (
            checked_hex(request.args.get("accent") or found[0]),
            checked_hex(request.args.get("surface") or found[1]),
        )
    except Refused:
        return found


def pairs_of(accent: str, surface: str, *, dark: bool) -> list[Pair]:
    """Each pair of the shared styles with the ratio that these two colours give it, the weakest first."""
    colours = derive(accent, surface, dark)
    ratios = sorted((contrast(colours[one], colours[other]), one, other, needed) for one, other, needed in PAIRS)
    return [
        Pair(one, other, f"{int(ratio * 10) / 10:.1f}", needed, ratio >= needed - 0.02)
        for ratio, one, other, needed in ratios
    ]


def states_of(widget: Manifest, slug: str) -> list[State]:
    """The widget's first page and those that links of the widget lead to, as whoever asks would come to them."""
    base = f"/w/{slug}/{PREVIEW}/"
    waiting, seen, found = [f"{widget.slug}/"], set[str](), list[State]()
    kinds: dict[object, int] = {}
    while waiting and len(found) < MOST_STATES:
        path = waiting.pop(0)
        kind = kind_of(base + path)
        if path in seen or kinds.get(kind, 0) >= MOST_OF_A_KIND:
            continue
        seen.add(path)
        html = page_at(base + path)
        if html is not None:
            kinds[kind] = kinds.get(kind, 0) + 1
            title = TITLE.search(html)
            found.append(State(path, " ".join(unescape(TAG.sub("", title[1])).split()) if title else path))
            waiting += links_in(html, base, widget)
    return found


def kind_of(url: str) -> object:
    """Pages of one view with the same questions in their address are of a kind; each tab is one of its own."""
    parts = urlsplit(url)
    try:
        endpoint, _values = current_app.url_map.bind("").match(parts.path)
    except HTTPException:
        return parts.path
    query: Mapping[str, str] = dict(parse_qsl(parts.query))
    return endpoint, *sorted(query), query.get("tab")


def page_at(url: str) -> str | None:
    """What whoever asks would get there; None for what is no page."""
    answer = Client(current_app, use_cookies=False).get(
        url, base_url=request.host_url, headers={"Cookie": request.headers.get("Cookie", "")}
    )
    return answer.get_data(as_text=True) if answer.status_code < 300 and answer.mimetype == "text/html" else None


def links_in(html: str, base: str, widget: Manifest) -> Iterator[str]:
    for link in LINK.findall(html):
        url = unescape(link)
        if url.startswith(f"{base}{widget.slug}/"):
            yield url.removeprefix(base)

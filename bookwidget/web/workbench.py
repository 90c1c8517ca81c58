"""For developers: every page that a customer can come to, side by side in each width, scheme and theme."""

from dataclasses import dataclass

from flask import abort, make_response
from flask.typing import ResponseReturnValue

from bookwidget.kernel.errors import Refused
from bookwidget.tenancy.platform import list_tenants
from bookwidget.theming.colour import checked_hex, contrast
from bookwidget.theming.styles import inputs_of
from bookwidget.theming.tokens import PAIRS, derive
from bookwidget.theming.tokensheet import INPUT_COLOURS
from bookwidget.web.current import request
from bookwidget.web.discovery import Manifest
from bookwidget.web.product import render_product
from bookwidget.web.services import services
from bookwidget.web.states import State, asked, sent, states_of

WIDTHS = (320, 480, 768, 1280)
USUAL_WIDTHS = ("320", "768")
SCHEMES = ("light", "dark")


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
        schemes=request.args.getlist("scheme") or SCHEMES, starts=request.args.getlist("page"),
        theme=theme, themes=[*own.themes.found],
        accent=accent, surface=surface, own=dict(zip(INPUT_COLOURS, inputs_of(own.themes, theme), strict=True)),
        tokens={**own.themes.tokens(theme), **dict(zip(INPUT_COLOURS, (accent, surface), strict=True))},
        pairs={scheme: pairs_of(accent, surface, dark=scheme == "dark") for scheme in SCHEMES},
    )  # fmt: skip


def rows_of(widget: Manifest, slugs: list[str]) -> list[list[tuple[str, State]]]:
    """Each state with the business that it is of: the same one of two businesses stands side by side."""
    rows: dict[str, list[tuple[str, State]]] = {}
    for slug in slugs:
        for state in states_of(widget, slug, request.args.getlist("page")):
            rows.setdefault(state.name, []).append((slug, state))
    return [*rows.values()]


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


def sent_page() -> ResponseReturnValue:
    """A page as a stranger sees it, or what comes of one of its forms; nothing is written."""
    page, form, is_stranger = request.args.get("page", ""), request.args.get("form"), "stranger" in request.args
    if form is None:
        answer = asked(page, is_stranger=True) if page.startswith("/w/") and is_stranger else None
    else:
        number = int(form) if form.isdecimal() else -1
        answer = sent(page, number, is_filled="filled" in request.args, is_stranger=is_stranger)
    if answer is None:
        abort(404)
    return make_response(answer.get_data(), answer.status_code, answer.headers)

"""From a page's values to HTML: the tenant's theme, language and formats around a widget's template."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from traceback import extract_tb
from typing import Any, NamedTuple, TypeVar

from flask import url_for
from flask.wrappers import Response
from jinja2 import TemplateError

from bookwidget.accounts.rules import region_of, shown_phone
from bookwidget.accounts.settings import PORTAL_ENABLED
from bookwidget.accounts.support import support_of
from bookwidget.kernel.text import Text
from bookwidget.logs import log
from bookwidget.plugins import filtered, is_any
from bookwidget.tenancy.scope import TenantFacts
from bookwidget.theming.branding import Branding
from bookwidget.theming.formats import Formats
from bookwidget.theming.i18n import direction, speaking, translate
from bookwidget.theming.patterns import Laying, filled_lines, hole, laid_lines, of_request, pattern
from bookwidget.theming.styles import scheme_of
from bookwidget.theming.themes import RESERVED
from bookwidget.web.assets import asset_url, brand_url, console_css_url, media_url
from bookwidget.web.current import g, request
from bookwidget.web.features import has_page, has_widget
from bookwidget.web.guard import plain_guard
from bookwidget.web.headers import Answer
from bookwidget.web.inputs import input_of
from bookwidget.web.menu import MenuItem, base_at, front_of, menu, widget_at
from bookwidget.web.one_booking.actions import button_and_menu
from bookwidget.web.one_booking.looks import looks_of, people_of
from bookwidget.web.services import Services, services
from bookwidget.web.visits import Place, Viewed, branding_of, language_of, place

HTML = "text/html; charset=utf-8"
Row = TypeVar("Row")


class Frame(NamedTuple):
    """What every template of a widget may use, under the name `frame`; part of the contract with themes."""

    language: str
    direction: str
    tenant: str
    """Slug of the business."""
    brand: Branding
    scheme: str
    """"light" or "dark", or empty where the page follows the visitor's device."""
    contrast: str
    """"more", or empty."""
    logo_url: str
    home_url: str
    stylesheet_url: str
    parent: str
    """Exact origin of the host page; empty on the hosted page."""
    base: str
    """Address below which the frame's own helpers lie."""
    probe_came_back: bool
    is_hosted: bool
    is_preview: bool
    viewed: Viewed | None
    """Somebody of the business looks at this in place of the customer, and can change nothing."""
    person: str
    """First name of who is signed in; empty when nobody is."""
    person_full: str
    initials: str
    menu: Sequence[MenuItem]
    log_in_url: str
    """Empty while the portal is closed."""
    profile_url: str
    """Empty where customers have none."""
    log_out_url: str
    window_url: str
    """Of the log-in window on our own address, for a frame; without a script an ordinary page."""
    redeem_url: str
    help_url: str
    """Of the business's own help page, or of ours."""
    email: str
    """Of the business, for questions."""
    phone: str
    phone_shown: str
    """As people of its country write it."""
    widget: str


def render(name: str, *, status: int = 200, **page: Any) -> Response:
    """A page of the current widget (`widget/file.html`: of another; outside of widgets: a shared one), looked up in
    the tenant's theme first. At the console, the console's own page of this name.
    """
    here, own = place(), services()
    if here.draw is not None:
        return here.draw(name, status=status, **page)
    name = f"{here.blueprint}/{name}" if "/" not in name and here.blueprint in own.widgets else name
    theme = own.themes.usable(here.tenant.theme)
    page |= {"frame": make_frame(here), "formats": here.formats, "now": here.now, "say": partial(say, here.formats)}
    with speaking(own.catalogs.translations(here.locale)):
        if is_any():
            page = {**filtered("page_context", "page", page, here.tenant.settings, business=here.tenant, template=name)}
        try:
            html = written(f"{theme}:{name}", page)
        except Exception as error:
            if not own.themes.brings_templates(theme):
                raise
            html = written(f"{RESERVED}:{name}", page)
            note_broken_page(theme, name, error)
    return Answer(html, status, content_type=HTML)


def written(name: str, page: dict[str, Any]) -> bytes:
    with Laying() as laid:
        return laid.body(services().templates.get_template(name).render(page))


def note_broken_page(theme: str, name: str, error: Exception) -> None:
    """The page as shipped works, so the theme's template does not: the log says so, and the console's Branding page."""
    place_of = next((frame for frame in extract_tb(error.__traceback__)[::-1] if "templates" in frame.filename), None)
    where = f"{'/'.join(Path(place_of.filename).parts[-4:])}: line {place_of.lineno}" if place_of else name
    reason = f"{where}: {error}" if isinstance(error, TemplateError) else f"{where}: {type(error).__name__}"
    if services().broken_pages.setdefault((theme, name), reason) is reason:
        log.error("theme_page_broken", theme=theme, page=name, reason=reason)


def say(formats: Formats, text: Text) -> str:
    """An action's text in words, its instants as people here write them. Only while a page is being made."""
    return translate(with_local_times(formats, text))


def with_local_times(formats: Formats, text: Text) -> Text:
    values = {
        key: formats.moment(value) if isinstance(value, datetime) else value for key, value in text.values.items()
    }
    return Text(text.msgid, text.plural, values)


def page_url(endpoint: str, **values: Any) -> str:
    """`url_for` of templates and widgets. Without values it is the same each time at one place, so it is kept."""
    here: Place | None = g.get("place")
    if values or here is None or "visit" not in vars(here):
        return url_for(endpoint, **values)
    known = here.addresses
    if endpoint not in known:
        known[endpoint] = url_for(endpoint)
    return known[endpoint]


def offers(endpoint: str) -> bool:
    """Whether the business has what this page is for, so that a link to it leads somewhere."""
    return has_page(place().tenant.settings, endpoint)


SHARED: dict[str, Any] = {
    "url_for": of_request(page_url),
    "asset": asset_url,
    "product_css": console_css_url,
    "offers": of_request(offers),
    "plain_guard": of_request(plain_guard),
    "hole": hole,
    "pattern": pattern,
    "laid_lines": laid_lines,
    "filled_lines": filled_lines,
    "input_of": input_of,
    "button_and_menu": button_and_menu,
    "looks_of": looks_of,
    "people_of": people_of,
}
"""What every template may call, macros too."""


class Standpoint(NamedTuple):
    """From where a page is seen, whoever sees it."""

    site: str
    hosted: str
    parent: str
    locale: str
    widget: str
    is_signed_in: bool


def make_frame(here: Place) -> Frame:
    person = here.signed_in
    at = Standpoint(here.site, here.hosted, here.parent, here.locale, widget_at(here), person is not None)
    return frame_at(here.tenant, services(), at)._replace(
        probe_came_back=g.get("probe_came_back", False),
        is_hosted=here.is_hosted,
        is_preview=here.is_preview,
        viewed=here.viewed,
        person=person.name if person else "",
        person_full=person.full_name if person else "",
        initials="".join(part[0] for part in person.full_name.split()[:2]).upper() if person else "",
        menu=menu(here) if person else (),
    )


@lru_cache(maxsize=2048)
def frame_at(tenant: TenantFacts, own: Services, at: Standpoint) -> Frame:
    """Without what is said of one person: the same as long as the business's own facts are, in one application."""
    base, brand, support = base_at(tenant, at.site), branding_of(tenant), support_of(tenant)
    is_open = tenant.settings[PORTAL_ENABLED]
    return Frame(
        language=language_of(at.locale),
        direction=direction(at.locale),
        tenant=tenant.slug,
        brand=brand,
        scheme=scheme_of(own.themes, tenant.theme, brand),
        contrast=own.themes.contrast(tenant.theme),
        logo_url=media_url(tenant.slug, brand.logo.file) if brand.logo else "",
        home_url=f"{base}{front_of(tenant, own) if at.is_signed_in else at.widget}/",
        stylesheet_url=brand_url(tenant, brand),
        parent=at.parent,
        base=f"{base}-/",
        probe_came_back=False,
        is_hosted=False,
        is_preview=False,
        viewed=None,
        person="",
        person_full="",
        initials="",
        menu=(),
        log_in_url=f"{base}login/" if is_open else "",
        profile_url=f"{base}profile/" if is_open and has_widget(tenant.settings, "profile") else "",
        log_out_url=f"{base}-/sign-out",
        window_url=f"/w/{tenant.slug}/{at.hosted}/-/popup",
        redeem_url=f"{base}-/redeem",
        help_url=support.help_address or f"{base}help/",
        email=support.email,
        phone=support.phone,
        phone_shown=shown_phone(support.phone, region=region_of(tenant.locale)),
        widget=at.widget,
    )


def shown_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """A list's rows, without those that a plugin of the business takes out."""
    if not is_any():
        return rows
    tenant = place().tenant
    return filtered("booking_rows", "rows", rows, tenant.settings, business=tenant)


def render_bare(name: str, **page: Any) -> str:
    """A small page that holds nothing of anybody's: errors, refusals, the way out of a frame."""
    here: Place | None = g.get("place")
    bound = here is not None and "visit" in vars(here)
    locale = (
        here.locale if here and bound else request.accept_languages.best_match(("en", *services().catalogs.languages))
    )
    template = services().templates.get_template(f"base:{name}")
    with speaking(services().catalogs.translations(locale or "en")):
        return template.render(language=(locale or "en").replace("_", "-"), direction=direction(locale or "en"), **page)

"""The product's own look, for pages that belong to no business's theme: the console and the platform's sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response
from flask.wrappers import Response

from bookwidget.kernel.text import Text
from bookwidget.theming.i18n import direction, speaking
from bookwidget.web.assets import console_css_url
from bookwidget.web.current import g, request
from bookwidget.web.desk import Desk
from bookwidget.web.headers import first_party
from bookwidget.web.services import services

PREFIXES = ("/console", "/login", "/signup")


@dataclass(frozen=True)
class NavItem:
    title: Text
    url: str
    is_current: bool


@dataclass(frozen=True)
class NavArea:
    """Pages that belong together; the area's own address is its first page's."""

    title: Text
    pages: Sequence[NavItem]

    @property
    def url(self) -> str:
        return self.pages[0].url

    @property
    def is_current(self) -> bool:
        return any(page.is_current for page in self.pages)


@dataclass(frozen=True)
class Product:
    """What every template in the product's look may use, under the name `product`."""

    language: str
    direction: str
    stylesheet_url: str
    nav: Sequence[NavArea]
    business: str
    """Name of the business whose console this is; empty when nobody is signed in."""
    person: str
    initials: str


def is_product_page() -> bool:
    """Whether the request's address is one of ours, also where there is no such page."""
    return any(request.path == prefix or request.path.startswith(f"{prefix}/") for prefix in PREFIXES)


def locale_here(here: Desk | None) -> str:
    """The business's language, or the one the browser asks for that we have."""
    if here is not None:
        return here.tenant.locale
    return request.accept_languages.best_match(("en", *services().catalogs.languages)) or "en"


def render_product(name: str, *, status: int = 200, nav: Sequence[NavArea] = (), **page: Any) -> Response:
    """A page without a theme, which nobody may frame and no cache may keep."""
    found = g.get("place")
    here = found if isinstance(found, Desk) else None
    locale = locale_here(here)
    person = here.member.full_name if here else ""
    product = Product(
        language=here.language if here else locale.replace("_", "-"),
        direction=direction(locale),
        stylesheet_url=console_css_url(),
        nav=nav,
        business=here.tenant.name if here else "",
        person=person,
        initials="".join(part[0] for part in person.split()[:2]).upper(),
    )
    with speaking(services().catalogs.translations(locale)):
        html = services().templates.get_template(f"base:{name}").render(product=product, **page)
    return first_party(make_response(html, status))

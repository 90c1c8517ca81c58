"""What the process holds and every request uses; made once by `create_app`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask.typing import ResponseReturnValue
from jinja2 import Environment

from bookwidget.accounts.members import Counter
from bookwidget.accounts.tokens import Tokens
from bookwidget.config import Config
from bookwidget.kernel.clock import Clock
from bookwidget.kernel.text import Text
from bookwidget.tenancy.database import Database
from bookwidget.theming.i18n import Catalogs
from bookwidget.theming.themes import Themes
from bookwidget.web.current import application

if TYPE_CHECKING:
    from bookwidget.notices.compose import Composer
    from bookwidget.web.discovery import Manifest

EXTENSION = "bookwidget"

SignInPage = Callable[[str, Text | None], ResponseReturnValue]
"""Answers with the sign-in form for the address to go on to, and with what is wrong with a typed code."""


@dataclass(eq=False)
class Services:
    """The parts that `create_app` wired together. Equal to itself only: what follows from them is kept by them."""

    config: Config
    database: Database
    clock: Clock
    themes: Themes
    catalogs: Catalogs
    templates: Environment
    tokens: Tokens
    widgets: "dict[str, Manifest]"
    sign_in_page: "SignInPage | None" = field(default=None)
    """The sign-in form; the widget that provides it sets this."""
    console_attempts: Counter = field(default_factory=Counter)
    asset_urls: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Of `assets.asset_url`: the address, and until when on its clock that is taken for true."""
    composer: "Composer | None" = field(default=None)
    """Writes letters for previews; made when the first owner asks."""
    addresses: dict[tuple[object, ...], dict[str, str]] = field(default_factory=dict)
    """Of `visits.Place.addresses`."""
    broken_pages: dict[tuple[str, str], str] = field(default_factory=dict)
    """Theme and page whose template failed since the start, and why; customers got the page as shipped."""


def services() -> Services:
    """Of the request's application: a page asks for them forty times."""
    found: Services = application().extensions[EXTENSION]
    return found

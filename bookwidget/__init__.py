"""bookwidget: customer portal widgets for booking businesses."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import bookwidget.models  # noqa: F401 - all tables are known before the first statement
from bookwidget.accounts.tokens import Tokens
from bookwidget.config import Config
from bookwidget.console import routes as console
from bookwidget.kernel.clock import Clock, utc_now
from bookwidget.logs import configure_logging
from bookwidget.tenancy.database import Database
from bookwidget.theming.i18n import Catalogs
from bookwidget.theming.lookup import make_environment
from bookwidget.theming.themes import find_themes
from bookwidget.theming.themes import shipped_folder as shipped_themes
from bookwidget.version import __version__
from bookwidget.web import (
    assets,
    compression,
    development,
    entry,
    errors,
    feed,
    headers,
    health,
    platform,
    popup,
    rendering,
    signing,
    visits,
)
from bookwidget.web.discovery import find_widgets
from bookwidget.web.discovery import shipped_folder as shipped_widgets
from bookwidget.web.services import EXTENSION, Services
from bookwidget.web.widgets import register_widgets

__all__ = ["__version__", "create_app"]

HERE = Path(__file__).resolve().parent
BLUEPRINTS = (
    assets.blueprint,
    entry.blueprint,
    feed.blueprint,
    entry.helpers,
    popup.blueprint,
    health.blueprint,
    platform.blueprint,
    console.blueprint,
)


def create_app(config: Config | None = None, *, clock: Clock = utc_now) -> Flask:
    """The application, wired. `config` defaults to the environment's."""
    config = config or Config.load()
    configure_logging()
    services = make_services(config, clock)
    app = Flask("bookwidget", root_path=str(HERE), static_folder=None, template_folder=None)
    services.templates.globals.update(rendering.SHARED)
    app.secret_key = config.secret_key
    app.config.update(MAX_CONTENT_LENGTH=config.max_upload)
    app.extensions[EXTENSION] = services
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for part in (compression, headers, visits, signing, errors):  # the last word is the first one's
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if config.development:
        app.register_blueprint(development.blueprint)
    register_widgets(app, services)
    return app


def make_services(config: Config, clock: Clock) -> Services:
    """What the web process and the worker share."""
    widgets = find_widgets([shipped_widgets(), *config.widget_folders])
    themes = find_themes([shipped_themes(), *config.theme_folders])
    folders = {slug: widget.folder for slug, widget in widgets.items()}
    return Services(
        config=config,
        database=Database(config.database_url, pool_size=config.threads),  # no thread waits for a connection
        clock=clock,
        themes=themes,
        catalogs=Catalogs([HERE / "translations", *(folder / "translations" for folder in folders.values())]),
        templates=make_environment(themes, {**folders, "console": HERE / "console"}, HERE / "web" / "templates"),
        tokens=Tokens(config.secret_key),
        widgets=widgets,
    )

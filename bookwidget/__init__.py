"""bookwidget: customer portal widgets for booking businesses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from jinja2 import Environment
from werkzeug.middleware.proxy_fix import ProxyFix

import bookwidget.collecting
import bookwidget.models  # all tables are known before the first statement
from bookwidget.accounts.tokens import Tokens
from bookwidget.config import Config
from bookwidget.console import routes as console
from bookwidget.kernel.clock import Clock, utc_now
from bookwidget.logs import configure_logging, log
from bookwidget.plugins import folders_of, install
from bookwidget.shipped import Shipped
from bookwidget.tenancy.database import Database
from bookwidget.theming.i18n import Catalogs
from bookwidget.theming.lookup import make_environment
from bookwidget.theming.overrides import check_overrides
from bookwidget.theming.themes import Themes, find_themes
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
    hosts,
    platform,
    popup,
    rendering,
    sign_up,
    signing,
    unsubscribe,
    visits,
)
from bookwidget.web.current import WidgetRequest
from bookwidget.web.discovery import Manifest, find_widgets, package_folders
from bookwidget.web.services import EXTENSION, Services
from bookwidget.web.widgets import register_widgets

bookwidget.collecting.start_is_over()

__all__ = ["Parts", "__version__", "create_app", "find_parts"]

HERE = Path(__file__).resolve().parent
BLUEPRINTS = (
    assets.blueprint,
    entry.blueprint,
    feed.blueprint,
    entry.helpers,
    popup.blueprint,
    unsubscribe.blueprint,
    health.blueprint,
    hosts.blueprint,
    platform.blueprint,
    sign_up.blueprint,
    console.blueprint,
)


class Service(Flask):
    request_class = WidgetRequest
    response_class = headers.Answer

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """All of ours are plain functions; Flask looks at each of nine on every request whether it is one."""
        return func


def create_app(config: Config | None = None, *, clock: Clock = utc_now) -> Flask:
    """The application, wired. `config` defaults to the environment's."""
    config = config or Config.load()
    configure_logging()
    services = make_services(config, clock)
    app = Service("bookwidget", root_path=str(HERE), static_folder=None, template_folder=None)
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


class Parts(NamedTuple):
    """What the folders of widgets and themes hold; needs no database."""

    widgets: dict[str, Manifest]
    themes: Themes
    catalogs: Catalogs
    templates: Environment


def find_parts(config: Config, *, auto_reload: bool = False) -> Parts:
    """`WidgetError` for a widget that is not in order; themes that are not are left out."""
    install(config.plugin_folders, Shipped())
    brought = package_folders("bookwidget.widgets"), package_folders("bookwidget.themes")
    widgets = find_widgets([*folders_of("widget_folders"), *config.widget_folders, *brought[0]])
    themes = find_themes([*folders_of("theme_folders"), *config.theme_folders, *brought[1]])
    folders = {slug: widget.folder for slug, widget in widgets.items()}
    homes, core = {**folders, "console": HERE / "console"}, HERE / "web" / "templates"
    templates = make_environment(themes, homes, core, auto_reload=auto_reload)
    usable = check_overrides(themes, templates)
    if usable is not themes:
        themes, templates = usable, make_environment(usable, homes, core, auto_reload=auto_reload)
    templates.globals.update(rendering.SHARED)
    catalogs = Catalogs([folder / "translations" for folder in (HERE, *folders.values(), *themes.folders)])
    return Parts(widgets, themes, catalogs, templates)


def make_services(config: Config, clock: Clock) -> Services:
    """What the web process and the worker share."""
    parts = find_parts(config)
    for problem in parts.themes.problems:
        log.error("theme_left_out", theme=problem.theme, reason=str(problem))
    return Services(
        config=config,
        database=Database(config.database_url, pool_size=config.threads),  # no thread waits for a connection
        clock=clock,
        tokens=Tokens(config.secret_key),
        **parts._asdict(),
    )

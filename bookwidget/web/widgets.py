"""What a widget's `register(widget)` is given: routes inside the frame, and pages in the tenant's theme."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, abort
from flask.typing import ResponseReturnValue

from bookwidget.web import errors, frames
from bookwidget.web.current import g, request
from bookwidget.web.discovery import Manifest, load_view
from bookwidget.web.features import has_page
from bookwidget.web.guard import refuse_foreign_posts
from bookwidget.web.menu import is_on
from bookwidget.web.services import Services, SignInPage
from bookwidget.web.signing import needs_sign_in
from bookwidget.web.viewing import enter_frame
from bookwidget.web.visits import place

View = Callable[..., ResponseReturnValue]


def in_frame(blueprint: Blueprint) -> Blueprint:
    """Makes a blueprint part of the frame: bound to tenant and host page, guarded, with the frame's headers."""

    @blueprint.url_value_preprocessor
    def bind(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values is not None:
            enter_frame(values.pop("tenant"), values.pop("site"))

    @blueprint.url_defaults
    def stay_in_frame(endpoint: str, values: dict[str, Any]) -> None:
        """Tenant and host page are in the path, so plain links and GET forms keep them, with script off too."""
        here = g.get("place")
        if here is not None:
            values.setdefault("tenant", here.tenant.slug)
            values.setdefault("site", here.site)

    @blueprint.before_request
    def guard() -> ResponseReturnValue | None:
        place().visit  # noqa: B018 - the one statement; 404 for what is not there
        if not has_page(place().tenant.settings, request.endpoint or ""):
            abort(404)
        refuse_foreign_posts()
        g.probe_came_back = frames.cookie_comes_back()
        return place().refusal()

    blueprint.after_request(frames.finish)
    errors.in_frame(blueprint)
    return blueprint


class Widget:
    """A widget while it registers itself."""

    def __init__(self, manifest: Manifest, services: Services) -> None:
        self.manifest, self._services = manifest, services
        self.blueprint = in_frame(
            Blueprint(manifest.slug, f"widget.{manifest.slug}", url_prefix=f"/w/<tenant>/<site>/{manifest.slug}")
        )

        if manifest.extra:
            self.blueprint.before_request(self._only_where_it_is_on)

    def _only_where_it_is_on(self) -> None:
        if not is_on(self.manifest, place().tenant):
            abort(404)

    def page(self, path: str, view: View, *, methods: tuple[str, ...] = ("GET",)) -> None:
        """Shows `view` at `path` below the widget's address; forms post to addresses that also answer GET."""
        guarded = needs_sign_in(view) if self.manifest.sign_in else view
        self.blueprint.add_url_rule(path, view.__name__, guarded, methods=list(methods))

    def sign_in_page(self, show: SignInPage) -> None:
        """This widget shows the sign-in form wherever one is needed; `show(next_url, code_error)` answers with it."""
        self._services.sign_in_page = show


def register_widgets(app: Flask, services: Services) -> None:
    """Loads every widget found; a broken one stops the start and is named."""
    for manifest in services.widgets.values():
        widget = Widget(manifest, services)
        load_view(manifest).register(widget)
        app.register_blueprint(widget.blueprint)

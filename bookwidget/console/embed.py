"""Choose a widget, see it as it will look, copy the snippet."""

from urllib.parse import urlsplit

from flask import make_response, request
from flask.typing import ResponseReturnValue

from bookwidget.console.host_steps import HINTS, HOSTS, TITLES
from bookwidget.console.pages import show
from bookwidget.console.sites import titles
from bookwidget.console.snippets import Snippets, SnippetWords, make_snippets
from bookwidget.console.wordpress_plugin import plugin_archive, plugin_settings
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.actions import own_host
from bookwidget.theming.i18n import translate
from bookwidget.web.desk import desk
from bookwidget.web.discovery import Manifest
from bookwidget.web.menu import is_on
from bookwidget.web.services import services
from bookwidget.web.sites import allowed_sites, refused_origins

WIDTHS = (("phone", _("Phone")), ("wide", _("Computer")))


def embed() -> ResponseReturnValue:
    """By GET, so that it works without script; an unknown widget, width or builder is as none chosen."""
    here = desk()
    widgets = {slug: one for slug, one in services().widgets.items() if is_on(one, here.tenant)}
    chosen = widgets.get(request.args.get("widget", "")) or next(iter(widgets.values()))
    width = "wide" if request.args.get("width") == "wide" else "phone"
    at = request.args.get("host", "")
    at = at if at in HOSTS else next(iter(HOSTS))
    allowed, added = allowed_sites(here.scope()), parse_uuid(request.args.get("added", ""))
    return show(
        "embed.html", chosen=chosen, widgets=list(widgets.values()), width=width, widths=WIDTHS,
        snippets=vars(snippets_for(chosen)), preview_url=f"/w/{here.tenant.slug}/preview/{chosen.slug}/",
        allowed=allowed, refused=refused_origins(here.scope()), may_change=here.may(Permission.SITES_CHANGE),
        base=base(), hosts=HOSTS, at=at, host=HOSTS[at], titles=TITLES, hints=HINTS, named=titles,
        added=next((site.origin for site in allowed if site.id == added), ""),
    )  # fmt: skip


def base() -> str:
    """The address that snippets name: a host of the business's own, where it has one, else the service's."""
    public = urlsplit(services().config.public_url)
    own = own_host(desk().scope())
    return f"{public.scheme}://{own}{f':{public.port}' if public.port else ''}" if own else public.geturl()


def embed_plugin() -> ResponseReturnValue:
    """The plugin for WordPress that shows this business's widgets."""
    widgets = [(widget, words_for(widget)) for widget in services().widgets.values()]
    response = make_response(plugin_archive(plugin_settings(base(), desk().tenant.slug, widgets)))
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = 'attachment; filename="bookwidget.zip"'
    return response


def snippets_for(widget: Manifest) -> Snippets:
    return make_snippets(base(), desk().tenant.slug, widget.slug, widget.height, words_for(widget))


def words_for(widget: Manifest) -> SnippetWords:
    here = desk()
    speech = services().catalogs.translations(here.tenant.locale)
    title = speech.gettext(widget.title)
    name = here.tenant.name
    return SnippetWords(
        title=f"{title} · {name}",
        link=translate(_("Open your bookings at %(business)s", business=name), speech),
        error=translate(_("This part of the page could not be loaded."), speech),
        retry=translate(_("Try again"), speech),
        open=translate(_("Open in a new tab"), speech),
        button=title,
        close=translate(_("Close"), speech),
    )

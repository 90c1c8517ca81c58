"""The portal's menu: the sections that the business has on, in its order and words. Every page of a widget has it."""

from functools import lru_cache
from typing import NamedTuple

from bookwidget.accounts.portal import PortalMenu
from bookwidget.accounts.settings import PORTAL_ENABLED
from bookwidget.plugins import filtered, is_any
from bookwidget.tenancy.extras import extras_of
from bookwidget.tenancy.scope import TenantFacts
from bookwidget.web.discovery import Manifest
from bookwidget.web.features import has_widget
from bookwidget.web.services import Services, services
from bookwidget.web.visits import Place, place


class MenuItem(NamedTuple):
    slug: str
    title: str
    """In English; translated where it is shown."""
    url: str
    is_current: bool
    own_word: str = ""
    """What the business calls it in the reader's language, in place of the title; empty: nothing else."""


@lru_cache(maxsize=1024)
def menu_of(tenant: TenantFacts) -> PortalMenu:
    return PortalMenu.from_json(tenant.portal)


def is_on(widget: Manifest, tenant: TenantFacts) -> bool:
    """Whether the business has a widget: each, but for those that it has switched off, and those that say of themselves
    that they are extra.
    """
    settings = tenant.settings
    return has_widget(settings, widget.slug) and (not widget.extra or widget.slug in extras_of(settings))


def sections(tenant: TenantFacts) -> list[Manifest]:
    """What a signed-in customer can go to, in the business's order; what it did not place comes last, as it comes."""
    order = menu_of(tenant).order
    on = [widget for widget in services().widgets.values() if widget.menu and is_on(widget, tenant)]
    return sorted(on, key=lambda widget: order.index(widget.slug) if widget.slug in order else len(order))


def open_sections(tenant: TenantFacts) -> list[Manifest]:
    """Those that can be gone to now: while the portal is closed, only what needs no sign-in."""
    is_open = tenant.settings[PORTAL_ENABLED]
    return [one for one in sections(tenant) if is_open or not one.sign_in]


def menu(here: Place) -> tuple[MenuItem, ...]:
    tenant = here.tenant
    entries = entries_of(tenant, services(), base_of(here), widget_at(here), here.locale)
    return (
        tuple(filtered("menu_entries", "entries", entries, tenant.settings, business=tenant)) if is_any() else entries
    )


@lru_cache(maxsize=4096)
def entries_of(tenant: TenantFacts, _own: Services, base: str, current: str, locale: str) -> tuple[MenuItem, ...]:
    """Without what plugins say of them: the same as long as the business's own facts are, in one application."""
    own = menu_of(tenant)
    return tuple(
        MenuItem(one.slug, one.title, f"{base}{one.slug}/", one.slug == current, own.word(one.slug, locale))
        for one in open_sections(tenant)
    )


@lru_cache(maxsize=1024)
def front_of(tenant: TenantFacts, _own: Services) -> str:
    first = next(iter(open_sections(tenant)), None) or next(iter(services().widgets.values()))
    return first.slug


def base_of(here: Place) -> str:
    return base_at(here.tenant, here.site)


def base_at(tenant: TenantFacts, site: str) -> str:
    return f"/w/{tenant.slug}/{site}/"


def front_url() -> str:
    """Of the portal's first section."""
    here = place()
    return f"{base_of(here)}{front_of(here.tenant, services())}/"


def widget_at(here: Place) -> str:
    """The one that the address belongs to; outside of widgets the first."""
    widgets = services().widgets
    return here.blueprint if here.blueprint in widgets else next(iter(widgets), "")

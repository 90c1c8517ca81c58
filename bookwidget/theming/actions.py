"""What an owner does to the look of the business."""

from dataclasses import dataclass, replace
from typing import Any

from bookwidget.events.record import record
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from bookwidget.theming.branding import Branding, Logo, check_accent
from bookwidget.theming.styles import inputs_of
from bookwidget.theming.themes import Themes

NAME_LENGTH = 80


@dataclass(frozen=True)
class LookChanges:
    """What the form of the look holds; an empty text leaves the value to the theme."""

    name: str
    theme: str
    accent: str = ""
    surface: str = ""
    radius: str = ""
    font: str = ""
    scheme: str = ""


def change_look(scope: Scope, themes: Themes, wanted: LookChanges, *, repair: bool = False) -> bool:
    """Saves it; gives whether anything changed. `Refused` names the field.

    An accent that cannot be read is refused, or replaced by the nearest one that can if the owner says `repair`.
    """
    name = clean_line(wanted.name, "name", longest=NAME_LENGTH, required=True)
    if wanted.theme not in themes.found:
        raise Refused("theme", _("Choose one of the listed values."))
    branding = Branding(
        name, accent=wanted.accent.strip() or None, surface=wanted.surface.strip() or None,
        radius=wanted.radius or None, font=wanted.font or None, scheme=wanted.scheme or None,
    )  # fmt: skip
    branding = readable(branding, themes, wanted.theme, repair=repair)
    with writing(scope.session) as session:
        require(scope, Permission.BRANDING_CHANGE)
        tenant = session.get_one(Tenant, scope.tenant.id)
        stored = Branding.from_json(tenant.branding)
        branding = replace(branding, logo=stored.logo)
        before = facts(tenant)
        tenant.name, tenant.theme, tenant.branding = name, wanted.theme, look_json(branding)
        return record_change(scope, before, facts(tenant))


def readable(branding: Branding, themes: Themes, theme: str, *, repair: bool) -> Branding:
    """The same if its own accent can be read on its page; repaired or `Refused("accent")` if not."""
    if branding.accent is None:
        return branding
    _accent, surface = inputs_of(themes, theme, branding)
    verdict = check_accent(branding.accent, surface)
    if verdict.readable:
        return branding
    if not repair:
        raise Refused("accent", verdict.reason())
    return replace(branding, accent=verdict.nearest)


def nearest_readable(themes: Themes, theme: str, accent: str, surface: str) -> str | None:
    """What the form proposes in place of this accent; None if there is nothing to propose."""
    try:
        look = Branding("", accent=accent.strip() or None, surface=surface.strip() or None)
    except Refused:
        return None
    if look.accent is None:
        return None
    verdict = check_accent(look.accent, inputs_of(themes, theme, look)[1])
    return None if verdict.readable else verdict.nearest


def set_logo(scope: Scope, logo: Logo | None) -> str | None:
    """Makes this file the logo, or none; gives the name of the file that is no longer used, to be removed now."""
    with writing(scope.session) as session:
        require(scope, Permission.BRANDING_CHANGE)
        tenant = session.get_one(Tenant, scope.tenant.id)
        stored = Branding.from_json(tenant.branding)
        before = facts(tenant)
        tenant.branding = look_json(replace(stored, logo=logo))
        record_change(scope, before, facts(tenant))
    old = stored.logo and stored.logo.file
    return old if old and (logo is None or logo.file != old) else None


def look_json(branding: Branding) -> dict[str, Any]:
    """As it is stored beside the tenant's name, which has a column of its own."""
    return {key: value for key, value in branding.to_json().items() if key != "name"}


def facts(tenant: Tenant) -> dict[str, Any]:
    return {"name": tenant.name, "theme": tenant.theme, **tenant.branding}


def record_change(scope: Scope, before: dict[str, Any], after: dict[str, Any]) -> bool:
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if changed:
        record(
            scope, "branding.changed",
            before={key: before[key] for key in changed & before.keys()},
            after={key: after[key] for key in changed & after.keys()},
        )  # fmt: skip
    return bool(changed)

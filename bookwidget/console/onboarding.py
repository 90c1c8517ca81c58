"""Setting up a new business, step by step. Each step is an address, and can be left and taken up again."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from bookwidget.accounts.onboarding import Progress, choose_trade, end_onboarding, mark_done, read_progress
from bookwidget.catalog.home import change_home
from bookwidget.console.branding import keep_logo, too_heavy
from bookwidget.console.embed import base, snippets_for
from bookwidget.console.forms import HomeForm, LogoForm, SiteForm
from bookwidget.console.pages import show
from bookwidget.console.trades import TRADES
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope
from bookwidget.theming.actions import LookChanges, change_look, nearest_readable
from bookwidget.theming.branding import Branding
from bookwidget.theming.homes import Home, currencies, locales, zones
from bookwidget.theming.pictures import main_colours
from bookwidget.web.assets import media_url
from bookwidget.web.desk import desk
from bookwidget.web.guard import Form, PlainForm
from bookwidget.web.services import services
from bookwidget.web.sites import add_site, allowed_sites

STEPS: dict[str, Text] = {
    "trade": _("Trade"),
    "look": _("Look"),
    "home": _("Place"),
    "service": _("First service"),
    "site": _("Website"),
    "snippet": _("Snippet"),
}
COLOURS = ("#1d5c86", "#2f6b4f", "#8a3b5c", "#8a4b12")
"""Proposed where no logo says otherwise."""
FIRST_WIDGET = "book"
LOOK_WIDGET = "login"
"""Shows logo, name and a button in the chosen colour before there is anything to book."""


@dataclass(frozen=True)
class StepLink:
    title: Text
    url: str
    is_done: bool
    is_current: bool


def setting_up() -> Scope:
    desk().require(Permission.SETTINGS_CHANGE)
    return desk().scope()


def links_of(progress: Progress, now_at: str) -> list[StepLink]:
    return [
        StepLink(title, url_for(f".start_{name}"), name in progress.done, name == now_at)
        for name, title in STEPS.items()
    ]


def show_step(step: str, *, status: int = 200, **page: Any) -> ResponseReturnValue:
    progress = read_progress(desk().scope())
    return show(f"start_{step}.html", status=status, steps=links_of(progress, step), step=step, **page)


def start() -> ResponseReturnValue:
    """To the first step that is not behind them."""
    return go_on(read_progress(setting_up()))


def go_on(progress: Progress) -> ResponseReturnValue:
    left = [name for name in STEPS if name not in progress.done]
    return redirect(url_for(f".start_{left[0] if left else 'snippet'}"), 303)


def done(step: str) -> ResponseReturnValue:
    scope = setting_up()
    mark_done(scope, step)
    return go_on(read_progress(scope))


def start_skip() -> ResponseReturnValue:
    """The pressed button names the step that is left out."""
    setting_up()
    if request.method == "GET":
        return redirect(url_for(".start"), 303)
    PlainForm().check_guard()
    step = request.form.get("step", "")
    if step not in STEPS:
        raise Missing
    return done(step)


def start_end() -> ResponseReturnValue:
    """Finished, or put away."""
    scope = setting_up()
    if request.method == "GET":
        return redirect(url_for(".start"), 303)
    PlainForm().check_guard()
    end_onboarding(scope)
    return redirect(url_for(".home"), 303)


def start_trade() -> ResponseReturnValue:
    scope = setting_up()
    if request.method == "GET":
        return show_step("trade", trades=TRADES, chosen=read_progress(scope).trade)
    PlainForm().check_guard()
    trade = request.form.get("trade", "")
    if trade not in TRADES:
        raise Missing
    choose_trade(scope, trade)
    return done("trade")


def start_look() -> ResponseReturnValue:
    """Takes the logo. What follows from it is shown before anybody goes on."""
    setting_up()
    if request.method == "GET":
        return show_look()
    try:
        form = LogoForm()
    except RequestEntityTooLarge:
        return show_look(LogoForm(formdata=None), reason=too_heavy(), status=413)
    form.check_guard()
    try:
        keep_logo()
    except Refused as refused:
        return show_look(form, reason=refused.reason, status=422)
    return redirect(url_for(".start_look"), 303)


def start_colour() -> ResponseReturnValue:
    """Uses one of the proposed colours; a colour that cannot be read becomes the nearest one that can."""
    scope = setting_up()
    if request.method == "GET":
        return redirect(url_for(".start_look"), 303)
    PlainForm().check_guard()
    here, stored = desk(), desk().branding
    wanted = LookChanges(
        here.tenant.name, services().themes.usable(here.tenant.theme), request.form.get("accent", ""),
        stored.surface or "", stored.radius or "", stored.font or "", stored.scheme or "",
    )  # fmt: skip
    change_look(scope, services().themes, wanted, repair=True)
    return redirect(url_for(".start_look"), 303)


def show_look(form: Form | None = None, *, reason: Text | None = None, status: int = 200) -> ResponseReturnValue:
    here, form = desk(), form or LogoForm(formdata=None)
    if reason:
        form.refuse("logo", reason)
    logo = here.branding.logo
    return show_step(
        "look", status=status, form=form, logo_url=media_url(here.tenant.slug, logo.file) if logo else "",
        colours=proposed_colours(here.branding), accent=here.branding.accent, most=too_heavy().values["size"],
        preview_url=f"/w/{here.tenant.slug}/preview/{LOOK_WIDGET}/",
    )  # fmt: skip


def proposed_colours(branding: Branding) -> list[str]:
    """Of the logo, each as it can be read; without one, some that suit many."""
    here, found = desk(), list(COLOURS)
    if branding.logo:
        path = services().config.files / here.tenant.id.hex / branding.logo.file
        found = main_colours(path.read_bytes() if path.is_file() else b"") or found
    theme, surface = here.tenant.theme, branding.surface or ""
    readable = [nearest_readable(services().themes, theme, one, surface) or one for one in found]
    return [*dict.fromkeys(readable)]


def start_home() -> ResponseReturnValue:
    scope, form, tenant = setting_up(), HomeForm(), desk().tenant
    if request.method == "GET":
        form.locale.data, form.timezone.data, form.currency.data = tenant.locale, tenant.timezone, tenant.currency
        return show_home(form)
    form.check_guard()
    try:
        change_home(scope, Home(*(field.data or "" for field in (form.locale, form.timezone, form.currency))))
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_home(form, status=422)
    return done("home")


def show_home(form: Form, *, status: int = 200) -> ResponseReturnValue:
    tenant = desk().tenant
    return show_step(
        "home", status=status, form=form, locales=locales(services().catalogs.languages, tenant.locale), zones=zones(),
        currencies=currencies(tenant.locale),
    )  # fmt: skip


def start_site() -> ResponseReturnValue:
    scope, form = setting_up(), SiteForm()
    if request.method == "GET":
        return show_step("site", form=SiteForm(formdata=None), allowed=allowed_sites(scope))
    form.check_guard()
    try:
        add_site(scope, form.origin.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_step("site", status=422, form=form, allowed=allowed_sites(scope))
    return done("site")


def start_snippet() -> ResponseReturnValue:
    scope = setting_up()
    widget = services().widgets[FIRST_WIDGET]
    return show_step(
        "snippet", snippets=snippets_for(widget), allowed=allowed_sites(scope), base=base(),
        preview_url=f"/w/{desk().tenant.slug}/preview/{FIRST_WIDGET}/",
    )  # fmt: skip

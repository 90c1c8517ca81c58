"""The look: name, logo, colours, corners, font; beside it a real widget as customers see it."""

from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from bookwidget.console.forms import LogoForm, LookForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.theming.actions import LookChanges, change_look, nearest_readable, set_logo
from bookwidget.theming.branding import AUTO, Branding
from bookwidget.theming.colour import HEX
from bookwidget.theming.pictures import draw_logo, remove_picture, store_picture
from bookwidget.theming.styles import inputs_of
from bookwidget.web.assets import media_url
from bookwidget.web.desk import desk
from bookwidget.web.guard import Form, PlainForm
from bookwidget.web.services import services

AS_THEME = ("", _("As in the theme"))
RADII = (AS_THEME, ("square", _("Square")), ("soft", _("Soft")), ("round", _("Round")))
FONTS = (
    AS_THEME,
    ("system", _("The device’s own")),
    ("humanist", _("Humanist")),
    ("rounded", _("Rounded")),
    ("serif", _("Serif titles")),
)
SCHEMES = (
    AS_THEME,
    (AUTO, _("Same as the visitor’s device")),
    ("light", _("Always light")),
    ("dark", _("Always dark")),
)
THEME_WORDS = (_("Quiet"), _("Warm"), _("Night"), _("Clear"))
"""Titles that the shipped themes give in English; here so that they are in the catalogue."""


def branding() -> ResponseReturnValue:
    desk().require(Permission.BRANDING_CHANGE)
    if request.method == "GET":
        return show_branding(saved=request.args.get("saved", ""))
    form = LookForm()
    form.check_guard()
    accent, surface = form.colour("accent"), form.colour("surface")
    wanted = LookChanges(
        name=form.name.data or "", theme=form.theme.data or "", accent=accent, surface=surface,
        radius=form.radius.data or "", font=form.font.data or "", scheme=form.scheme.data or "",
    )  # fmt: skip
    themes = services().themes
    try:
        change_look(desk().scope(), themes, wanted, repair="repair" in request.form)
    except Refused as refused:
        form.accent.data, form.surface.data = accent, surface
        form.refuse(refused.field, refused.reason)
        nearest = nearest_readable(themes, wanted.theme, accent, surface) if refused.field == "accent" else None
        return show_branding(look=form, nearest=nearest, status=422)
    return redirect(url_for(".branding", saved="look"), 303)


def branding_logo() -> ResponseReturnValue:
    """Takes a new picture. Drawing and writing it happen before the transaction, removing the old one after it."""
    here = desk()
    here.require(Permission.BRANDING_CHANGE)
    if request.method == "GET":
        return redirect(url_for(".branding"), 303)
    try:
        form = LogoForm()
    except RequestEntityTooLarge:
        return refuse_logo(LogoForm(formdata=None), too_heavy(), 413)
    form.check_guard()
    try:
        keep_logo()
    except Refused as refused:
        return refuse_logo(form, refused.reason, 422)
    return redirect(url_for(".branding", saved="logo"), 303)


def keep_logo() -> None:
    """The picture that was sent becomes the logo; `Refused("logo")` says what is wrong with it."""
    here, upload = desk(), request.files.get("logo")
    folder = services().config.files / here.tenant.id.hex
    drawn = draw_logo(upload.read() if upload else b"")
    store_picture(folder, drawn.logo.file, drawn.data)
    old = set_logo(here.scope(), drawn.logo)
    if old:
        remove_picture(folder, old)


def branding_logo_remove() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.BRANDING_CHANGE)
    if request.method == "GET":
        return redirect(url_for(".branding"), 303)
    PlainForm().check_guard()
    old = set_logo(here.scope(), None)
    if old:
        remove_picture(services().config.files / here.tenant.id.hex, old)
    return redirect(url_for(".branding", saved="logo-removed"), 303)


def too_heavy() -> Text:
    return _("This file is too large. It can be up to %(size)s MB.", size=services().config.max_upload // 2**20)


def refuse_logo(form: Form, reason: Text, status: int) -> ResponseReturnValue:
    form.refuse("logo", reason)
    return show_branding(logo_form=form, status=status)


def show_branding(
    *,
    look: LookForm | None = None,
    logo_form: Form | None = None,
    nearest: str | None = None,
    saved: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    here = desk()
    logo = here.branding.logo
    form = look or filled()
    show_pickers(form)
    return show(
        "branding.html", status=status, look=form, logo_form=logo_form or LogoForm(formdata=None), nearest=nearest,
        saved=saved, logo_url=media_url(here.tenant.slug, logo.file) if logo else "", most=too_heavy().values["size"],
        themes=[(theme.name, Text(theme.title)) for theme in services().themes.found.values()],
        radii=RADII, fonts=FONTS, schemes=SCHEMES, trouble=trouble(),
        preview_url=f"/w/{here.tenant.slug}/preview/{next(iter(services().widgets))}/",
    )  # fmt: skip


@dataclass(frozen=True)
class Trouble:
    """What is wrong with the chosen theme: for the owner, and for who made it."""

    theme: str
    is_left_out: bool
    """Whether all pages have another theme; otherwise some are shown as shipped."""
    reasons: tuple[str, ...]
    """File, line and reason, in the developer's English."""


def trouble() -> Trouble | None:
    own, chosen = services(), desk().tenant.theme
    problem = own.themes.problem(chosen)
    if chosen not in own.themes.found:
        return Trouble(chosen, True, (str(problem),) if problem else ())
    reasons = tuple(reason for (theme, _page), reason in own.broken_pages.items() if theme == chosen)
    return Trouble(own.themes.found[chosen].title, False, reasons) if reasons else None


def filled() -> LookForm:
    """The form with what is stored."""
    here = desk()
    stored = Branding.from_json(here.tenant.branding)
    return LookForm(
        formdata=None, name=here.tenant.name, theme=services().themes.usable(here.tenant.theme),
        accent=stored.accent or "", surface=stored.surface or "", radius=stored.radius or "",
        font=stored.font or "", scheme=stored.scheme or "",
    )  # fmt: skip


def show_pickers(form: LookForm) -> None:
    """Sets the colour inputs to what the page has now: the typed colour if it is one, else the theme's."""
    theme = inputs_of(services().themes, form.theme.data or "")
    for name, fallback in zip(("accent", "surface"), theme, strict=True):
        typed = str(form[name].data or "").strip().lower()
        colour = typed if HEX.fullmatch(typed) and len(typed) == 7 else fallback
        form[f"{name}_picked"].data = form[f"{name}_shown"].data = colour

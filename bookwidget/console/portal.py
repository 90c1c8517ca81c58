"""The portal's menu: the order of its sections, and what they are called in each language."""

import json
from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from bookwidget.accounts.portal import LONGEST_WORD, PortalMenu, arrange_menu, word_field
from bookwidget.console.languages import customers_languages
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.web.desk import desk
from bookwidget.web.discovery import Manifest
from bookwidget.web.guard import PlainForm
from bookwidget.web.menu import menu_of, sections
from bookwidget.web.services import services

PLACE = "place:"
"""Begins the name of the field that holds a section's place."""


@dataclass(frozen=True)
class Word:
    """One section's name in one language, as the form has it."""

    language: str
    title: Text
    """Of the language."""
    name: str
    """Of the field."""
    value: str
    usual: str
    """What it is called without a word of the business's own."""
    error: Text | None


@dataclass(frozen=True)
class Section:
    widget: Manifest
    place: str
    shown: str
    """Its name in the business's language, with what was typed."""
    words: list[Word]


def portal() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.SETTINGS_CHANGE)
    if request.method == "GET":
        return show_portal(MultiDict(), {})
    PlainForm().check_guard()
    sent, known = request.form, sections(here.tenant)
    try:
        is_changed = arrange_menu(here.scope(), seen_in(sent), menu_in(sent, known))
    except Refused as refused:
        return show_portal(sent, {refused.field: refused.reason}, status=422)
    return redirect(url_for(".portal", saved=int(is_changed)), 303)


def seen_in(sent: MultiDict[str, str]) -> dict[str, object]:
    try:
        seen = json.loads(sent.get("seen", ""))
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def menu_in(sent: MultiDict[str, str], known: list[Manifest]) -> PortalMenu:
    """What the form says; `Refused("order")` for two at one place. What is not shown keeps its words."""
    places = {one.slug: sent.get(PLACE + one.slug, "") for one in known}
    typed = [place for place in places.values() if place]
    if len(set(typed)) < len(typed):
        raise Refused("order", _("Two stand at the same place. Give each a place of its own."))
    order = tuple(sorted((one for one in places if places[one].isdecimal()), key=lambda one: int(places[one][:3])))
    usual = tuple(one.slug for one in sorted(known, key=lambda one: (one.order, one.slug)))
    kept = menu_of(desk().tenant).words
    words = {
        one.slug: {tag: sent.get(word_field(one.slug, tag), "") for tag, _title in customers_languages()}
        for one in known
    }  # fmt: skip
    return PortalMenu(() if order == usual else order, {**kept, **words})


def show_portal(sent: MultiDict[str, str], errors: dict[str, Text], *, status: int = 200) -> ResponseReturnValue:
    tenant = desk().tenant
    own, known = menu_of(tenant), sections(tenant)
    rows = [section_row(one, str(at), own, sent, errors) for at, one in enumerate(known, 1)]
    is_typo = errors and "" not in errors  # then nothing was said of somebody else
    shown = sent.get("seen", "") if is_typo else json.dumps(tenant.portal)
    rows.sort(key=lambda row: int(row.place[:3]) if row.place.isdecimal() else len(rows))
    return show(
        "portal.html", status=status, form=PlainForm(formdata=None), sections=rows, errors=errors,
        seen=shown, longest=LONGEST_WORD, saved=request.args.get("saved", ""),
        place_name=PLACE, preview_url=f"/w/{tenant.slug}/preview/portal/",
    )  # fmt: skip


def section_row(
    widget: Manifest, place: str, own: PortalMenu, sent: MultiDict[str, str], errors: dict[str, Text]
) -> Section:
    words = []
    for tag, title in customers_languages():
        name = word_field(widget.slug, tag)
        value = sent.get(name, own.words.get(widget.slug, {}).get(tag, ""))
        usual = services().catalogs.translations(tag).gettext(widget.title)
        words.append(Word(tag, title, name, value, usual, errors.get(name)))
    return Section(widget, sent.get(PLACE + widget.slug, place), words[0].value or words[0].usual, words)

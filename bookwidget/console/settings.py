"""All settings on one page, for everything or for one service, made of their declarations; beside them a widget."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from bookwidget.catalog.actions import ServiceFacts, list_services, read_service
from bookwidget.catalog.choosing import (
    Overtaken,
    SettingsChange,
    Wish,
    change_service_settings,
    change_settings,
    recent_changes,
)
from bookwidget.console.pages import show
from bookwidget.console.setting_fields import fields_of, kind_of, plans_in_words, value_in, words_of
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text
from bookwidget.tenancy.plans import Plan, plan_named, plans_with
from bookwidget.tenancy.settings import REGISTRY, Group, Setting
from bookwidget.theming.i18n import translate
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm
from bookwidget.web.menu import sections
from bookwidget.web.services import services

SEEN = "seen:"
"""Begins the name of the hidden field with the value that the form was made with, as JSON."""
RESET = "reset"
"""The button that gives a setting its default back."""


@dataclass(frozen=True)
class Row:
    """A setting on the page."""

    setting: Setting[Any]
    kind: str
    value: Any
    """What is stored, or the default; None, of a service: as for all services."""
    of_service: bool
    usual: Any
    """What holds without a value of its own: the default, or for a service what the business has chosen."""
    seen: str
    sent: MultiDict[str, str]
    """What the fields hold."""
    error: Text | None
    is_overtaken: bool
    """Somebody else has set it meanwhile."""
    overtaken_by: SettingsChange | None
    differing: list[tuple[ServiceFacts, Any]]
    """Services that have a value of their own."""
    needed: tuple[Plan, ...]
    """Plans of which the business would need one, because its own has not this feature; empty: it may be set."""

    @property
    def id(self) -> str:
        return self.setting.name.replace(".", "-")

    @property
    def is_own(self) -> bool:
        """Whether it is not as it comes."""
        return self.value is not None and (self.of_service or self.value != self.usual)


@dataclass
class Sheet:
    """The settings of the business, or of one service, as they are and as a form sent them."""

    service: ServiceFacts | None
    wishes: dict[str, Wish] = field(default_factory=dict)
    errors: dict[str, Text] = field(default_factory=dict)
    overtaken: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def services(self) -> tuple[ServiceFacts, ...]:
        return list_services(desk().scope())

    @cached_property
    def changes(self) -> tuple[SettingsChange, ...]:
        return recent_changes(desk().scope())

    @property
    def settings(self) -> Iterator[Setting[Any]]:
        """Those that can be set here."""
        return (one for one in REGISTRY.values() if one.per_service or self.service is None)

    def now(self, setting: Setting[Any]) -> Any:
        if setting.name in self.overtaken:
            return self.overtaken[setting.name]
        return self.service.settings.get(setting.name) if self.service else desk().tenant.settings[setting]

    def read(self, sent: MultiDict[str, str]) -> None:
        """What the form says of the settings that it shows."""
        of_service, reset = self.service is not None, sent.get(RESET)
        for setting in self.settings:
            name = setting.name
            if SEEN + name not in sent:
                continue
            seen = parsed(sent[SEEN + name])
            try:
                value = value_in(setting, sent, of_service=of_service)
            except Refused as refused:
                self.errors[name] = refused.reason
                value = ...
            if reset == name:
                value = None if of_service else setting.default
                self.errors.pop(name, None)
            self.wishes[name] = Wish(seen, value)

    def save(self) -> bool:
        """`Overtaken`, `Denied` and others as the actions raise them."""
        if self.service:
            return change_service_settings(desk().scope(), self.service.id, self.wishes)
        return change_settings(desk().scope(), self.wishes)

    def row(self, setting: Setting[Any], sent: MultiDict[str, str]) -> Row:
        """What was typed stays; what was not touched shows what holds now."""
        name, now, wish = setting.name, self.now(setting), self.wishes.get(setting.name)
        is_touched = wish is not None and wish.value != wish.seen
        stays = is_touched and name not in self.overtaken
        of_service = self.service is not None
        return Row(
            setting, kind_of(setting), now, of_service,
            desk().tenant.settings[setting] if of_service else setting.default,
            sent.get(SEEN + name, "") if stays else json.dumps(now),
            sent if is_touched else MultiDict(fields_of(setting, now, of_service=of_service)),
            self.errors.get(name), name in self.overtaken, self.overtaker(name), self.differing(setting),
            plans_with(name) if name in desk().tenant.settings.beyond_plan else (),
        )  # fmt: skip

    def overtaker(self, name: str) -> SettingsChange | None:
        """Who has changed it meanwhile."""
        of = self.service.id if self.service else None
        ours = (one for one in self.changes if name in one.after and one.service_id == of)
        return next(ours, None) if name in self.overtaken else None

    def differing(self, setting: Setting[Any]) -> list[tuple[ServiceFacts, Any]]:
        if self.service or not setting.per_service:
            return []
        return [(one, one.settings[setting.name]) for one in self.services if setting.name in one.settings]


def settings() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.SETTINGS_CHANGE)
    sheet = Sheet(chosen_service())
    if request.method == "GET":
        return show_settings(sheet)
    PlainForm().check_guard()
    sheet.read(request.form)
    if sheet.errors:
        return show_settings(sheet, status=422)
    try:
        is_changed = sheet.save()
    except Refused as refused:
        sheet.errors[refused.field] = refused.reason
        return show_settings(sheet, status=422)
    except Overtaken as overtaken:
        sheet.overtaken = overtaken.now
        return show_settings(sheet, status=422)
    return redirect(url_for(".settings", **kept(), saved=int(is_changed)), 303)


def chosen_service() -> ServiceFacts | None:
    """None: all services; `Missing` for what is none."""
    asked = request.args.get("service", "")
    if not asked:
        return None
    id: UUID | None = parse_uuid(asked)
    if id is None:
        raise Missing
    return read_service(desk().scope(), id)


def kept() -> dict[str, Any]:
    """What of the address leads back to this very page."""
    return {name: value for name in ("service", "q", "widget") if (value := request.args.get(name, "").strip())}


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def show_settings(sheet: Sheet, *, status: int = 200) -> ResponseReturnValue:
    here, asked = desk(), request.args.get("q", "").strip()
    found = [one for one in sheet.settings if matches(one, asked)]
    if asked:
        found.sort(key=lambda one: not is_named(one, asked))  # those that are called so come first
    rows = [sheet.row(one, request.form) for one in found]
    groups = [one.group for one in found] if asked else list(Group)
    widgets = sections(here.tenant)
    open_to_all = next((one for one in widgets if not one.sign_in), widgets[0])
    chosen = next((one for one in widgets if one.slug == request.args.get("widget")), open_to_all)
    return show(
        "settings.html", status=status, form=PlainForm(formdata=None), sheet=sheet, asked=asked, kept=kept(),
        groups=[
            (group, own)
            for group in dict.fromkeys(groups)
            if (own := [row for row in rows if row.setting.group is group])
        ],
        wrong=[row for row in rows if row.error or row.is_overtaken],
        saved=request.args.get("saved", ""), words=partial(words_of, here.formats), registry=REGISTRY,
        plans_in_words=plans_in_words,
        names={one.id: one.name for one in sheet.services}, widgets=widgets, chosen=chosen,
        preview_url=f"/w/{here.tenant.slug}/preview/{chosen.slug}/", plan=plan_named(here.tenant.plan),
    )  # fmt: skip


def matches(setting: Setting[Any], asked: str) -> bool:
    """Whether all the words stand in what the page says of it, in the page's language, or in its name."""
    return has_words(setting, asked, setting.group.value, setting.title, setting.help, *setting.choices.values())


def is_named(setting: Setting[Any], asked: str) -> bool:
    """Whether it is called so, rather than described so."""
    return has_words(setting, asked, setting.title)


def has_words(setting: Setting[Any], asked: str, *texts: Text) -> bool:
    speech = services().catalogs.translations(desk().tenant.locale)
    said = " ".join((setting.name, *(translate(text, speech) for text in texts))).casefold()
    return all(word in said for word in asked.casefold().split())

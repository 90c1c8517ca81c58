"""A setting as a form shows and sends it, and its values in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.plans import Plan
from bookwidget.tenancy.settings import Setting
from bookwidget.theming.formats import Formats
from bookwidget.theming.i18n import listed, translate

ON_WORD, OFF_WORD = _("On"), _("Off")
ON, OWN = "1", "own:"
"""What a ticked box sends; and what begins the name of the box that lets a service differ."""
LONGEST_NUMBER = 12
"""Digits that are looked at."""


def kind_of(setting: Setting[Any]) -> str:
    """Which control shows it: `switch`, `one`, `some`, `ordered`, `number` or `text`."""
    if setting.choices:
        return setting.pick.value
    if isinstance(setting.default, bool):
        return "switch"
    return "number" if isinstance(setting.default, int) else "text"


def fields_of(setting: Setting[Any], value: Any, *, of_service: bool) -> dict[str, list[str]]:
    """What a browser sends for this value, by the names of the fields. None, of a service: as for all services."""
    name, kind = setting.name, kind_of(setting)
    if value is None:
        return {name: []}
    if kind == "switch" and of_service:
        return {name: [ON if value else "0"]}
    if kind == "switch":
        return {name: [ON] if value else []}
    if kind == "ordered":
        return {f"{name}:{choice}": [str(place)] for place, choice in enumerate(setting.picked(value), 1)}
    if kind == "some":
        return {name: [*setting.picked(value)], OWN + name: [ON] if of_service else []}
    return {name: [str(value)]}


def value_in(setting: Setting[Any], sent: MultiDict[str, str], *, of_service: bool) -> Any:
    """The value that was sent, fit to be stored; `Refused` under the setting's name."""
    name, kind = setting.name, kind_of(setting)
    typed = sent.get(name, "").strip()
    value: Any = typed
    if of_service and not (sent.get(OWN + name) if kind == "some" else typed):
        return None
    if kind == "switch":
        value = typed == ON
    elif kind == "some":
        value = " ".join(choice for choice in setting.choices if choice in sent.getlist(name))
    elif kind == "ordered":
        value = ordered(setting, sent)
    elif kind == "number":
        value = whole_number(setting, typed)
    return setting.checked(value)


def ordered(setting: Setting[Any], sent: MultiDict[str, str]) -> str:
    """The choices by the places that were given to them; a choice without a place is left out."""
    places = {choice: sent.get(f"{setting.name}:{choice}", "") for choice in setting.choices}
    taken = [place for place in places.values() if place]
    if len(set(taken)) < len(taken):
        raise Refused(setting.name, _("Two stand at the same place. Give each a place of its own."))
    return " ".join(sorted((choice for choice in places if places[choice]), key=lambda choice: places[choice]))


def whole_number(setting: Setting[Any], typed: str) -> int:
    if len(typed) > LONGEST_NUMBER or not typed.removeprefix("-").isdecimal():
        raise Refused(setting.name, _("Write a whole number."))
    return int(typed)


def words_of(formats: Formats, setting: Setting[Any], value: Any) -> str:
    """The value in the language of the page being made. What was stored once may not fit the setting any more."""
    if isinstance(value, bool):
        return translate(ON_WORD if value else OFF_WORD)
    if isinstance(value, int):
        return translate(setting.unit(value)) if setting.unit else formats.number(value)
    if setting.choices:
        known: Mapping[str, Text] = setting.choices
        titles = [translate(known.get(name, name)) for name in setting.picked(str(value))]
        return listed(titles, "standard") or translate(_("None of them"))
    return str(value) if value else translate(_("Empty"))


def plans_in_words(plans: Sequence[Plan]) -> str:
    """Any of them, in the language of the page being made."""
    return listed([translate(plan.title) for plan in plans], "or")

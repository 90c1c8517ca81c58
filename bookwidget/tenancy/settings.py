"""The registry of tenant settings. Each domain declares its own, in its `settings.py`; no list names them all.

A declaration is all there is: rules read it, and the console's page of settings is made of it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.text import Text, _, n_

T = TypeVar("T", bool, int, str)

LONGEST_TEXT = 300
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


class Group(Enum):
    """The sections of the page of settings, in their order."""

    FEATURES = _("Features")
    PORTAL = _("Portal and accounts")
    BOOKING = _("Booking")
    FORM = _("Booking form")
    WAITING = _("Waiting lists")
    CANCELLING = _("Cancelling")
    MOVING = _("Rescheduling")
    SERIES = _("Series")
    LIST = _("My bookings")
    AFTERWARDS = _("After the booking")
    MESSAGES = _("Messages")


class Pick(Enum):
    """How many of the choices a value holds. More than one stand in it with a space between them."""

    ONE = "one"
    SOME = "some"
    """None, some or all, in the order of the declaration."""
    ORDERED = "ordered"
    """At least one, in the order that the business wants."""


def hours(n: int) -> Text:
    return n_("%(n)s hour", "%(n)s hours", n)


def days(n: int) -> Text:
    return n_("%(n)s day", "%(n)s days", n)


def minutes(n: int) -> Text:
    return n_("%(n)s minute", "%(n)s minutes", n)


def percent(n: int) -> Text:
    return _("%(n)s percent", n=n)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One choice of the business. `choices` or `minimum`/`maximum` bound what may be stored."""

    name: str
    default: T
    title: Text
    help: Text
    """What it means for customers."""
    group: Group
    choices: Mapping[str, Text] = field(default_factory=dict, hash=False)
    """What can be chosen, each in words."""
    pick: Pick = Pick.ONE
    minimum: int | None = None
    maximum: int | None = None
    unit: Callable[[int], Text] | None = None
    """A number of it in words; none where the title says what is counted."""
    longest: int = LONGEST_TEXT
    """Characters of a text."""
    is_address: bool = False
    """Of a web page: a link that customers follow."""
    is_phone: bool = False
    """A phone number in international form, digits only."""
    most_emails: int = 0
    """A text that holds so many e-mail addresses, with commas between them; 0: it is another text."""
    per_service: bool = False
    """Whether a service may say otherwise for itself."""
    off: T | None = None
    """The value that turns a feature off, of the switches of features: all of them, and nothing else, have one."""

    def checked(self, value: Any) -> T:
        """The value, if it may be stored; `Refused` under the setting's name otherwise."""
        if type(value) is not type(self.default):
            raise Refused(self.name, _("This is not a valid value."))
        if isinstance(value, str):
            (self._check_choice if self.choices else self._check_text)(value)
        elif not isinstance(value, bool):
            low, high = self.minimum, self.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                raise Refused(self.name, _("Choose a number from %(low)s to %(high)s.", low=low, high=high))
        return value

    def picked(self, value: str) -> tuple[str, ...]:
        """The choices in a value."""
        return (value,) if self.pick is Pick.ONE else tuple(value.split())

    def _check_choice(self, value: str) -> None:
        if self.pick is Pick.ONE and value in self.choices:
            return
        picked: tuple[str, ...] = self.picked(value)
        if not set(picked) <= set(self.choices):
            raise Refused(self.name, _("Choose one of the listed values."))
        if self.pick is Pick.ORDERED and not picked:
            raise Refused(self.name, _("Choose at least one."))
        proper = (
            [name for name in self.choices if name in picked] if self.pick is Pick.SOME else [*dict.fromkeys(picked)]
        )
        if value != " ".join(proper):
            raise Refused(self.name, _("This is not a valid value."))

    def _check_text(self, value: str) -> None:
        if value != clean_line(value, self.name, longest=self.longest):
            raise Refused(self.name, _("This is not a valid value."))
        if self.is_address and value and not value.startswith("https://"):
            raise Refused(self.name, _("Write an address that begins with https://."))
        if self.is_phone and value and not PHONE.fullmatch(value):
            raise Refused(self.name, _("Write the number with + and its country code, and digits only."))
        if self.most_emails and value:
            self._check_emails(value.split(", "))

    def _check_emails(self, emails: Sequence[str]) -> None:
        if not all(EMAIL.fullmatch(email) for email in emails):
            raise Refused(self.name, _("Write email addresses, with a comma and a space between them."))
        if len(emails) > self.most_emails:
            raise Refused(self.name, _("Write at most %(count)s addresses.", count=self.most_emails))


REGISTRY: dict[str, Setting[Any]] = {}


def declare(setting: Setting[T]) -> Setting[T]:
    """Puts a setting into the registry. One that nobody could understand or set on the page of settings is a mistake
    of ours, as are two of one name; so it raises at start.
    """
    words = (setting.title, setting.help, *setting.choices.values())
    if not all(text.msgid for text in words):
        raise ValueError(f"setting {setting.name} does not say what it is")
    if type(setting.default) is int and None in (setting.minimum, setting.maximum):
        raise ValueError(f"setting {setting.name} has no bounds")
    if (setting.off is None) is (setting.group is Group.FEATURES):
        raise ValueError(f"setting {setting.name} is a feature that does not say what turns it off, or says so in vain")
    setting.checked(setting.default)
    if REGISTRY.setdefault(setting.name, setting) is not setting:
        raise ValueError(f"setting {setting.name} is declared twice")
    return setting


@dataclass(frozen=True, eq=False)
class Settings:
    """A tenant's choices, or its defaults. A stored value that is no longer valid counts as not stored.

    Nobody changes what is stored in it, so each choice is checked once.
    """

    stored: Mapping[str, Any]
    beyond_plan: frozenset[str] = frozenset()
    """Names of the features that the business's plan does not have: they are off, whatever is stored."""
    _checked: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _services: dict[str, "Settings"] = field(default_factory=dict, init=False, repr=False)

    def __getitem__(self, setting: Setting[T]) -> T:
        known = self._checked.get(setting.name)
        if known is None:
            known = self._checked[setting.name] = self._valid(setting)
        return known

    def _valid(self, setting: Setting[T]) -> T:
        if setting.off is not None and setting.name in self.beyond_plan:
            return setting.off
        if setting.name not in self.stored:
            return setting.default
        try:
            return setting.checked(self.stored[setting.name])
        except Refused:
            return setting.default

    def for_service(self, overrides: Mapping[str, Any]) -> "Settings":
        """The same with what one service says otherwise, as far as services may."""
        if not overrides:
            return self
        said = repr(overrides)
        known = self._services.get(said)
        if known is None:
            known = self._services[said] = self._with(overrides)
        return known

    def _with(self, overrides: Mapping[str, Any]) -> "Settings":
        allowed = {name: value for name, value in overrides.items() if name in REGISTRY and REGISTRY[name].per_service}
        return Settings({**self.stored, **allowed}, self.beyond_plan) if allowed else self

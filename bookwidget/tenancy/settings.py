"""The registry of tenant settings. Each domain declares its own, in its `settings.py`; no list names them all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _

T = TypeVar("T", bool, int, str)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One choice of the business. `choices` or `minimum`/`maximum` bound what may be stored."""

    name: str
    default: T
    title: Text
    help: Text
    choices: tuple[T, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    per_service: bool = False
    """Whether a service may say otherwise for itself."""

    def checked(self, value: Any) -> T:
        """The value, if it may be stored; `Refused` under the setting's name otherwise."""
        if type(value) is not type(self.default):
            raise Refused(self.name, _("This is not a valid value."))
        if self.choices and value not in self.choices:
            raise Refused(self.name, _("Choose one of the listed values."))
        if isinstance(value, int) and not isinstance(value, bool):
            low, high = self.minimum, self.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                raise Refused(self.name, _("Choose a number from %(low)s to %(high)s.", low=low, high=high))
        return value


REGISTRY: dict[str, Setting[Any]] = {}


def declare(setting: Setting[T]) -> Setting[T]:
    """Puts a setting into the registry. Two of one name are a mistake of ours, so it raises at start."""
    if REGISTRY.setdefault(setting.name, setting) is not setting:
        raise ValueError(f"setting {setting.name} is declared twice")
    return setting


@dataclass(frozen=True)
class Settings:
    """A tenant's choices, or its defaults. A stored value that is no longer valid counts as not stored."""

    stored: Mapping[str, Any]

    def __getitem__(self, setting: Setting[T]) -> T:
        if setting.name not in self.stored:
            return setting.default
        try:
            return setting.checked(self.stored[setting.name])
        except Refused:
            return setting.default

    def for_service(self, overrides: Mapping[str, Any]) -> "Settings":
        """The same with what one service says otherwise, as far as services may."""
        allowed = {name: value for name, value in overrides.items() if name in REGISTRY and REGISTRY[name].per_service}
        return Settings({**self.stored, **allowed}) if allowed else self

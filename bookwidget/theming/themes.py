"""Finds the theme folders and checks them; a broken one is reported and left out, never fatal."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bookwidget.theming.tokensheet import SheetError, read_tokens

FALLBACK = "quiet"
RESERVED = "base"
NAME = re.compile(r"[a-z][a-z0-9-]*")
KEYS = {"title": str, "parent": str, "scheme": str, "contrast": str}
CHOICES = {"scheme": ("light", "dark"), "contrast": ("more",)}


class ThemeError(ValueError):
    """A theme that cannot be used; the message names file and key."""


@dataclass(frozen=True)
class Theme:
    """A folder with theme.toml and tokens.css, perhaps templates/ and static/.

    `css` is its tokens.css as it was when it was checked, so that nothing unchecked is ever served; `tokens` are the
    custom properties in it.
    """

    name: str
    title: str
    folder: Path
    parent: str | None = None
    scheme: str | None = None
    """"light" or "dark" where the theme is made for one only."""
    contrast: str | None = None
    """"more": muted words, lines and edges are as strong as the text, for everybody."""
    css: str = field(default="", repr=False)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)


@dataclass(frozen=True, eq=False)
class Themes:
    """What was found. Compared by identity: finding again gives new themes, and what was cached for the old
    is not used for the new.
    """

    found: Mapping[str, Theme]
    problems: tuple[ThemeError, ...] = ()
    _chains: dict[str, tuple[Theme, ...]] = field(default_factory=dict, repr=False)

    def usable(self, name: str) -> str:
        """`name`, or "quiet" where there is no such theme (any more)."""
        return name if name in self.found else FALLBACK

    def chain(self, name: str) -> tuple[Theme, ...]:
        """The theme, then its parent, and so on. Of an unknown theme: that of "quiet"."""
        if name not in self._chains:
            links: list[Theme] = []
            following: str | None = self.usable(name)
            while following is not None:
                theme = self.found[following]
                links.append(theme)
                following = theme.parent
            self._chains[name] = tuple(links)
        return self._chains[name]

    def scheme(self, name: str) -> str:
        """What the theme or the nearest of its parents is made for; empty where it follows the visitor's device."""
        return next((theme.scheme for theme in self.chain(name) if theme.scheme), "")

    def contrast(self, name: str) -> str:
        return next((theme.contrast for theme in self.chain(name) if theme.contrast), "")


def shipped_folder() -> Path:
    """`bookwidget/themes` in an installed wheel, `themes` beside the package in a working copy."""
    package = Path(__file__).parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def find_themes(folders: Sequence[Path]) -> Themes:
    """Every folder with a theme.toml in one of `folders`. A name that is taken keeps its first theme."""
    found: dict[str, Theme] = {}
    problems: list[ThemeError] = []
    for manifest in (path for folder in folders for path in sorted(folder.glob("*/theme.toml"))):
        try:
            theme = _read_theme(manifest)
            if theme.name in found:
                raise ThemeError(f"{_shown(manifest)}: another theme has the name {theme.name!r}")
            found[theme.name] = theme
        except ThemeError as problem:
            problems.append(problem)
    problems.extend(_drop_broken_chains(found))
    return Themes(found, tuple(problems))


def _read_theme(manifest: Path) -> Theme:
    folder, shown = manifest.parent, _shown(manifest)
    if not NAME.fullmatch(folder.name) or folder.name == RESERVED:
        raise ThemeError(f"{shown}: a folder named {folder.name!r} cannot be a theme; use a-z, 0-9 and -")
    try:
        keys = tomllib.loads(manifest.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ThemeError(f"{shown}: {error}") from error
    for key, value in keys.items():
        if key not in KEYS:
            raise ThemeError(f"{shown}: unknown key {key!r}")
        if not isinstance(value, KEYS[key]) or not value:
            raise ThemeError(f"{shown}: {key!r} must be a text")
        if value not in CHOICES.get(key, (value,)):
            raise ThemeError(f"{shown}: {key!r} is one of {', '.join(CHOICES[key])}, not {value!r}")
    if "title" not in keys:
        raise ThemeError(f"{shown}: missing key 'title'")
    css, tokens = _read_sheet(folder / "tokens.css")
    return Theme(folder=folder, name=folder.name, css=css, tokens=tokens, **keys)


def _read_sheet(sheet: Path) -> tuple[str, dict[str, str]]:
    try:
        css = sheet.read_text("utf-8")
        return css, read_tokens(css)
    except FileNotFoundError:
        raise ThemeError(f"{_shown(sheet)}: is missing") from None
    except (SheetError, UnicodeDecodeError, OSError) as error:
        raise ThemeError(f"{_shown(sheet)}: {error}") from error


def _drop_broken_chains(found: dict[str, Theme]) -> list[ThemeError]:
    """Takes out themes whose parent is missing or that are their own ancestor, and then their children."""
    problems = {}
    while broken := {name: reason for name in found if (reason := _broken_chain(found, name))}:
        for name, reason in broken.items():
            problems[name] = ThemeError(f"{_shown(found.pop(name).folder / 'theme.toml')}: {reason}")
    return list(problems.values())


def _broken_chain(found: Mapping[str, Theme], name: str) -> str | None:
    seen = [name]
    while (parent := found[seen[-1]].parent) is not None:
        if parent not in found:
            return f"'parent': there is no usable theme {parent!r}"
        if parent in seen:
            return f"'parent': circle {' > '.join([*seen, parent])}"
        seen.append(parent)
    return None


def _shown(path: Path) -> str:
    """The last three parts: enough to find the file, nothing about the machine."""
    return "/".join(path.parts[-3:])

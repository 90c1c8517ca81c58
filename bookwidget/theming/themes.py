"""Finds the theme folders and checks them; a broken one is reported and left out, never fatal."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bookwidget.theming.tokensheet import SheetError, read_tokens

FALLBACK = "quiet"
RESERVED = "base"
NAME = re.compile(r"[a-z][a-z0-9-]*")
KEYS: Mapping[str, type] = {"title": str, "parent": str, "scheme": str, "contrast": str, "fonts": dict}
CHOICES = {"scheme": ("light", "dark"), "contrast": ("more",)}
FAMILY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*")
AT_LINE = re.compile(r" \(at line (\d+), .*\)$")
"""How `tomllib` ends what it says."""
FONT_FILE = re.compile(r"[a-z0-9][a-z0-9._-]*\.woff2")


class ThemeError(ValueError):
    """A theme that cannot be used; the message names file, line and key."""

    def __init__(self, path: Path, reason: str, line: int = 0, *, theme: str = "") -> None:
        super().__init__(f"{_shown(path, theme)}: {f'line {line}: ' if line else ''}{reason}")
        self.path, self.reason, self.line = path, reason, line
        self.theme = theme or path.parent.name
        """Name of the folder."""


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
    faces: str = field(default="", repr=False)
    """`@font-face` rules of the fonts that it brings."""
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

    def without(self, problems: Sequence[ThemeError]) -> "Themes":
        """Leaves out the themes that these are about, and their children."""
        found = {name: theme for name, theme in self.found.items() if name not in {one.theme for one in problems}}
        return Themes(found, (*self.problems, *problems, *_drop_broken_chains(found)))

    @property
    def folders(self) -> list[Path]:
        return [theme.folder for theme in self.found.values()]

    def tokens(self, name: str) -> dict[str, str]:
        """What the theme and its parents set, by full name."""
        return {token: value for theme in self.chain(name)[::-1] for token, value in theme.tokens.items()}

    def brings_templates(self, name: str) -> bool:
        """Whether the theme or one of its parents may replace some."""
        return any((theme.folder / "templates").is_dir() for theme in self.chain(name))

    def problem(self, name: str) -> ThemeError | None:
        """Why there is no usable theme of this name; None where there is one, or none at all."""
        return None if name in self.found else next((one for one in self.problems if one.theme == name), None)

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
                raise ThemeError(manifest, f"another theme has the name {theme.name!r}")
            found[theme.name] = theme
        except ThemeError as problem:
            problems.append(problem)
    problems.extend(_drop_broken_chains(found))
    return Themes(found, tuple(problems))


def _read_theme(manifest: Path) -> Theme:
    folder = manifest.parent
    if not NAME.fullmatch(folder.name) or folder.name == RESERVED:
        raise ThemeError(manifest, f"a folder named {folder.name!r} cannot be a theme; use a-z, 0-9 and -")
    try:
        text = manifest.read_text("utf-8")
        keys = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        found = AT_LINE.search(str(error))
        reason, line = (str(error)[: found.start()], int(found[1])) if found else (str(error), 0)
        raise ThemeError(manifest, reason, line) from error
    for key, value in keys.items():
        if wrong := _wrong_value(key, value):
            raise ThemeError(manifest, wrong, line_of(text, key))
    if "title" not in keys:
        raise ThemeError(manifest, "missing key 'title'")
    faces = "".join(_face(manifest, text, family, file) for family, file in keys.pop("fonts", {}).items())
    css, tokens = _read_sheet(folder / "tokens.css")
    return Theme(folder=folder, name=folder.name, faces=faces, css=css, tokens=tokens, **keys)


def _wrong_value(key: str, value: Any) -> str:
    if key not in KEYS:
        return f"unknown key {key!r}"
    if not isinstance(value, KEYS[key]) or not value:
        return f"{key!r} must be a {'table of fonts' if key == 'fonts' else 'text'}"
    if key in CHOICES and value not in CHOICES[key]:
        return f"{key!r} is one of {', '.join(CHOICES[key])}, not {value!r}"
    return ""


def line_of(toml: str, key: str) -> int:
    """Where a key of a manifest or a table's head stands; 0 where it is not found."""
    place = re.search(rf"""^[ \t]*\[?["']?{re.escape(key)}["']?[ \t]*[=\].]""", toml, re.MULTILINE)
    return toml.count("\n", 0, place.start()) + 1 if place else 0


def _face(manifest: Path, toml: str, family: str, file: str) -> str:
    """A font that the theme brings: one file, of all weights."""
    line, folder = line_of(toml, family), manifest.parent
    if not FAMILY.fullmatch(family) or not FONT_FILE.fullmatch(str(file)):
        raise ThemeError(manifest, f"the font {family!r} is a file of static/ such as 'lora.woff2', not {file!r}", line)
    path = folder / "static" / file
    if not path.is_file():
        raise ThemeError(manifest, f"the font {family!r}: there is no {_shown(path)}", line)
    url = f"/static/t/{folder.name}/{file}?v={path.stat().st_mtime_ns:x}"
    return (
        f'@font-face{{font-family:"{family}";src:url("{url}") format("woff2");font-weight:100 900;font-display:swap}}'
    )


def _read_sheet(sheet: Path) -> tuple[str, dict[str, str]]:
    try:
        css = sheet.read_text("utf-8")
        return css, read_tokens(css)
    except FileNotFoundError:
        raise ThemeError(sheet, "is missing") from None
    except SheetError as error:
        line, _colon, reason = str(error).removeprefix("line ").partition(": ")
        raise ThemeError(sheet, reason, int(line)) from error
    except (UnicodeDecodeError, OSError) as error:
        raise ThemeError(sheet, str(error)) from error


def _drop_broken_chains(found: dict[str, Theme]) -> list[ThemeError]:
    """Takes out themes whose parent is missing or that are their own ancestor, and then their children."""
    problems = {}
    while broken := {name: reason for name in found if (reason := _broken_chain(found, name))}:
        for name, reason in broken.items():
            manifest = found.pop(name).folder / "theme.toml"
            problems[name] = ThemeError(manifest, reason, line_of(manifest.read_text("utf-8"), "parent"))
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


def _shown(path: Path, theme: str = "") -> str:
    """The last three parts, or from the theme's folder on: enough to find the file, nothing about the machine."""
    parts = path.parts
    return "/".join(parts[-1 - parts[::-1].index(theme) :] if theme in parts else parts[-3:])

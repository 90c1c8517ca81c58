"""Finds widgets: every folder with a `widget.toml` is one. No edit anywhere else makes or removes a widget."""

import importlib
import importlib.util
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType

from bookwidget.plugins import installed

PACKAGE = "bookwidget_widgets"
"""Run-time name of all widget code, wherever its folder lies."""

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RESERVED = {"console", "development", "entry", "frame", "health", "media", "platform", "popup", "static"}
"""Names of the product's own parts, which share one space of names with widgets."""


class WidgetError(Exception):
    """A widget's folder is not in order; the message names file and key."""


@dataclass(frozen=True)
class Manifest:
    """What `widget.toml` says."""

    slug: str
    folder: Path
    title: str
    """In English; translated where it is shown."""
    sign_in: bool = False
    """Whether every page of it needs somebody signed in."""
    order: int = 100
    """Place in the menu."""
    menu: bool = True
    """Whether it stands in the menu of a signed-in customer."""
    extra: bool = False
    """Whether only those businesses have it whose setting `extras.on` names it."""
    height: int = 320
    """Pixels of the plain iframe before the loader fits it."""


def shipped_folder() -> Path:
    """`widgets` inside the package (a wheel) or beside it (the repository)."""
    package = Path(__file__).resolve().parent.parent
    return next(path for path in (package / "widgets", package.parent / "widgets") if path.is_dir())


def package_folders(group: str) -> list[Path]:
    """The folders that installed packages bring under this group of entry points: each names a package, in which a
    widget or a theme is a folder, too.
    """
    named = [importlib.util.find_spec(one.value) for one in installed(group)]
    return [Path(place) for spec in named if spec for place in spec.submodule_search_locations or ()]


def find_widgets(folders: Sequence[Path]) -> dict[str, Manifest]:
    """All widgets by slug, in the order of their menu. `WidgetError` for a folder that is not in order."""
    found: dict[str, Manifest] = {}
    for toml in sorted(path for folder in folders for path in folder.glob("*/widget.toml")):
        manifest = read_manifest(toml)
        if manifest.slug in found:
            raise WidgetError(f"{toml}: there is a widget {manifest.slug} in {found[manifest.slug].folder} already")
        found[manifest.slug] = manifest
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def read_manifest(path: Path) -> Manifest:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise WidgetError(f"{path}: {error}") from error
    slug = path.parent.name
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise WidgetError(f"{path}: a folder cannot be called {slug}")
    types = {f.name: f.type for f in fields(Manifest) if f.name not in ("slug", "folder")}
    for key, value in values.items():
        if key not in types:
            raise WidgetError(f"{path}: unknown key {key}")
        if type(value) is not types[key]:
            raise WidgetError(f"{path}: {key} must be of type {getattr(types[key], '__name__', types[key])}")
    if not values.get("title"):
        raise WidgetError(f"{path}: title is missing")
    return Manifest(slug=slug, folder=path.parent, **values)


def load_view(manifest: Manifest) -> ModuleType:
    """The widget's `view` module, under one module name however its folder was found."""
    root = sys.modules.setdefault(PACKAGE, ModuleType(PACKAGE))
    root.__path__ = []
    name = f"{PACKAGE}.{manifest.slug.replace('-', '_')}"
    package = sys.modules.get(name)
    if package is None or package.__path__ != [str(manifest.folder)]:
        for stale in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
            del sys.modules[stale]
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [str(manifest.folder)]
    return importlib.import_module(f"{name}.view")

"""`bookwidget theme new` and `widget new`: a small folder that works, passes its check, and is easy to change."""

from pathlib import Path

from babel.messages.catalog import Catalog

from bookwidget.config import ConfigError
from bookwidget.ops.catalogues import PoFile, written
from bookwidget.theming.themes import NAME
from bookwidget.theming.themes import RESERVED as RESERVED_THEME
from bookwidget.web.discovery import RESERVED, SLUG

STUBS = Path(__file__).parent / "stubs"
THEME = {"theme.toml": "theme.toml", "tokens.css": "tokens.css"}
WIDGET = {
    "widget.toml": "widget.toml",
    "view.py": "view.py",
    "README.md": "README.md",
    "page.html": "templates/@slug@.html",
    "page.css": "static/@slug@.css",
    "test_page.py": "tests/test_@name@.py",
}
"""Stub, and where it goes."""
WORDS = {
    "de": {"Your name": "Ihr Name", "Hello, %(name)s!": "Hallo, %(name)s!", "Say hello": "Grüßen"},
    "ar": {"Your name": "اسمك", "Hello, %(name)s!": "مرحبًا، \u2068%(name)s\u2069!", "Say hello": "ألقِ التحية"},
}
"""What the stub says, in the product's languages. Its title is a name, and stays what it is."""


def new_theme(name: str, into: Path, taken: set[str]) -> list[Path]:
    """The files that it wrote. `ConfigError` if there is no such folder to make."""
    if not NAME.fullmatch(name) or name == RESERVED_THEME:
        raise ConfigError(f"a theme cannot be called {name!r}: use a-z, 0-9 and -")
    return fill(into / name, name, THEME, STUBS / "theme", taken)


def new_widget(name: str, into: Path, taken: set[str]) -> list[Path]:
    """The same for a widget."""
    if not SLUG.fullmatch(name) or name in RESERVED:
        raise ConfigError(f"a widget cannot be called {name!r}: use a-z, 0-9 and single hyphens, and no name of ours")
    paths = fill(into / name, name, WIDGET, STUBS / "widget", taken)
    for language, words in WORDS.items():
        path = into / name / "translations" / language / "LC_MESSAGES" / f"{name}.po"
        path.parent.mkdir(parents=True)
        path.write_bytes(written(catalog_of({**words, titled(name): titled(name)}, language, name)))
        paths.append(path)
    return paths


def fill(folder: Path, name: str, files: dict[str, str], stubs: Path, taken: set[str]) -> list[Path]:
    if folder.exists() or name in taken:
        raise ConfigError(f"there is a {name} already")
    paths = []
    for stub, target in files.items():
        path = folder / filled(target, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled((stubs / f"{stub}.new").read_text("utf-8"), name), "utf-8")
        paths.append(path)
    return paths


def filled(text: str, name: str) -> str:
    for hole, value in (("@title@", titled(name)), ("@slug@", name), ("@name@", name.replace("-", "_"))):
        text = text.replace(hole, value)
    return text


def titled(name: str) -> str:
    return name.replace("-", " ").capitalize()


def catalog_of(words: dict[str, str], language: str, name: str) -> Catalog:
    made = PoFile(locale=language, header_comment=f"# {language}: {name}", fuzzy=False)
    for said, translated in words.items():
        made.add(said, translated)
    return made

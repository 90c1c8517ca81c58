"""Brings the catalogues of words up to date with the source: `make translations`.

The core's messages stand in `bookwidget/translations/<language>/LC_MESSAGES/bookwidget.po`, a widget's own in
`widgets/<slug>/translations/<language>/LC_MESSAGES/<slug>.po`; what both say stands with the core only.
"""

import io
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("ar", "de")
"""The languages that bookwidget ships besides the source's English."""

CORE = "bookwidget"
KEYWORDS = {**DEFAULT_KEYWORDS, "n_": (1, 2)}
METHODS = [
    ("**/tests/**", "ignore"),
    ("**.py", "python"),
    ("**/widget.toml", "bookwidget.ops.catalogues:widget_titles"),
    ("**/templates/**.*", "jinja2"),
]
"""Where messages stand; the first pattern that fits decides."""
OPTIONS = {"**/templates/**.*": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}


class PoFile(Catalog):
    """A catalogue whose header says nothing of when, where and by whom it was written, so that it never differs."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", f"text/plain; charset={self.charset}"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


@dataclass(frozen=True)
class Domain:
    """The messages of the core or of one widget, as the source has them now."""

    name: str
    folder: Path
    """Where its `translations` are."""
    messages: Catalog

    def path(self, language: str) -> Path:
        return self.folder / "translations" / language / "LC_MESSAGES" / f"{self.name}.po"

    def file(self, language: str) -> Catalog:
        """As it stands there; empty if there is none. Raises `babel.messages.pofile.PoFileError`."""
        if not self.path(language).exists():
            return Catalog(locale=language, fuzzy=False)
        with self.path(language).open("rb") as file:
            return read_po(file, locale=language, abort_invalid=True)


def widget_titles(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's way into a `widget.toml`: its title is shown in menus and in the console."""
    if title := tomllib.loads(fileobj.read().decode()).get("title"):
        yield 1, "gettext", title, []


def extract(root: Path = ROOT) -> list[Domain]:
    """The core first, then the widgets by name; each message in the first that says it."""
    domains: list[Domain] = []
    for folder in (root / CORE, *sorted(path.parent for path in root.glob("widgets/*/widget.toml"))):
        messages = Catalog()
        for name, line, message, comments, context in extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS):
            if not any(domain.messages.get(message, context) for domain in domains):
                where = (folder / name).relative_to(root).as_posix()
                messages.add(message, locations=[(where, line)], auto_comments=comments, context=context)
        domains.append(Domain(folder.name, folder, messages))
    return domains


def updated(domain: Domain, language: str, known: Iterable[Catalog]) -> Catalog:
    """What the source says now, in the words of the first of the `known` catalogues that has some. Nothing is guessed,
    and what the source does not say any more is gone.
    """
    fresh = PoFile(locale=language, header_comment=f"# {language}: {domain.name}", fuzzy=False)
    known = tuple(known)
    for message in domain.messages:
        if message.id:
            found = (catalog.get(message.id, message.context) for catalog in known)
            fitting = (old for old in found if old and old.pluralizable == message.pluralizable and any(forms(old)))
            fresh.add(message.id, locations=message.locations, context=message.context)
            old = next(fitting, None)
            fresh[message.id].string = old.string if old else ("",) * fresh.num_plurals if message.pluralizable else ""
    return fresh


def written(catalog: Catalog) -> bytes:
    """Sorted by message and without line numbers: a diff shows what changed and nothing else."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, sort_output=True, include_lineno=False)
    return out.getvalue()


def forms(message: Message) -> tuple[str, ...]:
    """The words of a message: one text, or one for each plural form."""
    words = message.string or ""
    return (words,) if isinstance(words, str) else tuple(words)


def is_complete(message: Message) -> bool:
    """Whether every form of it has words."""
    return all(forms(message)) and not message.fuzzy


def main() -> int:
    """Writes all catalogues and names what is left to translate; the status is 1 while something is."""
    domains = extract()
    status = 0
    for language in LANGUAGES:
        known = [domain.file(language) for domain in domains]
        for domain in domains:
            catalog = updated(domain, language, (domain.file(language), *known))
            left = [message for message in catalog if message.id and not is_complete(message)]
            domain.path(language).parent.mkdir(parents=True, exist_ok=True)
            domain.path(language).write_bytes(written(catalog))
            sys.stdout.write(f"{language} {domain.name}: {len(catalog) - len(left)} of {len(catalog)}\n")
            sys.stdout.writelines(f"  without words: {message.id}\n" for message in left)
            status = status or int(bool(left))
    return status


if __name__ == "__main__":
    sys.exit(main())

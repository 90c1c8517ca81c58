"""`bookwidget theme words` and `widget words`: the messages of a theme or a widget, ready for their words."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError

from bookwidget import HERE, Parts
from bookwidget.config import ConfigError
from bookwidget.ops.catalogues import LANGUAGES, Domain, is_complete, updated, written
from bookwidget.ops.checking import extracted, said


def write_words(name: str, folder: Path, parts: Parts) -> Iterator[tuple[Path, int]]:
    """Each catalogue that was written, and how many of its messages have no words yet.

    Words that stand there stay. What the product or another widget says is left out, unless it has words here, too.
    `ConfigError` for a catalogue that cannot be read.
    """
    others = [HERE, *(widget.folder for widget in parts.widgets.values() if widget.folder != folder)]
    for language in LANGUAGES:
        there = sorted((folder / "translations" / language / "LC_MESSAGES").glob("*.po"))
        domain = Domain(there[0].stem if there else name, folder, Catalog())
        path = domain.path(language)
        try:
            own = domain.file(language)
        except PoFileError as error:
            raise ConfigError(f"{path}: {error}") from error
        known = said(language, others)
        for _file, _line, message, _comments, context in extracted(folder):
            if message not in known or own.get(message, context):
                domain.messages.add(message, context=context)
        if len(domain.messages) or there:
            catalog = updated(domain, language, (own,))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(catalog))
            yield path, sum(1 for message in catalog if message.id and not is_complete(message))

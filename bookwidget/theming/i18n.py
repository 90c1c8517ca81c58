"""Catalogues of words: .po files read as they are when first asked for, and the language of the page being made."""

import io
import re
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import NullTranslations, Translations
from markupsafe import Markup

from bookwidget.kernel.text import Text

SOURCE = NullTranslations()
VALUE = re.compile(r"%\((\w+)\)|%(?!\()(.)?")

_speaking: ContextVar[NullTranslations] = ContextVar("speaking", default=SOURCE)


class Catalogs:
    """All `<folder>/<lang>/LC_MESSAGES/*.po` of the core's and the widgets' translations folders.

    For one message in two files the first folder wins. What cannot be used (a broken file, a translation that asks
    for a value its source does not have) is left out and named in `problems`: it must not break a page.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.problems: list[str] = []
        self._files: dict[str, list[Path]] = {}
        self._made: dict[str, NullTranslations] = {}
        self._making = RLock()
        """The first pages of a process come at once. Reading takes a second and megabytes: once is enough."""
        for path in (path for folder in folders for path in sorted(folder.glob("*/LC_MESSAGES/*.po"))):
            self._files.setdefault(_normal(path.parent.parent.name), []).append(path)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are files for, such as "de" or "pt-BR". The source's English is not among them."""
        return tuple(sorted(self._files))

    def translations(self, locale: str) -> NullTranslations:
        """Words for `de-AT` or `de_AT`: its own, then those of `de`, then the source's. Kept after the first call."""
        wanted = _normal(locale)
        if wanted not in self._made:
            with self._making:
                if wanted not in self._made:
                    self._made[wanted] = self._make(wanted)
        return self._made[wanted]

    def _make(self, wanted: str) -> NullTranslations:
        chosen: NullTranslations = SOURCE
        language, _dash, region = wanted.partition("-")
        if region and language in self._files:
            chosen = self.translations(language)
        if wanted in self._files:
            own = self._read(wanted)
            own.add_fallback(chosen)
            chosen = own
        return chosen

    def _read(self, language: str) -> Translations:
        together = Catalog(locale=language.replace("-", "_"))
        for path in self._files[language]:
            try:
                with path.open("rb") as file:
                    messages = list(read_po(file, locale=together.locale, abort_invalid=True))
            except (PoFileError, UnicodeDecodeError, OSError) as error:
                self.problems.append(f"{_shown(path)}: {error}")
                continue
            for message in messages:
                self._add(together, message, path)
        compiled = io.BytesIO()
        write_mo(compiled, together)
        compiled.seek(0)
        return Translations(compiled)

    def _add(self, together: Catalog, message: Message, path: Path) -> None:
        if not message.id or not message.string or message.fuzzy or together.get(message.id, message.context):
            return
        if extra := _values(message.string) - _values(message.id):
            self.problems.append(f"{_shown(path)}: {message.id!r} has no value {', '.join(sorted(extra))}")
            return
        together[message.id] = message


def translate(text: Text | str, translations: NullTranslations | None = None) -> str:
    """A lazy message in words. A plain `str` is what somebody typed and is given back unchanged.

    Without `translations`: in the language of the page being made (see `speaking`).
    """
    if isinstance(text, str):
        return text
    words = translations or _speaking.get()
    plural = text.plural
    chosen = words.gettext(text.msgid) if plural is None else words.ngettext(text.msgid, plural, _count(text))
    if not text.values:
        return chosen
    return chosen % {name: _worded(value, words) for name, value in text.values.items()}


class Speaking:
    """See `speaking`."""

    def __init__(self, translations: NullTranslations) -> None:
        self._translations = translations

    def __enter__(self) -> None:
        self._before = _speaking.set(self._translations)

    def __exit__(self, *_error: object) -> None:
        _speaking.reset(self._before)


def speaking(translations: NullTranslations) -> Speaking:
    """Templates rendered inside say `_("…")` and `{{ text | t }}` in this language, macros of other files too."""
    return Speaking(translations)


spoken: Callable[[], NullTranslations] = _speaking.get
"""The words of the page being made; the source's outside of `speaking`."""


@lru_cache(maxsize=8192)
def said_in(words: NullTranslations, message: str) -> Markup:
    """What a template says by itself: ours or the translators', so it is not escaped."""
    text = words.gettext(message)
    return Markup(text % {} if "%" in text else text)  # noqa: S704


@lru_cache(maxsize=512)
def direction(locale: str) -> str:
    """ "ltr" or "rtl"; "ltr" for what is no locale."""
    try:
        return str(Locale.parse(locale, sep=_separator(locale)).text_direction)
    except (ValueError, UnknownLocaleError):
        return "ltr"


def listed(items: Sequence[str], style: Literal["standard", "or"], translations: NullTranslations | None = None) -> str:
    """ "one, two and three" as the language writes it; with "or", "one, two or three"."""
    words = translations or _speaking.get()
    return format_list(items, style, words.info().get("language", "en"))


def _worded(value: object, words: NullTranslations) -> object:
    if isinstance(value, tuple):
        return listed(value, "or", words)
    return translate(value, words) if isinstance(value, Text) else value


def _count(text: Text) -> int:
    count = text.values["n"]
    if not isinstance(count, int):
        raise TypeError(f"the value n of {text.msgid!r} must be an int")
    return count


def _values(words: str | Sequence[str]) -> set[str]:
    """The names of `%(name)s`; a lone per cent sign counts as a value named by what stands behind it."""
    texts: Sequence[str] = (words,) if isinstance(words, str) else words
    return {name or f"%{sign}" for text in texts for name, sign in VALUE.findall(text) if sign != "%"}


def _normal(locale: str) -> str:
    language, _dash, rest = locale.replace("_", "-").partition("-")
    return f"{language.lower()}-{rest.upper() if len(rest) == 2 else rest.title()}" if rest else language.lower()


def _separator(locale: str) -> str:
    return "-" if "-" in locale else "_"


def _shown(path: Path) -> str:
    return "/".join(path.parts[-4:])

"""Babel's data of one locale, apart from every other's."""

from copy import deepcopy
from functools import cache
from typing import Any

from babel import Locale
from babel.localedata import LocaleDataDict, load


@cache
def own_locale(name: str) -> Locale:
    """The locale of `de-AT` or `de_AT`, with data of its own. ValueError or UnknownLocaleError for what is none.

    Babel lets locales share what they inherit, and writes into it what it has looked up: after Swahili, short weekdays
    of Arabic came out in Swahili. One process speaks for businesses of many languages, so each gets a copy.
    """
    locale = Locale.parse(name.replace("-", "_"))
    data: Any = load(str(locale))
    locale._Locale__data = LocaleDataDict(deepcopy(data))  # type: ignore[attr-defined]
    return locale

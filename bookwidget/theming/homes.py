"""Where a business may be: its language, time zone and currency, guessed from what its owner's browser says.

Babel's own tables and nothing else: no address is looked up anywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies

from bookwidget.theming.locales import own_locale

COMMON = {
    "ar": ("AE", "BH", "EG", "IQ", "JO", "KW", "LB", "MA", "OM", "QA", "SA", "TN"),
    "de": ("DE", "AT", "CH", "LI", "LU"),
    "en": ("GB", "US", "AU", "CA", "IE", "IN", "NZ", "SG", "ZA", "AE"),
}
"""Countries that a language is offered for, beside the one that the browser names."""
CAPITALS = {
    "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "CL": "America/Santiago",
    "DE": "Europe/Berlin", "ES": "Europe/Madrid", "MX": "America/Mexico_City", "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York",
}  # fmt: skip
"""Of countries with several time zones, the one that most people there have."""


@dataclass(frozen=True)
class Home:
    locale: str
    timezone: str
    currency: str


FALLBACK = Home("en_GB", "Europe/London", "GBP")


def likely_home(asked: Iterable[str], known: Sequence[str]) -> Home:
    """From the languages that a browser asks for, best first; `known` are those that we have words in."""
    for tag in asked:
        locale = full_locale(tag)
        if locale is not None and locale.language in ("en", *known):
            return home_of(locale)
    return FALLBACK


def full_locale(tag: str) -> Locale | None:
    """The locale of a tag such as `de-CH`, or `de`, which is most likely German of Germany."""
    try:
        locale = Locale.parse(tag.replace("-", "_"))
        if locale.territory:
            return Locale(locale.language, territory=locale.territory)
        likely = get_global("likely_subtags").get(locale.language, "")
        return Locale(locale.language, territory=likely.rpartition("_")[2])
    except (ValueError, TypeError, UnknownLocaleError):
        return None


def home_of(locale: Locale) -> Home:
    country = str(locale.territory)
    zones = [zone for zone in zones_by_country().get(country, ()) if zone in available_timezones()]
    currencies = get_territory_currencies(country)
    return Home(
        str(locale),
        CAPITALS.get(country) or next(iter(zones), FALLBACK.timezone),
        next(iter(currencies), FALLBACK.currency),
    )


@cache
def zones_by_country() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for zone, country in sorted(get_global("zone_territories").items()):
        found.setdefault(country, []).append(zone)
    return found


def locales(known: Sequence[str], now: str) -> list[tuple[str, str]]:
    """What a business can speak, with its name in that very language; `now` is always among them."""
    names = [f"{language}_{country}" for language in ("en", *known) for country in countries_of(language)]
    return sorted({name: own_name(name) for name in (*names, now)}.items(), key=lambda pair: pair[1])


def countries_of(language: str) -> tuple[str, ...]:
    locale = full_locale(language)
    return COMMON.get(language) or ((str(locale.territory),) if locale else ())


@cache
def own_name(name: str) -> str:
    locale = own_locale(name)
    return str(locale.get_display_name(locale) or name)


@cache
def zones() -> list[tuple[str, str]]:
    """All time zones, by the name of their region and city; those that are only old names of another are left out."""
    known = {*get_global("zone_territories"), "UTC"} & available_timezones()
    return [(zone, zone.replace("_", " ").replace("/", " / ")) for zone in sorted(known)]


@cache
def currencies(locale: str) -> list[tuple[str, str]]:
    """Those in use somewhere today, by code, each with its name."""
    names = own_locale(locale).currencies
    used = {code for country in get_global("territory_currencies") for code in get_territory_currencies(country)}
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(used)]

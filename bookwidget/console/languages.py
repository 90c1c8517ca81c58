"""The languages in which a business writes to its customers, as forms name them."""

from bookwidget.kernel.text import Text, _
from bookwidget.web.desk import desk
from bookwidget.web.services import services

NAMES = {"de": _("German"), "ar": _("Arabic"), "en": _("English")}
"""Other languages are called by their code."""


def own_language() -> str:
    """Of the business, such as "de"."""
    return desk().tenant.locale.replace("_", "-").partition("-")[0].lower()


def customers_languages() -> list[tuple[str, Text]]:
    """Tag and name of each that there are words in; the business's own first."""
    own = own_language()
    return named_languages({own, "en", *services().catalogs.languages})


def named_languages(tags: set[str]) -> list[tuple[str, Text]]:
    own = own_language()
    return [(one, NAMES.get(one, Text(one))) for one in sorted(tags, key=lambda one: (one != own, one))]

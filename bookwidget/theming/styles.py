"""The one stylesheet of a page: our tokens, the theme's, the owner's, our classes; small, and kept."""

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from bookwidget.theming.branding import AUTO, Branding
from bookwidget.theming.themes import Themes
from bookwidget.theming.tokens import DEFAULT_ACCENT, DEFAULT_SURFACE, derive
from bookwidget.theming.tokensheet import STATIC

NOTHING_SET = Branding("")
STRING_OR_COMMENT = re.compile(r"""("[^"]*"|'[^']*')|/\*.*?\*/""", re.DOTALL)
STRING_OR_SPACE = re.compile(r"""("[^"]*"|'[^']*')|\s*([{};])\s*|([:,])\s+|\s+""")


class Stylesheet(NamedTuple):
    """`digest` changes with the text: it belongs into the address, so that browsers may keep it for ever."""

    text: str
    digest: str


@lru_cache(maxsize=512)
def stylesheet(themes: Themes, theme_name: str, branding: Branding | None = None, *extra: str) -> Stylesheet:
    """What one page needs in one request. `extra` is further CSS, for example of a widget or of the console.

    An unknown theme gives that of "quiet". Raises nothing: themes and branding were checked when they were
    made.
    """
    look = branding or NOTHING_SET
    parts = [
        static_css("tokens.css"),
        *(theme.faces + theme.css for theme in themes.chain(theme_name)[::-1]),
        look.to_css(*inputs_of(themes, theme_name, look)),
        static_css("base.css"),
        static_css("widget.css"),
        *extra,
    ]
    text = "".join(minified(part) for part in parts)
    return Stylesheet(text, hashlib.sha256(text.encode()).hexdigest()[:16])


def colours(themes: Themes, theme_name: str, branding: Branding | None = None) -> dict[str, str]:
    """The light colours as hex by token name, for what knows no custom properties: mails and PDF."""
    return derive(*inputs_of(themes, theme_name, branding), dark=False)


def inputs_of(themes: Themes, theme_name: str, branding: Branding | None = None) -> tuple[str, str]:
    """The accent and the page colour that win, as hex."""
    tokens: dict[str, str] = {}
    for theme in themes.chain(theme_name)[::-1]:
        tokens.update(theme.tokens)
    look = branding or NOTHING_SET
    return (
        look.accent or tokens.get("--bw-color-accent", DEFAULT_ACCENT),
        look.surface or tokens.get("--bw-color-surface", DEFAULT_SURFACE),
    )


def scheme_of(themes: Themes, theme_name: str, branding: Branding) -> str:
    """ "light" or "dark", or empty where the page follows the visitor's device."""
    wanted = branding.scheme or themes.scheme(theme_name)
    return "" if wanted == AUTO else wanted


@lru_cache
def static_css(name: str) -> str:
    """One of our own files, as written."""
    return (STATIC / name).read_text("utf-8")


def minified(css: str) -> str:
    """Without comments and the white space that means nothing; strings stay as they are."""
    bare = STRING_OR_COMMENT.sub(lambda found: found[1] or "", css)
    return STRING_OR_SPACE.sub(_needed, bare).replace(";}", "}").strip()


def _needed(found: re.Match[str]) -> str:
    string, brace, mark = found.groups()
    return string or brace or mark or " "

"""What is wrong with a length that a theme sets: browsers drop whatever is made of one that is none, and contrast says
nothing of words that are too small to read or buttons too small to press.
"""

import re
from collections.abc import Iterator

import tinycss2

from bookwidget.theming.findings import Finding
from bookwidget.theming.themes import Theme

LENGTHS = re.compile(r"--bw-(?:radius-.+|space-.+|shape-.+(?<!-ground)|font-(?:title-)?(?:xs|sm|md|lg|xl|2xl))")
UNITS = {"rem": 1.0, "em": 1.0, "px": 1 / 16}
"""Of a length, in rem."""
LEAST = {"--bw-font-xs": 0.8125, "--bw-font-sm": 0.8125, "--bw-font-md": 1.0, "--bw-space-target": 2.75}
MOST = {"--bw-radius-base": 1.2}
"""In rem, as docs/themes.md has them."""


def check_values(theme: Theme) -> Iterator[Finding]:
    for name, value in theme.tokens.items():
        if reason := wrong_length(name, value) if LENGTHS.fullmatch(name) else "":
            yield Finding(theme.folder / "tokens.css", line_of_token(theme, name), "token", f"{name}: {reason}")


def wrong_length(name: str, value: str) -> str:
    """Of a sum only the browser knows what it comes to."""
    tokens = [one for one in tinycss2.parse_component_value_list(value, skip_comments=True) if one.type != "whitespace"]
    if any(one.type == "function" for one in tokens):
        return ""
    if len(tokens) != 1 or tokens[0].type != "dimension" or tokens[0].lower_unit not in UNITS:
        return f"{value!r} is no length such as {'0rem' if value == '0' else '.5rem'}"
    size = tokens[0].value * UNITS[tokens[0].lower_unit]
    if size < LEAST.get(name, 0):
        return f"{value} is too small, at least {LEAST[name]:g}rem"
    if size > MOST.get(name, size):
        return f"{value} is too much, at most {MOST[name]:g}rem"
    return ""


def line_of_token(theme: Theme, name: str) -> int:
    """Where the theme sets it; 1 where it does not."""
    place = re.search(rf"{re.escape(name)}\s*:", theme.css)
    return theme.css.count("\n", 0, place.start()) + 1 if place else 1

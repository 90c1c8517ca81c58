"""Reads a theme's tokens.css and refuses whatever is not a plain value of a custom property.

An allow-list: what is not known to be harmless is refused, so that no escape, no new CSS function and no new
at-rule has to be thought of in advance.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tinycss2

from bookwidget.kernel.errors import Refused
from bookwidget.theming.colour import checked_hex

STATIC = Path(__file__).parent / "static"
INPUT_COLOURS = ("--bw-color-accent", "--bw-color-surface")
VALUE_TOKENS = {
    *("whitespace", "comment", "ident", "string", "number", "dimension", "percentage", "hash"),
    *("literal", "function", "() block"),
}
VALUE_FUNCTIONS = {"calc", "min", "max", "clamp", "var", "rgb", "hsl", "oklch", "color-mix", "cubic-bezier"}
VALUE_LITERALS = {",", "/", "+", "-", "*"}
GROUNDS = {"transparent", *(f"var(--bw-color-{name})" for name in ("bg", "sunken", "raised", "tint"))}
"""What words may stand on: for these, and no other, every colour of words is known to be readable."""
MEDIA_FEATURES = {"prefers-color-scheme", "prefers-contrast", "prefers-reduced-motion", "forced-colors"}
END_KEYWORD = "bw-end"
END = f"\n@{END_KEYWORD};"
"""Put behind a sheet: where it is not found as a rule of its own, something is still open and would swallow what
comes after the sheet."""
MEDIA_WORDS = {"dark", "light", "more", "less", "reduce", "no-preference", "active", "none", "and", "not"}


class SheetError(ValueError):
    """What is wrong with a tokens.css, in words for its author, beginning with the line."""


def read_tokens(css: str) -> dict[str, str]:
    """The custom properties that hold everywhere, by full name. `SheetError` on anything not allowed."""
    tokens: dict[str, str] = {}
    rules = tinycss2.parse_stylesheet(css + END, skip_comments=True, skip_whitespace=True)
    last = rules.pop()
    if last.type != "at-rule" or last.lower_at_keyword != END_KEYWORD:
        raise SheetError(f"line {last.source_line}: a brace, bracket or comment that opens here is never closed")
    for rule in rules:
        if rule.type == "at-rule":
            _check_at_rule(rule)
        else:
            tokens.update(_declared(rule, nested=False))
    return tokens


def _check_at_rule(rule: Any) -> None:
    if rule.lower_at_keyword not in ("media", "supports") or rule.content is None:
        raise SheetError(f"line {rule.source_line}: @{rule.at_keyword} is not allowed")
    for token in _flat(rule.prelude):
        if rule.lower_at_keyword == "media" and token.type == "ident":
            if token.lower_value not in MEDIA_FEATURES | MEDIA_WORDS:
                raise SheetError(f"line {token.source_line}: a theme does not know {token.value!r} in @media")
        elif token.type in ("error", "url"):
            raise SheetError(f"line {token.source_line}: this condition is not allowed")
    for inner in tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True):
        if inner.type == "at-rule":
            _check_at_rule(inner)
        else:
            _declared(inner, nested=True)


def _declared(rule: Any, nested: bool) -> dict[str, str]:
    if rule.type == "error":
        raise SheetError(f"line {rule.source_line}: {rule.message}")
    selector = tinycss2.serialize(rule.prelude).strip()
    if selector != ":root":
        raise SheetError(f"line {rule.source_line}: only :root may be styled, not {selector!r}")
    found = {}
    for item in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        if item.type != "declaration":
            raise SheetError(f"line {item.source_line}: this is no custom property")
        found[item.name] = _value(item, nested)
    return found


def _value(declaration: Any, nested: bool) -> str:
    where, name = f"line {declaration.source_line}", declaration.name
    _check_name(where, name)
    if declaration.important:
        raise SheetError(f"{where}: {name} must not be !important")
    for token in _flat(declaration.value):
        _check_token(where, name, token)
    value: str = tinycss2.serialize(declaration.value).strip()
    if name.endswith("-ground") and value not in GROUNDS:
        raise SheetError(f"{where}: {name} is one of {', '.join(sorted(GROUNDS))}, not {value!r}")
    if name not in INPUT_COLOURS:
        return value
    if nested:
        raise SheetError(f"{where}: {name} stands outside of at-rules; light and dark are both derived from it")
    try:
        return checked_hex(value)
    except Refused:
        raise SheetError(f"{where}: {name} is no colour such as #1d5c86: {value!r}") from None


def _check_name(where: str, name: str) -> None:
    if not name.startswith("--bw-"):
        raise SheetError(f"{where}: only custom properties --bw-… are allowed, not {name!r}")
    if name.startswith("--bw-color-") and name not in INPUT_COLOURS:
        raise SheetError(f"{where}: {name} is derived, so that it stays readable; set {' or '.join(INPUT_COLOURS)}")
    if name not in KNOWN:
        near = get_close_matches(name, KNOWN, 1, 0.85)
        raise SheetError(f"{where}: there is no token {name}{f'; is {near[0]} meant?' if near else ''}")


def _check_token(where: str, name: str, token: Any) -> None:
    if (
        token.type not in VALUE_TOKENS
        or (token.type == "function" and token.lower_name not in VALUE_FUNCTIONS)
        or (token.type == "literal" and token.value not in VALUE_LITERALS)
    ):
        raise SheetError(f"{where}: the value of {name} holds what is not allowed")


def _flat(tokens: list[Any]) -> Iterator[Any]:
    for token in tokens:
        yield token
        yield from _flat(getattr(token, "arguments", None) or getattr(token, "content", None) or [])


def _known_tokens() -> Mapping[str, str]:
    """All tokens that our own sheet gives a value outside of at-rules."""
    sheet = tinycss2.parse_stylesheet((STATIC / "tokens.css").read_text("utf-8"))
    root = next(rule for rule in sheet if rule.type == "qualified-rule")
    declared = tinycss2.parse_blocks_contents(root.content)
    return {
        item.name: tinycss2.serialize(item.value).strip()
        for item in declared
        if item.type == "declaration" and item.name.startswith("--bw-")
    }


KNOWN = _known_tokens()

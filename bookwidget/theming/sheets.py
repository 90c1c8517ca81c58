"""What is wrong with a style sheet of a widget or a theme: colours past the tokens, weak contrast, left and right."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import tinycss2
from tinycss2.color3 import parse_color

from bookwidget.theming.colour import contrast
from bookwidget.theming.findings import Finding
from bookwidget.theming.styles import inputs_of
from bookwidget.theming.themes import Themes
from bookwidget.theming.tokens import DEFAULT_ACCENT, DEFAULT_SURFACE, PAIRS, TEXT_RATIO, derive
from bookwidget.theming.tokensheet import KNOWN

COLOUR = "--bw-color-"
DERIVED = {f"{COLOUR}{name}" for name in derive(DEFAULT_ACCENT, DEFAULT_SURFACE, dark=False)}
GROUNDS = ("bg", "raised", "sunken")
WORDS = ("text", "muted")
SIDES = re.compile(r"(?:(?:margin|padding|border|scroll-margin|scroll-padding|inset)-)?(?:left|right)(?:-.+)?")
CORNERS = re.compile(r"border-(?:top|bottom)-(?:left|right)-radius")
TURNING = {"text-align", "float", "clear"}
"""Properties whose value can be `left` or `right`."""
ROUNDING = 0.02
"""What eight bits a channel may take off a ratio."""
PAINTS = {"color", "background", "background-color", "border-color", "outline-color", "fill", "stroke"}


@dataclass(frozen=True)
class Palette:
    """The colours of one theme in one scheme, as hex by token."""

    theme: str
    scheme: str
    colours: Mapping[str, str]


def palettes(themes: Themes, *names: str) -> list[Palette]:
    """Light and dark of these themes, or the one scheme that a theme is made for."""
    made = []
    for name in names:
        only = themes.scheme(name)
        for scheme in (only,) if only else ("light", "dark"):
            colours = {
                COLOUR + token: value
                for token, value in derive(*inputs_of(themes, name), dark=scheme == "dark").items()
            }
            if themes.contrast(name):
                colours |= dict.fromkeys((f"{COLOUR}muted", f"{COLOUR}line", f"{COLOUR}edge"), colours[f"{COLOUR}text"])
            made.append(Palette(name, scheme, {**themes.tokens(name), **colours}))
    return made


def check_pairs(sheet: Path, looks: list[Palette]) -> Iterator[Finding]:
    """Every pair that the shared styles use, in the theme's own colours."""
    for look in looks:
        for words, ground, needed in PAIRS:
            one, other = look.colours[COLOUR + words], look.colours[COLOUR + ground]
            reached = contrast(one, other)
            if reached < needed - ROUNDING:
                pair = f"{words} {one} on {ground} {other} ({look.theme}, {look.scheme})"
                yield Finding(sheet, 0, "contrast", f"{pair} reaches {int(reached * 100) / 100}:1 and needs {needed}:1")


def check_sheet(path: Path, looks: list[Palette], *, tokens_only: bool) -> Iterator[Finding]:
    """`tokens_only`: colours are tokens and nothing else, as in widgets, which every theme has to fit."""
    rules = tinycss2.parse_stylesheet_bytes(path.read_bytes(), skip_comments=True, skip_whitespace=True)[0]
    declared = set(re.findall(r"(--[\w-]+)\s*:", path.read_text("utf-8")))
    known = {*KNOWN, *DERIVED, *declared, *(name for look in looks for name in look.colours)}
    for rule, body in flat_rules(rules):
        if rule.type == "error":
            yield Finding(path, rule.source_line, "token", rule.message)
            continue
        for item in body:
            yield from check_declaration(path, item, known, tokens_only=tokens_only)
        if not is_drawing(body):
            yield from check_contrast(path, rule.source_line, body, looks)


def flat_rules(rules: list[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Each rule with its declarations, those inside of `@media` and the like too."""
    for rule in rules:
        if rule.type == "at-rule" and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from flat_rules([one for one in inner if one.type != "error"])
        elif rule.type == "qualified-rule":
            items = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            yield rule, [one for one in items if one.type == "declaration"]
            yield from flat_rules([one for one in items if one.type in ("qualified-rule", "at-rule")])
        elif rule.type == "error":
            yield rule, []


def is_drawing(body: list[Any]) -> bool:
    """A `::before` or `::after` without words."""
    said = [tinycss2.serialize(item.value).strip() for item in body if item.lower_name == "content"]
    return said[-1:] in (['""'], ["''"])


def check_declaration(path: Path, item: Any, known: set[str], *, tokens_only: bool) -> Iterator[Finding]:
    name, value = item.lower_name, [one for one in item.value if one.type != "whitespace"]
    line = item.source_line
    if SIDES.fullmatch(name) or CORNERS.fullmatch(name):
        yield Finding(path, line, "direction", f"{name} stays where it is when pages run from right to left: {LOGICAL}")
    if name in TURNING and any(one.type == "ident" and one.lower_value in ("left", "right") for one in value):
        yield Finding(path, line, "direction", f"{name}: write start or end instead of left or right")
    for used in re.findall(r"var\(\s*(--bw-[\w-]+)", tinycss2.serialize(item.value)):
        if used not in known:
            yield Finding(path, line, "token", f"there is no token {used}")
    if tokens_only and name in PAINTS and any(is_colour(one) for one in value):
        shown = tinycss2.serialize(item.value).strip()
        yield Finding(path, line, "token", f"{name}: {shown} does not follow the theme; use var({COLOUR}…)")


LOGICAL = "use -inline-start and -inline-end, or -start-start and the like for corners"


def is_colour(token: Any) -> bool:
    """Whether it is a colour of its own, whatever the theme says."""
    found = parse_color(token) if token.type in ("ident", "hash", "function") else None
    return found is not None and found != "currentColor" and found.alpha > 0


def check_contrast(path: Path, line: int, body: list[Any], looks: list[Palette]) -> Iterator[Finding]:
    """The worst pair of a rule: its words on its ground; with one of the two, on or under what pages have."""
    painted = {item.lower_name: item.value for item in body}
    words, ground = painted.get("color"), painted.get("background-color") or painted.get("background")
    worst: tuple[float, str] | None = None
    for look in looks:
        above = [resolved(words, look)] if words else [look.colours[COLOUR + name] for name in WORDS] if ground else []
        below = [resolved(ground, look)] if ground else [look.colours[COLOUR + name] for name in GROUNDS]
        for one, other in product(above, below):
            if (
                one
                and other
                and (reached := contrast(one, other)) < TEXT_RATIO - ROUNDING
                and (worst is None or reached < worst[0])
            ):
                worst = reached, f"{one} on {other} ({look.theme}, {look.scheme})"
    if worst:
        yield Finding(path, line, "contrast", f"{worst[1]} reaches {int(worst[0] * 100) / 100}:1; words need 4.5:1")


def resolved(value: list[Any], look: Palette) -> str:
    """A declaration's colour as hex; empty where it is none that can be known, such as `currentColor` or a mixture."""
    tokens = [one for one in value if one.type not in ("whitespace", "comment")]
    if len(tokens) != 1:
        return ""
    [token] = tokens
    if token.type == "function" and token.lower_name == "var":
        named = next((one.value for one in token.arguments if one.type == "ident"), "")
        found = look.colours.get(named, "")
        if found.startswith("#") or not found:
            return found
        return resolved(tinycss2.parse_component_value_list(found), look)
    colour = parse_color(token)
    if colour is None or colour == "currentColor" or colour.alpha < 1:
        return ""
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour[:3])

"""The sums of group 9 of static/tokens.css: from an accent and a page colour to every colour of a page.

Lightness is ours, hue and chroma are the owner's: that is why no input can make a page unreadable. CSS does
the same sums itself where the browser can; these values are for older browsers, e-mails and PDF.
"""

import math

from bookwidget.theming.colour import Oklch, from_hex, to_hex

DEFAULT_ACCENT = "#1d5c86"
DEFAULT_SURFACE = "#ffffff"

TEXT_RATIO = 4.5
CONTROL_RATIO = 3.0

GROUNDS = ("bg", "sunken", "raised")
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((words, ground, TEXT_RATIO) for words in ("text", "muted", "link") for ground in GROUNDS),
    *((words, "tint", TEXT_RATIO) for words in ("text", "muted", "link")),
    ("on-fill", "fill", TEXT_RATIO),
    ("on-fill", "fill-hover", TEXT_RATIO),
    *((state, f"{state}-tint", TEXT_RATIO) for state in ("good", "wait", "bad")),
    *((state, ground, TEXT_RATIO) for state in ("good", "wait", "bad") for ground in ("bg", "raised")),
    ("bg", "text", TEXT_RATIO),
    *(("edge", ground, CONTROL_RATIO) for ground in GROUNDS),
)
"""(token drawn, token behind it, ratio it must reach) for every pair the shared CSS uses."""

STATES_LIGHT = {
    "good": (0.43, 0.1, 155),
    "good-tint": (0.955, 0.03, 155),
    "wait": (0.44, 0.09, 75),
    "wait-tint": (0.955, 0.035, 85),
    "bad": (0.47, 0.17, 27),
    "bad-tint": (0.955, 0.02, 25),
}
STATES_DARK = {
    "good": (0.82, 0.12, 155),
    "good-tint": (0.28, 0.04, 155),
    "wait": (0.84, 0.11, 80),
    "wait-tint": (0.29, 0.04, 80),
    "bad": (0.82, 0.11, 25),
    "bad-tint": (0.29, 0.055, 25),
}
"""Lightness, chroma, hue in degrees. Not themable: red means the same at every business."""


def derive(accent: str, surface: str, dark: bool) -> dict[str, str]:
    """Token name without `--bw-color-` to hex. `Refused` if an input is no hex colour."""
    colours = derived(from_hex(accent), from_hex(surface), dark)
    return {name: to_hex(colour) for name, colour in colours.items()}


def derived(accent: Oklch, surface: Oklch, dark: bool) -> dict[str, Oklch]:
    """The same before it is fitted into sRGB, which the proof needs for both ways of fitting."""
    grounds = _dark_grounds(surface) if dark else _light_grounds(surface)
    states = STATES_DARK if dark else STATES_LIGHT
    return {
        **grounds,
        **_accents(accent, dark),
        **{name: Oklch(light, chroma, math.radians(hue)) for name, (light, chroma, hue) in states.items()},
    }


def _light_grounds(surface: Oklch) -> dict[str, Oklch]:
    lightness, chroma, hue = surface
    ground = max(lightness, 0.96)
    return {
        "bg": Oklch(ground, min(chroma, 0.02), hue),
        "sunken": Oklch(ground - 0.022, min(chroma + 0.003, 0.022), hue),
        "raised": Oklch(max(lightness, 0.985), min(chroma, 0.012), hue),
        "text": Oklch(0.24, min(chroma, 0.02), hue),
        "muted": Oklch(0.47, min(chroma, 0.025), hue),
        "line": Oklch(0.895, min(chroma + 0.003, 0.025), hue),
        "edge": Oklch(0.6, min(chroma, 0.025), hue),
    }


def _dark_grounds(surface: Oklch) -> dict[str, Oklch]:
    lightness, chroma, hue = surface
    ground = _between(0.15, lightness, 0.24)
    return {
        "bg": Oklch(ground, min(chroma, 0.011), hue),
        "sunken": Oklch(ground - 0.03, min(chroma, 0.011), hue),
        "raised": Oklch(ground + 0.04, min(chroma, 0.011), hue),
        "text": Oklch(0.94, min(chroma, 0.012), hue),
        "muted": Oklch(0.76, min(chroma, 0.02), hue),
        "line": Oklch(0.34, min(chroma, 0.011), hue),
        "edge": Oklch(0.59, min(chroma, 0.02), hue),
    }


def _accents(accent: Oklch, dark: bool) -> dict[str, Oklch]:
    lightness, chroma, hue = accent
    # Between .53 and .66 neither white nor near-black text is readable, so a fill is never there. The step is
    # written as a slope because CSS has no comparison; it is so steep that no 24-bit colour lies on it.
    bright = _between(0, (lightness - 0.62) * 1e9, 1)
    fill = bright * max(lightness, 0.66) + (1 - bright) * _between(0.36, lightness, 0.53)
    dark_words = 1.0 if fill > 0.6 else 0.0
    return {
        "fill": Oklch(fill, chroma, hue),
        "fill-hover": Oklch(fill - 0.045 + dark_words * 0.08, chroma, hue),
        "on-fill": Oklch(1 - dark_words * 0.84, min(chroma * dark_words, 0.03), hue),
        "link": Oklch(max(lightness, 0.78), min(chroma, 0.13), hue)
        if dark
        else Oklch(min(lightness, 0.465), min(chroma, _most_chroma(hue)), hue),
        "tint": Oklch(0.275, min(chroma, 0.024), hue) if dark else Oklch(0.955, min(chroma, 0.019), hue),
    }


def _most_chroma(hue: float) -> float:
    """About as much as sRGB has at the lightness of links: little of orange, yellow and cyan, more of red and green.

    Of more, browsers cut the channels off, and orange turns crimson.
    """
    degrees = math.degrees(hue) % 360
    green = max(0, min(degrees - 120, 165 - degrees))
    return 0.105 + max(0, 55 - degrees) * 0.0035 + green * 0.0022 + max(0, degrees - 235) * 0.004


def _between(least: float, value: float, most: float) -> float:
    return max(least, min(value, most))

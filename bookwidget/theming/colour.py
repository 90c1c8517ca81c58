"""sRGB to OKLCH and back, and the WCAG 2 contrast ratio. Matrices are those of CSS Color 4."""

import math
import re
from typing import NamedTuple

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import _

HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
GAMUT_TOLERANCE = 1e-4
HALVINGS = 24

Linear = tuple[float, float, float]
"""Red, green, blue as amounts of light, 0 to 1 inside the sRGB gamut."""


class Oklch(NamedTuple):
    """Lightness 0 to 1, chroma from 0, hue in radians."""

    lightness: float
    chroma: float
    hue: float


def checked_hex(text: str, field: str = "accent") -> str:
    """`#abc` or `#aabbcc` as lower-case `#aabbcc`; `Refused(field, …)` for all else."""
    found = text.strip().lower()
    if not HEX.fullmatch(found):
        raise Refused(field, _("Write the colour as # and six digits, for example #1d5c86."))
    return found if len(found) == 7 else "#" + "".join(digit * 2 for digit in found[1:])


def linear_from_hex(text: str) -> Linear:
    digits = checked_hex(text)[1:]
    red, green, blue = (_decoded(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return red, green, blue


def from_hex(text: str) -> Oklch:
    red, green, blue = linear_from_hex(text)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.atan2(b, a))


def to_hex(colour: Oklch) -> str:
    """The nearest sRGB colour of the same lightness and hue, as `#aabbcc`."""
    return "#" + "".join(f"{round(encoded(part) * 255):02x}" for part in reduced(colour))


def reduced(colour: Oklch) -> Linear:
    """Into the gamut by giving up chroma only: how our own fallback values are made."""
    exact = _linear(colour)
    if _inside(exact):
        return _clamped(exact)
    inside, outside = 0.0, colour.chroma
    for _step in range(HALVINGS):
        middle = (inside + outside) / 2
        if _inside(_linear(colour._replace(chroma=middle))):
            inside = middle
        else:
            outside = middle
    return _clamped(_linear(colour._replace(chroma=inside)))


def clipped(colour: Oklch) -> Linear:
    """Into the gamut by cutting each channel off: what browsers do with an `oklch()` they cannot show."""
    return _clamped(_linear(colour))


def ratio(one: Linear, other: Linear) -> float:
    """WCAG 2 contrast, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two hex colours, 1 to 21."""
    return ratio(linear_from_hex(one), linear_from_hex(other))


def _luminance(light: Linear) -> float:
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def encoded(part: float) -> float:
    """An amount of light as the number that sRGB stores for it, both 0 to 1."""
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _linear(colour: Oklch) -> Linear:
    lightness = min(max(colour.lightness, 0), 1)
    a, b = colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _inside(light: Linear) -> bool:
    return all(-GAMUT_TOLERANCE <= part <= 1 + GAMUT_TOLERANCE for part in light)


def _clamped(light: Linear) -> Linear:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in light)
    return red, green, blue

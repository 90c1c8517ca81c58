"""What an owner sets of the look: a few checked values on top of a theme, never free CSS."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _
from bookwidget.theming.colour import Oklch, checked_hex, contrast, from_hex, to_hex
from bookwidget.theming.tokens import DEFAULT_ACCENT, DEFAULT_SURFACE, TEXT_RATIO, derive

RADII: Mapping[str, str] = {"square": "0rem", "soft": ".625rem", "round": "1.1rem"}
"""Name to `--bw-radius-base`."""

FONTS: Mapping[str, str] = {
    "system": 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic",sans-serif',
    "humanist": 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans","Noto Sans Arabic",sans-serif',
    "rounded": 'ui-rounded,"Hiragino Maru Gothic ProN",Quicksand,"Arial Rounded MT Bold",sans-serif',
    "serif": '"Iowan Old Style","Palatino Linotype",Palatino,"EB Garamond 12",Georgia,serif',
}
"""Name to a stack of fonts that devices have; nothing is loaded. Each is used for titles and text, but
`serif`, which is for titles only: forms in an old-style serif are hard to read."""

AUTO = "auto"
SCHEMES = (AUTO, "light", "dark")
LINK, BUTTON = "link", "button"
LIGHTNESS_STEPS = 500
NO_DERIVATION = "not (color:light-dark(oklch(from red l c h),red))"


@dataclass(frozen=True)
class Logo:
    """An uploaded picture, re-encoded; `file` is its name under the tenant's media address, sizes in px."""

    file: str
    width: int
    height: int


@dataclass(frozen=True)
class Branding:
    """One tenant's look. `None` leaves a value to the theme. `Refused(field, …)` on a value not allowed.

    `scheme` "light" or "dark" belongs into `data-scheme` on `<html>`; "auto" follows the visitor's device.
    """

    name: str
    accent: str | None = None
    surface: str | None = None
    radius: str | None = None
    font: str | None = None
    logo: Logo | None = None
    scheme: str | None = None

    def __post_init__(self) -> None:
        for field in ("accent", "surface"):
            colour = getattr(self, field)
            if colour is not None:
                object.__setattr__(self, field, checked_hex(colour, field))
        _check_choice("radius", self.radius, RADII)
        _check_choice("font", self.font, FONTS)
        _check_choice("scheme", self.scheme, SCHEMES)

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """What `to_json` gave. Unknown keys are left out, so that an older version can read a newer row."""
        logo = stored.get("logo")
        return cls(
            name=str(stored.get("name") or ""),
            accent=_text_or_none(stored.get("accent")),
            surface=_text_or_none(stored.get("surface")),
            radius=_text_or_none(stored.get("radius")),
            font=_text_or_none(stored.get("font")),
            logo=Logo(logo["file"], logo["width"], logo["height"]) if isinstance(logo, dict) else None,
            scheme=_text_or_none(stored.get("scheme")),
        )

    def to_json(self) -> dict[str, object]:
        return {key: value for key, value in asdict(self).items() if value is not None}

    def to_css(self, accent: str = DEFAULT_ACCENT, surface: str = DEFAULT_SURFACE) -> str:
        """Custom properties only. `accent` and `surface` are the theme's, for what the owner left open.

        The sRGB values for browsers that cannot derive colours are written here and nowhere else, because
        only here is known which inputs won.
        """
        inputs = self._inputs()
        head = f":root{{{_declarations(inputs)}}}" if inputs else ""
        return head + fallback_css(self.accent or accent, self.surface or surface)

    def _inputs(self) -> dict[str, str]:
        inputs: dict[str, str] = {}
        if self.accent:
            inputs["color-accent"] = self.accent
        if self.surface:
            inputs["color-surface"] = self.surface
        if self.radius:
            inputs["radius-base"] = RADII[self.radius]
        if self.font:
            inputs["font-title"] = FONTS[self.font]
            if self.font != "serif":
                inputs["font-text"] = FONTS[self.font]
        return inputs


def fallback_css(accent: str, surface: str) -> str:
    """The derived colours in sRGB, for browsers that cannot derive: light, dark, dark by `data-scheme`."""
    light, dark = (
        {f"color-{name}": value for name, value in derive(accent, surface, scheme).items()} for scheme in (False, True)
    )
    changed = _declarations({name: value for name, value in dark.items() if light[name] != value})
    return (
        f"@supports {NO_DERIVATION}{{:root:root{{{_declarations(light)}}}"
        f"@media (prefers-color-scheme:dark){{:root:root:not([data-scheme=light]){{{changed}}}}}"
        f":root:root[data-scheme=dark]{{{changed}}}}}"
    )


@dataclass(frozen=True)
class AccentVerdict:
    """Whether a colour can be used exactly as the owner chose it, and the nearest one that can.

    `worst_pair` is "link" (words in this colour on the page) or "button" (the better of white and near-black
    words on a button of this colour); `ratio` is what that pair reaches.
    """

    readable: bool
    worst_pair: str
    ratio: float
    nearest: str

    def reason(self) -> Text:
        """The sentence for the form. The ratio is cut, never rounded up to what it does not reach."""
        reached = f"{int(self.ratio * 10) / 10:.1f}"
        if self.worst_pair == LINK:
            return _(
                "As text on your page this colour has a contrast of only %(ratio)s:1; it needs 4.5:1.", ratio=reached
            )
        return _("Text on a button of this colour has a contrast of only %(ratio)s:1; it needs 4.5:1.", ratio=reached)


def check_accent(accent: str, surface: str = DEFAULT_SURFACE) -> AccentVerdict:
    """Judges the colour itself, in the light scheme. Our derived tokens are readable whatever it says."""
    chosen = checked_hex(accent, "accent")
    page = derive(chosen, checked_hex(surface, "surface"), dark=False)["bg"]
    worst_pair, reached = _worst(chosen, page)
    readable = reached >= TEXT_RATIO
    return AccentVerdict(readable, worst_pair, reached, chosen if readable else _nearest(chosen, page))


def _worst(accent: str, page: str) -> tuple[str, float]:
    black = to_hex(Oklch(0.16, *_tinge(accent)))
    pairs = {
        LINK: contrast(accent, page),
        BUTTON: max(contrast(accent, "#ffffff"), contrast(accent, black)),
    }
    return min(pairs.items(), key=lambda pair: pair[1])


def _tinge(accent: str) -> tuple[float, float]:
    """Chroma and hue of the near-black words, as `tokens.derived` gives them to a light button."""
    _lightness, chroma, hue = from_hex(accent)
    return min(chroma, 0.03), hue


def _nearest(accent: str, page: str) -> str:
    """The least change of lightness that passes. Black passes on every page colour, so one is found."""
    original = from_hex(accent)
    for step in range(1, LIGHTNESS_STEPS + 1):
        change = step / LIGHTNESS_STEPS
        for lightness in (original.lightness - change, original.lightness + change):
            if 0 <= lightness <= 1:
                candidate = to_hex(original._replace(lightness=lightness))
                if _worst(candidate, page)[1] >= TEXT_RATIO:
                    return candidate
    return "#000000"


def _declarations(values: Mapping[str, str]) -> str:
    return ";".join(f"--bw-{name}:{value}" for name, value in values.items())


def _check_choice(field: str, value: str | None, allowed: Mapping[str, str] | tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise Refused(field, _("Choose one of: %(choices)s.", choices=tuple(allowed)))


def _text_or_none(value: object) -> str | None:
    return str(value) if value else None

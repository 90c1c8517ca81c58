"""No accent and no page colour, however chosen, makes a page unreadable."""

import itertools
import math
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookwidget.kernel.errors import Refused
from bookwidget.theming.colour import (
    Oklch,
    checked_hex,
    clipped,
    contrast,
    encoded,
    from_hex,
    linear_from_hex,
    ratio,
    reduced,
    to_hex,
)
from bookwidget.theming.tokens import PAIRS, derive, derived

SURFACES = ("#ffffff", "#000000", "#fdf8f2", "#ffe9b8", "#0b1c3a", "#808080", "#e6f7ff", "#00ff66", "#ff0000")
ROUNDING = 0.02
"""What eight bits a channel may take off a ratio that is computed exactly."""


def cube(steps: int) -> list[str]:
    levels = [round(255 * step / (steps - 1)) for step in range(steps)]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in itertools.product(levels, repeat=3)]


def failures(accents: Iterable[str], dark: bool) -> list[str]:
    found, known = [], {}
    for accent, surface in itertools.product(accents, SURFACES):
        colours = derived(from_hex(accent), from_hex(surface), dark)
        for words, ground, needed in PAIRS:
            pair = colours[words], colours[ground]
            if pair not in known:
                known[pair] = worst_ratio(*pair)
            if known[pair] < needed:
                found.append(f"{accent} on {surface}: {words} on {ground} reaches {known[pair]:.2f}")
    return found


def worst_ratio(one: Oklch, other: Oklch) -> float:
    return min(ratio(reduced(one), reduced(other)), ratio(clipped(one), clipped(other)))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_pair_is_readable_on_a_coarse_grid(dark: bool) -> None:
    assert failures(cube(4), dark) == []


def test_the_step_between_white_and_dark_words_leaves_no_colour_in_between() -> None:
    """#409f00 has a lightness of .6201: a gentler step once put its button where no words are readable."""
    near_the_step = [f"#{red:02x}{green:02x}00" for red in range(0x3C, 0x44) for green in range(0x98, 0xA8)]
    assert failures(near_the_step, dark=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_pair_is_readable_on_the_full_grid(dark: bool) -> None:
    assert failures(cube(9), dark) == []


@given(accent=st.integers(0, 0xFFFFFF), surface=st.integers(0, 0xFFFFFF), dark=st.booleans())
def test_the_hex_values_for_mails_and_old_browsers_are_readable(accent: int, surface: int, dark: bool) -> None:
    colours = derive(f"#{accent:06x}", f"#{surface:06x}", dark)
    for words, ground, needed in PAIRS:
        assert contrast(colours[words], colours[ground]) >= needed - ROUNDING, (words, ground)


@given(st.integers(0, 0xFFFFFF))
def test_oklch_and_back_is_the_same_colour(number: int) -> None:
    colour = f"#{number:06x}"
    assert to_hex(from_hex(colour)) == colour


def test_known_values() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    red = from_hex("#f00")
    assert red == pytest.approx((0.628, 0.2577, 0.5102), abs=0.001)
    assert linear_from_hex("#fff") == (1, 1, 1)


@pytest.mark.parametrize(
    "accent", ["#e0431f", "#ff7a00", "#f59e0b", "#ffcc00", "#16a34a", "#0ea5e9", "#3b82f6", "#ff00ff"]
)
def test_links_have_the_hue_of_the_accent_in_browsers_that_cut_off(accent: str) -> None:
    wanted, link = from_hex(accent), derived(from_hex(accent), from_hex("#ffffff"), dark=False)["link"]
    shown = from_hex("#" + "".join(f"{round(encoded(part) * 255):02x}" for part in clipped(link)))
    apart = abs(math.degrees(shown.hue - wanted.hue)) % 360
    assert min(apart, 360 - apart) < 5


def test_what_can_be_shown_is_left_as_it_is() -> None:
    for accent in ("#1d5c86", "#a8492a", "#cfa968", "#006400", "#7c2d92"):
        colour = from_hex(accent)
        assert derived(colour, from_hex("#ffffff"), dark=False)["link"].chroma == colour.chroma


def test_a_light_accent_gets_dark_words_and_a_dark_one_white() -> None:
    assert derive("#14c6a0", "#ffffff", dark=False)["on-fill"] == "#00110c"
    assert derive("#a8492a", "#fdf8f2", dark=False)["on-fill"] == "#ffffff"


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345", "#gggggg", "1d5c86", "#1d5c86;}", "#1d5c8６"])
def test_what_is_no_hex_colour_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_hex(text, "surface")
    assert refused.value.field == "surface"


def test_a_short_or_capital_colour_is_spelled_out() -> None:
    assert checked_hex(" #FA3 ") == "#ffaa33"

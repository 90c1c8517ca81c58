import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from bookwidget.kernel.errors import Refused
from bookwidget.theming.branding import FONTS, RADII, Branding, Logo, check_accent
from bookwidget.theming.colour import contrast, from_hex
from bookwidget.theming.tokens import TEXT_RATIO, derive

HOSTILE = [
    "#fff;}body{display:none",
    "url(https://example.com/x)",
    "red",
    "expression(1)",
    "</style>",
    "\\75rl(x)",
]
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_branding_survives_being_stored() -> None:
    logo = Logo("l.png", 512, 256)
    branding = Branding("Harbour Yoga", "#a8492a", "#fdf8f2", "soft", "serif", logo, "light")
    assert Branding.from_json(branding.to_json()) == branding
    assert Branding.from_json({"name": "Plain", "of a later version": 1}) == Branding("Plain")


@pytest.mark.parametrize("field", ["accent", "surface", "radius", "font", "scheme"])
@pytest.mark.parametrize("value", HOSTILE)
def test_css_cannot_be_smuggled_in(field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        Branding.from_json({"name": "x", field: value})
    assert refused.value.field == field


@given(
    accent=st.none() | COLOURS,
    surface=st.none() | COLOURS,
    radius=st.none() | st.sampled_from(sorted(RADII)),
    font=st.none() | st.sampled_from(sorted(FONTS)),
    name=st.text(),
)
def test_the_css_holds_custom_properties_of_root_and_nothing_else(
    accent: str | None, surface: str | None, radius: str | None, font: str | None, name: str
) -> None:
    css = Branding(name, accent, surface, radius, font).to_css()
    rules = tinycss2.parse_stylesheet(css)
    assert {rule.type for rule in rules} <= {"qualified-rule", "at-rule"}
    assert {rule.lower_at_keyword for rule in rules if rule.type == "at-rule"} == {"supports"}
    for rule in rules:
        if rule.type == "qualified-rule":
            declared = tinycss2.parse_blocks_contents(rule.content)
            assert all(one.type == "declaration" and one.name.startswith("--bw-") for one in declared)
    assert "url" not in css
    assert "</" not in css


def test_the_fallback_is_made_of_the_inputs_that_won() -> None:
    css = Branding("x", accent="#14c6a0").to_css(accent="#a8492a", surface="#fdf8f2")
    light, dark = derive("#14c6a0", "#fdf8f2", dark=False), derive("#14c6a0", "#fdf8f2", dark=True)
    assert f"--bw-color-bg:{light['bg']}" in css
    assert css.count(f"--bw-color-bg:{dark['bg']}") == 2, "for the device's scheme and for the host page's"
    assert "[data-scheme=dark]" in css


@pytest.mark.parametrize(
    ("accent", "readable", "worst"),
    [
        ("#1d5c86", True, "link"),
        ("#a8492a", True, "link"),
        ("#14c6a0", False, "link"),
        ("#ffd400", False, "link"),
        ("#fff", False, "link"),
    ],
)
def test_an_accent_is_judged_as_it_stands(accent: str, readable: bool, worst: str) -> None:
    verdict = check_accent(accent, "#ffffff")
    assert (verdict.readable, verdict.worst_pair) == (readable, worst)


def test_the_reason_names_the_ratio_and_never_rounds_it_up() -> None:
    verdict = check_accent("#777777", "#ffffff")
    assert verdict.ratio == pytest.approx(4.478, abs=0.001)
    assert "4.4:1" in str(verdict.reason())


@given(COLOURS, COLOURS)
def test_the_nearest_colour_passes_and_a_readable_one_is_kept(accent: str, surface: str) -> None:
    verdict = check_accent(accent, surface)
    again = check_accent(verdict.nearest, surface)
    assert again.readable
    assert again.ratio >= TEXT_RATIO
    if verdict.readable:
        assert verdict.nearest == accent


def test_the_nearest_colour_keeps_the_hue_and_changes_little() -> None:
    nearest = check_accent("#14c6a0", "#ffffff").nearest
    assert from_hex(nearest).hue == pytest.approx(from_hex("#14c6a0").hue, abs=0.05)
    assert contrast(nearest, "#ffffff") < 4.7, "it goes no further than it must"


@pytest.mark.parametrize("value", ["", "blue", "#12345"])
def test_an_invalid_accent_is_refused(value: str) -> None:
    with pytest.raises(Refused) as refused:
        check_accent(value, "#ffffff")
    assert refused.value.field == "accent"

import gzip
import re
from pathlib import Path

import pytest
import tinycss2

from bookwidget.theming.branding import Branding
from bookwidget.theming.styles import colours, inputs_of, minified, static_css, stylesheet
from bookwidget.theming.themes import find_themes, shipped_folder
from bookwidget.theming.tokensheet import STATIC

THEMES = find_themes([shipped_folder()])
BRANDED = Branding("Bright Home", accent="#14c6a0", surface="#fdf8f2", radius="round", font="rounded")
OURS = ["tokens.css", "base.css", "widget.css", "console.css"]
MOST_BYTES = 7_500


@pytest.mark.parametrize("theme", sorted(THEMES.found))
@pytest.mark.parametrize("branding", [None, BRANDED], ids=["plain", "branded"])
def test_customers_load_one_small_file(theme: str, branding: Branding | None) -> None:
    sheet = stylesheet(THEMES, theme, branding)
    assert len(gzip.compress(sheet.text.encode(), 9)) < MOST_BYTES


def test_the_order_lets_the_owner_win_over_the_theme_and_the_theme_over_the_house() -> None:
    text = stylesheet(THEMES, "warm", BRANDED).text
    accents = re.findall(r"--bw-color-accent:(#\w+)", text)
    assert accents == ["#1d5c86", "#1d5c86", "#a8492a", "#14c6a0"], "house, quiet, warm, owner"
    assert inputs_of(THEMES, "warm", BRANDED) == ("#14c6a0", "#fdf8f2")
    assert inputs_of(THEMES, "warm") == ("#a8492a", "#fdf8f2")


def test_mails_get_the_same_colours() -> None:
    sheet = stylesheet(THEMES, "warm", None).text
    for name, value in colours(THEMES, "warm").items():
        assert f"--bw-color-{name}:{value}" in sheet


def test_the_digest_follows_the_text() -> None:
    plain, again = stylesheet(THEMES, "quiet"), stylesheet(THEMES, "quiet", Branding("Any name"))
    assert plain == again, "a name is no style"
    assert stylesheet(THEMES, "warm").digest != plain.digest
    assert stylesheet(THEMES, "quiet", None, ".bw-x{color:red}").text.endswith(".bw-x{color:red}")


@pytest.mark.parametrize("name", OURS)
def test_minifying_changes_no_token(name: str) -> None:
    css = static_css(name)
    assert meaning(minified(css)) == meaning(css)
    assert "/*" not in minified(css)


def meaning(css: str) -> list[str]:
    """Every token but comments, white space and the semicolon before a closing brace."""
    tokens = tinycss2.parse_component_value_list(css, skip_comments=True)
    return re.findall(r"\S+", re.sub(r"([{};:,()])", r" \1 ", re.sub(r";\s*}", "}", tinycss2.serialize(tokens))))


@pytest.mark.parametrize("name", OURS)
def test_our_css_keeps_the_house_rules(name: str) -> None:
    css = minified(static_css(name))
    errors = [node for node in tinycss2.parse_stylesheet(css) if node.type == "error"]
    assert errors == []
    assert not re.search(r"(?<![-\w])(left|right|margin-left|padding-left|width|height|top|bottom):", css)
    assert "vh" not in re.sub(r"bw-vh", "", css)
    assert "url(" not in css
    if name != "tokens.css":
        assert not re.search(r"#[0-9a-f]{3,8}\b", css), "colours are tokens"


def test_every_token_used_is_a_token_that_exists() -> None:
    together = "".join(static_css(name) for name in OURS)
    used, set_by_script = set(re.findall(r"var\((--bw-[\w-]+)", together)), {"--bw-dialog-top"}
    declared = set(re.findall(r"(--bw-[\w-]+):", together))
    assert used - declared == set_by_script


def test_icons_have_one_grid_and_take_the_colour_of_the_words() -> None:
    sprite = (STATIC / "icons.svg").read_text("utf-8")
    names = re.findall(r'<symbol id="([a-z]+)" viewBox="0 0 24 24">', sprite)
    assert len(names) == len(set(names)) == sprite.count("<symbol")
    assert not re.search(r"#[0-9a-f]{3}|<script|style=", sprite)


def test_shipped_folders_exist() -> None:
    assert isinstance(STATIC, Path)
    assert (STATIC / "bookwidget.svg").is_file()

from pathlib import Path

import pytest

from bookwidget.theming.styles import stylesheet
from bookwidget.theming.themes import FALLBACK, find_themes, shipped_folder
from bookwidget.theming.tokensheet import SheetError, read_tokens


def put_theme(folder: Path, name: str, manifest: str = 'title = "T"', tokens: str | None = "") -> None:
    theme = folder / name
    theme.mkdir(parents=True)
    (theme / "theme.toml").write_text(manifest, "utf-8")
    if tokens is not None:
        (theme / "tokens.css").write_text(tokens, "utf-8")


def problems_of(folder: Path) -> list[str]:
    return [str(problem) for problem in find_themes([folder]).problems]


def test_the_shipped_themes_have_no_problem() -> None:
    themes = find_themes([shipped_folder()])
    assert themes.problems == ()
    assert {"quiet", "warm", "night", "clear"} <= set(themes.found)
    assert [theme.name for theme in themes.chain("warm")] == ["warm", "quiet"]


def test_the_smallest_theme_is_two_files_and_three_lines(tmp_path: Path) -> None:
    put_theme(tmp_path, "brand", 'title = "Brand"\nparent = "quiet"', ":root{--bw-color-accent:#7a1f5c}")
    themes = find_themes([shipped_folder(), tmp_path])
    assert themes.problems == ()
    assert [theme.name for theme in themes.chain("brand")] == ["brand", "quiet"]


def test_scheme_and_contrast_come_from_the_nearest_theme_that_names_them(tmp_path: Path) -> None:
    put_theme(tmp_path, "dusk", 'title = "Dusk"\nparent = "night"')
    put_theme(tmp_path, "dawn", 'title = "Dawn"\nparent = "dusk"\nscheme = "light"\ncontrast = "more"')
    themes = find_themes([shipped_folder(), tmp_path])
    assert [themes.scheme(name) for name in ("quiet", "dusk", "dawn", "gone")] == ["", "dark", "light", ""]
    assert [themes.contrast(name) for name in ("quiet", "clear", "dusk", "dawn")] == ["", "more", "", "more"]


def test_an_unknown_theme_falls_back() -> None:
    themes = find_themes([shipped_folder()])
    assert themes.usable("gone") == FALLBACK
    assert themes.chain("gone") == themes.chain(FALLBACK)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ('title = "T"\nparnt = "quiet"', "x/theme.toml: line 2: unknown key 'parnt'"),
        ('parent = "quiet"', "x/theme.toml: missing key 'title'"),
        ("title = 3", "x/theme.toml: line 1: 'title' must be a text"),
        ('title = "T"\nparent = "nowhere"', "x/theme.toml: line 2: 'parent': there is no usable theme 'nowhere'"),
        ('title = "T"\nparent = "x"', "x/theme.toml: line 2: 'parent': circle x > x"),
        ("title =", "x/theme.toml: Invalid value"),
        ('title = "T"\nscheme = "dusk"', "x/theme.toml: line 2: 'scheme' is one of light, dark, not 'dusk'"),
        ('title = "T"\n[fonts]\nLora = "lora.woff2"', "x/theme.toml: line 3: the font 'Lora': there is no "),
        ('title = "T"\n[fonts]\nLora = "../x.woff2"', "x/theme.toml: line 3: the font 'Lora' is a file of static"),
        ('title = "T"\nfonts = "Lora"', "x/theme.toml: line 2: 'fonts' must be a table of fonts"),
        ('title = "T"\ncontrast = "less"', "x/theme.toml: line 2: 'contrast' is one of more, not 'less'"),
    ],
)
def test_a_broken_manifest_names_file_and_key(tmp_path: Path, manifest: str, words: str) -> None:
    put_theme(tmp_path, "x", manifest)
    assert [words in problem for problem in problems_of(tmp_path)] == [True]


def test_a_theme_brings_its_own_font(tmp_path: Path) -> None:
    tokens = ':root{--bw-font-title:"Lora",serif}'
    put_theme(tmp_path, "x", 'title = "T"\n[fonts]\nLora = "lora.woff2"', tokens)
    (tmp_path / "x/static").mkdir()
    (tmp_path / "x/static/lora.woff2").write_bytes(b"wOF2")
    put_theme(tmp_path, "child", 'title = "C"\nparent = "x"')
    themes = find_themes([shipped_folder(), tmp_path])
    assert themes.problems == ()
    css = stylesheet(themes, "child").text
    assert '@font-face{font-family:"Lora";src:url("/static/t/x/lora.woff2?v=' in css
    assert "@font-face" not in stylesheet(themes, "quiet").text


def test_a_missing_token_file_is_a_problem(tmp_path: Path) -> None:
    put_theme(tmp_path, "x", tokens=None)
    assert problems_of(tmp_path) == [f"{tmp_path.name}/x/tokens.css: is missing"]


def test_a_broken_theme_takes_its_children_with_it_and_leaves_the_others(tmp_path: Path) -> None:
    put_theme(tmp_path, "a", 'title = "A"\nparent = "b"')
    put_theme(tmp_path, "b", 'title = "B"\nparent = "a"')
    put_theme(tmp_path, "child", 'title = "C"\nparent = "a"')
    put_theme(tmp_path, "bad", tokens="body{color:red}")
    put_theme(tmp_path, "good")
    themes = find_themes([tmp_path])
    assert set(themes.found) == {"good"}
    assert len(themes.problems) == 4


@pytest.mark.parametrize("name", ["base", "Big", "under_score", "with space"])
def test_a_name_that_cannot_stand_in_a_template_name_is_refused(tmp_path: Path, name: str) -> None:
    put_theme(tmp_path, name)
    assert find_themes([tmp_path]).found == {}


def test_the_first_theme_of_a_name_stays(tmp_path: Path) -> None:
    put_theme(tmp_path, "quiet", 'title = "Not the real one"')
    themes = find_themes([shipped_folder(), tmp_path])
    assert themes.found["quiet"].folder.parent == shipped_folder()
    assert len(themes.problems) == 1


@pytest.mark.parametrize(
    "css",
    [
        "body{color:red}",
        ":root{color:red}",
        ":root{--bw-color-accent:url(https://example.com/x)}",
        ':root{--bw-font-text:url("x")}',
        ":root{--bw-font-text:u\\72l(x)}",
        ":root{--bw-font-text:src(x)}",
        ":root{--bw-font-text:image-set('x' 1x)}",
        ":root{--bw-font-text:env(x)}",
        "@import 'x.css';",
        "@font-face{font-family:x}",
        "@media (width>1px){:root{--bw-radius-base:0}}",
        "@media (prefers-color-scheme:dark){body{--bw-radius-base:0}}",
        "@media (prefers-color-scheme:dark){:root{--bw-color-accent:#ffffff}}",
        "@supports (color:url(x)){:root{--bw-radius-base:0}}",
        ":root{--bw-color-accent:blue}",
        ":root{--bw-color-text:#777777}",
        ":root{--bw-color-acent:#777777}",
        ":root{--bw-shape-card-ground:#777777}",
        ":root{--bw-shape-tab-ground:var(--bw-color-text)}",
        ":root{--bw-radius-bse:0}",
        ":root{--bw-colour-accent:#777777}",
        ":root{--bw-ours-own:3px}",
        ":root{--bw-radius-base:0!important}",
        ":root{--bw-radius-base:{a:b}}",
        ":root{--bw-x:[a]}",
        ":root{--bw-radius-base:0",
        ":root{--bw-radius-base:0}/* never closed",
        ":root{--bw-radius-base:calc(1px",
        "@media (prefers-contrast:more){:root{--bw-radius-base:0}",
        ":root .x{--bw-radius-base:0}",
        ":root{&:hover{--bw-radius-base:0}}",
        "</style><script>",
    ],
)
def test_what_is_no_plain_token_is_refused(css: str) -> None:
    with pytest.raises(SheetError, match=r"line [12]:"):
        read_tokens(css)


def test_what_a_theme_may_say() -> None:
    assert read_tokens(
        """:root{--bw-color-accent:#A8492A;--bw-font-title:"Iowan Old Style",Georgia,serif;
        --bw-space-unit:calc(.25rem*1.1);--bw-radius-chip:var(--bw-radius-base)}
        @media (prefers-contrast:more){:root{--bw-radius-base:0}}"""
    ) == {
        "--bw-color-accent": "#a8492a",
        "--bw-font-title": '"Iowan Old Style",Georgia,serif',
        "--bw-space-unit": "calc(.25rem*1.1)",
        "--bw-radius-chip": "var(--bw-radius-base)",
    }

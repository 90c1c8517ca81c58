"""`theme check` and `widget check`: nothing in what is shipped, and each kind of mistake where it was made."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bookwidget import Parts, find_parts
from bookwidget.config import Config, ConfigError
from bookwidget.ops.checking import check_theme, check_widget
from bookwidget.ops.cli import cli
from bookwidget.ops.cli_looks import line_for
from bookwidget.theming.themes import shipped_folder as shipped_themes
from bookwidget.web.discovery import shipped_folder as shipped_widgets

SOUND = {"theme.toml": 'title = "Warm"', "tokens.css": ""}
LOGIN = "templates/login/login.html"
PAGE = '{% extends "base:login/login.html" %}{% block title %}'
THEMES = {
    "a token that is none": ({"tokens.css": ":root{\n--bw-radius-bse:0}"}, "tokens.css:2: manifest: there is no token"),
    "a colour that is none": ({"tokens.css": ":root{--bw-color-accent:blue}"}, "tokens.css:1: manifest: --bw-color-ac"),
    "no parent": ({"theme.toml": 'title = "T"\nparent = "x"'}, "theme.toml:2: manifest: 'parent': there is no usable"),
    "a font without a way out": ({"tokens.css": ':root{\n--bw-font-text:"Lora"}'}, "tokens.css:2: token: --bw-font-te"),
    "grey on grey": (
        {"static/x.css": ".a{color:#777}\n.b{color:#aaa;background:#999}"},
        "x.css:2: contrast: #aaaaaa on #999999 (mine4, light) reaches 1.22:1",
    ),
    "words that only the dark ground bears": (
        {"static/x.css": "@media (width>1px){\n.a{color:var(--bw-color-line)}}"},
        "x.css:2: contrast: #",
    ),
    "an unknown token in a sheet": ({"static/x.css": ".a{gap:var(--bw-space-9)}"}, "x.css:1: token: there is no token"),
    "left": ({"static/x.css": ".a{\nmargin-left:1px}"}, "x.css:2: direction: margin-left stays where it is"),
    "to the right": ({"static/x.css": ".a{text-align:right}"}, "x.css:1: direction: text-align: write start or end"),
    "a corner": ({"static/x.css": ".a{border-top-left-radius:0}"}, "x.css:1: direction: border-top-left-radius"),
    "a name nobody gives": ({LOGIN: PAGE + "\n{{ custmer }}{% endblock %}"}, f"{LOGIN}:2: context: no page gives 'cus"),
    "no such part of the frame": ({LOGIN: PAGE + "{{ frame.logo }}{% endblock %}"}, f"{LOGIN}:1: context: there is no"),
    "what Jinja cannot read": ({LOGIN: "{% if %}"}, f"{LOGIN}:1: manifest: Expected an expression"),
    "a block that is none": (
        {LOGIN: PAGE + "x{% endblock %}\n{% block intro %}{% endblock %}"},
        f"{LOGIN}:2: template: there is no block 'intro', only header, main, page, script, title, width",
    ),
    "what is shown nowhere": (
        {LOGIN: PAGE + "x{% endblock %}\n\n<p>"},
        f"{LOGIN}:3: template: what stands outside of the blocks is not shown",
    ),
    "an element in the browser's tab": (
        {LOGIN: PAGE + "<p>{% endblock %}"}, f"{LOGIN}:1: template: the block title is words for the browser's tab"
    ),
    "an inline style": ({LOGIN: PAGE + '{% endblock %}\n<p style="color:red">'}, f"{LOGIN}:2: inline: pages refuse th"),
    "a style element": ({LOGIN: "<style>p{}</style>"}, f"{LOGIN}:1: inline: pages refuse <style>"),
    "an inline script": ({LOGIN: "\n\n<script>go()</script>"}, f"{LOGIN}:3: inline: pages refuse a script without src"),
    "a handler": ({LOGIN: '<p onclick="go()">'}, f"{LOGIN}:1: inline: pages refuse the attribute onclick"),
    "a style through a macro": ({LOGIN: '{{ now(style="x") }}'}, f"{LOGIN}:1: inline: style= becomes an attribute"),
    "words that nobody can translate": ({LOGIN: "<p>Come in</p>"}, f'{LOGIN}:1: translation: write {{{{ _("Come i'),
    "a name for screen readers": ({LOGIN: '<p title="Door">'}, f"{LOGIN}:1: translation: write title="),
    "words without German": ({LOGIN: '{{ _("Come inn") }}'}, f"{LOGIN}:1: translation: no words in de for 'Come inn'"),
    "a token spelt otherwise": (
        {"tokens.css": ":root{\n--bw-colour-accent:#a00}"},
        "tokens.css:2: manifest: there is no token --bw-colour-accent; is --bw-color-accent meant?",
    ),
    "a length that is none": (
        {"tokens.css": ":root{--bw-space-1:1px;\n--bw-space-unit:.25}"},
        "tokens.css:2: token: --bw-space-unit: '.25' is no length such as .5rem",
    ),
    "a button too small to press": (
        {"tokens.css": ":root{--bw-space-target:20px}"},
        "tokens.css:1: token: --bw-space-target: 20px is too small, at least 2.75rem",
    ),
    "too round corners": ({"tokens.css": ":root{--bw-radius-base:4rem}"}, "1: token: --bw-radius-base: 4rem is"),
    "a manifest that cannot be read": ({"theme.toml": '\ntitle =\n'}, "theme.toml:2: manifest: Invalid value"),
}  # fmt: skip
"""Files beside a sound theme, and what is said of them."""

VIEW = '''"""Says hello."""

from bookwidget.web import Widget, render


def register(widget: Widget) -> None:
    widget.page("/", ping)


def ping():
    return render("ping.html", visits=3)
'''
PING = {"widget.toml": 'title = "Profile"', "view.py": VIEW, "templates/ping.html": "{{ visits }}"}
HTML = "templates/ping.html"
WIDGETS = {
    "a name nobody gives": ({HTML: "{{ visits }}\n{{ vists }}"}, f"{HTML}:2: context: no page gives 'vists'"),
    "in what a page includes": (
        {HTML: '{% include "part.html" %}', "templates/part.html": "{{ visits }}{{ who }}"},
        "templates/part.html:1: context: no page gives 'who'",
    ),
    "a template that is not there": ({HTML: '\n{% include "gone.html" %}'}, f"{HTML}:2: template: there is no templat"),
    "no such filter": ({HTML: "{{ visits | sparkle }}"}, f"{HTML}:1: template: No filter named 'sparkle'"),
    "a colour of its own": ({"static/x.css": ".a{border-color:#777}"}, "x.css:1: token: border-color: #777 does not f"),
    "weak in one of the themes": ({"static/x.css": ".a{color:var(--bw-color-fill)}"}, "x.css:1: contrast: #"),
    "left": ({"static/x.css": ".a{padding-left:1px}"}, "x.css:1: direction: padding-left"),
    "an inline style": ({HTML: "<p style=x>"}, f"{HTML}:1: inline: pages refuse the attribute style"),
    "words without German": ({HTML: '{{ _("Pinged") }}'}, f"{HTML}:1: translation: no words in de for 'Pinged'"),
    "words of the code": (
        {"view.py": VIEW + '\n\nfrom bookwidget.kernel.text import _\nSAID = _("Ponged")\n'},
        "view.py:15: translation: no words in ar for 'Ponged'",
    ),
}  # fmt: skip


def put(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    return tmp_path


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """A theme and a widget for each mistake, all found at once."""
    folder = tmp_path_factory.mktemp("mistaken")
    for names, sound, kind in ((THEMES, SOUND, "themes"), (WIDGETS, PING, "widgets")):
        for number, (files, _said) in enumerate(names.values()):
            put(folder / kind / f"mine{number}", {**sound, **files})
    return find_parts(Config(theme_folders=(folder / "themes",), widget_folders=(folder / "widgets",)))


def bookwidget(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def test_what_is_shipped_has_no_finding(here: Path) -> None:
    parts = find_parts(Config())
    assert [one for name in parts.themes.found for one in check_theme(name, parts)] == []
    assert [one for name in parts.widgets for one in check_widget(name, parts)] == []


@pytest.mark.parametrize("mistake", THEMES)
def test_each_mistake_of_a_theme_is_found(mistaken: Parts, mistake: str) -> None:
    lines = [line_for(one) for one in check_theme(f"mine{[*THEMES].index(mistake)}", mistaken)]
    assert any(THEMES[mistake][1] in line for line in lines), lines


@pytest.mark.parametrize("mistake", WIDGETS)
def test_each_mistake_of_a_widget_is_found(mistaken: Parts, mistake: str) -> None:
    lines = [line_for(one) for one in check_widget(f"mine{[*WIDGETS].index(mistake)}", mistaken)]
    assert any(WIDGETS[mistake][1] in line for line in lines), lines


@pytest.mark.parametrize(("kind", "mistake"), [("theme", THEMES["left"]), ("widget", WIDGETS["left"])])
def test_a_finding_is_a_line_that_editors_follow_and_the_status_is_1(
    here: Path, kind: str, mistake: tuple[dict[str, str], str]
) -> None:
    put(here / f"{kind}s/mine", {**(SOUND if kind == "theme" else PING), **mistake[0]})
    answer = bookwidget(kind, "check", f"{kind}s/mine")
    assert answer.exit_code == 1
    assert answer.output.startswith(f"{kind}s/mine/static/{mistake[1]}")
    assert answer.output.endswith("mine: 1 finding\n")


def test_what_is_sound_passes(here: Path) -> None:
    put(here / "themes/mine", {**SOUND, "static/x.css": ".a{color:var(--bw-color-bad);margin-inline:1px}"})
    put(here / "themes/mine", {"static/y.css": '.a::before{content:"";background:var(--bw-color-fill)}'})
    put(
        here / "widgets/ping",
        {**PING, "static/x.css": ".a{background:var(--bw-color-tint);color:var(--bw-color-link)}"},
    )
    for kind, name in (("theme", "themes/mine"), ("widget", "widgets/ping")):
        answer = bookwidget(kind, "check", name)
        assert answer.exit_code == 0, answer.output


def test_what_is_shipped_can_be_named_by_its_folder(here: Path) -> None:
    """As in a working copy, where one's own stands beside it."""
    for kind, folder in (("widget", shipped_widgets() / "login"), ("theme", shipped_themes() / "warm")):
        answer = bookwidget(kind, "check", str(folder))
        assert (answer.exit_code, answer.output) == (0, f"{folder.name}: nothing wrong\n")


def test_in_words_of_its_own(here: Path) -> None:
    put(here / "widgets/ping", {**PING, "templates/ping.html": '{{ _("Pinged") }}'})
    for language in ("ar", "de"):
        words = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Pinged"\nmsgstr "x"\n'
        put(here / f"widgets/ping/translations/{language}/LC_MESSAGES", {"ping.po": words})
    assert bookwidget("widget", "check", "widgets/ping").output == "ping: nothing wrong\n"


def test_what_has_no_words_is_written_down_for_them(here: Path) -> None:
    page = '{{ _("Pinged") }} {{ _("Log in") }} {{ ngettext("%(n)s ping", "%(n)s pings", visits) }}'
    put(here / "widgets/ping", {**PING, "templates/ping.html": page})
    told = [f"widgets/ping/translations/{language}/LC_MESSAGES/ping.po" for language in ("ar", "de")]
    assert bookwidget("widget", "words", "widgets/ping").output == "".join(f"{one}: 2 without words\n" for one in told)
    german = here / told[1]
    left = german.read_text("utf-8")
    assert "Log in" not in left, "the product says it already"
    german.write_text(left.replace('msgid "Pinged"\nmsgstr ""', 'msgid "Pinged"\nmsgstr "Angepingt"'), "utf-8")
    put(here / "widgets/ping", {"templates/ping.html": '{{ visits }}{{ _("Pinged") }}{{ _("Ponged") }}'})
    assert bookwidget("widget", "words", "widgets/ping").output.endswith(f"{told[1]}: 1 without words\n")
    assert 'msgstr "Angepingt"' in german.read_text("utf-8")
    assert "%(n)s pings" not in german.read_text("utf-8"), "what is not said any more is gone"
    put(here / "themes/mine", {**SOUND, LOGIN: PAGE + '{{ _("Come inn") }}{% endblock %}'})
    assert bookwidget("theme", "words", "themes/mine").output.count("mine.po: 1 without words") == 2
    german.write_text('msgid "Pinged', "utf-8")
    with pytest.raises(ConfigError, match=r"ping\.po: "):
        bookwidget("widget", "words", "widgets/ping")


def test_who_only_looks_leaves_nothing_behind(here: Path) -> None:
    """No instance, and no secret that would be given away with the theme."""
    for kind in ("theme", "widget"):
        made = bookwidget(kind, "new", "mine")
        command = "theme workbench" if kind == "theme" else "widget dev"
        assert made.output.endswith(f"\nLook at it: bookwidget {command} {kind}s/mine\n")
        assert bookwidget(kind, "check", f"{kind}s/mine").exit_code == 0
    assert sorted(path.name for path in here.iterdir()) == ["themes", "widgets"]


@pytest.mark.parametrize("kind", ["theme", "widget"])
def test_an_unknown_name_is_one_line(here: Path, kind: str) -> None:
    with pytest.raises(Exception, match=f"there is no {kind} 'nobody'"):
        bookwidget(kind, "check", "nobody")

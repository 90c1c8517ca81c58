import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from babel.support import NullTranslations
from jinja2 import Environment, TemplateNotFound, UndefinedError

from bookwidget.kernel.text import Text, _, n_
from bookwidget.theming.i18n import speaking
from bookwidget.theming.lookup import make_environment
from bookwidget.theming.themes import find_themes

FILES = {
    "themes/quiet/theme.toml": 'title = "Quiet"',
    "themes/quiet/tokens.css": "",
    "themes/warm/theme.toml": 'title = "Warm"\nparent = "quiet"',
    "themes/warm/tokens.css": "",
    "themes/warm/templates/bookings/list.html": (
        '{% extends "base:bookings/list.html" %}{% block head %}warm {{ super() }}{% endblock %}'
    ),
    "themes/warm/templates/layout.html": "<warm>{% block page %}{% endblock %}</warm>",
    "themes/quiet/templates/bookings/card.html": "quiet card",
    "core/layout.html": "<core>{% block page %}{% endblock %}</core>",
    "core/macros.html": '{% macro hello(name) %}{{ _("Hello %(name)s", name=name) }}{% endmacro %}',
    "core/mail/part.html": "part",
    "core/mail/reset.html": '{% include "mail/part.html" %}',
    "widgets/bookings/templates/list.html": (
        '{% extends "layout.html" %}{% block page %}{% block head %}list{% endblock %} '
        '{% include "card.html" %} {% include "bookings/card.html" %}{% endblock %}'
    ),
    "widgets/bookings/templates/card.html": "shipped card",
    "widgets/bookings/templates/hello.html": '{% from "macros.html" import hello %}{{ hello(name) }}',
    "widgets/profile/templates/layout.html": (
        '{% extends "layout.html" %}{% block page %}[{% block own %}{% endblock %}]{% endblock %}'
    ),
    "widgets/profile/templates/form.html": '{% extends "layout.html" %}{% block own %}form{% endblock %}',
    "outside.html": "outside",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def environment(folder: Path) -> Environment:
    return environment_of(folder)


def environment_of(folder: Path, *, auto_reload: bool = False) -> Environment:
    widgets = {path.name: path for path in (folder / "widgets").iterdir()}
    themes = find_themes([folder / "themes"])
    return make_environment(themes, widgets, folder / "core", auto_reload=auto_reload)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("quiet:bookings/list.html", "<core>list quiet card quiet card</core>"),
        ("warm:bookings/list.html", "<warm>warm list quiet card quiet card</warm>"),
        ("base:bookings/list.html", "<core>list shipped card shipped card</core>"),
        ("gone:bookings/list.html", "<core>list quiet card quiet card</core>"),
        ("warm:bookings/card.html", "quiet card"),
        ("quiet:layout.html", "<core></core>"),
        ("warm:mail/reset.html", "part"),
        ("quiet:profile/form.html", "<core>[form]</core>"),
        ("warm:profile/form.html", "<warm>[form]</warm>"),
    ],
)
def test_theme_then_parents_then_shipped(environment: Environment, name: str, page: str) -> None:
    assert environment.get_template(name).render() == page


def test_themes_never_share_a_cached_template(environment: Environment) -> None:
    for _round in range(2):
        assert environment.get_template("warm:bookings/list.html").render().startswith("<warm>")
        assert environment.get_template("quiet:bookings/list.html").render().startswith("<core>")


@pytest.mark.parametrize(
    "name",
    [
        "quiet:../outside.html",
        "quiet:bookings/../../../outside.html",
        "quiet:/etc/hostname",
        "quiet:bookings//list.html",
        "quiet:.hidden",
        "quiet:bookings\\list.html",
        "quiet:",
        "quiet",
        "../themes:theme.toml",
        "quiet:base:../outside.html",
        "quiet:bookings/list.html\0",
    ],
)
def test_no_name_leads_out_of_its_folder(environment: Environment, name: str) -> None:
    with pytest.raises(TemplateNotFound):
        environment.get_template(name)


def test_autoescape_undefined_and_words(environment: Environment) -> None:
    template = environment.get_template("quiet:bookings/hello.html")
    assert template.render(name="<b>") == "Hello &lt;b&gt;"
    with pytest.raises(UndefinedError):
        template.render()


class German(NullTranslations):
    def gettext(self, message: str) -> str:
        return {"Hello %(name)s": "Hallo %(name)s", "Booked by %(name)s": "Von %(name)s"}.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, num: int) -> str:
        return "%(n)s Platz" if num == 1 else "%(n)s Plätze"


def test_the_language_reaches_macros_of_other_files_and_the_filter(environment: Environment) -> None:
    template = environment.get_template("quiet:bookings/hello.html")
    filtered = environment.from_string("{{ text | t }}")
    with speaking(German()):
        assert template.render(name="<i>") == "Hallo &lt;i&gt;"
        assert filtered.render(text=_("Booked by %(name)s", name="<i>")) == "Von &lt;i&gt;"
        assert filtered.render(text=n_("%(n)s place", "%(n)s places", 2)) == "2 Plätze"
    assert filtered.render(text=Text("Plain")) == "Plain"
    assert template.render(name="x") == "Hello x"


def test_first_pages_that_come_at_once_compile_a_template_once(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_it = environment.compile
    compiled: list[str] = []

    def slowly(*source: Any, **options: Any) -> Any:
        compiled.append(source[1])
        time.sleep(0.05)
        return compile_it(*source, **options)

    monkeypatch.setattr(environment, "compile", slowly)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(environment.get_template, ["warm:bookings/list.html"] * 4))
    assert compiled == ["warm:bookings/list.html"]


def test_an_override_appears_without_a_restart_where_reloading_is_on(folder: Path) -> None:
    environment = environment_of(folder, auto_reload=True)
    assert environment.get_template("quiet:bookings/card.html").render() == "quiet card"
    assert "shipped" not in environment.get_template("warm:bookings/list.html").render()
    (folder / "themes/warm/templates/bookings/card.html").write_text("warm card", "utf-8")
    assert environment.get_template("warm:bookings/card.html").render() == "warm card"
    assert environment.get_template("warm:bookings/list.html").render() == "<warm>warm list warm card warm card</warm>"

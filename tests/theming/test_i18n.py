import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.support import NullTranslations, Translations

from bookwidget.kernel.text import _, n_
from bookwidget.theming.i18n import SOURCE, Catalogs, direction, speaking, spoken, translate

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
CORE_DE = r"""
msgid "Log in"
msgstr "Anmelden"

msgid "%(n)s place"
msgid_plural "%(n)s places"
msgstr[0] "%(n)s Platz"
msgstr[1] "%(n)s Plätze"

msgid "Booked by %(name)s"
msgstr "Gebucht von %(nmae)s"

msgid "100%% sure"
msgstr "100 % sicher"

#, fuzzy
msgid "Password"
msgstr "Losung"
"""
WIDGET_DE = r"""
msgid "Reschedule"
msgstr "Verschieben"

msgid "Log in"
msgstr "Einloggen"
"""
CORE_DE_AT = r"""
msgid "Log in"
msgstr "Einsteigen"
"""


@pytest.fixture
def catalogs(tmp_path: Path) -> Catalogs:
    put(tmp_path / "core/de/LC_MESSAGES/messages.po", CORE_DE)
    put(tmp_path / "core/de_AT/LC_MESSAGES/messages.po", CORE_DE_AT)
    put(tmp_path / "widget/de/LC_MESSAGES/bookings.po", WIDGET_DE)
    return Catalogs([tmp_path / "core", tmp_path / "widget", tmp_path / "not there"])


def put(path: Path, messages: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + messages, "utf-8")


def test_core_and_widgets_make_one_catalogue(catalogs: Catalogs) -> None:
    german = catalogs.translations("de")
    assert translate(_("Log in"), german) == "Anmelden", "the first folder wins"
    assert translate(_("Reschedule"), german) == "Verschieben"
    assert catalogs.languages == ("de", "de-AT")
    assert catalogs.translations("de") is german


@pytest.mark.parametrize("name", ["de-AT", "de_AT", "DE-at"])
def test_a_region_falls_back_to_its_language_and_then_to_the_source(catalogs: Catalogs, name: str) -> None:
    austrian = catalogs.translations(name)
    assert translate(_("Log in"), austrian) == "Einsteigen"
    assert translate(_("Reschedule"), austrian) == "Verschieben"
    assert translate(_("Email"), austrian) == "Email"


def test_first_pages_that_come_at_once_read_a_language_once(
    catalogs: Catalogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = catalogs._read
    asked: list[str] = []

    def slowly(language: str) -> Translations:
        asked.append(language)
        time.sleep(0.05)
        return read(language)

    monkeypatch.setattr(catalogs, "_read", slowly)
    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(catalogs.translations, ["de"] * 4))
    assert asked == ["de"]
    assert all(one is got[0] for one in got)


@pytest.mark.parametrize("name", ["fr", "fr-CA", "", "../../etc", "xx-YY-zz"])
def test_an_unknown_language_is_the_source(catalogs: Catalogs, name: str) -> None:
    assert catalogs.translations(name) is SOURCE


def test_a_region_without_a_file_takes_the_language(catalogs: Catalogs) -> None:
    assert catalogs.translations("de-CH") is catalogs.translations("de")


@pytest.mark.parametrize(("count", "words"), [(1, "1 Platz"), (2, "2 Plätze"), (0, "0 Plätze")])
def test_plurals(catalogs: Catalogs, count: int, words: str) -> None:
    assert translate(n_("%(n)s place", "%(n)s places", count), catalogs.translations("de")) == words


def test_a_translation_that_would_break_a_page_is_left_out_and_named(catalogs: Catalogs) -> None:
    german = catalogs.translations("de")
    assert translate(_("Booked by %(name)s", name="Nina"), german) == "Booked by Nina"
    assert german.gettext("100%% sure") == "100%% sure"
    assert translate(_("Password"), german) == "Password", "fuzzy ones are not yet right"
    assert len(catalogs.problems) == 2
    assert "nmae" in catalogs.problems[0]
    assert catalogs.problems[0].startswith("core/de/LC_MESSAGES/messages.po:"), "nothing about the machine"


def test_a_broken_file_is_named_and_the_others_are_used(tmp_path: Path) -> None:
    put(tmp_path / "core/de/LC_MESSAGES/a.po", "words that are no catalogue\n")
    put(tmp_path / "widget/de/LC_MESSAGES/b.po", WIDGET_DE)
    catalogs = Catalogs([tmp_path / "core", tmp_path / "widget"])
    assert translate(_("Log in"), catalogs.translations("de")) == "Einloggen"
    assert len(catalogs.problems) == 1


def test_a_message_inside_a_message_is_translated_and_typed_words_are_not(catalogs: Catalogs) -> None:
    german = catalogs.translations("de")
    assert translate(_("Press %(button)s", button=_("Log in")), german) == "Press Anmelden"
    assert translate("Log in", german) == "Log in"


def test_the_language_of_the_page_ends_with_the_page(catalogs: Catalogs) -> None:
    with speaking(catalogs.translations("de")):
        assert translate(_("Log in")) == "Anmelden"
        with speaking(NullTranslations()):
            assert translate(_("Log in")) == "Log in"
        assert translate(_("Log in")) == "Anmelden"
    assert spoken() is SOURCE


@pytest.mark.parametrize(
    ("locale", "way"),
    [("en", "ltr"), ("ar", "rtl"), ("ar-AE", "rtl"), ("he_IL", "rtl"), ("fa", "rtl"), ("nonsense!", "ltr")],
)
def test_direction(locale: str, way: str) -> None:
    assert direction(locale) == way


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "square, soft, or round"), ("de", "square, soft oder round"), ("ar", "square أو soft أو round")],
)
def test_choices_stand_in_a_list_of_the_language(language: str, words: str, tmp_path: Path) -> None:
    for name in ("de", "ar"):
        put(tmp_path / name / "LC_MESSAGES/core.po", HEADER)
    spoken_here = Catalogs([tmp_path]).translations(language)
    choices = _("Choose one of: %(choices)s.", choices=("square", "soft", "round"))
    assert translate(choices, spoken_here) == f"Choose one of: {words}."
    assert str(choices) == "Choose one of: square, soft, round."

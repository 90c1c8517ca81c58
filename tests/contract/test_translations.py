"""The catalogues against the source: what people see is said in every language that ships, and says the same.

Messages are extracted in memory; nothing here writes into the repository.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.checkers import checkers

from bookwidget.kernel.text import _, n_
from bookwidget.ops.catalogues import LANGUAGES, ROOT, Domain, forms, is_complete, updated, written
from bookwidget.theming.i18n import Catalogs, translate
from tests.contract.messages import FOLDERS, domains, translations

TAG = re.compile(r"<[a-z/][^>]*>")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ISOLATES = "\u2068", "\u2069"
"""First strong isolate and its end: around names in a sentence that runs the other way."""

OURS = pytest.mark.parametrize(
    ("name", "language"),
    [pytest.param(name, language, id=f"{name}-{language}") for name in FOLDERS for language in LANGUAGES],
)


@pytest.fixture
def domain(name: str) -> Domain:
    return domains()[name]


def messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def source(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def test_there_are_messages_of_every_kind() -> None:
    core, *widgets = domains().values()
    assert core.name == "bookwidget"
    assert {domain.name for domain in widgets} == {path.parent.name for path in ROOT.glob("widgets/*/widget.toml")}
    for said in (
        "Log in",
        "Hello %(name)s,",
        "This booking has already begun.",
        "Too many attempts. Try again in %(n)s minute.",
    ):
        assert core.messages.get(said), said


def test_titles_of_widgets_are_messages() -> None:
    said = {source(message)[0] for domain in domains().values() for message in messages(domain.messages)}
    for manifest in ROOT.glob("widgets/*/widget.toml"):
        title = re.search(r'^title = "(.+)"', manifest.read_text("utf-8"), re.MULTILINE)
        assert title is not None, manifest
        assert title[1] in said


def test_a_message_stands_once() -> None:
    said = [source(message)[0] for domain in domains().values() for message in messages(domain.messages)]
    assert sorted(set(said)) == sorted(said)


@OURS
def test_every_message_has_words(domain: Domain, language: str) -> None:
    catalog = domain.file(language)
    unsaid = [
        source(message)[0]
        for message in messages(domain.messages)
        if not (said := catalog.get(message.id)) or not is_complete(said)
    ]
    assert not unsaid, f"{language}: `make translations` writes {domain.path(language).name} anew; then say these"


@OURS
def test_the_files_are_as_make_translations_writes_them(domain: Domain, language: str) -> None:
    """But for the comments that name source files: those are brought up to date along with the words."""
    fresh = written(updated(domain, language, [domain.file(language)]))
    assert without_places(domain.path(language).read_bytes()) == without_places(fresh), "run `make translations`"


def without_places(file: bytes) -> list[bytes]:
    return [line for line in file.splitlines() if not line.startswith(b"#: ")]


@OURS
def test_values_and_forms_are_those_of_the_source(domain: Domain, language: str) -> None:
    catalog = domain.file(language)
    for message in filter(is_complete, messages(catalog)):
        for check in checkers:
            check(catalog, message)
        *_one, widest = source(message)
        wanted = placeholders(widest)
        if not message.pluralizable:
            assert placeholders(forms(message)[0]) == wanted, message.id
            continue
        assert len(forms(message)) == catalog.num_plurals, message.id
        # "one", "two" and "none" may be words; the forms that stand for many numbers have to say which
        assert placeholders(forms(message)[-1]) == wanted, message.id
        for form in forms(message):
            assert set(placeholders(form)) <= set(wanted), message.id


@OURS
def test_words_keep_the_shape_of_the_source(domain: Domain, language: str) -> None:
    for message in filter(is_complete, messages(domain.file(language))):
        for text in forms(message):
            assert text == text.strip(), message.id
            assert "  " not in text, message.id
            assert text.count(ISOLATES[0]) == text.count(ISOLATES[1]), message.id
            assert ("\n" in text) == ("\n" in source(message)[0]), message.id
            assert TAG.findall(text) == TAG.findall(source(message)[0]), message.id
            for mark in "?:":
                assert source(message)[0].endswith(mark) == text.replace("؟", "?").endswith(mark), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_application_can_read_all_of_it(language: str) -> None:
    catalogs = Catalogs(translations())
    words = catalogs.translations(language)
    assert not catalogs.problems
    assert set(catalogs.languages) == set(LANGUAGES)
    assert translate(_("Log in"), words) not in ("", "Log in")


def test_arabic_counts_in_six_ways() -> None:
    words = Catalogs(translations()).translations("ar_AE")
    said = [translate(n_("%(count)s place", "%(count)s places", n, count=n), words) for n in (0, 1, 2, 3, 11, 100)]
    assert said == ["لا أماكن", "مكان واحد", "مكانان", "3 أماكن", "11 مكانًا", "100 مكان"]


def marked_calls(path: Path) -> Iterator[tuple[ast.Call, int]]:
    """Calls that mark messages, with the number of their arguments that have to be plain text."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "n_"):
            yield node, 1 if node.func.id == "_" else 2


@pytest.mark.parametrize("folder", ["bookwidget", "widgets"])
def test_python_marks_plain_text_only(folder: str) -> None:
    """Extraction reads the source: it would not see a message that is put together or comes out of a name."""
    for path in (ROOT / folder).rglob("*.py"):
        for call, count in marked_calls(path):
            given = call.args[:count]
            plain = [node for node in given if isinstance(node, ast.Constant) and isinstance(node.value, str)]
            assert len(plain) == count, f"{path.relative_to(ROOT)}:{call.lineno}"


def test_words_move_with_their_message(tmp_path: Path) -> None:
    old, new = Catalog(locale="de"), Catalog()
    old.add("Log in", "Anmelden")
    old.add("Gone", "Weg")
    new.add("Log in")
    new.add("New")
    fresh = updated(Domain("made", tmp_path, new), "de", [Catalog(locale="de"), old])
    assert {message.id: message.string for message in messages(fresh)} == {"Log in": "Anmelden", "New": ""}


def test_what_is_written_names_no_time_and_no_place(tmp_path: Path) -> None:
    messages_now = Catalog()
    messages_now.add("Zebra", locations=[("b.py", 7), ("b.py", 9)])
    messages_now.add(("%(n)s ape", "%(n)s apes"), locations=[("a.py", 3)])
    text = written(updated(Domain("made", tmp_path, messages_now), "ar", [])).decode()
    assert "Date" not in text
    assert "Babel" not in text
    assert "#: b.py\n" in text
    assert text.index("ape") < text.index("Zebra")
    assert text.count("msgstr[") == 6

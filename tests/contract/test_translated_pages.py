"""Every page and mail in every language: all words are that language's, and the page says which it is.

Two nets. Words that stand on a page as the source has them slipped past the catalogue; on a page in Arabic whatever
is written in Latin letters and is not somebody's name or address was never marked for translation at all.
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from bookwidget.ops.catalogues import ROOT, forms
from bookwidget.theming.lookup import ThemeLoader
from bookwidget.web import rendering
from tests.contract.contexts import EVERY_PAGE, KEPT, Contexts, told
from tests.contract.messages import domains
from tests.contract.tour import ARABIC, GERMAN, Language, every_page
from tests.notices.mailing import writer
from tests.web_fixtures import Web, shipped

BOTH = pytest.mark.parametrize("language", [GERMAN, ARABIC], ids=lambda language: language.code)

SAID_ALOUD = ("alt", "aria-label", "placeholder", "title")
NOT_WORDS = ("code", "pre", "script", "style", "textarea")
VALUE = re.compile(r"%\(\w+\)s")
NAMES = re.compile(
    # what the test data is called, what is the same in every language, what others call their buttons, and addresses
    r"\b(?:Ada|Byron|Ben|Okri|Olga|Owner|Harbour|Yoga|Other|Slow|Flow|Massage|Mara|Oduya|Tomas|Reyl|Studio|Row|Sam|AB|BO|OO"
    r"|bookwidget|CSV|UTF|Windows|HTML|Notion|Wix|Squarespace|Webflow|Shopify|Joomla|Drupal|Google|Sites|WordPress|CNAME|localhost|data-float|PDF|PNG|JPEG|WebP|MB|SVG|Ctrl|C|UTC|mail_url)\b"
    r"|«[^»]*»|/[a-z]+\b|\S+@\S*|\.com\b|https?://\S*|\b[\w-]+(?:\.[\w-]+)+\S*|#[0-9a-f]{6}\b"
)
LATIN = re.compile(r"[A-Za-z]{2,}")


class Page(HTMLParser):
    """What a page says: to eyes, and to those who listen to it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.lang = self.dir = ""
        self._silent: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang, self.dir = given["lang"], given["dir"]
        if tag in NOT_WORDS or "bw-code" in given.get("class", "") or given.get("translate") == "no":
            self._silent.append(tag)
        self.said += [value for name, value in given.items() if name in SAID_ALOUD or name.startswith("data-words")]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and (words := " ".join(data.split())):
            self.said.append(words)


def english(language: Language) -> re.Pattern[str]:
    """Whatever the source says that this language says otherwise, with anything in place of its values."""
    sayings = []
    for domain in domains().values():
        for message in domain.file(language.code):
            source = (message.id,) if isinstance(message.id, str) else message.id
            # without its values a saying has to be words: else it would fit every page
            sayings += [one for one in source if one not in forms(message) and LATIN.search(VALUE.sub("", one))]
    patterns = (".+".join(re.escape(part) for part in VALUE.split(saying)) for saying in sayings)
    return re.compile("|".join(patterns))


def check(html: str, language: Language, where: str, pattern: re.Pattern[str]) -> None:
    page = Page(html)
    assert (page.lang, page.dir) in {
        (language.locale.replace("_", "-"), language.direction),
        (language.code, language.direction),
    }, where
    assert page.said, where
    slipped = [words for words in page.said if pattern.fullmatch(words)]
    assert not slipped, where
    if language is ARABIC:
        foreign = [words for words in page.said if LATIN.search(NAMES.sub("", words))]
        assert not foreign, where


@pytest.fixture(scope="module")
def rendered() -> Iterator[set[str]]:
    """The template files that are loaded from now on, by an application that has loaded none. Compiling them all takes
    seconds, so the second language goes on with what the first one has loaded.
    """
    shipped.cache_clear()
    writer.cache_clear()
    found: set[str] = set()
    load = ThemeLoader.get_source

    def get_source(self: ThemeLoader, environment: Environment, name: str) -> tuple[str, str, Callable[[], bool]]:
        source = load(self, environment, name)
        found.add(str(Path(source[1]).relative_to(ROOT)))
        return source

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ThemeLoader, "get_source", get_source)
        yield found


DEVELOPERS = "bookwidget/web/templates/development/"
"""Their mailbox is nobody's business elsewhere."""


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Contexts:
    """What each page of a widget gives its template, by template."""
    found: Contexts = {}
    write = rendering.written

    def written(name: str, page: dict[str, Any]) -> bytes:
        found.setdefault(name.partition(":")[2], set()).update(set(page) - EVERY_PAGE)
        return write(name, page)

    monkeypatch.setattr(rendering, "written", written)
    return found


@BOTH
def test_every_page_speaks_the_language(rendered: set[str], given: Contexts, web: Web, language: Language) -> None:
    """On the way it sees what every template is given: docs/templates.md says so."""
    pattern = english(language)
    for where, html in every_page(web, language):
        check(html, language, where, pattern)
    assert given == told(given), f"docs/templates.md has to say otherwise what pages give: {KEPT} does"
    missed = [name for name in templates() if name not in rendered and not name.startswith(DEVELOPERS)]
    assert not missed, "put a page that shows these into the tour"


def templates() -> Iterator[str]:
    for folder in (*ROOT.glob("bookwidget/*/templates"), *ROOT.glob("widgets/*/templates")):
        yield from (str(path.relative_to(ROOT)) for path in folder.rglob("*.*") if path.suffix in (".html", ".txt"))


def test_the_nets_hold() -> None:
    """Both find what they are there for."""
    pattern = english(ARABIC)
    head = '<html lang="ar-AE" dir="rtl">'
    for words in ("Log in", "You can cancel for free until الاثنين.", "Unmarked words", '<i title="Log in">.</i>'):
        with pytest.raises(AssertionError):
            check(f"{head}<p>{words}</p></html>", ARABIC, "made up", pattern)
    with pytest.raises(AssertionError):
        check('<html lang="ar-AE" dir="ltr"><p>1</p></html>', ARABIC, "made up", pattern)
    check(f"{head}<p>Ada Byron</p><code>Log in</code></html>", ARABIC, "made up", pattern)

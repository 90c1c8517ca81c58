"""axe over every page and mail of the tour, in every theme, both directions, light and dark, from 320 to 1280 px.

The pages are made over HTTP first and then shown to the browser as they were: so states that only a POST reaches,
an error beside its field among them, are looked at like all others. In `make test` pages made of the same kinds of
elements are shown once in each direction, where four themes, three widths and two schemes take turns;
`make test-all` shows every page in every theme and both directions, at all widths, light and dark in turns.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import cycle, product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from bookwidget.web import rendering
from tests.browser.chromium import Chromium
from tests.browser.servers import Server, Wsgi
from tests.browser.table import AXE as COLUMNS
from tests.browser.table import THEMES, cell, shown_in
from tests.contract.tour import ARABIC, GERMAN, PLAIN, Language, every_page
from tests.web_fixtures import Web

PACKAGE = find_spec("axe_playwright_python")  # of which only the script is wanted
AXE = Path(str(PACKAGE and PACKAGE.origin)).with_name("axe.min.js")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RUN = """
const why = node => (node.any[0] || node.all[0] || node.none[0]).message;
return axe.run(document, {runOnly: arguments[0], resultTypes: ["violations"]}).then(result => result.violations.flatMap(
    rule => rule.nodes.map(node => [rule.id, node.target.join(" "), why(node)])));
"""
STATES = "current|invalid|expanded|selected|pressed|checked|disabled|live|hidden|haspopup|sort"
KIND = re.compile(rf"<(?:h\d|[a-z]+)\b|\b(?:class|type|role|aria-(?:{STATES}))=\"[^\"]*\"|\baria-\w+=")
"""Elements, what they are and their states; of other attributes, such as names, only that they are there."""
SIDEWAYS = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDTHS, SCHEMES = (320, 768, 1280), ("light", "dark")
LOOKS = tuple(product(WIDTHS, SCHEMES))


class Page(NamedTuple):
    name: str
    html: str
    theme: str
    part: str = ""
    """Of the product: a widget, or what is no widget's."""


PARTS = {"one_booking": "one booking", "mail": "mails", "console": "console", "frame": "other pages", "": "other pages"}
"""What the table calls what is no widget's."""
SENDS_ON = {"portal"}
"""Widgets that have no page of their own."""
WIDGETS = {path.parent.name for path in (Path(__file__).parents[2] / "widgets").glob("*/widget.toml")} - SENDS_ON

pytestmark = pytest.mark.browser


def dressed(web: Web, theme: str) -> None:
    for world in (web.yoga, web.other):
        with world.database.session(world.tenant_id) as session, writing(session):
            session.get_one(Tenant, world.tenant_id).theme = theme


def showing(web: Web, pages: list[str]) -> Wsgi:
    """The application, with the pages at `/-seen/<number>` as they were when they were made."""

    script = AXE.read_bytes()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        folder, _, name = environ["PATH_INFO"].rpartition("/")
        if folder != "/-seen":
            return web.app(environ, start_response)
        if name == "axe.js":
            start_response("200 OK", [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=3600")])
            return [script]
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [pages[int(name)].replace("</head>", '<script src="/-seen/axe.js"></script></head>', 1).encode()]

    return app


def different(pages: Iterator[Page]) -> Iterator[Page]:
    """Those that have a kind of element, or a state of one, that none before had; and each widget in each theme."""
    seen: set[str] = set()
    parts: set[tuple[str, str]] = set()
    for page in pages:
        kinds = set(KIND.findall(page.html))
        here = page.part, page.theme
        if kinds - seen or (page.part in WIDGETS and here not in parts):
            seen |= kinds
            parts.add(here)
            yield page


def pages_of(web: Web, language: Language, *themes: str) -> Iterator[Page]:
    """The tour; themes take turns."""
    tour, write, templates = every_page(web, language), rendering.written, [""]

    def written(name: str, page: dict[str, Any]) -> bytes:
        templates[0] = name.partition(":")[2]
        return write(name, page)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "written", written)
        for theme in cycle(themes):
            dressed(web, theme)
            templates[0] = ""
            named = next(tour, None)
            if named is None:
                return
            if not named[0].endswith(PLAIN):
                yield Page(*named, theme, part_of(named[1], templates[0]))


def part_of(html: str, template: str) -> str:
    """`template` is that of a page in a theme, if it is one."""
    if 'class="bw-mail-' in html:
        return PARTS["mail"]
    if not template and 'href="/brand/-/console.css' in html:
        return PARTS["console"]
    folder = template.rpartition("/")[0]
    return PARTS.get(folder, folder)


def cells(pages: list[Page], faults: dict[str, list[str]], looks: int, direction: str) -> Iterator[tuple[str, str]]:
    """For the table: how often each part was looked at in each theme, and how much was found."""
    for (part, theme), count in sorted(Counter((page.part, page.theme) for page in pages).items()):
        found = sum(len(faults.get(named(page), ())) for page in pages if (page.part, page.theme) == (part, theme))
        yield cell(f"{theme}, {direction}", part, f"{found} in {count * looks}")


def named(page: Page) -> str:
    return f"{page.name} in {page.theme}"


def summed(faults: dict[str, list[str]]) -> str:
    rules = Counter(line.split(": ")[1].split(",")[0] for lines in faults.values() for line in lines)
    return "\n".join([str(dict(rules)), *(f"{name}: {line}" for name, lines in faults.items() for line in lines)])


def found(browser: Chromium, url: str, looks: tuple[tuple[int, str], ...]) -> list[str]:
    """What is wrong with the page, a line each. Mails are in no frame: landmarks and the like are asked of pages."""
    faults = []
    browser.open(url)
    rules = WCAG if browser.js("return !!document.querySelector('[class^=bw-mail-]')") else (*WCAG, "best-practice")
    for width, scheme in looks:
        browser.viewport(width, 900)
        browser.scheme(scheme)
        here = f"{width} px {scheme}"
        faults += [f"{here}: {': '.join(fault)}" for fault in browser.js(RUN, rules)]
        if sideways := browser.js(SIDEWAYS):
            faults.append(f"{here}: reflow: scrolls sideways by {sideways} px")
    return faults


def at_all_widths(number: int) -> tuple[tuple[int, str], ...]:
    """Light and dark in turns, and the other way round for the next page."""
    return tuple((width, SCHEMES[(number + at) % 2]) for at, width in enumerate(WIDTHS))


Look = Callable[[list[Page], bool], dict[str, list[str]]]


@pytest.fixture
def look(web: Web, fresh_chromium: Callable[..., Chromium], serve: Callable[[Wsgi], Server]) -> Look:
    """Shows pages, each in one look or in all, and tells what is wrong, by the page's name."""

    def shown(pages: list[Page], whole: bool) -> dict[str, list[str]]:
        origin = serve(showing(web, [page.html for page in pages])).origin("widgets")
        browser, faults = fresh_chromium(), {}
        for number, page in enumerate(pages):
            dressed(web, page.theme)
            looks = at_all_widths(number) if whole else (LOOKS[number % len(LOOKS)],)
            if wrong := found(browser, f"{origin}/-seen/{number}", looks):
                faults[named(page)] = wrong
        return faults

    return shown


@pytest.mark.parametrize("language", [GERMAN, ARABIC], ids=["ltr", "rtl"])
def test_axe_finds_nothing(web: Web, language: Language, look: Look, request: pytest.FixtureRequest) -> None:
    turn = THEMES if language is GERMAN else THEMES[::-1]
    pages = list(different(pages_of(web, language, *turn)))
    faults = look(pages, False)
    request.node.user_properties += cells(pages, faults, 1, language.direction)
    assert not faults, summed(faults)


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", [GERMAN, ARABIC], ids=["ltr", "rtl"])
def test_axe_finds_nothing_anywhere(
    web: Web, language: Language, theme: str, look: Look, request: pytest.FixtureRequest
) -> None:
    pages = list(pages_of(web, language, theme))
    if theme != THEMES[0]:  # the console looks the same whatever its business's theme is
        pages = [page for page in pages if page.part != PARTS["console"]]
    faults = look(pages, True)
    request.node.user_properties += cells(pages, faults, len(WIDTHS), language.direction)
    assert not faults, summed(faults)


def test_the_document_shows_the_table_of_a_run() -> None:
    """Every part in every theme and direction, and nothing found. After a change: copy what a run has kept."""
    document = (Path(__file__).parents[2] / "docs/accessibility.md").read_text("utf-8")
    heading, *rows = shown_in(document, "axe findings")
    assert heading[1:] == COLUMNS
    assert {row[0] for row in rows} == WIDGETS | set(PARTS.values())
    assert [row for row in rows if any(not re.fullmatch(r"0 in \d+|–", one) for one in row[1:])] == []
    assert [row for row in rows if row[0] in WIDGETS and "–" in row] == [], "each widget in each theme and direction"


def test_planted_faults_are_found(web: Web, look: Look) -> None:
    """The net holds: each of these is reported."""
    good = web.visitor().get("login/").text
    planted = {
        "color-contrast": good.replace("<form", '<p style="color: #999; background: #aaa">Pale</p><form', 1),
        "label": good.replace("<form", '<form><input name="unnamed"></form><form', 1),
        "target-size": good.replace(
            "<form",
            '<div><a href="#1" style="font-size: 3px">1</a><a href="#2" style="font-size: 3px">2</a></div><form',
            1,
        ),
        "heading-order": good.replace("<form", "<h5>Deep</h5><form", 1),
        "reflow": good.replace("<form", '<div style="width: 2000px">Wide</div><form', 1),
    }
    pages = [Page("as it is", good, "quiet"), *(Page(rule, html, "quiet") for rule, html in planted.items())]
    faults = look(pages, False)
    assert set(faults) == {f"{rule} in quiet" for rule in planted}, faults
    for name, lines in faults.items():
        rule = name.removesuffix(" in quiet")
        assert any(f": {rule}" in line for line in lines), (rule, lines)

"""What comes again on pages is written once for each kind and language, filled, always escaped, and nobody's."""

from pathlib import Path
from typing import NamedTuple

import pytest
from jinja2 import Environment
from markupsafe import Markup

from bookwidget.theming.lookup import make_environment
from bookwidget.theming.patterns import MARK, Laying, Pattern, hole, laid_lines, of_request, pattern
from bookwidget.theming.themes import find_themes, shipped_folder

LINE = (
    "{% macro line(is_new) %}<li{{ ' class=new' if is_new }} title=\"{{ hole('x') }}\">100 % {{ hole('x') }}</li>"
    "{{ calls.append(is_new) or '' }}{% endmacro %}"
)
USE = "{% for is_new, x in rows %}{{ pattern(line, is_new).filled(x=x) }}{% endfor %}"
CALLS: list[bool] = []


def address() -> str:
    return "/w/yoga/0/"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    made = make_environment(find_themes([shipped_folder()]), {}, tmp_path)
    CALLS.clear()
    made.globals |= {"hole": hole, "pattern": pattern, "calls": CALLS, "address": of_request(address)}
    (tmp_path / "line.html").write_text(LINE, "utf-8")
    (tmp_path / "asking.html").write_text("{% macro line(x) %}{{ address() }}{% endmacro %}", "utf-8")
    return made


def test_a_macro_is_called_once_for_each_kind_and_what_fills_it_is_escaped(environment: Environment) -> None:
    template = environment.from_string('{% from "base:line.html" import line %}' + USE)
    rows = [(True, "<b>"), (False, '"'), (True, Markup("<i>")), (False, 7)]
    page = template.render(rows=rows)
    assert page == (
        '<li class=new title="&lt;b&gt;">100 % &lt;b&gt;</li><li title="&#34;">100 % &#34;</li>'
        '<li class=new title="<i>">100 % <i></li><li title="7">100 % 7</li>'
    )
    assert template.render(rows=rows) == page
    assert CALLS == [True, False], "it is kept for the next page"


@pytest.mark.parametrize("source", ['{% from "base:line.html" import line with context %}', LINE])
def test_a_macro_that_knows_its_page_is_refused(environment: Environment, source: str) -> None:
    with pytest.raises(TypeError, match="import it without context"):
        environment.from_string(source + USE).render(rows=[(True, "x")])


def test_what_another_request_would_answer_otherwise_is_refused(environment: Environment) -> None:
    with pytest.raises(TypeError, match="leave a hole for it"):
        environment.from_string('{% from "base:asking.html" import line %}' + USE).render(rows=[(True, "x")])
    assert environment.from_string("{{ address() }}").render() == "/w/yoga/0/"


def test_a_hole_without_a_value_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="x"):
        Pattern(f"<b>{hole('x')}</b>").filled(y=1)


def test_nobody_can_type_a_hole() -> None:
    assert len(MARK) > 16
    filled = Pattern(f"<b>{hole('x')}</b>").filled(x="\0x\0%(x)s{x}", y="y")
    assert filled == "<b>\0x\0%(x)s{x}</b>"


def test_what_is_laid_stands_in_the_page_as_bytes_and_is_escaped() -> None:
    line = Pattern(f"<p>–{hole('name')}</p>")
    with Laying() as page:
        text = f"é{line.laid({'name': '<ü>'})}{line.laid({}, name='b')}!"
        assert "<p>" not in text
        assert page.body(text) == "é<p>–&lt;ü&gt;</p><p>–b</p>!".encode()
    assert line.laid({"name": "&"}) == "<p>–&amp;</p>"


class Line(NamedTuple):
    kind: bool
    values: dict[str, object]


def test_lines_are_laid_in_their_order_each_by_the_pattern_of_its_kind(environment: Environment) -> None:
    environment.globals["laid_lines"] = laid_lines
    template = environment.from_string('é{% from "base:line.html" import line %}{{ laid_lines(line, lines) }}')
    lines = [Line(True, {"x": "<"}), Line(False, {"x": Markup("ü")}), Line(True, {"x": 7})]
    with Laying() as page:
        laid = page.body(template.render(lines=lines)).decode()
    new, old = (f'<li{word} title="%s">100 %% %s</li>' for word in (" class=new", ""))
    assert laid == "é" + new % ("&lt;", "&lt;") + old % ("ü", "ü") + new % (7, 7)
    assert template.render(lines=lines) == laid, "outside of a page, too"
    assert sorted(CALLS) == [False, True]


def test_a_page_that_lost_what_was_laid_into_it_is_not_sent() -> None:
    with Laying() as page:
        mark = Pattern("x").laid({})
        for text in ("", mark + mark):
            with pytest.raises(ValueError, match="once each"):
                page.body(text)

"""What comes again on a page is written once for each kind, filled, and always escaped."""

from pathlib import Path

import pytest
from jinja2 import Environment
from markupsafe import Markup

from bookwidget.theming.lookup import make_environment
from bookwidget.theming.patterns import MARK, Pattern, Patterns, hole
from bookwidget.theming.themes import find_themes, shipped_folder

SOURCE = (
    "{% macro line(is_new) %}<li{{ ' class=new' if is_new }} title=\"{{ hole('x') }}\">100 % {{ hole('x') }}</li>"
    "{{ calls.append(is_new) or '' }}{% endmacro %}"
    "{% for is_new, x in rows %}{{ pattern(line, is_new).filled(x=x) }}{% endfor %}"
)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return make_environment(find_themes([shipped_folder()]), {}, tmp_path)


def test_a_macro_is_called_once_for_each_kind_and_what_fills_it_is_escaped(environment: Environment) -> None:
    rows = [(True, "<b>"), (False, '"'), (True, Markup("<i>")), (False, 7)]
    calls: list[bool] = []
    page = environment.from_string(SOURCE).render(rows=rows, hole=hole, pattern=Patterns().of, calls=calls)
    assert calls == [True, False]
    assert page == (
        '<li class=new title="&lt;b&gt;">100 % &lt;b&gt;</li><li title="&#34;">100 % &#34;</li>'
        '<li class=new title="<i>">100 % <i></li><li title="7">100 % 7</li>'
    )


def test_a_hole_without_a_value_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="x"):
        Pattern(f"<b>{hole('x')}</b>").filled(y=1)


def test_nobody_can_type_a_hole() -> None:
    assert len(MARK) > 16
    filled = Pattern(f"<b>{hole('x')}</b>").filled(x="\0x\0%(x)s{x}", y="y")
    assert filled == "<b>\0x\0%(x)s{x}</b>"

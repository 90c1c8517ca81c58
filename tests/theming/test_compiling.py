"""What templates compile to says the same as Jinja's own way, faster."""

from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from bookwidget.theming.compiling import escaped
from bookwidget.theming.lookup import make_environment
from bookwidget.theming.themes import find_themes, shipped_folder

VALUES = ["plain", "<b> & \"two\" 'three'", Markup("<b>ours</b>"), 7, None, True, 1.5, Path("a&b")]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return make_environment(find_themes([shipped_folder()]), {}, tmp_path)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_escaped_as_markupsafe_does_it(environment: Environment, value: object) -> None:
    assert str(escaped(value)) == str(escape(value))
    assert environment.from_string("-{{ value }}-").render(value=value) == f"-{escape(value)}-"


def test_text_without_escaping_stays_as_it_is(environment: Environment) -> None:
    assert environment.overlay(autoescape=False).from_string("{{ '<' ~ x }}").render(x="&") == "<&"


def test_a_condition_without_else_puts_out_nothing(environment: Environment) -> None:
    assert environment.from_string("a{{ 'b' if no }}c").render(no=False) == "ac"


def test_what_is_missing_is_still_a_mistake(environment: Environment) -> None:
    assert environment.undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing }}").render()


def test_macros_methods_and_functions_are_called(environment: Environment) -> None:
    source = (
        "{% macro one(x) %}<i>{{ x }}</i>{% endmacro %}"
        "{% for x in xs %}{{ one(x) }}{{ x.upper() }}{{ f(x) }}{{ _('%(x)s', x=x) }}{% endfor %}"
    )
    page = environment.from_string(source).render(xs=["<"], f=lambda x: x * 2)
    assert page == "<i>&lt;</i>&lt;&lt;&lt;&lt;"

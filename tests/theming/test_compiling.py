"""What templates compile to says the same as Jinja's own way, faster."""

import inspect
from pathlib import Path

import pytest
from babel.support import NullTranslations
from jinja2 import Environment, StrictUndefined, Template, UndefinedError, pass_context, pass_environment
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from bookwidget.theming.compiling import escaped
from bookwidget.theming.i18n import speaking
from bookwidget.theming.lookup import make_environment
from bookwidget.theming.themes import find_themes, shipped_folder

MACRO = "self environment func name arguments catch_kwargs catch_varargs caller default_autoescape"
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


def test_attributes_items_and_what_has_neither(environment: Environment) -> None:
    source = (
        "{{ one.real }} {{ many.x }} {{ many.y.real }} {{ 'a'.upper().missing is defined }} {{ many.z is defined }}"
    )
    assert environment.from_string(source).render(one=1, many={"x": "<", "y": 2}) == "1 &lt; 2 False False"
    for wrong in ("{{ many.z }}", "{{ many.z.y }}", "{{ nothing.x }}"):
        with pytest.raises(UndefinedError):
            environment.from_string(wrong).render(many={})


def test_macros_methods_and_functions_are_called(environment: Environment) -> None:
    source = (
        "{% macro one(x) %}<i>{{ x }}</i>{% endmacro %}"
        "{% for x in xs %}{{ one(x) }}{{ x.upper() }}{{ f(x) }}{{ _('%(x)s', x=x) }}{% endfor %}"
    )
    page = environment.from_string(source).render(xs=["<"], f=lambda x: x * 2)
    assert page == "<i>&lt;</i>&lt;&lt;&lt;&lt;"


def test_words_are_those_of_the_language_and_not_escaped_again(environment: Environment) -> None:
    class Words(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"<i>{message}</i> 100 %%" if "%" in message else f"<b>{message}</b>"

    template = environment.from_string("{{ _('one') }}{{ _('2 %% off') }}{{ _(three) }}")
    with speaking(Words()):
        assert template.render(three="three") == "<b>one</b><i>2 % off</i> 100 %<b>three</b>"
    assert template.render(three="three") == "one2 % offthree", "in the next language"
    assert environment.overlay(autoescape=False).from_string("{{ _('one') }}").render() == "one"


def test_macros_take_values_by_place_and_by_name_defaults_and_callers(environment: Environment) -> None:
    source = (
        "{% macro one(a, b='B', c='C') %}{{ a }}{{ b }}{{ c }};{% endmacro %}"
        "{% macro rest(a) %}{{ a }}{{ kwargs['x'] }}{{ varargs | length }};{% endmacro %}"
        "{% macro more(a) %}{{ a }}{{ kwargs | length }};{% endmacro %}"
        "{% macro around(a) %}{{ a }}{{ caller() }};{% endmacro %}"
        "{{ one(1) }}{{ one(1, c=3) }}{{ one(1, 2, 3) }}{{ one(a='<') }}{{ rest(1, 2, 3, x=4) }}{{ more(1, x=2) }}"
        "{% call around('[') %}]{% endcall %}{{ ['a', 'b'] | map('upper') | join }}"
    )
    assert environment.from_string(source).render() == "1BC;1B3;123;&lt;BC;142;11;[];AB"


@pytest.mark.parametrize("call", ["one()", "one(1, 2)", "one(1, z=2)"])
def test_a_macro_called_wrongly_is_a_mistake(environment: Environment, call: str) -> None:
    with pytest.raises((TypeError, UndefinedError)):
        environment.from_string("{% macro one(a) %}{{ a }}{% endmacro %}{{ " + call + " }}").render()


def test_functions_get_what_they_ask_for(environment: Environment) -> None:
    @pass_context
    def seen(context: Context, name: str) -> str:
        return str(context.resolve(name))

    @pass_environment
    def is_ours(given: Environment) -> bool:
        return given is environment

    source = "{% for x in 'ab' %}{% set y = x ~ '!' %}{{ seen('y') }}{% endfor %}{{ is_ours() }}{{ kind(7) }}"
    assert environment.from_string(source).render(seen=seen, is_ours=is_ours, kind=str) == "a!b!True7"


def test_blocks_are_put_together_in_order_with_super_and_nested_blocks(environment: Environment) -> None:
    base = environment.from_string("<{% block a %}1{% block b %}2{% endblock %}3{% endblock %}>")
    assert base.render() == "<123>"
    own = environment.from_string(
        "{% extends base %}{% block b %}{{ super() }}{% for n in ns %}{{ n }}{% endfor %}{% endblock %}"
    )
    assert own.render(base=base, ns=["<", "b"]) == "<12&lt;b3>"


def test_what_is_relied_on_of_jinja_is_still_there(environment: Environment) -> None:
    """A new Jinja that compiles otherwise shall fail here, not make pages slow or wrong."""
    for theirs, names in {
        CodeGenerator.visit_Call: ["self", "node", "frame", "kwargs"],
        CodeGenerator.visit_CondExpr: ["self", "node", "frame", "kwargs"],
        CodeGenerator.visit_Getattr: ["self", "node", "frame", "kwargs"],
        CodeGenerator.visit_Template: ["self", "node", "frame"],
        CodeGenerator._output_child_pre: ["self", "node", "frame", "finalize"],
        CodeGenerator._output_child_post: ["self", "node", "frame", "finalize"],
        CodeGenerator.blockvisit: ["self", "nodes", "frame"],
        CodeGenerator.macro_def: ["self", "macro_ref", "frame"],
        Macro.__init__: MACRO.split(),
        Template._get_default_module: ["self", "ctx"],
    }.items():
        code = theirs.__code__
        taken = code.co_varnames[: code.co_argcount + bool(code.co_flags & inspect.CO_VARKEYWORDS)]
        assert list(taken) == names, theirs
    source = "{% block a %}{% macro m(x) %}{{ x }}{% endmacro %}{{ m(y) }}{{ 'b' if y }}{% endblock %}"
    written = environment.compile(source, raw=True)
    assert (
        "Page" + "Macro(environment, macro, 'm', ('x',), False, False, False, context.eval_ctx.autoescape)" in written
    )
    assert "callee(context, (undefined(name='m')" in written
    assert written.count("escaped_text(t) if type(t := (") == 3
    assert written.count("yield") == 4, "one of each block, the root's for the block, and two that are never reached"

"""How templates become Python: Jinja's own way, but for what it does a thousand times on one page.

- A value that is put out is escaped to a plain string. Jinja makes a `Markup` of each, only to join it a moment later.
- `row.name` is looked for as an attribute in place.
- `{{ "x" if y }}` puts out nothing without an object that says why.
- `_("…")` without values is looked up at once in what was said before.
- Macros and methods are called without a search for what they might want to be given.
- `from "macros.html" import …` does not compare the names of all globals each time.

What is relied on of Jinja's internals is listed in `tests/theming/test_compiling.py`, which fails when they change.
"""

from collections.abc import Iterable
from functools import lru_cache, partial
from keyword import iskeyword
from types import FunctionType, MethodType
from typing import Any

from jinja2 import Template, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from bookwidget.theming.i18n import said_in, spoken

__all__ = ["PageCode", "PageMacro", "PageTemplate", "callee", "escaped", "escaped_text", "marked", "said_in", "spoken"]

PLAIN = frozenset({FunctionType, MethodType})
FIRST: Any = pass_eval_context(lambda _context: None).jinja_pass_arg  # type: ignore[attr-defined]
"""Jinja's mark of what is given its `EvalContext` first."""
escaped_text = _escape_inner
"""Of a plain `str`, as MarkupSafe does it, without an object that says so."""
marked = str.__new__
"""`marked(Markup, text)` without the way through `Markup`'s own constructor, which looks for `__html__` first."""


def escaped(value: Any) -> str:
    """Text as it may stand in HTML."""
    kind = type(value)
    if kind is str:
        return escaped_text(value)
    return value if kind is Markup else escape(value)


class PageMacro(Macro):
    """Goes straight to its function, unless it is given a `caller` or more values than it has parameters.

    It is escaped as where it was made; all templates of one environment agree on that.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.knows_no_page = False
        """Whether it was imported without context, so that it is the same macro on all pages; see `patterns`."""
        self.is_simple = not (self.catch_varargs or self.caller or self.explicit_caller)

    def __call__(self, *values: Any, **named: Any) -> str:
        lacking = self.arguments[len(values) :]
        if not self.is_simple or len(values) > self._argument_count:
            return super().__call__(*values, **named)
        if lacking:
            values += tuple([named.pop(name, missing) for name in lacking])
        if self.catch_kwargs:
            values += (named,)
        elif named:
            raise TypeError(f"macro {self.name!r} takes no keyword argument {next(iter(named))!r}")
        text: str = self._func(*values)
        return marked(Markup, text) if self._default_autoescape else text


def callee(context: Context, wanted: Any, loop_vars: Any = None, block_vars: Any = None) -> Any:
    """What a template calls: itself if it takes just the values, or with what it asks to be given first."""
    kind: Any = type(wanted)
    if kind is PageMacro:
        return wanted
    if kind in PLAIN:
        asks_for = getattr(wanted, "jinja_pass_arg", None)
        if asks_for is None:
            return wanted
        if asks_for is FIRST:
            return partial(wanted, context.eval_ctx)
    elif takes_just_values(kind):
        return wanted
    return partial(context.call, wanted, _loop_vars=loop_vars, _block_vars=block_vars)


@lru_cache(maxsize=512)
def takes_just_values(kind: Any) -> bool:
    """Whether objects of this class, such as fields of forms, are called with nothing before their values."""
    is_theirs = kind.__module__.startswith("jinja2.") or issubclass(kind, type)
    asks = hasattr(kind, "jinja_pass_arg") or hasattr(getattr(kind, "__call__", None), "jinja_pass_arg")  # noqa: B004
    return not is_theirs and not asks and hasattr(kind, "__call__")  # noqa: B004


def is_plain_saying(node: nodes.Call) -> bool:
    """`_("…")` without values, of which a page has a dozen."""
    is_words = isinstance(node.node, nodes.Name) and node.node.name == "_"
    has_more = len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs
    return is_words and not has_more and isinstance(node.args[0], nodes.Const) and isinstance(node.args[0].value, str)


class PageCode(CodeGenerator):
    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: N802 - Jinja's name
        self.writeline(f"from {__name__} import PageMacro, callee, escaped, escaped_text, said_in, spoken")
        super().visit_Template(node, frame)

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Any) -> None:
        """The body of a `{% block %}` goes into one list, as a macro's does, not piece by piece through its parents."""
        if not frame.block_frame or frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        frame.buffer = self.temporary_identifier()
        self.writeline(f"{frame.buffer} = []")
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def macro_def(self, macro_ref: Any, frame: Any) -> None:
        self.write("Page")
        super().macro_def(macro_ref, frame)

    def visit_Call(self, node: nodes.Call, frame: Any, forward_caller: bool = False) -> None:  # noqa: N802
        if is_plain_saying(node) and frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write(f"said_in(spoken(), {node.args[0].value!r})")  # type: ignore[attr-defined]
            return
        if forward_caller or node.dyn_args or node.dyn_kwargs or any(iskeyword(one.key) for one in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("callee(context, ")
        self.visit(node.node, frame)
        self.write(", loop_vars=_loop_vars" if frame.loop_frame else "")
        self.write(", block_vars=_block_vars" if frame.block_frame else "")
        self.write(")(")
        for value in (*node.args, *node.kwargs):
            self.visit(value, frame)
            self.write(", ")
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Any) -> None:  # noqa: N802 - Jinja's name
        """An attribute, as almost always; whatever else it may be (an item, a mistake) is left to Jinja."""
        if isinstance(node.node, nodes.Call):  # asked twice where it has no such attribute
            super().visit_Getattr(node, frame)
            return
        self.write("(got if (got := getattr(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, missing)) is not missing else ")
        super().visit_Getattr(node, frame)
        self.write(")")

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Any) -> None:  # noqa: N802 - Jinja's name
        if node.expr2 is None:
            node.expr2 = nodes.Const("")
        super().visit_CondExpr(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("(escaped_text(t) if type(t := (")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write(")) is str else escaped(t))")
        else:
            super()._output_child_post(node, frame, finalize)


class PageTemplate(Template):
    def _get_default_module(self, ctx: Context | None = None) -> Any:
        """All templates of ours share their globals, so a module without a context is the same for all pages."""
        if self._module is not None:
            return self._module
        module = super()._get_default_module()
        for macro in vars(module).values():
            if isinstance(macro, PageMacro):
                macro.knows_no_page = True
        return module

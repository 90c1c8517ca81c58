"""How templates become Python: Jinja's own way, but for what it does a thousand times on one page.

- A value that is put out is escaped to a plain string. Jinja makes a `Markup` of each, only to join it a moment later.
- `{{ "x" if y }}` puts out nothing without an object that says why.
- Macros and methods are called without a search for what they might want to be given.
- `from "macros.html" import …` does not compare the names of all globals each time.
"""

import re
from types import FunctionType, MethodType
from typing import Any

from jinja2 import Template, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

PLAIN = frozenset({FunctionType, MethodType})
FIRST: Any = pass_eval_context(lambda _context: None).jinja_pass_arg  # type: ignore[attr-defined]
"""Jinja's mark of what is given its `EvalContext` first."""
needs_escaping = re.compile("[&<>\"']").search


def escaped(value: Any) -> str:
    """Text as it may stand in HTML. Compiled templates call it as `environment.escaped`."""
    kind = type(value)
    if kind is str:
        return value if needs_escaping(value) is None else escape(value)
    return value if kind is Markup else escape(value)


class PageCode(CodeGenerator):
    def visit_CondExpr(self, node: nodes.CondExpr, frame: Any) -> None:  # noqa: N802 - Jinja's name
        if node.expr2 is None:
            node.expr2 = nodes.Const("")
        super().visit_CondExpr(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class PageContext(Context):
    def call(self, callee: Any, /, *values: Any, **named: Any) -> Any:
        kind = type(callee)
        wanted = FIRST if kind is Macro else getattr(callee, "jinja_pass_arg", None) if kind in PLAIN else callee
        if wanted is not None and wanted is not FIRST:
            return super().call(callee, *values, **named)
        if named:
            named.pop("_loop_vars", None)
            named.pop("_block_vars", None)
        return callee(*values, **named) if wanted is None else callee(self.eval_ctx, *values, **named)


class PageTemplate(Template):
    def _get_default_module(self, ctx: Context | None = None) -> Any:
        """All templates of ours share their globals, so a module without a context is the same for all pages."""
        return super()._get_default_module()

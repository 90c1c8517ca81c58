"""Finds the template of a page: the tenant's theme, its parents, then the widget or the core that ships it.

The names of templates, which are also the keys of Jinja's cache, so that no theme can get another's:

- `warm:bookings/list.html`: `templates/bookings/list.html` of the theme `warm`, of its parents, then
  `templates/list.html` of the widget `bookings`.
- `warm:layout.html`, `warm:mail/reset.html`: the same, but in the end from the core's templates folder, because
  neither begins with the name of a widget.
- `base:bookings/list.html`: as shipped, without any theme.

Names inside a template, for `extends`, `include`, `import` and `from`:

- `layout.html` in a template of the widget `bookings` is the file of that widget, if it (or a theme for it) has one of
  this name and it is not the template itself; otherwise the shared one. In shared templates: always the shared one.
- `bookings/card.html` is a widget's, `mail/part.html` a shared one.
- `base:bookings/list.html` is the file as shipped, for an override that changes only a block of it. Whatever *that*
  file extends or includes is looked up in the tenant's theme again.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from bookwidget.theming.compiling import PageCode, PageTemplate, escaped, marked
from bookwidget.theming.i18n import spoken, translate
from bookwidget.theming.themes import RESERVED, Themes

CACHED_TEMPLATES = 2000
NUMBERS = frozenset({int, float, bool})
SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
SHIPPED = f"{RESERVED}:"


def make_environment(
    themes: Themes, widget_folders: Mapping[str, Path], core_folder: Path, *, auto_reload: bool = False
) -> Environment:
    """Jinja for trusted templates: `widget_folders` maps a widget's name to its folder, which holds `templates/`.

    `_`, `gettext`, `ngettext`, `{% trans %}` and the filter `t` speak the language of `i18n.speaking`.
    """
    environment = ThemedEnvironment(
        loader=ThemeLoader(themes, widget_folders, core_folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=auto_reload,
        cache_size=CACHED_TEMPLATES,
        extensions=["jinja2.ext.i18n"],
    )
    install: Callable[..., None] = environment.install_gettext_callables  # type: ignore[attr-defined]
    install(
        lambda message: spoken().gettext(message),
        lambda one, many, n: spoken().ngettext(one, many, n),
        newstyle=True,
    )
    environment.globals |= {"_": words, "ngettext": counted_words}
    environment.filters["t"] = translate
    return environment


@pass_eval_context
def words(context: EvalContext, message: str, /, **values: Any) -> str:
    """`_("…")` in templates: the same as `gettext`, which goes a longer way for each of a page's hundred words."""
    text = spoken().gettext(message)
    return filled(text, values, escaping=context.autoescape) if values or "%" in text else as_it_is(text, context)


@pass_eval_context
def counted_words(context: EvalContext, one: str, many: str, n: int, /, **values: Any) -> str:
    """`ngettext("…", "…", n)` in templates, by the same short way."""
    return filled(spoken().ngettext(one, many, n), {"num": n, **values}, escaping=context.autoescape)


def as_it_is(text: str, context: EvalContext) -> str:
    """Ours or the translators', so it is not escaped again."""
    return marked(Markup, text) if context.autoescape else text


def filled(text: str, values: dict[str, Any], *, escaping: bool) -> str:
    """The words with their values, which are escaped. A number keeps its kind, as `%d` asks for one."""
    if not escaping:
        return text % values
    safe = {name: value if type(value) in NUMBERS else escaped(value) for name, value in values.items()}
    return marked(Markup, text % safe)


class ThemeLoader(BaseLoader):
    def __init__(self, themes: Themes, widget_folders: Mapping[str, Path], core_folder: Path) -> None:
        self.themes, self.widget_folders, self.core_folder = themes, widget_folders, core_folder

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = self.find(template)
        if path is None:
            raise TemplateNotFound(template)
        changed = path.stat().st_mtime_ns
        return path.read_text("utf-8"), str(path), partial(self._fresh, template, path, changed)

    def find(self, name: str) -> Path | None:
        """The file of a full name; `None` if there is none, or if the name would lead out of its folder."""
        theme, _colon, wanted = name.partition(":")
        if not all(SEGMENT.fullmatch(segment) for segment in wanted.removeprefix(SHIPPED).split("/")):
            return None
        return next((path for path in self._candidates(theme, wanted) if path.is_file()), None)

    def _candidates(self, theme: str, wanted: str) -> list[Path]:
        path = wanted.removeprefix(SHIPPED)
        themed = theme != RESERVED and path == wanted
        chain = self.themes.chain(theme) if themed else ()
        widget, _slash, file = path.partition("/")
        home = self.widget_folders.get(widget) if file else None
        shipped = home / "templates" / file if home else self.core_folder / path
        return [*(one.folder / "templates" / path for one in chain), shipped]

    def _fresh(self, name: str, path: Path, changed: int) -> bool:
        """Also false when a theme has got an override since, so that one appears without a restart."""
        return self.find(name) == path and path.stat().st_mtime_ns == changed


class ThemedEnvironment(Environment):
    code_generator_class = PageCode
    template_class = PageTemplate

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._joined: dict[tuple[str, str], str] = {}
        self._named: dict[tuple[str, str | None], Template] = {}
        """Those found already, by their name and the one of the template that named them."""
        self._finding = RLock()
        """Threads of a new process want the same pages: one compiles them, and the others wait, with less memory."""

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        if isinstance(name, Template) or globals or self.auto_reload:
            return super().get_template(name, parent, globals)
        found = self._named.get((name, parent))
        if found is None:
            with self._finding:
                found = self._named[name, parent] = super().get_template(name, parent)
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The one dictionary of all templates, which each page copies; Jinja's chain of two costs ten times as much."""
        return super().make_globals(d) if d else self.globals

    def join_path(self, template: str, parent: str) -> str:
        """The full name of what `parent` calls `template`; see the head of this module."""
        key = template, parent
        if key in self._joined and not self.auto_reload:
            return self._joined[key]
        full = self._joined[key] = self._full_name(template, parent)
        return full

    def _full_name(self, template: str, parent: str) -> str:
        theme, _colon, here = parent.partition(":")
        if ":" in template:
            # "base:x.html" keeps the tenant's theme in its name, or what it extends would lose the theme
            return f"{theme}:{template}" if template.startswith(SHIPPED) and theme != RESERVED else template
        loader = self.loader
        widget = here.removeprefix(SHIPPED).partition("/")[0]
        if "/" not in template and isinstance(loader, ThemeLoader) and widget in loader.widget_folders:
            own = f"{theme}:{widget}/{template}"
            itself = f"{theme}:{here.removeprefix(SHIPPED)}"
            if own != itself and loader.find(own) is not None:
                return own
        return f"{theme}:{template}"

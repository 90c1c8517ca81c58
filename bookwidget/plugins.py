"""Finds plugins and calls them: one that raises or does not come back is logged and left out, and no page breaks."""

import importlib.util
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pluggy

from bookwidget.hookspecs import PROJECT, HookSpecs
from bookwidget.logs import log
from bookwidget.tenancy.extras import extras_of
from bookwidget.tenancy.settings import Settings

Value = TypeVar("Value")

PATIENCE = 2.0
"""Seconds that a page waits for one plugin."""
LONG_PATIENCE = 30.0
"""Seconds that start and worker wait."""
SHIPPED = "shipped"
"""The product's own plugin, which is always on."""


class PluginFailed(Exception):
    """A plugin raised, or did not come back in time."""


@dataclass
class Plugins:
    """Those that were found. The process has one of these; `install` makes it."""

    manager: pluggy.PluginManager
    problems: dict[str, str] = field(default_factory=dict)
    """Name and reason of each that was left out."""
    stuck: set[str] = field(default_factory=set)
    """Those that did not come back once: not asked again before the next start."""

    def asked(self, hook: str, settings: Settings | None) -> Iterator[tuple[str, Callable[..., Any]]]:
        """The functions for a hook, of all plugins or of those that are on for the business."""
        names = None if settings is None else extras_of(settings)
        for one in getattr(self.manager.hook, hook).get_hookimpls():
            name = one.plugin_name
            if name not in self.stuck and (names is None or name in names or name == SHIPPED):
                yield name, one

    def call(self, name: str, one: Any, given: Mapping[str, Any], patience: float) -> Any:
        """`PluginFailed`, after a line in the log."""
        try:
            return in_time(lambda: one.function(*(given[argument] for argument in one.argnames)), patience)
        except Exception as error:
            if isinstance(error, TimeoutError):
                self.stuck.add(name)
            log.exception("plugin_failed", plugin=name, hook=one.function.__name__)
            raise PluginFailed(name) from error


def in_time(work: Callable[[], Value], patience: float) -> Value:
    """What `work` gives, from a thread of its own. A thread cannot be ended from outside: `TimeoutError` leaves it."""
    outcome: list[Callable[[], Value]] = []
    context = copy_context()

    def run() -> None:
        try:
            found = context.run(work)
            outcome.append(lambda: found)
        except BaseException as error:
            outcome.append(raising(error))

    thread = threading.Thread(target=run, name="plugin", daemon=True)
    thread.start()
    thread.join(patience)
    if not outcome:
        raise TimeoutError
    return outcome[0]()


def raising(error: BaseException) -> Callable[[], Any]:
    def again() -> Any:
        raise error

    return again


def empty_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    return manager


_installed = Plugins(empty_manager())


def install(folders: Sequence[Path], shipped: object) -> Plugins:
    """Loads what lies in the folders (each `name.py` is a plugin) and what packages bring, in place of what was there.

    One that raises at load, does not come back, or takes arguments that there are not is left out and logged.
    """
    global _installed, _is_any
    made = Plugins(empty_manager())
    made.manager.register(shipped, SHIPPED)
    files = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    found: list[tuple[str, Callable[[], Any]]] = [(path.stem, loader(path)) for path in files]
    found += [(one.name, one.load) for one in installed("bookwidget.plugins")]
    for name, load in found:
        try:
            plugin = in_time(load, LONG_PATIENCE)
            made.manager.register(plugin, name)
            made.manager.check_pending()
        except Exception as error:
            if made.manager.has_plugin(name) and name != SHIPPED:
                made.manager.unregister(name=name)
            made.problems[name] = f"{type(error).__name__}: {error}"
            log.exception("plugin_left_out", plugin=name)
    _installed, _is_any = made, len(made.manager.get_plugins()) > 1
    return made


_is_any = False


def installed(group: str) -> Sequence[EntryPoint]:
    """What packages bring: `bookwidget.plugins`, `bookwidget.widgets`, `bookwidget.themes`."""
    return tuple(entry_points(group=group))


def loader(path: Path) -> Callable[[], ModuleType]:
    def load() -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"bookwidget_plugins.{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError(path.name)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def is_any() -> bool:
    """Whether there is a plugin besides the product's own: all that a page pays where there is none."""
    return _is_any


def stuck_ones() -> set[str]:
    return set(_installed.stuck)


def folders_of(hook: str) -> list[Path]:
    """What all plugins say to `widget_folders` or `theme_folders`, the product's own first."""
    named: list[Path] = []
    for name, one in reversed([*_installed.asked(hook, None)]):
        try:
            named += _installed.call(name, one, {}, LONG_PATIENCE)
        except PluginFailed:
            continue
    return named


def tell(hook: str, settings: Settings, **given: Any) -> None:
    """Something happened."""
    for name, one in _installed.asked(hook, settings):
        try:
            _installed.call(name, one, given, LONG_PATIENCE)
        except PluginFailed:
            continue


def filtered(hook: str, subject: str, value: Value, settings: Settings, **given: Any) -> Value:
    """The value after all plugins of the business; one that fails, or gives nothing back, changes nothing."""
    for name, one in _installed.asked(hook, settings):
        try:
            answer = _installed.call(name, one, {subject: value, **given}, PATIENCE)
        except PluginFailed:
            continue
        value = value if answer is None else answer
    return value


def first_answer(
    hook: str, settings: Settings, failed: Value, given: Mapping[str, Any], *, is_page: bool = True
) -> Value | None:
    """What the first plugin says that does not say None; `failed` if one of them fails."""
    having = {one.plugin_name for one in getattr(_installed.manager.hook, hook).get_hookimpls()}
    if _installed.stuck & extras_of(settings) & having:
        return failed
    for name, one in _installed.asked(hook, settings):
        try:
            answer: Value | None = _installed.call(name, one, given, PATIENCE if is_page else LONG_PATIENCE)
        except PluginFailed:
            return failed
        if answer is not None:
            return answer
    return None

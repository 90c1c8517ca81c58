"""Modules that a web process seldom needs: imported when something of them is first asked for.

They are named beside the ordinary imports, which type checkers and the import linter go on reading:

    if TYPE_CHECKING:
        import icalendar
    else:
        icalendar = later("icalendar")

A misspelled name is found by the first test that comes by, not at the start; so this is for what costs much to import
(`docs/performance.md` says how much), and for nothing else.
"""

from importlib import import_module
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands for a module that may not have been imported yet. Threads may meet here: Python imports it once."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


def later(name: str) -> ModuleType:
    return Later(name)

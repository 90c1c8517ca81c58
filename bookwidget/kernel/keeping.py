"""What is made once and kept, where asking for it is most of what it costs."""

from collections.abc import Callable, Hashable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(dict[Key, Value]):
    """What `make` gives for each key, made when it is first asked for.

    Half of what `lru_cache` costs, because nothing remembers who was asked for last: when there are `most`, all go.
    """

    def __init__(self, make: Callable[[Key], Value], most: int) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, key: Key) -> Value:
        if len(self) >= self._most:
            self.clear()
        made = self[key] = self._make(key)
        return made

"""Several things out of one, in one step."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any


def picker(keys: Sequence[Any]) -> Callable[[Any], Sequence[Any]]:
    """Gives what something has under these keys, or at these places; also of one key, or of none, a sequence."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: tuple([values[key] for key in keys])

"""Imported first. What modules leave behind while they are imported is kept, so nothing is searched for garbage: that
would be a tenth of the start.
"""

import gc

gc.disable()


def start_is_over() -> None:
    """Garbage is collected from now on; all there is so far is kept, and not looked through again."""
    gc.freeze()
    gc.enable()

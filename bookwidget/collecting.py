"""Imported first. What modules leave behind while they are imported is kept, so nothing is searched for garbage: that
would be a tenth of the start.
"""

import gc

gc.disable()


EVERY = 10_000
"""Objects more than there were, until the young ones are looked through. A page makes a few hundred and leaves no
garbage that needs it, so Python's own 700 looks at each page while it is made.
"""


def start_is_over() -> None:
    """Garbage is collected from now on; all there is so far is kept, and not looked through again."""
    gc.freeze()
    gc.set_threshold(EVERY, *gc.get_threshold()[1:])
    gc.enable()

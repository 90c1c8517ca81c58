"""How the C library keeps memory for a process of many threads."""

import ctypes

M_ARENA_MAX = -8
ARENAS = 2
"""glibc makes up to eight for each core. Threads of Python allocate one at a time anyway, and what each arena has freed
it keeps: nine megabytes with eight threads.
"""


def share_arenas() -> None:
    """To be called before threads start. Other C libraries than glibc have no arenas, and nothing to be told."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)

"""The service asks the C library to keep little for its threads."""

import ctypes

import pytest

from bookwidget.ops import memory


def test_what_is_asked_is_understood_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    assert mallopt is None or mallopt(memory.M_ARENA_MAX, memory.ARENAS) == 1
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    memory.share_arenas()

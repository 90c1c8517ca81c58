"""Any sequence of what people do leaves the books right, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bookwidget.bookings import (
    cancelling,
    changing,
    holding,
    overriding,
    series_ending,
    series_moving,
    store,
    store_series,
    transferring,
    undoing,
)
from bookwidget.schedule import claims, holds
from bookwidget.tenancy.database import Database
from tests.bookings.model_series import WithSeries

QUICK = (Phase.explicit, Phase.generate)
"""Without making what fails smaller."""
SHORT = {"sqlite": (9, 18), "postgresql": (5, 12)}
"""How many examples, of how many steps."""


def run(database: Database, examples: int, steps: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    chosen = settings(max_examples=examples, stateful_step_count=steps, phases=phases)
    run_state_machine_as_test(lambda: WithSeries(database), settings=chosen)


def test_K1_B8_any_sequence_keeps_the_books_right(database: Database) -> None:
    run(database, *SHORT["sqlite" if database.is_sqlite else "postgresql"])


@pytest.mark.slow
def test_K1_B8_many_long_sequences_keep_the_books_right(database: Database) -> None:
    run(database, *((400, 50) if database.is_sqlite else (60, 40)))


def nothing(*values: Any, **named: Any) -> None:
    """What is forgotten."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "forgotten"),
    [
        (cancelling, "free_places", nothing),
        (cancelling, "record", nothing),
        (cancelling, "require", nothing),
        (changing, "record", nothing),
        (changing, "release_private_occurrence", nothing),
        (transferring, "record", nothing),
        (transferring, "carry_over", lambda _scope, offer, _place: offer.booking),
        (transferring, "already_gone", nothing),
        (transferring, "binds_value", nothing),
        (store, "CHEAPEN", store.CODE_OF),
        (overriding, "record", nothing),
        (series_ending, "drop_all", nothing),
        (series_moving, "release_private_occurrence", nothing),
        (store_series, "PUT_INTO", store.CODE_OF),
        (undoing, "restore", nothing),
        (holding, "code_of", nothing),
        (claims, "release_seats", nothing),
        (holds, "release_seats", nothing),
        (holds.store, "END_HOLDS", holds.store.LOCK_OCCURRENCES),
    ],
)
def test_it_finds_what_is_forgotten(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, forgotten: Callable[..., None]
) -> None:
    """Of each of these the model has to say that something is wrong."""
    monkeypatch.setattr(module, name, forgotten)
    database = Database(sqlite_url)
    with pytest.raises(Exception):  # noqa: B017 - however it shows
        run(database, 250, 20, QUICK)
    database.dispose()

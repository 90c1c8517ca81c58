"""The same journeys by pointer, with script off and by keyboard alone; the run prints and keeps the table."""

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bookwidget.accounts import passwords
from tests.browser.chromium import Chromium
from tests.browser.hands import WAYS, Hands
from tests.browser.journeys import CUSTOMERS, prepare
from tests.browser.journeys_desk import OWNERS
from tests.browser.journeys_newcomers import NEWCOMERS
from tests.browser.stage import Stage, raise_stage
from tests.browser.table import cell, shown_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

JOURNEYS = CUSTOMERS | OWNERS | NEWCOMERS


@pytest.fixture
def stage(tmp_path: Path, cheap_hashes: None) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hasher.hash(PASSWORD))
    prepare(raised)
    yield raised
    raised.stop()


@pytest.fixture(params=WAYS)
def hands(request: pytest.FixtureRequest, stage: Stage, fresh_chromium: Callable[..., Chromium]) -> Hands:
    kind, scripted = WAYS[request.param]
    return kind(fresh_chromium(script=scripted), stage)


def test_every_journey_in_every_way(hands: Hands, request: pytest.FixtureRequest) -> None:
    """One browser for all journeys. One that fails does not stop the next ones."""
    way, failures = request.node.callspec.params["hands"], []
    for title, journey in JOURNEYS.items():
        try:
            journey(hands)
            outcome = "yes"
        except Exception:
            outcome = "NO"
            failures.append(f"--- {title}\n{traceback.format_exc(limit=-3)}")
        request.node.user_properties.append(cell(way, title, outcome))
    assert not failures, "\n".join(failures)


def test_the_document_shows_the_table_of_a_run() -> None:
    """Same journeys, same ways, and nothing in it failed. After a change: copy what the run has kept."""
    document = (Path(__file__).parents[2] / "docs/accessibility.md").read_text("utf-8")
    heading, *rows = shown_in(document, "way x journey")
    assert heading[1:] == [*WAYS]
    assert [row[0] for row in rows] == list(JOURNEYS)
    assert all(row[1:] == ["yes"] * len(WAYS) for row in rows)

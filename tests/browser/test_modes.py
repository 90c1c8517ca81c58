"""Every step of a customer's way in five modes of three engines; the run prints and keeps the table."""

import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from bookwidget.accounts import passwords
from tests.browser import steps, steps_host, steps_popup
from tests.browser.modes import MODES, Journey, Mode, write_pages
from tests.browser.stage import Stage, raise_stage
from tests.browser.table import cell, shown_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

STEPS: dict[str, steps.Step] = {
    "Wrong password: message, focus on it": steps.wrong_password,
    "Log in by form": steps.sign_in_by_form,
    "Layer chosen by the probe": steps.layer,
    "Second widget of the tenant follows in": steps.second_widget_follows_in,
    "GET form with query, and back": steps.get_form_and_back,
    "Cancel: confirm page, POST, list, status in focus": steps.cancel,
    "Sign-in ended while typing: values stay, log in over it, send again": steps.expired_while_typing,
    "Three clicks on submit": steps.three_clicks,
    "Token renewed by an answer": steps.renewal,
    "Reload of the host page": steps.reload,
    "Reload with a probe that takes 2 s": steps.slow_probe,
    "Second tab": steps.second_tab,
    "Signed out on the server while asleep": steps.asleep,
    "Log out, second widget out, back shows nothing": steps.sign_out,
    "Another tenant's widget on the same page": steps.other_tenant,
    "Host page leaves, sign-in ended, back": steps.away_and_back,
    "Hostile messages: no error, no request": steps_host.hostile_messages,
    "Content that grows for ever is stopped": steps_host.growing_content,
    "Host not on the list: card": steps_host.host_not_on_the_list,
    "Host page with no-referrer, plain iframe": steps_host.no_referrer,
    "Unmount, mount again": steps_host.unmount_and_mount,
    "Real file chooser (the console's logo)": steps_host.file_chooser,
    "Log in by window and code": steps_popup.by_window,
    "One tap: Continue as": steps_popup.one_tap,
    "Sign-in ended while typing, log in by window": steps_popup.window_over_a_form,
    "Window cut off by the host page: six digits": steps_popup.six_digits,
    "Layer 1: the tenant's own host": steps_popup.own_host,
}


@pytest.fixture
def stage(tmp_path: Path, cheap_hashes: None) -> Iterator[Stage]:
    raised = raise_stage(tmp_path, passwords.hasher.hash(PASSWORD))
    write_pages(raised)
    yield raised
    raised.stop()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_every_step(mode: Mode, stage: Stage, request: pytest.FixtureRequest) -> None:
    """One browser for all steps. A step that fails does not stop the next ones."""
    journey, failures = Journey(mode.start(request), stage, mode), []
    for title, step in STEPS.items():
        try:
            outcome = step(journey) or "yes"
        except Exception:
            outcome = "NO"
            failures.append(f"--- {title}\n{traceback.format_exc(limit=-3)}")
            journey.tidy()
        request.node.user_properties.append(cell(mode.title, title, outcome))
    assert not failures, "\n".join(failures)


def test_the_protocol_shows_the_table_of_a_run() -> None:
    """Same steps, same modes, and nothing in it failed. After a change: copy what the run has kept."""
    heading, *rows = shown_in((Path(__file__).parents[2] / "docs/protocol.md").read_text("utf-8"), "engine x step")
    assert heading[1:] == [mode.title for mode in MODES]
    assert [row[0] for row in rows] == list(STEPS)
    assert not [row for row in rows if "NO" in row or "–" in row]

"""The waiting list: what one waits for, and leaving it."""

import pytest
from sqlalchemy import select

from bookwidget.bookings.models import WaitlistEntry
from bookwidget.events.models import Event
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from tests import factories
from tests.web_fixtures import Web


@pytest.fixture
def full(web: Web) -> Occurrence:
    """A date without a place left, for which Ben waits."""
    full = factories.make_class(web.yoga, capacity=1, seats_taken=1)
    wait(web, "ben", full)
    return full


def wait(web: Web, who: str, full: Occurrence) -> str:
    entry = WaitlistEntry(id=uuid7(), customer_id=web.yoga.ids[who], occurrence_id=full.id, joined_at=web.now)
    web.yoga.add(entry)
    return entry.id.hex


def left_events(web: Web) -> int:
    with web.yoga.database.session(web.yoga.tenant_id) as session:
        return len(session.execute(select(Event).where(Event.kind == "waitlist.left")).all())


def test_B13_the_row_leads_to_details_and_to_leaving(web: Web, full: Occurrence) -> None:
    entry = wait(web, "ada", full)
    ada = web.customer()
    row = ada.get("bookings/?tab=waiting").text
    assert f'bookings/waiting/{entry}"' in row
    assert f'bookings/waiting/{entry}/leave"' in row
    page = ada.get(f"bookings/waiting/{entry}").text
    for words in ("Slow Flow", "Number 2 in line", "Thursday, 26 November 2026", "1 Harbour Row", "Waiting since",
                  "£14.00", "Leave waiting list"):  # fmt: skip
        assert words in page, words


def test_B13_leaving_removes_the_row_and_the_next_moves_up(web: Web, full: Occurrence) -> None:
    entry = wait(web, "ada", full)
    ada, ben = web.customer(), web.customer("ben")
    answer = ada.send(f"bookings/waiting/{entry}/leave")
    assert (answer.status_code, answer.location) == (
        303,
        f"/w/yoga/0/bookings/?tab=waiting&left={full.id.hex}",
    )
    page = ada.get(answer.location).text
    assert "You are no longer on the waiting list for Slow Flow on Thu 26 Nov." in page
    assert 'data-event="waitlist.left"' in page
    assert "<article" not in page
    assert "You are next in line" in ben.get("bookings/?tab=waiting").text
    assert left_events(web) == 1


def test_B13_leaving_twice_is_a_clear_page(web: Web, full: Occurrence) -> None:
    entry = wait(web, "ada", full)
    ada = web.customer()
    fields = ada.form(f"bookings/waiting/{entry}/leave")
    ada.post(f"bookings/waiting/{entry}/leave", fields)
    again = ada.post(f"bookings/waiting/{entry}/leave", fields)
    assert again.status_code == 404
    assert "You are not on this waiting list" in again.text
    assert "See your waiting lists" in again.text
    assert left_events(web) == 1


@pytest.mark.parametrize("route", ["", "/leave"])
@pytest.mark.parametrize("entry", ["0", "x" * 400, "%00", "0" * 32])
def test_ids_typed_by_hand(web: Web, route: str, entry: str) -> None:
    page = web.customer().get(f"bookings/waiting/{entry}{route}")
    assert page.status_code == 404
    assert "You are not on this waiting list" in page.text


def test_the_note_is_only_said_while_it_is_true(web: Web, full: Occurrence) -> None:
    private = factories.make_class(web.yoga, is_private=True)
    elsewhere = factories.make_class(web.other)
    for id in (full.id.hex, private.id.hex, elsewhere.id.hex, "%00", "0"):
        page = web.customer("ben").get(f"bookings/?tab=waiting&left={id}")
        assert 'role="status"' not in page.text

"""Notes on a booking, its rating, and what was accepted."""

from datetime import timedelta
from typing import Any

import pytest

from bookwidget.bookings.actions import ListQuery, Tab, end_links
from bookwidget.bookings.models import Acceptance, Booking
from bookwidget.kernel.actors import Door, customer
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import uuid7
from tests import factories
from tests.bookings.acting import Acting, events
from tests.factories import World

DAY = timedelta(days=1)


@pytest.fixture
def code(yoga: World) -> str:
    return factories.make_booking(yoga).code


@pytest.fixture
def past(yoga: World) -> str:
    return factories.make_booking(yoga, days=-2).code


def test_b15_a_customers_note_is_there_for_staff_with_time_and_author(yoga: World, code: str) -> None:
    Acting(yoga).add_note(code, "  The key lies\nunder the mat ")
    [note] = Acting(yoga, "owner").list_notes(code)
    assert (note.text, note.author, note.by, note.at) == (
        "The key lies\nunder the mat", "Ada Byron", "customer", yoga.now,
    )  # fmt: skip
    [event] = events(yoga, "booking.note_added")
    assert event.facts["after"]["note"] == "The key lies\nunder the mat"
    assert [own.text for own in Acting(yoga).list_notes(code)] == [note.text]


def test_b15_staff_notes_are_the_customers_only_if_shared(yoga: World, code: str) -> None:
    Acting(yoga, "owner").add_note(code, "Pays late")
    Acting(yoga, "owner").add_note(code, "Bring a towel", is_shared=True)
    assert [(note.text, note.by, note.author) for note in Acting(yoga).list_notes(code)] == [
        ("Bring a towel", "member", "")
    ]
    assert [note.author for note in Acting(yoga, "owner").list_notes(code)] == ["Olga Owner"] * 2
    told = [event.facts["after"]["note"] for event in events(yoga, "booking.note_added")]
    assert told == ["", "Bring a towel"]


def test_a_note_sent_twice_is_one(yoga: World, code: str) -> None:
    sent, other = uuid7(), factories.make_booking(yoga, days=3).code
    for _ in range(2):
        Acting(yoga).add_note(code, "Once", note_id=sent)
    assert len(Acting(yoga).list_notes(code)) == len(events(yoga, "booking.note_added")) == 1
    with pytest.raises(Missing):
        Acting(yoga).add_note(other, "Once", note_id=sent)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001, "a\x00b"])
def test_a_note_that_is_none_is_refused(yoga: World, code: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        Acting(yoga).add_note(code, text)
    assert refused.value.field == "text"
    assert not events(yoga, "booking.note_added")


def test_notes_are_their_customers(yoga: World, other: World, code: str) -> None:
    for stranger in (Acting(yoga, "ben"), Acting(other), Acting(other, "owner")):
        with pytest.raises(Missing):
            stranger.list_notes(code)
        with pytest.raises(Missing):
            stranger.add_note(code, "Hello")
    assert not events(yoga, "booking.note_added")


def test_there_is_a_last_note(yoga: World, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookwidget.bookings.notes.MAX_NOTES", 1)
    Acting(yoga).add_note(code, "First")
    with pytest.raises(Refused):
        Acting(yoga).add_note(code, "Second")


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [({}, False), ({"bookings.notes_afterwards": True}, True), ({"bookings.notes": False}, False)],
)
def test_notes_afterwards_are_the_businesss_choice(
    yoga: World, past: str, settings: dict[str, Any], allowed: bool
) -> None:
    ada = Acting(yoga, settings=settings)
    assert ada.read_booking(past).may_note.allowed == allowed
    if allowed:
        ada.add_note(past, "Thank you")
    else:
        with pytest.raises(Denied):
            ada.add_note(past, "Thank you")
    Acting(yoga, "owner", settings=settings).add_note(past, "Came late")


@pytest.mark.parametrize("stars", ["0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5"])
def test_b14_half_stars_are_stored_with_that_booking(yoga: World, past: str, stars: str) -> None:
    other = factories.make_booking(yoga, days=-3).code
    Acting(yoga).rate_booking(past, stars, "Calm and clear")
    rated = Acting(yoga, "owner").read_booking(past)
    assert (rated.rating, rated.rating_comment) == (float(stars), "Calm and clear")
    assert Acting(yoga).read_booking(other).rating is None
    [event] = events(yoga, "booking.rated")
    assert (event.booking_id, event.facts["after"]["stars"]) == (rated.id, float(stars))


@pytest.mark.parametrize("stars", ["", "0", "5.5", "-1", "0.25", "3.0", "1e1", "nan", "٣"])
def test_b14_other_numbers_of_stars_are_refused(yoga: World, past: str, stars: str) -> None:
    with pytest.raises(Refused) as refused:
        Acting(yoga).rate_booking(past, stars)
    assert refused.value.field == "stars"
    assert not events(yoga, "booking.rated")


def test_b14_only_what_is_completed_is_rated(yoga: World) -> None:
    called_off = factories.make_class(yoga, days=-1, state="cancelled")
    for booking in (
        factories.make_booking(yoga),
        factories.make_booking(yoga, days=-1, status="cancelled"),
        factories.make_booking(yoga, occurrence=called_off),
    ):
        assert Acting(yoga).read_booking(booking.code).may_rate.rule == "not_completed"
        with pytest.raises(Denied):
            Acting(yoga).rate_booking(booking.code, "5")
    assert not events(yoga, "booking.rated")


def test_b14_a_rating_is_changed_and_withdrawn_for_14_days(yoga: World, past: str) -> None:
    Acting(yoga).rate_booking(past, "2")
    later = Acting(yoga, now=yoga.now + 13 * DAY)
    later.rate_booking(past, "3.5", "On second thoughts")
    later.rate_booking(past, "3.5", "On second thoughts")
    assert [event.facts["after"]["stars"] for event in events(yoga, "booking.rated")] == [2, 3.5]
    too_late = Acting(yoga, now=yoga.now + 14 * DAY)
    with pytest.raises(Denied):
        too_late.rate_booking(past, "1")
    with pytest.raises(Denied):
        too_late.withdraw_rating(past)
    for _ in range(2):
        later.withdraw_rating(past)
    assert len(events(yoga, "booking.rating_withdrawn")) == 1
    assert (later.read_booking(past).rating, later.read_booking(past).rating_comment) == (None, "")


def test_b14_a_rating_is_its_customers_alone(yoga: World, other: World, past: str) -> None:
    for stranger in (Acting(yoga, "ben"), Acting(other)):
        with pytest.raises(Missing):
            stranger.rate_booking(past, "1")
    with pytest.raises(Denied):
        Acting(yoga, "owner").rate_booking(past, "5")
    with pytest.raises(Denied):
        Acting(yoga, settings={"bookings.ratings": False}).rate_booking(past, "5")


def test_b14_a_rating_stands_in_the_list(yoga: World, past: str) -> None:
    Acting(yoga).rate_booking(past, "4.5")
    [row] = Acting(yoga).list_bookings(ListQuery(Tab.PAST)).rows
    assert row.rating == 4.5


def test_what_was_accepted_is_told_with_its_version_and_time(yoga: World, other: World) -> None:
    booking: Booking = factories.make_booking(yoga)
    for document in ("privacy", "terms"):
        yoga.add(
            Acceptance(booking_id=booking.id, document=document, address=f"https://a.example/{document}",
                       version="2026-1", accepted_at=yoga.now)
        )  # fmt: skip
    accepted = Acting(yoga).list_accepted(booking.code)
    assert [(one.document, one.version, one.at) for one in accepted] == [
        ("terms", "2026-1", yoga.now),
        ("privacy", "2026-1", yoga.now),
    ]
    for stranger in (Acting(yoga, "ben"), Acting(other)):
        with pytest.raises(Missing):
            stranger.list_accepted(booking.code)


def test_ending_links_is_an_event_and_not_done_through_a_link(yoga: World, code: str) -> None:
    Acting(yoga).end_links(code)
    assert len(events(yoga, "booking.links_ended")) == 1
    scope = yoga.scope(customer(yoga.ids["ada"], Door.MAIL))
    with scope.session, pytest.raises(Denied):
        end_links(scope, code)

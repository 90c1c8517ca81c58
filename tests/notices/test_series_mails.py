"""One mail tells of all dates of a series; what is left out is told too."""

from bookwidget.bookings.actions import calendar_of_change
from tests.bookings.acting import Acting
from tests.bookings.repeating import TEN, WEEK, codes, start
from tests.bookings.test_series_changes import settle
from tests.factories import World, make_appointment
from tests.notices.test_letters import BUSINESS, CUSTOMER, letter, of_series, words_of


def test_b9_the_mail_names_the_other_dates_and_what_stays() -> None:
    made, cancelled, postponed, moved, resumed, left_out = (letter(event) for event in of_series())
    assert "Repeats: Every 2 weeks" in made.text
    for found in (made, cancelled, postponed):
        for words in (found.text, words_of(found.html)):
            assert "The same for these dates:" in words
            assert "These dates stay as they are:" in words
    assert "Not booked, because the time was not free:" in made.text
    assert "It continues on Mon, 12 Jul 2027, 13:00." in postponed.text
    assert "New time:" in moved.text
    assert resumed.subject.startswith("Booked again: Slow Flow")
    assert "we could not book this date of your series" in left_out.text


def test_a_mail_about_one_date_says_nothing_of_series() -> None:
    for to in (CUSTOMER, BUSINESS):
        assert "dates" not in letter(of_series()[4], to).text


def test_b9_one_press_is_one_mail_each_with_all_dates_for_the_calendar(yoga: World) -> None:
    settle(yoga)
    make_appointment(yoga, starts_at=TEN + 2 * WEEK, customer="ben")
    start(yoga)
    Acting(yoga).cancel_series(codes(yoga)[0], seen=None)
    told = Acting(yoga).read_booking(codes(yoga)[0])
    scope = yoga.scope()
    with scope.session:
        found = calendar_of_change(scope, told.id, "booking.cancelled", told.history[-1].at)
    assert found is not None
    assert found.data.count(b"BEGIN:VEVENT") == 4
    assert found.data.count(b"STATUS:CANCELLED") == 4

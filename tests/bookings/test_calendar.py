"""Bookings as calendar files: read back by another library, and held against the line rules of RFC 5545."""

import re
from datetime import timedelta

import pytest
import vobject

from bookwidget.bookings.actions import CalendarFile
from bookwidget.kernel.errors import Missing
from bookwidget.schedule.rules import OccurrenceKey
from tests import factories
from tests.bookings.acting import Acting
from tests.factories import World


def check_lines(data: bytes) -> None:
    """CRLF after every line, none longer than 75 octets, folded between characters, no control signs."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character is cut in two
    unfolded = data.replace(b"\r\n ", b"").decode()
    for text in unfolded.rstrip().split("\r\n"):
        assert re.fullmatch(r"[A-Z-]+(?:;[A-Z-]+=(?:\"[^\"]*\"|[^\";:,]*))*:[^\x00-\x08\x0b-\x1f\x7f]*", text), text


def read(file: CalendarFile) -> vobject.base.Component:
    check_lines(file.data)
    calendar = vobject.readOne(file.data.decode())
    assert calendar.version.value == "2.0"
    assert calendar.method.value == file.method
    return calendar.vevent


def test_a_booking_reads_back_as_it_is(yoga: World) -> None:
    booking = factories.make_booking(yoga)
    file = Acting(yoga).read_calendar(booking.code)
    event = read(file)
    assert file.method == "PUBLISH"
    assert (event.dtstart.value, event.dtend.value) == (booking.starts_at, booking.ends_at)
    assert (event.uid.value, event.sequence.value) == (str(booking.id), "0")
    assert (event.summary.value, event.location.value) == ("Slow Flow", "Studio 1, 1 Harbour Row")
    assert event.status.value == "CONFIRMED"
    assert event.organizer.value == "mailto:hello@yoga.example"
    assert booking.code in event.description.value


def test_a_move_raises_the_sequence_under_the_same_uid_and_a_cancellation_ends_it(yoga: World) -> None:
    booking = factories.make_booking(yoga)
    target = factories.make_class(yoga, days=4)
    Acting(yoga).move_booking(booking.code, str(OccurrenceKey(target.id)), moves=0)
    moved = read(Acting(yoga).read_calendar(booking.code))
    assert (moved.uid.value, moved.sequence.value, moved.dtstart.value) == (str(booking.id), "1", target.starts_at)
    Acting(yoga, now=yoga.now + timedelta(minutes=1)).cancel_booking(booking.code)
    file = Acting(yoga).read_calendar(booking.code)
    ended = read(file)
    assert file.method == "CANCEL"
    assert (ended.uid.value, ended.sequence.value, ended.status.value) == (str(booking.id), "2", "CANCELLED")


def test_long_words_and_signs_of_the_format_come_through(yoga: World) -> None:
    other = factories.make_world(yoga.database, slug="salon", now=yoga.now, name='Salon; "Öl", \\ & Söhne')
    booking = factories.make_booking(other)
    event = read(Acting(other).read_calendar(booking.code))
    assert event.description.value.startswith('Salon; "Öl", \\ & Söhne')


def test_strangers_get_none(yoga: World) -> None:
    booking = factories.make_booking(yoga)
    with pytest.raises(Missing):
        Acting(yoga, "ben").read_calendar(booking.code)

"""Any field of any form at a booking may hold anything: a message, nothing changed, and what was typed stays."""

from itertools import product

import pytest

from bookwidget.bookings.series_rules import Kind, Rhythm
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import uuid7
from tests import factories
from tests.bookings.acting import Acting
from tests.bookings.repeating import REPEATS, TEN, dates, key_at
from tests.bookings.soundness import troubles
from tests.console.desks import owner
from tests.factories import World
from tests.web.test_twice import stage
from tests.web_fixtures import HERE, Web

ODD = ("\0", "x" * 100_000, "nan", "-1", "9" * 400, "0001-01-01", "9999-12-31T23:59", uuid7().hex)
QUERIES = (("slot", "step"), ("from",), ("day",), ("tickets", "slot", "step"), ("service",), ("done",))
TRIED = [("class", "own"), ("series", "own"), ("past", "own"), ("resumable", "link"), ("series", "desk")]


@pytest.mark.parametrize(
    ("state", "door", "tried"),
    [
        ("class", "own", ODD[:3]),
        ("series", "desk", ODD[-1:]),
        *[pytest.param(*one, ODD, marks=pytest.mark.slow) for one in TRIED],
    ],
)
def test_no_form_and_no_address_takes_what_makes_no_sense(
    web: Web, state: str, door: str, tried: tuple[str, ...]
) -> None:
    found = stage(web, state, door)
    forms = found.forms()
    before = found.look()
    for form in forms:
        for name in [name for name in form.fields if name != "csrf_token"]:
            for odd in tried:
                answer = found.visitor.post(form.action, {**form.fields, name: odd})
                assert answer.status_code in (303, 403, 404, 422), (form, name, odd[:20], answer.status_code)
                assert answer.status_code == 303 or "<h1" in answer.text, (form, name, odd[:20])
                if answer.status_code == 303:  # it is no such field, or it may hold this
                    assert troubles(web.yoga) == []
                    found.again()
                else:
                    assert found.look() == before, (form, name, odd[:20])
    for page in {form.page.split("?")[0] for form in forms}:
        for names, odd in [(names, odd[:3000]) for names in QUERIES for odd in tried]:
            query = dict.fromkeys(names, odd)
            got = found.visitor.client.get(page, query_string=query, base_url=HERE)
            assert got.status_code in (200, 303, 404, 422), (page, names, odd[:20], got.status_code)
    assert found.look() == before


def beside(text: str, field: str) -> bool:
    """Whether the page says what is wrong with this field, and where."""
    described = f'aria-describedby="{field}-error"' in text or f'{field}-error"' in text.split("aria-invalid", 1)[-1]
    return f'id="{field}-error"' in text and described


NOTES = [("text", ""), ("text", " \r\n "), ("text", "a\0b"), ("text", "\x1b[31m"), ("text", "x" * 100_000)]
STARS = [("stars", odd) for odd in ("", "0", "6", "2.3", "nan", "-1", "1e0", "٣", "0.5000", "99999999999999999999")]
COMMENTS = [("comment", "a\0b"), ("comment", "x" * 100_000)]


@pytest.mark.parametrize("odds", [NOTES, STARS, COMMENTS])
def test_b14_b15_what_is_no_note_and_no_rating_is_said_beside_its_field(web: Web, odds: list[tuple[str, str]]) -> None:
    is_note = odds is NOTES
    booking = factories.make_booking(web.yoga, days=2 if is_note else -1)
    ada, page = web.customer(), f"bookings/{booking.code}"
    url = f"{page}/notes" if is_note else f"{page}/rate"
    good = {**ada.form(page, url), "stars": "4", "comment": "Kept words"}
    for field, odd in odds:
        answer = ada.post(url, {**good, field: odd})
        assert answer.status_code == 422, odd
        assert beside(answer.text, field), odd
        assert "Kept words" in answer.text or field != "stars"
    assert Acting(web.yoga).list_notes(booking.code) == []
    assert Acting(web.yoga).read_booking(booking.code).rating is None


EXCEPTIONS = [
    *[("until", odd) for odd in ("", "tomorrow", "2026-11-24T08:00", "2026-99-99T10:00", "0001-01-01T00:00")],
    *[("reason", odd) for odd in ("", "a\0b", "x" * 501)],
    *[("permission", odd) for odd in ("", "booking:read", "booking:transfer\0")],
]


def test_p9_an_exception_that_is_none_is_said_beside_its_field(web: Web) -> None:
    booking = factories.make_booking(web.yoga)
    staff, page = owner(web), f"bookings/{booking.code}/rules"
    good = {
        **staff.form(page, page),
        "permission": "booking:cancel",
        "until": "2026-11-25T10:00",
        "reason": "Kept words",
    }
    for field, odd in EXCEPTIONS:
        answer = staff.post(page, {**good, field: odd})
        assert answer.status_code == 422, odd
        assert beside(answer.text, field), odd
        assert "Kept words" in answer.text or field == "reason"
    assert Acting(web.yoga).read_booking(booking.code).override is None


RHYTHMS = {
    "ten thousand dates": Rhythm(Kind.WEEKLY, times=10_000),
    "one date": Rhythm(Kind.WEEKLY, times=1),
    "none at all": Rhythm(Kind.WEEKLY, times=0),
    "no interval": Rhythm(Kind.WEEKLY, every=0),
    "a negative one": Rhythm(Kind.WEEKLY, every=-1),
    "every year or so": Rhythm(Kind.WEEKLY, every=53),
    "an end in the past": Rhythm(Kind.WEEKLY, last_day=TEN.date().replace(year=2025)),
    "an end on the first day": Rhythm(Kind.WEEKLY, last_day=TEN.date()),
    "an end in a thousand years": Rhythm(Kind.WEEKLY, last_day=TEN.date().replace(year=3026)),
    "two ends": Rhythm(Kind.WEEKLY, times=3, last_day=TEN.date().replace(year=2027)),
}


def test_b9_a_series_without_measure_is_refused_and_nothing_is_booked(yoga: World) -> None:
    values = yoga.ids["massage"], key_at(yoga, TEN)
    for name, rhythm in RHYTHMS.items():
        for action in ("plan_series", "start_series"):
            with pytest.raises(Refused) as refused:
                getattr(Acting(yoga, settings=REPEATS), action)(*values, rhythm)
            assert refused.value.field.startswith("repeat"), name
    assert dates(yoga) == []


def test_b9_a_made_up_rhythm_is_refused_by_the_form(web: Web) -> None:
    web.settings(web.yoga, bookings__repeat_allowed=True)
    ada, page = web.customer(), f"book/{web.yoga.ids['massage'].hex}"
    url = str(ada.post(page, {**ada.form(page), "slot": key_at(web.yoga, TEN)}).location)
    form = {**ada.form(url), "note": "Kept words", "times": "10000"}
    for odd, button in product(("day", "10000", "0-weeks", "week\0", "FREQ=DAILY;COUNT=10000"), ("review", "confirm")):
        answer = ada.post(url, {**form, "do": button, "repeat": odd})
        assert answer.status_code == 422
        assert "This cannot be booked as a series." in answer.text
        assert "Kept words" in answer.text
    assert dates(web.yoga) == []

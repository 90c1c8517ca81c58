"""What comes out is what Babel's own functions say, in the locale's digits."""

import datetime as dt
import subprocess
import sys
import unicodedata
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale, localedata
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from bookwidget.theming.formats import ZEROS, Formats, formats_for

LOCALES = ["en_GB", "en_US", "de", "de_AT", "fr", "es_MX", "ja", "ar_AE", "he", "hi", "pt_BR", "zh_Hant_TW", "sw"]
ZONES = ["Europe/London", "America/New_York", "Asia/Dubai", "Asia/Kathmandu", "Pacific/Apia"]
MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
KINDS = st.builds(formats_for, st.sampled_from(LOCALES), st.sampled_from(ZONES), st.just("EUR"))

BRITISH = formats_for("en-GB", "Europe/London", "GBP")
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
CLASS = dt.datetime(2026, 11, 24, 18, 30, tzinfo=dt.UTC)


@given(KINDS, MOMENTS)
def test_dates_and_times_are_babels(kind: Formats, at: dt.datetime) -> None:
    local, locale = at.astimezone(kind.zone), kind.locale
    assert kind.day(at) == format_date(local.date(), "full", locale)
    assert kind.date(at) == format_skeleton("yMMMEd", local.replace(tzinfo=None), locale=locale)
    assert kind.date(at, at) == format_skeleton("MMMEd", local.replace(tzinfo=None), locale=locale)
    assert kind.month(at) == format_skeleton("yMMMM", local.replace(tzinfo=None), locale=locale)
    assert kind.month(at, at) == format_date(local.date(), "LLLL", locale)
    assert kind.month_short(at) == format_date(local.date(), "LLL", locale)
    assert kind.weekday_short(at) in (
        format_date(local.date(), "ccc", locale),
        format_date(local.date(), "cccccc", locale),
    )
    assert kind.day_number(at) == str(local.day)
    assert kind.time(at) == format_time(at, "short", kind.zone, locale)
    assert kind.time(at) in kind.moment(at)
    assert kind.date(at, at) in kind.moment(at, at)


def test_weekdays_are_short_where_an_abbreviation_is_none() -> None:
    assert formats_for("ar_AE", "UTC", "AED").weekday_short(CLASS) == "ثلاثاء"
    assert formats_for("de", "UTC", "EUR").weekday_short(CLASS) == "Di"
    assert BRITISH.weekday_short(CLASS) == "Tue"


@given(KINDS, MOMENTS, st.integers(1, 600))
def test_ranges_are_babels(kind: Formats, start: dt.datetime, minutes: int) -> None:
    end = start + dt.timedelta(minutes=minutes)
    if kind.local(start).date() != kind.local(end).date():
        assert kind.moment(end, start) in kind.time_range(start, end)
    elif str(kind.locale) == "zh_Hant_TW":
        assert kind.time_range(start, end) == f"{kind.time(start)}\u2009–\u2009{kind.time(end)}"
    else:
        clocks = [format_interval(start, end, clock, kind.zone, locale=kind.locale) for clock in ("hm", "Hm")]
        assert kind.time_range(start, end) in clocks


@given(st.sampled_from(LOCALES), st.sampled_from(["EUR", "JPY", "KWD", "GBP", "AED"]), st.integers(-(10**9), 10**9))
def test_money_is_babels(locale: str, currency: str, minor: int) -> None:
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    kind = formats_for(locale, "UTC", currency)
    assert kind.money(minor) == format_currency(amount, currency, locale=locale, numbering_system="default")
    assert kind.number(amount) == format_decimal(amount, locale=locale, numbering_system="default")


@pytest.mark.parametrize(
    ("currency", "minor", "words"),
    [("GBP", 1400, "£14.00"), ("JPY", 1400, "JP¥1,400"), ("KWD", 1400, "KWD1.400"), ("GBP", -5, "-£0.05")],
)
def test_the_currency_says_how_many_digits_are_minor(currency: str, minor: int, words: str) -> None:
    assert formats_for("en-GB", "UTC", currency).money(minor) == words


def test_as_a_british_page_says_it() -> None:
    end = CLASS + dt.timedelta(minutes=75)
    assert BRITISH.day(CLASS) == "Tuesday, 24 November 2026"
    assert BRITISH.date(CLASS, NOW) == "Tue 24 Nov"
    assert BRITISH.date(CLASS.replace(year=2027), NOW) == "Wed, 24 Nov 2027"
    assert BRITISH.month(CLASS, NOW) == "November"
    assert BRITISH.month(CLASS.replace(year=2027), NOW) == "November 2027"
    assert BRITISH.time_range(CLASS, end) == "18:30–19:45"
    assert BRITISH.moment(CLASS, NOW) == "Tue 24 Nov, 18:30"
    assert BRITISH.time_range(CLASS, CLASS + dt.timedelta(hours=8)) == "18:30\u2009–\u2009Wed 25 Nov, 02:30"


def test_twelve_hours_where_people_count_so() -> None:
    assert formats_for("en-US", "UTC", "USD").time(CLASS) == "6:30\u202fPM"
    assert formats_for("de-DE", "UTC", "EUR").time(CLASS) == "18:30"


@pytest.mark.parametrize("locale", ["ar_EG", "fa", "bn", "mr", "ne"])
def test_digits_are_the_locales_own(locale: str) -> None:
    kind = formats_for(locale, "Asia/Dubai", "EGP")
    written = [kind.date(CLASS), kind.time(CLASS), kind.money(123456), kind.number(42), kind.day_number(CLASS)]
    written += [kind.moment(CLASS), kind.relative_days(CLASS + dt.timedelta(days=9), NOW)]
    for words in written:
        assert not any(sign.isascii() and sign.isdigit() for sign in words), words
    assert [unicodedata.decimal(sign) for sign in kind.day_number(CLASS)] == [2, 4]


def test_every_numbering_system_that_a_locale_uses_is_known() -> None:
    used = {Locale.parse(name).default_numbering_system for name in localedata.locale_identifiers()}
    assert used - {"latn"} <= set(ZEROS)
    for zero in ZEROS.values():
        assert [unicodedata.decimal(chr(zero + digit)) for digit in range(10)] == list(range(10))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (2, "in 2 days"),
        (13, "in 13 days"),
        (14, "in 2 weeks"),
        (90, "in 3 months"),
        (-3, "3 days ago"),
    ],
)
def test_relative_days(days: int, words: str) -> None:
    assert BRITISH.relative_days(NOW + dt.timedelta(days=days), NOW) == words


def test_tomorrow_begins_at_midnight_of_the_business() -> None:
    late = dt.datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("Europe/London"))
    assert BRITISH.relative_days(late + dt.timedelta(hours=1), late) == "tomorrow"
    assert formats_for("en-GB", "America/New_York", "USD").relative_days(late + dt.timedelta(hours=1), late) == "today"


def test_the_hour_that_comes_twice_is_written_as_the_clocks_show_it() -> None:
    before = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert BRITISH.time(before) == BRITISH.time(before + dt.timedelta(hours=1)) == "01:30"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        BRITISH.time(dt.datetime(2026, 11, 24, 18, 30))  # noqa: DTZ001


def test_a_time_made_local_once_is_used_as_it_is() -> None:
    local = BRITISH.local(CLASS)
    assert BRITISH.local(local) is local
    assert formats_for("en-GB", "Europe/London", "GBP") is BRITISH


def test_one_language_never_speaks_in_anothers_words() -> None:
    """In a process of its own: what was looked up first is what Babel would give to all."""
    script = (
        "import datetime as dt\n"
        "from bookwidget.theming.formats import formats_for\n"
        "at = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)\n"
        "words = lambda name: [getattr(formats_for(name, 'UTC', 'EUR'), kind)(at)"
        " for kind in ('weekday_short', 'month_short', 'month', 'date')]\n"
        "words('sw'), words('ja')\n"
        "print(words('ar_AE')[0], words('de')[:2])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ثلاثاء", "['Di',", "'Nov']"]

"""Dates, times, money and numbers as CLDR writes them for a locale.

Babel does the writing, so it is right; what it wrote is kept, so it is fast. A day's words do not depend on the hour
and a clock time not on the day: a few hundred short texts serve all pages of a locale. Nothing calls `strftime`.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    DateTimePattern,
    format_interval,
    format_timedelta,
    get_date_format,
    get_datetime_format,
    get_day_names,
    get_month_names,
    get_time_format,
    parse_pattern,
)
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from bookwidget.kernel.text import _
from bookwidget.theming.i18n import translate
from bookwidget.theming.locales import own_locale

ZEROS = {
    "adlm": 0x1E950,
    "arab": 0x660,
    "arabext": 0x6F0,
    "beng": 0x9E6,
    "cakm": 0x11136,
    "deva": 0x966,
    "hmnp": 0x1E140,
    "mtei": 0xABF0,
    "mymr": 0x1040,
    "nkoo": 0x7C0,
    "olck": 0x1C50,
    "tibt": 0xF20,
}
"""Where the ten digits of a CLDR numbering system begin: Babel knows the systems and writes Latin digits in all."""

KEPT = 4096
"""Of each format of a business; there are no more days and clock times than that."""
KEPT_INSTANTS = 16384
"""Of all businesses together: what is kept for an instant, because many customers come at one time."""
NEAR_DAYS = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
"""CLDR has these words, Babel does not carry them."""

Key = TypeVar("Key")


@lru_cache(maxsize=512)
def formats_for(locale: str, zone: str, currency: str) -> "Formats":
    """Kept per business. `locale` is "en-GB" or "en_GB". Raises `babel.UnknownLocaleError` or `ValueError` for what
    is no locale, `zoneinfo.ZoneInfoNotFoundError` for what is no zone.
    """
    return Formats(locale, zone, currency)


class Leaf(NamedTuple):
    """A day as it stands beside a booking, and the time as machines read it."""

    at: str
    weekday: str
    day: str
    month: str


class Formats:
    """All times go in as aware `datetime`s of any zone and come out in the business's zone.

    Where a method takes `now`, the year is left out if it is the current one in that zone; without `now` it is always
    written.
    """

    def __init__(self, locale: str, zone: str, currency: str) -> None:
        self.locale = own_locale(locale)
        self.zone = ZoneInfo(zone)
        self.currency = currency
        self._digits = _digits(self.locale.default_numbering_system)
        self._minor_digits = get_currency_precision(currency)
        self._glue = str(get_datetime_format("medium", locale=self.locale)).replace("'", "")
        clock = get_time_format("short", self.locale)
        self._between = str(self.locale.interval_formats[None])
        self._range_skeleton = _range_skeleton(self.locale, clock.pattern)
        self._weekdays = _short_weekdays(self.locale)
        self._months = get_month_names("wide", "stand-alone", self.locale)
        self._short_months = get_month_names("abbreviated", "stand-alone", self.locale)
        self._full = self._kept_dates(get_date_format("full", self.locale).pattern)
        self._dated = self._kept_dates(self._skeleton("yMMMEd"))
        self._this_year = self._kept_dates(self._skeleton("MMMEd"))
        self._month_and_year = self._kept_dates(self._skeleton("yMMMM"))
        self._clock = self._kept(partial(self._written_time, clock))
        self._leaf_words = lru_cache(maxsize=KEPT)(self._written_leaf)
        self._range = self._kept(self._written_range)
        self._distance = self._kept(self._written_distance)
        self._money = self._kept(self._written_money)
        self._number = self._kept(self._written_number)

    def local(self, at: dt.datetime) -> dt.datetime:
        """In the business's zone. A page that formats one time in several ways may do this once and go on from it."""
        return at if at.tzinfo is self.zone else _local(self, at)

    def day(self, at: dt.datetime) -> str:
        """Tuesday, 24 November 2026"""
        return self._full(self.local(at).date())

    def date(self, at: dt.datetime, now: dt.datetime | None = None) -> str:
        """Tue 24 Nov; of another year: Tue, 12 Jan 2027"""
        local = self.local(at).date()
        return self._this_year(local) if self._same_year(local, now) else self._dated(local)

    def calendar_day(self, day: dt.date) -> str:
        """Tue, 24 Nov 2026: a day that is no instant, such as a birthday."""
        return self._dated(day)

    def leaf(self, at: dt.datetime) -> Leaf:
        """Tue, 24, Nov, and 2026-11-24T18:30+00:00"""
        return _leaf(self, at)

    def weekday_short(self, at: dt.datetime) -> str:
        """Tue"""
        return str(self._weekdays[self.local(at).weekday()])

    def day_number(self, at: dt.datetime) -> str:
        """24"""
        return self._localised(str(self.local(at).day))

    def month_short(self, at: dt.datetime) -> str:
        """Nov"""
        return str(self._short_months[self.local(at).month])

    def month(self, at: dt.datetime, now: dt.datetime | None = None) -> str:
        """For a heading: November; of another year: January 2027"""
        local = self.local(at).date()
        return str(self._months[local.month]) if self._same_year(local, now) else self._month_and_year(local)

    def time(self, at: dt.datetime) -> str:
        """18:30, or 6:30 PM where people write so"""
        local = self.local(at)
        return self._clock(dt.time(local.hour, local.minute))

    def time_range(self, start: dt.datetime, end: dt.datetime) -> str:
        """18:30–19:45. An end on another day is written with its day."""
        return _time_range(self, start, end)

    def moment(self, at: dt.datetime, now: dt.datetime | None = None) -> str:
        """Tue 24 Nov, 18:30"""
        local = self.local(at)
        return str(self._glue.replace("{1}", self.date(local, now)).replace("{0}", self.time(local)))

    def relative_days(self, at: dt.datetime, now: dt.datetime) -> str:
        """today, tomorrow, in 2 days, in 3 weeks, 2 months ago: counted in days of the calendar, not in hours."""
        days = (self.local(at).date() - self.local(now).date()).days
        if days in NEAR_DAYS:
            return translate(NEAR_DAYS[days])
        return self._distance(days)

    def money(self, minor: int) -> str:
        """£14.00 from 1400; the currency says how many digits are minor: JPY none, KWD three."""
        return self._money(minor)

    def number(self, number: float | Decimal) -> str:
        """1,234.5"""
        return self._number(number)

    def percent(self, number: int) -> str:
        """50% from 50."""
        return format_percent(Decimal(number) / 100, locale=self.locale)

    def _same_year(self, local: dt.date, now: dt.datetime | None) -> bool:
        return now is not None and self.local(now).year == local.year

    def _skeleton(self, name: str) -> str:
        return str(self.locale.datetime_skeletons[name].pattern)

    def _kept_dates(self, pattern: str) -> Callable[[dt.date], str]:
        parsed = parse_pattern(pattern)

        def written(date: dt.date) -> str:
            return parsed.apply(date, self.locale)

        return self._kept(written)

    def _kept(self, write: Callable[[Key], str]) -> Callable[[Key], str]:
        """`write`, with the locale's own digits, once for each different value."""

        def localised(value: Key) -> str:
            return self._localised(write(value))

        return lru_cache(maxsize=KEPT)(localised)

    def _written_time(self, pattern: DateTimePattern, time: dt.time) -> str:
        return pattern.apply(time, self.locale)

    def _written_leaf(self, day: dt.date) -> tuple[str, str, str]:
        return (
            str(self._weekdays[day.weekday()]),
            self._localised(str(day.day)),
            str(self._short_months[day.month]),
        )

    def _written_range(self, times: tuple[dt.time, dt.time]) -> str:
        if self._range_skeleton is None:
            return self._between.format(*map(self._clock, times))
        # any day without a change of the clocks serves: only the two times are written
        first, last = (dt.datetime.combine(dt.date(2000, 1, 1), time, dt.UTC) for time in times)
        return format_interval(first, last, self._range_skeleton, tzinfo=dt.UTC, locale=self.locale)

    def _written_distance(self, days: int) -> str:
        # a unit is taken from two of it on: "in 13 days" says more than "in 2 weeks"
        distance = dt.timedelta(days=days)
        return format_timedelta(distance, "day", threshold=2, add_direction=True, locale=self.locale)

    def _written_money(self, minor: int) -> str:
        amount = Decimal(minor).scaleb(-self._minor_digits)
        return str(format_currency(amount, self.currency, locale=self.locale, numbering_system="default"))

    def _written_number(self, number: float | Decimal) -> str:
        return str(format_decimal(number, locale=self.locale, numbering_system="default"))

    def _localised(self, words: str) -> str:
        return words.translate(self._digits) if self._digits else words


@lru_cache(maxsize=KEPT_INSTANTS)
def _local(formats: Formats, at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.astimezone(formats.zone)


@lru_cache(maxsize=KEPT_INSTANTS)
def _leaf(formats: Formats, at: dt.datetime) -> Leaf:
    local = formats.local(at)
    return Leaf(local.isoformat(timespec="minutes"), *formats._leaf_words(local.date()))


@lru_cache(maxsize=KEPT_INSTANTS)
def _time_range(formats: Formats, start: dt.datetime, end: dt.datetime) -> str:
    first, last = formats.local(start), formats.local(end)
    if first.date() != last.date():
        return formats._between.format(formats.time(first), formats.moment(last, first))
    return formats._range((dt.time(first.hour, first.minute), dt.time(last.hour, last.minute)))


def _digits(system: str) -> dict[int, str]:
    zero = ZEROS.get(system)
    return {} if zero is None else {ord("0") + digit: chr(zero + digit) for digit in range(10)}


def _short_weekdays(locale: Locale) -> Mapping[int, str]:
    """Seven of them stand in a row on a phone: where CLDR abbreviates nothing, as in Arabic, its shorter names do."""
    whole, abbreviated, short = (
        get_day_names(width, "stand-alone", locale) for width in ("wide", "abbreviated", "short")
    )
    return short if abbreviated == whole else abbreviated


def _range_skeleton(locale: Locale, clock: str) -> str | None:
    """`None` where the locale's ranges name parts of the day ("in the evening"), which Babel cannot write."""
    skeleton = "hm" if set("hK") & set(clock) else "Hm"
    written = "".join(part for parts in locale.interval_formats[skeleton].values() for part in parts)
    return None if "B" in written else skeleton

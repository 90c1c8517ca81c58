"""The business in numbers: tables with drawn bars, and the same as a file."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import make_response, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.import_files import plain_cell
from bookwidget.bookings.actions import Numbers, Sums, month_after, read_numbers
from bookwidget.console.forms import NumbersForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _, n_
from bookwidget.theming.formats import Formats
from bookwidget.web.desk import desk

SHOWN_MONTHS = 12
FIRST_YEAR, LAST_YEAR = 1970, 2200
COLUMNS = (
    ("bookings", "bookings"), ("cancelled", "cancelled"), ("places", "places"), ("no_shows", "no_shows"),
    ("class_places", "capacity"), ("class_places_taken", "taken"), ("booked_value_minor", "value"),
)  # fmt: skip
"""Of the file: a name for programs, and the sum."""
BY = ("month", "service", "provider")


@dataclass(frozen=True)
class Bar:
    """A row of a plot: a bar of `share` thousandths of the longest, and one of `rest` behind it."""

    label: str
    said: str
    share: int
    rest: int = 0


@dataclass(frozen=True)
class Plot:
    id: str
    title: Text
    finding: Text
    """What one sees there, in words."""
    column: Text
    bars: list[Bar]


def numbers() -> ResponseReturnValue:
    here, form = desk(), NumbersForm(request.args)
    here.require(Permission.NUMBERS_READ)
    form.validate()
    found = found_for(form)
    words = here.formats
    first, last = found.months[0][0], found.months[-1][0]
    kept: dict[str, Any] = {"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}"}
    if not form.errors:
        form.first_month.data, form.last_month.data = first, last
        form.first_month.raw_data = form.last_month.raw_data = None
    return show(
        "numbers.html", status=422 if form.errors else 200, form=form, found=found, plots=plots_of(found, words),
        tables=[(_("By service"), _("Service"), found.services), (_("By provider"), _("Provider"), found.providers)],
        files=[(by, url_for(".numbers_table", by=by, **kept)) for by in BY],
        span=(month_name(first, words), month_name(last, words)),
    )  # fmt: skip


def found_for(form: NumbersForm) -> Numbers:
    """What is asked for; what cannot be, is said at the form, and the last twelve months are shown."""
    here = desk()
    this = here.formats.local(here.now).date().replace(day=1)
    usual = month_after(this, 1 - SHOWN_MONTHS), this
    first, last = form.first_month.data, form.last_month.data
    if form.errors or not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in (first, last) if day):
        return read_numbers(here.scope(), *usual)
    last = last or (month_after(first, SHOWN_MONTHS - 1) if first else this)
    try:
        return read_numbers(here.scope(), first or month_after(last, 1 - SHOWN_MONTHS), last)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return read_numbers(here.scope(), *usual)


def numbers_table() -> ResponseReturnValue:
    """The sums as CSV; a cell that would be a formula begins with an apostrophe."""
    here, form = desk(), NumbersForm(request.args)
    here.require(Permission.NUMBERS_READ)
    form.validate()
    by = request.args.get("by", "")
    by = by if by in BY else BY[0]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([by, *(title for title, _name in COLUMNS), "currency"])
    for label, sums in rows_by(by, found_for(form)):
        writer.writerow([plain_cell(label), *(getattr(sums, name) for _title, name in COLUMNS), here.tenant.currency])
    response = make_response(text.getvalue().encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="numbers-by-{by}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def rows_by(by: str, found: Numbers) -> Sequence[tuple[str, Sums]]:
    months = [(f"{day:%Y-%m}", sums) for day, sums in found.months]
    return {"month": months, "service": found.services, "provider": found.providers}[by]


def plots_of(found: Numbers, words: Formats) -> list[Plot]:
    total = found.total
    plots = [
        Plot(
            "bookings", _("Bookings"), finding_of_bookings(found, words), _("Bookings"),
            bars(found, words, lambda sums: sums.bookings, words.number, rest=lambda sums: sums.cancelled),
        ),
        Plot(
            "value", _("Booked value"), finding_of_value(found, words), _("Booked value"),
            bars(found, words, lambda sums: sums.value, words.money),
        ),
    ]  # fmt: skip
    if total.capacity:
        said = _("%(percent)s of the places in classes are taken.", percent=words.percent(total.occupancy or 0))
        plots.append(
            Plot(
                "occupancy", _("Occupancy of classes"), said, _("Occupancy"),
                bars(found, words, lambda sums: sums.occupancy or 0, lambda value: words.percent(int(value)), most=100),
            )
        )  # fmt: skip
    no_shows = n_(
        "%(n)s place was marked as absent, of %(places)s.", "%(n)s places were marked as absent, of %(places)s.",
        total.no_shows, places=words.number(total.places),
    )  # fmt: skip
    absent = bars(found, words, lambda sums: sums.no_shows, words.number)
    return [*plots, Plot("no-shows", _("No-shows"), no_shows, _("No-shows"), absent)]


def finding_of_bookings(found: Numbers, words: Formats) -> Text:
    if not found.total.bookings:
        return _("No bookings in these months.")
    day, most = max(found.months, key=lambda month: month[1].bookings)
    return _(
        "Bookings: %(all)s, most in %(month)s: %(most)s. Cancelled: %(cancelled)s.",
        all=words.number(found.total.bookings), month=month_name(day, words), most=words.number(most.bookings),
        cancelled=words.number(found.total.cancelled),
    )  # fmt: skip


def finding_of_value(found: Numbers, words: Formats) -> Text:
    if not found.total.value:
        return _("Nothing of value was booked in these months.")
    day, most = max(found.months, key=lambda month: month[1].value)
    return _(
        "Booked value: %(all)s, most in %(month)s: %(most)s.",
        all=words.money(found.total.value), month=month_name(day, words), most=words.money(most.value),
    )  # fmt: skip


def bars(
    found: Numbers,
    words: Formats,
    value: Callable[[Sums], int],
    written: Callable[[int], str],
    *,
    rest: Callable[[Sums], int] | None = None,
    most: int = 0,
) -> list[Bar]:
    """One for each month, as long as its share of the longest, or of `most`."""
    longest = most or max(value(sums) + (rest(sums) if rest else 0) for _day, sums in found.months) or 1
    made = []
    for day, sums in found.months:
        more = rest(sums) if rest else 0
        said = written(value(sums)) + (f" + {written(more)}" if more else "")
        made.append(Bar(month_name(day, words), said, value(sums) * 1000 // longest, more * 1000 // longest))
    return made


def month_name(day: date, words: Formats) -> str:
    """November 2026"""
    return words.month(datetime(day.year, day.month, 15, 12, tzinfo=UTC))

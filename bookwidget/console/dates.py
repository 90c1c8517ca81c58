"""Published dates of classes: the list, and one with who comes and who waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import AgendaEntry, DateDetails, list_dates, read_date
from bookwidget.catalog.actions import list_all_locations, list_everybody, list_services
from bookwidget.console.bookings import STATUS_TITLES
from bookwidget.console.pages import show
from bookwidget.kernel.ids import known_uuid, parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk

WHEN = (("upcoming", _("Upcoming")), ("past", _("Past")))
NEWS = {
    "published": _("The dates have been published. Customers can book them from now on."),
    "changed": _("The date has been changed. Whoever has booked it or waits for it is told by email."),
    "capacity": _("The number of places has been changed."),
    "same": _("Nothing was different, so nothing has changed."),
    "cancelled": _("The date has been cancelled. Whoever had booked it or waited for it is told by email."),
    "released": _("The date has been taken back. Nobody had booked it."),
}


@dataclass(frozen=True)
class Day:
    """Dates of one day, under one heading."""

    is_today: bool
    rows: list[AgendaEntry]


def reading() -> Scope:
    """Every member sees the dates; owners and managers change them."""
    desk().require(Permission.BOOKING_READ)
    return desk().scope()


def managing() -> Scope:
    desk().require(Permission.CATALOG_CHANGE)
    return desk().scope()


def dates() -> ResponseReturnValue:
    scope = reading()
    service, when = parse_uuid(request.args.get("service", "")), request.args.get("when", "")
    classes = [one for one in list_services(scope) if one.is_class]
    is_past = when == "past"
    page = list_dates(scope, service_id=service, is_past=is_past, page=request.args.get("page", 1, type=int))
    return show(
        "dates.html", page=page, days=by_day(page.rows), classes=classes, service=service, spans=WHEN,
        when="past" if is_past else "upcoming", news=NEWS.get(request.args.get("done", "")), can_change=can_change(),
    )  # fmt: skip


def by_day(rows: Iterable[AgendaEntry]) -> list[Day]:
    """In the order in which they come."""
    formats = desk().formats
    today = formats.local(desk().now).date()

    def day(row: AgendaEntry) -> date:
        return formats.local(row.starts_at).date()

    return [Day(local == today, list(own)) for local, own in groupby(rows, key=day)]


def dates_one(occurrence: str) -> ResponseReturnValue:
    found = find(reading(), occurrence)
    return show_date(found, news=NEWS.get(request.args.get("done", "")))


def show_date(found: DateDetails, *, news: Text | None = None) -> ResponseReturnValue:
    can = can_change() and found.date.state == "scheduled" and found.date.ends_at > desk().now
    return show("date.html", found=found, date=found.date, titles=STATUS_TITLES, news=news, can_change=can)


def can_change() -> bool:
    return desk().may(Permission.CATALOG_CHANGE)


def find(scope: Scope, text: str) -> DateDetails:
    """`Missing` for what is none."""
    return read_date(scope, known_uuid(text))


def people_and_places(
    scope: Scope, *more: tuple[UUID | None, str]
) -> tuple[list[tuple[str, Text | str]], list[tuple[str, Text | str]]]:
    """To choose from; `more` are a provider and a location who stand there although they are on no list any more."""
    people = {one.id: one.name for one in list_everybody(scope)}
    places = {one.id: one.name for one in list_all_locations(scope)}
    for known, (id, name) in zip((people, places), more, strict=False):
        if id is not None:
            known.setdefault(id, name)
    return (
        [("", _("Nobody in particular")), *((id.hex, name) for id, name in people.items())],
        [("", _("No location")), *((id.hex, name) for id, name in places.items())],
    )

"""All bookings of the business, and one with everything about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from bookwidget.accounts.customers import DeskCustomer
from bookwidget.accounts.rules import region_of, shown_phone
from bookwidget.bookings.actions import (
    STATUSES,
    BookingDetails,
    DeskBooking,
    DeskQuery,
    DeskRow,
    find_bookings,
    read_for_desk,
    read_series,
)
from bookwidget.catalog.actions import list_services
from bookwidget.console.forms import BookingSearchForm, StaffNoteForm
from bookwidget.console.history import Step, steps_of, steps_since
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import parse_uuid, uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.one_booking.opened import Opened

WHEN = (("upcoming", _("Upcoming")), ("past", _("Past")), ("all", _("All")))
STATUS_TITLES = dict(zip(STATUSES, (_("Booked"), _("Waiting for approval"), _("On hold"), _("Cancelled")), strict=True))
NEWS = {
    "made": _("The booking has been made. The customer is told by email."),
    "cancelled": _("The booking has been cancelled. The customer is told by email."),
    "moved": _("The booking has been moved. The customer is told by email."),
    "transferred": _("The tickets have been transferred. The customer is told by email."),
    "ticket": _("The ticket has been cancelled. The customer is told by email."),
    "restored": _("The cancellation has been undone."),
    "resumed": _("The booking is active again. The customer is told by email."),
    "marked": _("Attendance has been saved."),
    "noted": _("The note has been added."),
    "links": _("Links in emails sent so far no longer open this booking."),
}


@dataclass(frozen=True)
class Day:
    """Bookings of one day, under one heading."""

    day: date
    is_today: bool
    rows: list[DeskRow]


def bookings() -> ResponseReturnValue:
    """Without a question: today and what comes. Words are sought in all bookings, unless days are given."""
    here = desk()
    here.require(Permission.BOOKING_READ)
    form = BookingSearchForm(request.args)
    form.validate()
    when = chosen_span(form)
    query = query_of(form, when)
    try:
        page = find_bookings(here.scope(), query)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        page = find_bookings(here.scope(), replace(query, first_day=None, last_day=None))
    kept = {field.name: typed for field in form if (typed := request.args.get(field.name, "").strip())}
    return show(
        "bookings.html", status=422 if form.errors else 200, form=form, page=page, days=by_day(page.rows), kept=kept,
        when=when, spans=WHEN, titles=STATUS_TITLES, statuses=[("", _("All")), *STATUS_TITLES.items()],
        services=list_services(here.scope()),
        is_latest_first=query.is_latest_first,
    )  # fmt: skip


def chosen_span(form: BookingSearchForm) -> str:
    """Which of the tabs; none where days are given."""
    asked = request.args.get("when", "")
    if form.first_day.data or form.last_day.data:
        return ""
    if asked in dict(WHEN):
        return asked
    return "all" if (form.q.data or "").strip() else "upcoming"


def query_of(form: BookingSearchForm, when: str) -> DeskQuery:
    """What is not right in the address is left out."""
    today = desk().formats.local(desk().now).date()
    first, last = form.first_day.data, form.last_day.data
    if when == "upcoming":
        first = today
    elif when == "past":
        last = today - timedelta(days=1)
    return DeskQuery(
        text=form.q.data or "", first_day=first, last_day=last, status=form.status.data or "",
        service_id=parse_uuid(form.service.data or ""), is_latest_first=first is None,
        page=request.args.get("page", 1, type=int),
    )  # fmt: skip


def by_day(rows: Iterable[DeskRow]) -> list[Day]:
    """In the order in which they come."""
    formats, now = desk().formats, desk().now
    today = formats.local(now).date()
    grouped = groupby(rows, key=lambda row: formats.local(row.starts_at).date())
    return [Day(day, day == today, list(own)) for day, own in grouped]


def bookings_one(code: str) -> ResponseReturnValue:
    return show_one(code, news=NEWS.get(request.args.get("done", "")))


def show_one(
    code: str,
    *,
    news: Text | None = None,
    trouble: Text | None = None,
    note_form: StaffNoteForm | None = None,
    status: int = 200,
) -> Response:
    """All about a booking; `Missing` if the business has none of this code."""
    here = desk()
    here.require(Permission.BOOKING_READ)
    scope = here.scope()
    found = read_for_desk(scope, code)
    return show(
        "booking.html", status=status, found=found, booking=found.booking, news=news, trouble=trouble,
        titles=STATUS_TITLES, steps=steps_of(found), opened=opened_at(scope, found.booking),
        series=read_series(scope, found.booking),
        note_form=note_form or StaffNoteForm(formdata=None, note=uuid7().hex),
        answer_link=lambda answer: url_for(".bookings_answer", code=code, answer=answer.id.hex),
        phone=phone_of(found.customer), changes=changes_in(found) if trouble else [],
    )  # fmt: skip


def changes_in(found: DeskBooking) -> list[Step]:
    """What has changed since the page was made that was sent."""
    try:
        since = datetime.fromisoformat(request.form.get("since", ""))
    except ValueError:
        return []
    return steps_since(found, since) if since.tzinfo else []


OWN_PAGE = "booking.html"


def phone_of(customer: DeskCustomer) -> str:
    """As people here write it."""
    return shown_phone(customer.phone, region=region_of(desk().locale))


def opened_at(scope: Scope, booking: BookingDetails) -> Opened:
    """The booking for the pages that customers have too."""
    code = booking.code
    return Opened(
        scope,
        booking,
        url_for("console.bookings_one", code=code).rstrip("/"),
        OWN_PAGE,
        lambda deed: url_for("console.bookings_one", code=code, done=deed),
    )

"""The pages of one booking, and how a widget gets them.

A new one is a view here, or in a file of its own, a line of `PAGES`, and an entry of `actions.KINDS` by which people
get there. Looking changes nothing, however often a mail scanner does it; only the buttons of the pages act.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import redirect
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import (
    cancel_booking,
    may_book_again,
    minutes_to_undo,
    move_booking,
    page_to_book_again,
    read_answer_file,
    read_calendar,
    slots_to_move_to,
    undo_cancel,
)
from bookwidget.catalog.actions import read_service
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import known_uuid
from bookwidget.web.current import request
from bookwidget.web.files import file_answer
from bookwidget.web.guard import Form, PlainForm
from bookwidget.web.one_booking import resuming, series, transferring
from bookwidget.web.one_booking.forms import (
    CancelForm,
    MoveAllForm,
    MoveForm,
    NoteForm,
    PostponeForm,
    RatingForm,
    TransferForm,
)
from bookwidget.web.one_booking.new_time import chosen_key, note_version, show_new_time, version_of
from bookwidget.web.one_booking.notes import notes, rate, withdraw
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.one_booking.showing import show
from bookwidget.web.rendering import render
from bookwidget.web.visits import place
from bookwidget.web.widgets import Widget

DAYS_BEFORE = timedelta(days=3)
"""A week of times has the booking's own day in its middle."""
BOTH = ("GET", "POST")


@dataclass(frozen=True)
class BookingPage:
    """A page below a booking's own."""

    name: str
    view: Callable[[Opened, Any], ResponseReturnValue]
    """Is given the booking and the page's form, whose guard was looked at."""
    form: type[Form] = PlainForm
    methods: tuple[str, ...] = BOTH
    below: str = ""
    """More of its address, such as `/<answer>`."""


def register_booking_pages(widget: Widget, path: str, open: Callable[[str], Opened], *more: BookingPage) -> None:
    """Gives the widget all pages of one booking: its own at `path`, which has one variable part, the others below,
    and `more` of the widget's own.

    `open` gets that part and raises `Missing`, or `Ended` with an answer of its own.
    """
    for page in (BookingPage("", show_it, methods=("GET",)), *PAGES, *more):
        widget.page(f"{path}/{page.name}{page.below}".rstrip("/"), guarded(page, open), methods=page.methods)


class Ended(Exception):
    """This opens no booking any more; `answer` says so."""

    def __init__(self, answer: ResponseReturnValue) -> None:
        super().__init__()
        self.answer = answer


def guarded(page: BookingPage, open: Callable[[str], Opened]) -> Callable[..., ResponseReturnValue]:
    """What the policy forbids shows the booking as it is now, with the reason, under 403."""

    def view(**address: str) -> ResponseReturnValue:
        form, (key, *_below) = page.form(), address.values()
        if request.method == "POST":
            form.check_guard()
        try:
            return page.view(open(key), form)
        except Ended as ended:
            return ended.answer
        except Denied as denied:
            return show(open(key), trouble=denied.reason, status=403)

    view.__name__ = page.name or "show"
    return view


def show_it(opened: Opened, form: PlainForm) -> ResponseReturnValue:
    return show(opened)


def calendar(opened: Opened, form: PlainForm) -> ResponseReturnValue:
    """A file for the customer's own calendar program."""
    code = opened.booking.code
    found = read_calendar(opened.scope, code)
    return file_answer(found.data, f"{code}.ics", f"text/calendar; charset=utf-8; method={found.method}")


def again(opened: Opened, form: PlainForm) -> ResponseReturnValue:
    """On to the form, which is filled by who may open this booking, or to the business's own page."""
    here, booking = place(), opened.booking
    own_page, base = page_to_book_again(here.tenant.settings), f"/w/{here.tenant.slug}/{here.site}/book/"
    if own_page:
        return redirect(own_page, 303)
    if not may_book_again(here.tenant.settings):
        raise Missing
    if not read_service(opened.scope, booking.service_id).is_active:
        return redirect(f"{base}?{urlencode({'gone': booking.service_id.hex})}", 303)
    [key] = (request.view_args or {}).values()
    asked = {"again": key}
    if booking.kind == "appointment" and booking.provider_id:
        asked["provider"] = booking.provider_id.hex
    return redirect(f"{base}{booking.service_id.hex}?{urlencode(asked)}", 303)


def answer_file(opened: Opened, form: PlainForm) -> ResponseReturnValue:
    """What the customer sent with the form."""
    answer_id = known_uuid((request.view_args or {})["answer"])
    found = read_answer_file(opened.scope, opened.booking, answer_id)
    return file_answer(found.content, found.name)


def cancel(opened: Opened, form: CancelForm) -> ResponseReturnValue:
    booking, scope = opened.booking, opened.scope
    if request.method == "POST":
        try:
            if series.wants_all():
                return series.cancel_all(opened, form)
            cancel_booking(scope, booking.code, reason=form.reason.data or "", moves=form.moves.data)
            return opened.done("cancelled")
        except Refused as refused:
            form.refuse(refused.field, refused.reason)
    if booking.may_cancel.reason:
        raise Denied(booking.may_cancel.reason)
    note_version(form, booking)
    return render(
        "one_booking/cancel.html",
        status=422 if form.errors else 200,
        opened=opened,
        booking=booking,
        form=form,
        undo_minutes=minutes_to_undo(scope, booking),
        later=series.later_dates(opened),
    )


def undo(opened: Opened, form: PlainForm) -> ResponseReturnValue:
    """Read, it is the booking's page with the undo bar."""
    if request.method == "GET":
        return show(opened)
    try:
        undo_cancel(opened.scope, opened.booking.code)
    except Refused as refused:
        return show(opened, trouble=refused.reason, status=422)
    return opened.done("restored")


def move(opened: Opened, form: MoveForm) -> ResponseReturnValue:
    booking, scope = opened.booking, opened.scope
    if request.method == "POST":
        if series.wants_all():
            return series.go_to_review(opened, form)
        try:
            move_booking(scope, booking.code, chosen_key(form), moves=version_of(form))
            return opened.done("moved")
        except Refused as refused:
            form.refuse("slot", refused.reason)
    local = place().formats.local
    usual = local(place().now if booking.kind == "class" else booking.starts_at - DAYS_BEFORE).date()
    return show_new_time(opened, form, "move", partial(slots_to_move_to, scope, booking.code), usual)


PAGES = (
    BookingPage("again", again, methods=("GET",)),
    BookingPage("answers", answer_file, methods=("GET",), below="/<answer>"),
    BookingPage("calendar", calendar, methods=("GET",)),
    BookingPage("cancel", cancel, CancelForm),
    BookingPage("cancel-ticket", transferring.cancel_one, CancelForm, below="/<ticket>"),
    BookingPage("move", move, MoveForm),
    BookingPage("notes", notes, NoteForm),
    BookingPage("rate", rate, RatingForm),
    BookingPage("move-all", series.move_all, MoveAllForm),
    BookingPage("postpone", resuming.postpone, PostponeForm),
    BookingPage("resume", resuming.resume, MoveForm),
    BookingPage("transfer", transferring.transfer, TransferForm),
    BookingPage("undo", undo),
    BookingPage("withdraw", withdraw),
)

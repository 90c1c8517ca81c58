"""One booking, opened by the link in a mail: to see, move and cancel it without an account.

Looking changes nothing, however often a mail scanner does it; only the buttons of the pages act.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial, wraps
from typing import TypeVar

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.guests import offer_password
from bookwidget.bookings.actions import (
    BookingDetails,
    cancel_booking,
    move_booking,
    open_by_link,
    read_booking_token,
    slot_start,
    slots_to_move_to,
)
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.text import Text
from bookwidget.tenancy.scope import Scope
from bookwidget.web import Form, Widget, address, choose_times, noon, place, render, services

from .forms import AccountForm, CancelOneForm, MoveOneForm

CLASS_DAYS, APPOINTMENT_DAYS = 28, 7
F = TypeVar("F", bound=Form)
NEWS = ("made", "moved", "cancelled", "mailed")
View = Callable[[str, Scope, BookingDetails, F], ResponseReturnValue]


def register(widget: Widget) -> None:
    widget.page("/<token>", opened(show, AccountForm))
    widget.page("/<token>/cancel", opened(cancel, CancelOneForm), methods=("GET", "POST"))
    widget.page("/<token>/move", opened(move, MoveOneForm), methods=("GET", "POST"))
    widget.page("/<token>/account", opened(account, AccountForm), methods=("GET", "POST"))


def opened(view: View[F], form_class: type[F]) -> Callable[[str], ResponseReturnValue]:
    """With the booking that the link names, as its customer, and the page's form, whose guard is looked at first.

    What the policy forbids shows the booking, under 403.
    """

    @wraps(view)
    def with_booking(token: str) -> ResponseReturnValue:
        form = form_class()
        if request.method == "POST":
            form.check_guard()
        claim = read_booking_token(services().tokens, place().tenant.id, token)
        try:
            scope, booking = open_by_link(place().scope(), claim)
        except Denied as denied:
            return render("ended.html", status=410, reason=denied.reason)
        try:
            return view(token, scope, booking, form)
        except Denied as denied:
            page = AccountForm(formdata=None)
            return show(token, *open_by_link(place().scope(), claim), page, trouble=denied.reason)

    return with_booking


def show(
    token: str, scope: Scope, booking: BookingDetails, form: AccountForm, *, trouble: Text | None = None
) -> ResponseReturnValue:
    answers = (booking.may_move, booking.may_cancel)
    is_cancelled = booking.status == "cancelled"
    news = next((deed for deed in NEWS if deed in request.args and (deed == "cancelled") == is_cancelled), "")
    return render(
        "booking.html",
        status=403 if trouble else 200,
        token=token,
        booking=booking,
        trouble=trouble,
        news=news,
        form=form,
        reasons=[answer.reason for answer in answers if answer.reason and answer.reason != trouble],
    )


def cancel(token: str, scope: Scope, booking: BookingDetails, form: CancelOneForm) -> ResponseReturnValue:
    if request.method == "POST":
        try:
            cancel_booking(scope, booking.code, reason=form.reason.data or "")
            return redirect(url_for(".show", token=token, cancelled=1), 303)
        except Refused as refused:
            form.refuse(refused.field, refused.reason)
    if booking.may_cancel.reason:
        raise Denied(booking.may_cancel.reason)
    return render("cancel.html", status=422 if form.errors else 200, token=token, booking=booking, form=form)


def move(token: str, scope: Scope, booking: BookingDetails, form: MoveOneForm) -> ResponseReturnValue:
    if request.method != "POST":
        return show_times(token, scope, booking, form, request.args.get("slot", ""))
    key, made_for = form.slot.data or "", form.moves.data
    try:
        move_booking(scope, booking.code, key, moves=-1 if made_for is None else made_for)
    except Refused as refused:
        form.refuse("slot", refused.reason)
        return show_times(token, scope, booking, form, key, status=422)
    return redirect(url_for(".show", token=token, moved=1), 303)


def show_times(
    token: str, scope: Scope, booking: BookingDetails, form: MoveOneForm, key: str, *, status: int = 200
) -> ResponseReturnValue:
    here, is_class = place(), booking.kind == "class"
    start = slot_start(scope, key) if key else None
    own_day = here.formats.local(booking.starts_at).date()
    usual = here.formats.local(here.now).date() if is_class else own_day - timedelta(days=3)
    choices = slots_to_move_to(
        scope, booking.code, day_in_address("from") or usual, CLASS_DAYS if is_class else APPOINTMENT_DAYS
    )
    day = here.formats.local(start).date() if start else day_in_address("day") or own_day
    gone = start if form.slot.errors else None
    form.moves.data, form.moves.raw_data = booking.moves, None
    return render(
        "move.html",
        status=status,
        token=token,
        booking=booking,
        form=form,
        choice=choose_times(choices, here.formats, here.now, by_date=is_class, day=day, key=key, gone=gone),
        link=partial(url_for, ".move", token=token),
        noon=lambda day: noon(day, here.formats),
    )


def account(token: str, scope: Scope, booking: BookingDetails, form: AccountForm) -> ResponseReturnValue:
    """Sends the mail by which one sets a password; the answer does not say whether there was one."""
    if request.method == "POST":
        offer_password(scope, booking.customer_id, address=address())
        return redirect(url_for(".show", token=token, mailed=1), 303)
    return redirect(url_for(".show", token=token), 303)


def day_in_address(name: str) -> date | None:
    """A day of the query; addresses are typed by anybody."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None

"""One entry of a waiting list, opened by the link in a mail: to see it, to take the place, and to leave.

Looking changes nothing, however often a mail scanner does it; only the buttons act.
"""

from collections.abc import Callable
from functools import wraps

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import (
    KeptPlace,
    WaitingDetails,
    kept_token,
    leave_waiting_list,
    open_waiting,
    take_offer,
)
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.text import Text
from bookwidget.tenancy.scope import Scope
from bookwidget.web import PlainForm, Widget, place, render, services

View = Callable[[str, Scope, WaitingDetails], ResponseReturnValue]


def register(widget: Widget) -> None:
    widget.page("/waiting/<token>", opened(waiting))
    widget.page("/waiting/<token>/take", opened(take), methods=("GET", "POST"))
    widget.page("/waiting/<token>/leave", opened(leave), methods=("GET", "POST"))


def opened(view: View) -> Callable[[str], ResponseReturnValue]:
    """With the entry that the link names, as its customer. It ends with the entry; that and a forged one read alike."""

    @wraps(view)
    def with_entry(token: str) -> ResponseReturnValue:
        if request.method == "POST":
            PlainForm().check_guard()
        try:
            return view(token, *open_waiting(place().scope(), services().tokens, token))
        except Missing:
            return render("waiting_ended.html", status=404)

    return with_entry


def waiting(token: str, scope: Scope, entry: WaitingDetails) -> ResponseReturnValue:
    return show(token, scope, entry)


def show(
    token: str, scope: Scope, entry: WaitingDetails, *, trouble: Text | None = None, status: int = 200
) -> ResponseReturnValue:
    return render("waiting.html", status=status, token=token, entry=entry, trouble=trouble)


def take(token: str, scope: Scope, entry: WaitingDetails) -> ResponseReturnValue:
    """Leads to the form of the booking, for which the place is kept."""
    if request.method != "POST":
        return show(token, scope, entry)
    try:
        taken = take_offer(scope, entry.id)
    except Refused as refused:
        again = open_waiting(place().scope(), services().tokens, token)
        return show(token, *again, trouble=refused.reason, status=422)
    kept = KeptPlace(taken.hold_id, taken.service_id, taken.slot_key, entry.id)
    return redirect(url_for("book.kept_place", kept=kept_token(services().tokens, place().tenant.id, kept)), 303)


def leave(token: str, scope: Scope, entry: WaitingDetails) -> ResponseReturnValue:
    if request.method == "POST":
        leave_waiting_list(scope, entry.id)
    return redirect(url_for("booking.waiting", token=token), 303)

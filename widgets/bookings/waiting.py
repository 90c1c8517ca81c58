"""What a customer waits for: its details, and leaving the list."""

from collections.abc import Callable, Mapping
from functools import wraps

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import (
    KeptPlace,
    LeftList,
    Tab,
    WaitingDetails,
    kept_token,
    leave_waiting_list,
    left_list,
    read_waiting,
    take_offer,
)
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid
from bookwidget.kernel.text import Text
from bookwidget.web import PlainForm, Widget, place, render, services


def register(widget: Widget) -> None:
    widget.page("/waiting/<entry>", waiting)
    widget.page("/waiting/<entry>/take", take, methods=("GET", "POST"))
    widget.page("/waiting/<entry>/leave", leave, methods=("GET", "POST"))


def says_what_is_gone(view: Callable[[str], ResponseReturnValue]) -> Callable[[str], ResponseReturnValue]:
    """Who left already, or pressed twice, reads that; strangers read the same."""

    @wraps(view)
    def clear(entry: str) -> ResponseReturnValue:
        try:
            return view(entry)
        except Missing:
            return render("waiting_gone.html", status=404)

    return clear


@says_what_is_gone
def waiting(entry: str) -> ResponseReturnValue:
    return show(entry_of(entry))


def show(entry: WaitingDetails, *, trouble: Text | None = None, status: int = 200) -> ResponseReturnValue:
    joined = "joined" in request.args and entry.offer is None
    return render("waiting.html", status=status, entry=entry, trouble=trouble, joined=joined)


@says_what_is_gone
def take(entry: str) -> ResponseReturnValue:
    """Leads to the form of the booking, for which the place is kept."""
    form, found = PlainForm(), entry_of(entry)
    if request.method == "GET":
        return show(found)
    form.check_guard()
    try:
        taken = take_offer(place().scope(), found.id)
    except Refused as refused:
        return show(entry_of(entry), trouble=refused.reason, status=422)
    kept = KeptPlace(taken.hold_id, taken.service_id, taken.slot_key)
    return redirect(url_for("book.kept_place", kept=kept_token(services().tokens, place().tenant.id, kept)), 303)


@says_what_is_gone
def leave(entry: str) -> ResponseReturnValue:
    form, found = PlainForm(), entry_of(entry)
    if request.method == "GET":
        return render("waiting_leave.html", entry=found, form=form)
    form.check_guard()
    occurrence_id = leave_waiting_list(place().scope(), found.id)
    return redirect(url_for(".listing", tab=Tab.WAITING, left=occurrence_id.hex), 303)


def entry_of(text: str) -> WaitingDetails:
    id = known_uuid(text)
    return read_waiting(place().scope(), id)


def just_left(given: Mapping[str, str]) -> LeftList | None:
    """What the address says was left, if the customer does not wait for it."""
    id = parse_uuid(given.get("left", ""))
    return left_list(place().scope(), id) if id else None

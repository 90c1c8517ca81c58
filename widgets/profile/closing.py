"""Closing one's account: at once, or by asking the business."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import close_account, read_closing, withdraw_closing
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.web import PlainForm, Widget, blank, front_url, place, render, signed_out

from .forms import CloseForm


def register(widget: Widget) -> None:
    widget.page("/close", close, methods=("GET", "POST"))


def close() -> ResponseReturnValue:
    """The button "keep" takes a request back."""
    if request.method == "GET":
        return show_closing(blank(CloseForm))
    if "keep" in request.form:
        PlainForm().check_guard()
        withdraw_closing(place().scope())
        return redirect(url_for(".profile", saved="kept") + "#closing", 303)
    form = CloseForm()
    form.check_guard()
    try:
        closing = close_account(place().scope(), form.password.data or "", reason=form.reason.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_closing(form)
    if closing.is_asked:
        return redirect(url_for(".profile", saved="asked") + "#closing", 303)
    return signed_out(f"/w/{place().tenant.slug}/{place().site}/login/?closed=1")


def show_closing(form: CloseForm) -> ResponseReturnValue:
    closing = read_closing(place().scope())
    if closing is None:
        raise Missing
    return render("close.html", status=422 if form.errors else 200, form=form, closing=closing, front=front_url())

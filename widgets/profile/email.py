"""One's email: a new one is asked for here, and confirmed in its own mailbox."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.actions import read_profile
from bookwidget.accounts.new_email import ask_for_new_email
from bookwidget.kernel.errors import Refused
from bookwidget.web import Form, Widget, blank, place, render

from .forms import EmailForm


def register(widget: Widget) -> None:
    widget.page("/email", email, methods=("GET", "POST"))


def email() -> ResponseReturnValue:
    if request.method == "GET":
        return show(blank(EmailForm))
    form = EmailForm()
    form.check_guard()
    try:
        ask_for_new_email(place().scope(), form.email.data or "", form.password.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show(form, status=422)
    return redirect(url_for(".email", sent=1), 303)


def show(form: Form, status: int = 200) -> ResponseReturnValue:
    return render(
        "email.html", status=status, form=form, profile=read_profile(place().scope()), sent="sent" in request.args
    )

"""Which messages one wants."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.notices.actions import choose_messages, list_wishes
from bookwidget.web import PlainForm, Widget, place, render


def register(widget: Widget) -> None:
    widget.page("/messages", messages, methods=("GET", "POST"))


def messages() -> ResponseReturnValue:
    if request.method == "GET":
        return render("messages.html", wishes=list_wishes(place().scope()), saved="saved" in request.args)
    PlainForm().check_guard()
    choose_messages(place().scope(), set(request.form.getlist("wanted")), set(request.form.getlist("shown")))
    return redirect(url_for(".messages", saved=1), 303)

"""How to log in, find, move and cancel: one page for customers."""

from flask import redirect
from flask.typing import ResponseReturnValue

from bookwidget.accounts.support import support_of
from bookwidget.web import Widget, features_on, place, render


def register(widget: Widget) -> None:
    widget.page("/", helping)


def helping() -> ResponseReturnValue:
    tenant = place().tenant
    own_page = support_of(tenant).help_address
    return redirect(own_page, 303) if own_page else render("help.html", on=features_on(tenant.settings))

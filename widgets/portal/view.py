"""The whole portal in one embed: leads to the first of its sections, whose pages have the menu around them."""

from flask import redirect
from flask.typing import ResponseReturnValue

from bookwidget.web import Widget, front_url


def register(widget: Widget) -> None:
    widget.page("/", portal)


def portal() -> ResponseReturnValue:
    return redirect(front_url(), 303)

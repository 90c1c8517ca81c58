"""Who of the business looked at one's pages."""

from flask.typing import ResponseReturnValue

from bookwidget.accounts.viewing import list_views
from bookwidget.web import Widget, place, render


def register(widget: Widget) -> None:
    widget.page("/views", views)


def views() -> ResponseReturnValue:
    return render("views.html", views=list_views(place().scope()))

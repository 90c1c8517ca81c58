"""The console's first page: what takes place today, and what wants looking after."""

from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import agenda, figures
from bookwidget.console.dates import reading
from bookwidget.console.pages import show
from bookwidget.kernel.permissions import Permission
from bookwidget.notices.undelivered import queue_of
from bookwidget.web.desk import desk
from bookwidget.web.sites import refused_origins


def today() -> ResponseReturnValue:
    here, scope = desk(), reading()
    day = here.formats.local(here.now).date()
    queue = queue_of(scope) if here.may(Permission.SETTINGS_CHANGE) else None
    refused = refused_origins(scope) if here.may(Permission.SITES_CHANGE) else []
    return show(
        "today.html", entries=agenda(scope, day, day), figures=figures(scope, here.formats.locale.first_week_day),
        refused=refused[:1], more_refused=len(refused) - 1, queue=queue,
    )  # fmt: skip

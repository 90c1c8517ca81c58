"""Messages that were given up, why, and the button that tries again."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.console.pages import show
from bookwidget.kernel.errors import Missing
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.notices.undelivered import list_undelivered, try_again
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm


def messages_undelivered() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.SETTINGS_CHANGE)
    if request.method == "GET":
        found = list_undelivered(here.scope())
        return show("undelivered.html", found=found, again="again" in request.args)
    PlainForm().check_guard()
    job_id = parse_uuid(request.form.get("job", ""))
    if job_id is None:
        raise Missing
    try_again(here.scope(), job_id)
    return redirect(url_for(".messages_undelivered", again=1), 303)

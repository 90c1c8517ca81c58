"""Messages that were given up, why, and the button that tries again."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.console.pages import show
from bookwidget.kernel.ids import known_uuid
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
    try_again(here.scope(), known_uuid(request.form.get("job", "")))
    return redirect(url_for(".messages_undelivered", again=1), 303)

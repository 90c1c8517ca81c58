"""The page that an invitation's link opens."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from bookwidget.accounts.invitations import (
    accept_with_known_password,
    accept_with_new_password,
    read_invitation,
)
from bookwidget.console.forms import InvitationForm
from bookwidget.console.signing import HOME, ask_to_wait
from bookwidget.console.team import ROLE_WORDS
from bookwidget.kernel.errors import Denied, Refused, TooMany
from bookwidget.web.desk import keep_console
from bookwidget.web.product import render_product
from bookwidget.web.services import services
from bookwidget.web.signing import go_on


def invitation(token: str) -> ResponseReturnValue:
    form, here = InvitationForm(), services()
    try:
        found = read_invitation(here.database, here.tokens, token, here.clock())
    except Denied:
        return render_product("console/invitation.html", status=410, form=form, found=None)
    shown: dict[str, Any] = {"form": form, "found": found, "role": ROLE_WORDS[found.role]}
    if request.method == "GET":
        return render_product("console/invitation.html", **shown)
    form.check_guard()
    try:
        return keep_console(go_on(HOME), accept(form, token))
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return render_product("console/invitation.html", status=422, **shown)
    except TooMany as error:
        return ask_to_wait(form, error.retry_after, "console/invitation.html", found=found, role=shown["role"])
    except Denied:
        return render_product("console/invitation.html", status=410, form=form, found=None)


def accept(form: InvitationForm, token: str) -> str:
    here, device = services(), request.user_agent.string[:200]
    if "known" in request.form:
        return accept_with_known_password(
            here.database, here.console_attempts, here.tokens, token, form.known.data or "", device=device,
            now=here.clock(),
        )  # fmt: skip
    return accept_with_new_password(
        here.database, here.tokens, token, form.password.data or "", device=device, now=here.clock()
    )

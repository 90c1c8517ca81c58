"""A member's forgotten password: asking for a link, and the page that it opens."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.member_passwords import name_of_reset, request_member_reset, reset_member_password
from bookwidget.console.forms import ConsoleForgotForm, ConsolePasswordForm
from bookwidget.console.signing import HOME, ask_to_wait
from bookwidget.kernel.errors import Denied, Refused, TooMany
from bookwidget.web.desk import keep_console
from bookwidget.web.product import render_product
from bookwidget.web.services import services
from bookwidget.web.signing import address, go_on


def forgot() -> ResponseReturnValue:
    form = ConsoleForgotForm()
    if request.method == "GET":
        return render_product("console/forgot.html", form=form, is_sent="sent" in request.args)
    form.check_guard()
    here = services()
    try:
        request_member_reset(
            here.database, here.console_attempts, form.email.data or "", address=address(), now=here.clock()
        )
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return render_product("console/forgot.html", status=422, form=form, is_sent=False)
    except TooMany as error:
        return ask_to_wait(form, error.retry_after, "console/forgot.html", is_sent=False)
    return redirect(url_for(".forgot", sent=1), 303)


def password(token: str) -> ResponseReturnValue:
    form, here = ConsolePasswordForm(), services()
    try:
        business = name_of_reset(here.database, here.tokens, token, here.clock())
        if request.method == "GET":
            return render_product("console/password.html", form=form, business=business)
        form.check_guard()
        secret_text = reset_member_password(
            here.database, here.tokens, token, form.password.data or "", device=request.user_agent.string[:200],
            now=here.clock(),
        )  # fmt: skip
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return render_product("console/password.html", status=422, form=form, business=business)
    except Denied:
        return render_product("console/password.html", status=410, form=form, business="")
    return keep_console(go_on(HOME), secret_text)

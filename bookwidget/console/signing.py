"""Signing in to the console: e-mail and password first, then the business, if there are several."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.members import Choice, Choices, check_member, open_console
from bookwidget.console.forms import ChoiceForm, ConsoleLoginForm
from bookwidget.kernel.errors import Missing, Refused, TooMany
from bookwidget.kernel.text import n_
from bookwidget.tenancy.platform import Membership
from bookwidget.web.desk import enter_console, keep_console
from bookwidget.web.guard import Form, PlainForm
from bookwidget.web.product import render_product
from bookwidget.web.services import services
from bookwidget.web.signing import address, go_on, signed_out

HOME = "/console/"


def own_page(path: str | None) -> str:
    """A page of the console, or its front page: a form may not send people elsewhere."""
    safe = path and path.startswith(HOME) and "\\" not in path and "//" not in path
    return path if safe and path else HOME


def log_in() -> ResponseReturnValue:
    form = ConsoleLoginForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        return redirect(HOME, 303) if enter_console() else render_product("console/login.html", form=form)
    form.check_guard()
    here = services()
    email, password = form.email.data or "", form.password.data or ""
    try:
        fitting = check_member(
            here.database, here.console_attempts, email, password, address=address(), now=here.clock()
        )
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return render_product("console/login.html", status=422, form=form)
    except TooMany as error:
        return ask_to_wait(form, error.retry_after)
    if len(fitting) > 1:
        return ask_which(fitting, form.next.data or "")
    return enter(Choice.of(fitting[0]), form.next.data)


def ask_to_wait(form: Form, seconds: int, template: str = "console/login.html", **page: Any) -> ResponseReturnValue:
    minutes = -(-seconds // 60)
    form.refuse(
        "",
        n_(
            "Too many attempts. Try again in %(n)s minute.",
            "Too many attempts. Try again in %(n)s minutes.",
            minutes,
        ),
    )
    response = render_product(template, status=429, form=form, **page)
    response.headers["Retry-After"] = str(seconds)
    return response


def ask_which(fitting: list[Membership], next_url: str) -> ResponseReturnValue:
    choices = Choices(services().config.secret_key)
    offers = [(choices.token(Choice.of(membership)), membership.name) for membership in fitting]
    return render_product("console/choose.html", form=ChoiceForm(formdata=None, next=next_url), offers=offers)


def choose() -> ResponseReturnValue:
    """The second step; what was proved in the first stands in the pressed button."""
    if request.method == "GET":
        return redirect(url_for("console.log_in"), 303)
    form = ChoiceForm()
    form.check_guard()
    try:
        choice = Choices(services().config.secret_key).read(request.form.get("choice", ""))
        return enter(choice, form.next.data)
    except Missing:
        return redirect(url_for("console.log_in"), 303)


def enter(choice: Choice, next_url: str | None) -> ResponseReturnValue:
    here = services()
    secret_text = open_console(here.database, choice, device=request.user_agent.string[:200], now=here.clock())
    return keep_console(go_on(own_page(next_url)), secret_text)


def log_out() -> ResponseReturnValue:
    if request.method == "GET":
        return redirect(HOME, 303)
    PlainForm().check_guard()
    return signed_out("/login")

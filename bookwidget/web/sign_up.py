"""Signing up a business: an e-mail and a name, a mail, and a password behind its link."""

from typing import Any

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from wtforms import EmailField, PasswordField, StringField

from bookwidget.accounts.sign_up import SignUp, Started, confirm_sign_up, find_sign_up, sign_up
from bookwidget.kernel.errors import Missing, Refused, TooMany
from bookwidget.kernel.text import _, n_
from bookwidget.theming.homes import likely_home
from bookwidget.web import errors
from bookwidget.web.current import request
from bookwidget.web.desk import keep_console
from bookwidget.web.guard import Form, refuse_foreign_posts
from bookwidget.web.product import render_product
from bookwidget.web.services import services
from bookwidget.web.signing import address, device, go_on

blueprint = Blueprint("sign_up", __name__, url_prefix="/signup")
errors.in_frame(blueprint)

CONSOLE = "/console/"


class SignUpForm(Form):
    email = EmailField(_("Email"))
    business = StringField(_("Business name"))


class ConfirmForm(Form):
    password = PasswordField(_("Password"))


@blueprint.before_request
def guard() -> None:
    if not services().config.sign_up:
        abort(404)
    refuse_foreign_posts()


@blueprint.route("/", methods=["GET", "POST"], strict_slashes=False)
def start() -> ResponseReturnValue:
    form = SignUpForm()
    if request.method == "GET":
        return render_product("platform/sign_up.html", form=form)
    form.check_guard()
    here = services()
    home = likely_home(request.accept_languages.values(), here.catalogs.languages)
    wanted = SignUp(form.email.data or "", form.business.data or "", home.locale, home.timezone, home.currency)
    try:
        sign_up(here.database, here.console_attempts, wanted, address=address(), now=here.clock())
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return render_product("platform/sign_up.html", status=422, form=form)
    except TooMany as error:
        return ask_to_wait("platform/sign_up.html", form, error.retry_after)
    return redirect(url_for(".sent"), 303)


@blueprint.get("/sent")
def sent() -> ResponseReturnValue:
    """The same for everybody, whoever the e-mail belongs to."""
    return render_product("platform/sign_up_sent.html")


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """GET shows what would happen, POST does it. Sent twice, the second one finds the console open."""
    here, form = services(), ConfirmForm()
    if request.method == "POST":
        form.check_guard()
    try:
        started = find_sign_up(here.database, here.tokens, token, here.clock())
    except Missing:
        return render_product("platform/sign_up_over.html", status=404, is_used=False)
    if not started.is_pending:
        return over(started)
    return show_confirm(form, started) if request.method == "GET" else enter(form, started)


def enter(form: ConfirmForm, started: Started) -> ResponseReturnValue:
    """Into the console, if the password is right, or good enough for a new one."""
    here = services()
    try:
        secret_text = confirm_sign_up(
            here.database, here.console_attempts, started, form.password.data or "", address=address(),
            device=device(), now=here.clock(),
        )  # fmt: skip
    except Missing:
        return over(started)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_confirm(form, started, status=422)
    except TooMany as error:
        return ask_to_wait("platform/sign_up_confirm.html", form, error.retry_after, started=started)
    return keep_console(go_on(CONSOLE), secret_text)


def over(started: Started) -> ResponseReturnValue:
    """The link works once."""
    if request.method == "POST":
        return redirect(CONSOLE, 303)
    return render_product("platform/sign_up_over.html", is_used=True, business=started.business)


def show_confirm(form: Form, started: Started, *, status: int = 200) -> Response:
    return render_product("platform/sign_up_confirm.html", status=status, form=form, started=started)


def ask_to_wait(template: str, form: Form, seconds: int, **page: Any) -> ResponseReturnValue:
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

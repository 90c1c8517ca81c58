"""Log in, forgotten password, new password."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.actions import portal_is_open, request_password_reset, reset_is_open, reset_password, sign_in
from bookwidget.accounts.new_email import SPENT_LINK, confirm_new_email, open_new_email
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.text import Text
from bookwidget.web import PlainForm, Widget, address, blank, browser, own_path, place, render, services, signed_in

from .forms import ForgotForm, LoginForm, NewPasswordForm


def register(widget: Widget) -> None:
    widget.sign_in_page(ask)
    widget.page("/", login, methods=("GET", "POST"))
    widget.page("/forgot", forgot, methods=("GET", "POST"))
    widget.page("/reset/<token>", reset, methods=("GET", "POST"))
    widget.page("/email/<token>", email, methods=("GET", "POST"))


def ask(next_url: str, code_error: Text | None) -> ResponseReturnValue:
    return show_login(blank(LoginForm), next_url, code_error=code_error)


def show_login(
    form: LoginForm, next_url: str, *, status: int = 200, code_error: Text | None = None
) -> ResponseReturnValue:
    if not portal_is_open(place().tenant):
        return render("login/closed.html", status=status)
    return render(
        "login/login.html", status=status, form=form, next_url=next_url, code_error=code_error,
        is_closed="closed" in request.args,
    )  # fmt: skip


def login() -> ResponseReturnValue:
    if request.method == "GET":
        next_url = request.args.get("next", "")
        return redirect(own_path(next_url), 303) if place().signed_in else show_login(blank(LoginForm), next_url)
    form = LoginForm()
    form.check_guard()
    email, password = form.email.data or "", form.password.data or ""
    try:
        text = sign_in(place().scope(), email, password, browser())
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_login(form, form.next.data or "", status=422)
    return signed_in(text, form.next.data or "")


def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if request.method == "GET":
        return render("forgot.html", form=form, sent="sent" in request.args)
    form.check_guard()
    try:
        request_password_reset(place().scope(), form.email.data or "", address=address())
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return render("forgot.html", status=422, form=form, sent=False)
    return redirect(url_for(".forgot", sent=1), 303)


def reset(token: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    scope, tokens = place().scope(), services().tokens
    if request.method == "GET":
        is_open = reset_is_open(scope, tokens, token)
        return render("reset.html", status=200 if is_open else 410, form=form, is_open=is_open)
    form.check_guard()
    try:
        text = reset_password(scope, tokens, token, form.password.data or "", browser())
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return render("reset.html", status=422, form=form, is_open=True)
    except Denied:
        return render("reset.html", status=410, form=form, is_open=False)
    return signed_in(text, "")


def email(token: str) -> ResponseReturnValue:
    """A customer's new one: shown first, theirs once the button is pressed."""
    scope, tokens = place().scope(), services().tokens
    if request.method == "GET":
        found = open_new_email(scope, tokens, token)
        return show_email(found) if found else show_email("", trouble=SPENT_LINK)
    PlainForm().check_guard()
    try:
        return show_email(confirm_new_email(scope, tokens, token), is_done=True)
    except Denied as denied:
        return show_email("", trouble=denied.reason)


def show_email(email: str, *, is_done: bool = False, trouble: Text | None = None) -> ResponseReturnValue:
    return render("email.html", status=410 if trouble else 200, email=email, is_done=is_done, trouble=trouble)

"""What people type to get in."""

from wtforms import EmailField, HiddenField, PasswordField

from bookwidget.kernel.text import _
from bookwidget.web import Form


class LoginForm(Form):
    email = EmailField(_("Email"))
    password = PasswordField(_("Password"))
    next = HiddenField()


class ForgotForm(Form):
    email = EmailField(_("Email"))


class NewPasswordForm(Form):
    password = PasswordField(_("New password"))

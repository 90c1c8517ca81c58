"""What customers change of themselves."""

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.widgets import HiddenInput

from bookwidget.kernel.text import _
from bookwidget.web import Form


class DetailsForm(Form):
    given_name = StringField(_("First name"))
    family_name = StringField(_("Last name"))
    phone = TelField(_("Phone"))
    version = IntegerField(widget=HiddenInput())


class EmailForm(Form):
    email = EmailField(_("New email"))
    password = PasswordField(_("Current password"))


class PersonForm(Form):
    name = StringField(_("Name"))
    is_child = BooleanField()
    birth_year = StringField(_("Year of birth of the child (optional)"))


class CloseForm(Form):
    reason = TextAreaField(_("Why do you want to leave? (optional)"))
    password = PasswordField(_("Your password"))


class SignInForm(Form):
    sign_in = HiddenField()
    """Which one to end, by its id; `OTHERS`: all but this one."""


class PasswordForm(Form):
    current = PasswordField(_("Current password"))
    new = PasswordField(_("New password"))

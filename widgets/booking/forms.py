"""What people do with one booking from a mail."""

from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.widgets import HiddenInput

from bookwidget.kernel.text import _
from bookwidget.web import Form


class CancelOneForm(Form):
    reason = TextAreaField(_("Reason (optional)"))


class MoveOneForm(Form):
    slot = HiddenField()
    """Key of the time that was chosen; the template draws it as radio buttons."""
    moves = IntegerField(widget=HiddenInput())
    """The booking's version that the page was made for."""


class AccountForm(Form):
    """Only a button."""

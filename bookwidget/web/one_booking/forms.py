"""What customers type about one booking."""

from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.widgets import HiddenInput

from bookwidget.kernel.text import _
from bookwidget.web.guard import Form


class CancelForm(Form):
    reason = TextAreaField(_("Reason (optional)"))


class MoveForm(Form):
    slot = HiddenField()
    """Key of the time that was chosen; the template draws it as radio buttons."""
    moves = IntegerField(widget=HiddenInput())
    """The booking's version that the page was made for."""

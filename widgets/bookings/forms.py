"""What customers type to find a booking."""

from wtforms import SearchField, StringField
from wtforms.validators import ValidationError

from bookwidget.kernel.text import _
from bookwidget.web import DayField, Form

MAX_NAME = 120
"""Characters of a name that is sought."""


class FilterForm(Form):
    """Sent by GET, so that its address can be kept and reloaded."""

    class Meta(Form.Meta):
        csrf = False

    q = SearchField(_("Name contains"))
    first_day = DayField(_("From"), name="from")
    last_day = DayField(_("To"), name="to")

    def validate_q(self, field: StringField) -> None:
        if len(field.data or "") > MAX_NAME:
            raise ValidationError(_("Please use at most %(maximum)s characters.", maximum=MAX_NAME))

"""What customers type to find a booking."""

from datetime import date

from wtforms import DateField, SearchField, StringField
from wtforms.validators import ValidationError

from bookwidget.kernel.text import _
from bookwidget.web import Form

MAX_NAME = 120
"""Characters of a name that is sought."""


class DayField(DateField):
    """A day as date fields send it. What is no day stays in the field, with a message of ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: date | None = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = date.fromisoformat(typed)
        except ValueError as error:
            raise ValueError(_("This is not a date. Write it like 2026-11-24.")) from error

    @property
    def input_type(self) -> str:
        """Browsers empty a date field that holds something else, so what was typed is shown as text."""
        return "text" if self.process_errors else "date"


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

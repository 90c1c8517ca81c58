"""What customers type about one booking."""

from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.widgets import HiddenInput

from bookwidget.kernel.text import _
from bookwidget.web.guard import Form


class CancelForm(Form):
    reason = TextAreaField(_("Reason (optional)"))
    moves = IntegerField(widget=HiddenInput())
    """The booking's version that the page was made for."""
    which = HiddenField()
    """Of a series: this date, or `all` later ones too; the template draws it as radio buttons."""
    seen = HiddenField()
    """Names the dates that the page showed."""


class NoteForm(Form):
    text = TextAreaField(_("Write a note"))
    note = HiddenField()
    """Its id, given with the page: sent twice, it is one note."""


STARS = [f"{halves / 2:g}" for halves in range(1, 11)]


class RatingForm(Form):
    stars = RadioField(_("How was it?"), choices=STARS, validate_choice=False)
    """The template draws them as stars."""
    comment = TextAreaField(_("Comment (optional)"))


class MoveForm(Form):
    slot = HiddenField()
    """Key of the time that was chosen; the template draws it as radio buttons."""
    moves = IntegerField(widget=HiddenInput())
    """The booking's version that the page was made for."""


class MoveAllForm(MoveForm):
    seen = HiddenField()
    """Names the dates that the page showed."""


class TransferForm(MoveForm):
    tickets = HiddenField()
    """Their ids, with commas between; empty: all of the booking."""
    kinds = HiddenField()
    """Only for what is wrong with the ticket types: each has a field of its own."""
    price = IntegerField(widget=HiddenInput())
    """The new one that the page showed, in minor units."""


class PostponeForm(MoveAllForm):
    day = StringField()
    """Only for what is wrong with the day in the address."""
    which = HiddenField()
    """Only for what is wrong with the dates that were seen."""

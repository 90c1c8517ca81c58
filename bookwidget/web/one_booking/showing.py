"""The booking's own page."""

from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import BookingDetails, Note, answers_of, list_accepted, list_notes, read_series
from bookwidget.kernel.ids import uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.web.current import request
from bookwidget.web.one_booking.actions import actions_of, reasons_of
from bookwidget.web.one_booking.forms import NoteForm, RatingForm
from bookwidget.web.one_booking.history import history
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.rendering import render
from bookwidget.web.visits import place


def show(
    opened: Opened, *, trouble: Text | None = None, status: int = 200, note_form: NoteForm | None = None
) -> ResponseReturnValue:
    """All about a booking. `note_form` is one that was refused."""
    booking, notes = opened.booking, list_notes(opened.scope, opened.booking.code)
    form = note_form or NoteForm(formdata=None)
    form.note.data = form.note.data or uuid7().hex
    return render(
        opened.template,
        status=status,
        opened=opened,
        booking=booking,
        trouble=trouble,
        said=None if trouble or status != 200 else said_of(booking, notes),
        actions=actions_of(booking, opened.url),
        reasons=reasons_of(booking, but=trouble),
        given=answers_of(opened.scope, booking),
        answer_link=lambda answer: opened.page(f"answers/{answer.id.hex}"),
        series=read_series(opened.scope, booking),
        history=history(booking, place().tenant.name),
        notes=notes,
        note_form=form,
        rating_form=RatingForm(formdata=None),
        accepted=list_accepted(opened.scope, booking.code),
        **opened.values,
    )


def said_of(booking: BookingDetails, notes: list[Note]) -> Text | None:
    """What has just been done, if that is true of the booking; the address may be anybody's."""
    match request.args.get("done"):
        case "noted" if any(note.by == "customer" for note in notes):
            return _("Your note is saved.")
        case "ticket" if booking.history and booking.history[-1].kind == "booking.ticket_cancelled":
            return _("The ticket has been cancelled.")
        case "rated" if booking.rating:
            return _("Thank you. Your rating is saved.")
        case "withdrawn" if booking.rating is None:
            return _("Your rating is taken back.")
        case "ended" if booking.history and booking.history[-1].kind == "booking.links_ended":
            return _("The links sent so far do not open this booking any more.")
    return None

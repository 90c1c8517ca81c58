"""Notes and ratings, which stand on the booking's own page."""

from flask import redirect
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import add_note, rate_booking, withdraw_rating
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.web.current import request
from bookwidget.web.guard import PlainForm
from bookwidget.web.one_booking.forms import NoteForm, RatingForm
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.one_booking.showing import show
from bookwidget.web.rendering import render


def notes(opened: Opened, form: NoteForm) -> ResponseReturnValue:
    """Read, it is the booking's page, where the form stands."""
    if request.method == "GET":
        return show(opened)
    try:
        note_id = parse_uuid(form.note.data or "")
        add_note(opened.scope, opened.booking.code, form.text.data or "", note_id=note_id)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show(opened, status=422, note_form=form)
    return opened.stay("noted")


def rate(opened: Opened, form: RatingForm) -> ResponseReturnValue:
    """The rating on a page of its own: to change it, or to correct what was sent."""
    booking = opened.booking
    if request.method == "POST":
        try:
            rate_booking(opened.scope, booking.code, form.stars.data or "", form.comment.data or "")
            return opened.stay("rated")
        except Refused as refused:
            form.refuse(refused.field, refused.reason)
    if booking.may_rate.reason:
        raise Denied(booking.may_rate.reason)
    if request.method == "GET" and booking.rating:
        form.stars.data, form.comment.data = f"{booking.rating:g}", booking.rating_comment
    return render(
        "one_booking/rate.html", status=422 if form.errors else 200, opened=opened, booking=booking, rating_form=form
    )


def withdraw(opened: Opened, form: PlainForm) -> ResponseReturnValue:
    """Takes the rating back; read, it is the page of the rating, where the button stands."""
    if request.method == "GET":
        return redirect(opened.page("rate"), 303)
    withdraw_rating(opened.scope, opened.booking.code)
    return opened.stay("withdrawn")

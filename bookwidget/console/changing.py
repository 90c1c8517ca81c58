"""What only staff do with one booking; what customers do too stands in `one_booking.py`."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import (
    add_note,
    end_links,
    mark_attendance,
    read_answer_file,
    read_booking,
)
from bookwidget.console.bookings import show_one
from bookwidget.console.forms import StaffNoteForm
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.files import file_answer
from bookwidget.web.guard import PlainForm


def staff() -> Scope:
    """The scope of a member who may read bookings, which is who may change them."""
    desk().require(Permission.BOOKING_READ)
    return desk().scope()


def done(code: str, deed: str) -> ResponseReturnValue:
    return redirect(url_for(".bookings_one", code=code, done=deed), 303)


def bookings_attendance(code: str) -> ResponseReturnValue:
    """The pressed button names the ticket and the mark: `<ticket>.<mark>`."""
    scope = staff()
    if request.method == "GET":
        return redirect(url_for(".bookings_one", code=code), 303)
    PlainForm().check_guard()
    ticket, _dot, mark = request.form.get("mark", "").partition(".")
    ticket_id = known_uuid(ticket)
    try:
        mark_attendance(scope, code, ticket_id, mark, was=request.form.get(f"was.{ticket}"))
    except (Denied, Refused) as no:
        return show_one(code, trouble=no.reason, status=403)
    return done(code, "marked")


def bookings_note(code: str) -> ResponseReturnValue:
    scope, form = staff(), StaffNoteForm()
    if request.method == "GET":
        return redirect(url_for(".bookings_one", code=code), 303)
    form.check_guard()
    note_id, is_shared = parse_uuid(form.note.data or ""), bool(form.is_shared.data)
    try:
        add_note(scope, code, form.text.data or "", note_id=note_id, is_shared=is_shared)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_one(code, note_form=form, status=422)
    except Denied as denied:
        return show_one(code, trouble=denied.reason, status=403)
    return done(code, "noted")


def bookings_answer(code: str, answer: str) -> ResponseReturnValue:
    """A file that the customer sent with the booking form."""
    scope, answer_id = staff(), known_uuid(answer)
    found = read_answer_file(scope, read_booking(scope, code), answer_id)
    return file_answer(found.content, found.name)


def bookings_links(code: str) -> ResponseReturnValue:
    """Ends all links that were sent so far."""
    scope = staff()
    if request.method == "GET":
        return redirect(url_for(".bookings_one", code=code), 303)
    PlainForm().check_guard()
    end_links(scope, code)
    return done(code, "links")

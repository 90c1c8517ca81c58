"""Joining the waiting list of a date that is full: one press for who is logged in, name and e-mail for guests."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from bookwidget.accounts.guests import Guest, guest_problems
from bookwidget.bookings.actions import FullDate, join_as_guest, join_waiting_list, most_places, read_full_date
from bookwidget.catalog.actions import read_service
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.text import _
from bookwidget.schedule.actions import OccurrenceKey, parse_slot_key
from bookwidget.web import address, place, render, services

from .forms import GuestForm

JOINED = "joined"


class JoinForm(GuestForm):
    places = SelectField(_("How many places do you need?"), choices=[], validate_choice=False)


def wait(slot: str) -> ResponseReturnValue:
    form = JoinForm()
    if request.method == "POST":
        form.check_guard()
    date = date_of(slot)
    most = most_places(place().scope(), read_service(place().scope(), date.service_id))
    form.places.choices = [(str(n), place().formats.number(n)) for n in range(1, most + 1)]
    if request.method != "POST":
        return show(date, form)
    try:
        return join(date, form)
    except Refused as refused:
        form.refuse("places" if refused.field == "tickets" else refused.field, refused.reason)
        return show(date_of(slot), form, status=422)


def join(date: FullDate, form: JoinForm) -> ResponseReturnValue:
    scope, wanted = place().scope(), form.places.data or "1"
    places = int(wanted[:3]) if wanted.isascii() and wanted.isdigit() else 0
    if place().signed_in is not None:
        entry = join_waiting_list(scope, date.id, places)
        return redirect(url_for("bookings.waiting", entry=entry.id.hex, joined=1), 303)
    guest = Guest(*(field.data or "" for field in (form.email, form.given_name, form.family_name, form.phone)))
    wrong = guest_problems(scope, guest)
    if wrong:
        for refused in wrong:
            form.refuse(refused.field, refused.reason)
        return show(date, form, status=422)
    join_as_guest(scope, date.id, places, guest, address=address())
    token = services().tokens.sign(JOINED, place().tenant.id, date.id.hex)
    return redirect(url_for(".waiting", told=token), 303)


def show(date: FullDate, form: JoinForm, *, status: int = 200) -> ResponseReturnValue:
    """The form; or where to go instead, for who waits already and for a date that is not full any more."""
    if date.entry_id is not None:
        return redirect(url_for("bookings.waiting", entry=date.entry_id.hex), 303)
    return render("wait.html", status=status, date=date, form=form, times_url=times_url(date), action=request.path)


def waiting(told: str) -> ResponseReturnValue:
    """What a guest reads afterwards: the same whether or not somebody of that e-mail waited already."""
    facts = services().tokens.read(JOINED, place().tenant.id, told)
    id = parse_uuid(facts[0]) if len(facts) == 1 else None
    if id is None:
        raise Missing
    return render("wait_done.html", date=read_full_date(place().scope(), id))


def date_of(slot: str) -> FullDate:
    try:
        key = parse_slot_key(slot)
    except Refused:
        raise Missing from None
    if not isinstance(key, OccurrenceKey):
        raise Missing
    return read_full_date(place().scope(), key.occurrence_id)


def times_url(date: FullDate) -> str:
    return url_for(".times", service=date.service_id.hex, slot=str(OccurrenceKey(date.id)))

"""Changing one published date, and calling it off."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import DateDetails, TellsCustomers, WantedDate, cancel_date, change_date
from bookwidget.console.dates import find, managing, people_and_places
from bookwidget.console.forms import CallOffForm, DateForm
from bookwidget.console.pages import show
from bookwidget.console.publishing import id_in
from bookwidget.console.services import number
from bookwidget.kernel.errors import Refused
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk


def dates_change(occurrence: str) -> ResponseReturnValue:
    scope, form = managing(), DateForm()
    if request.method == "POST":
        form.check_guard()
    found = find(scope, occurrence)
    if request.method == "GET":
        return show_change(scope, found, filled(found))
    try:
        wanted = wanted_of(form)
        sure = "sure" in request.form
        is_changed = change_date(scope, found.date.id, wanted, seen=form.seen.data or "", sure=sure)
    except Refused as refused:
        found = find(scope, occurrence)
        form.refuse_seen(refused, found.date.seen)
        return show_change(scope, found, form, status=422)
    except TellsCustomers as telling:
        return show_change(scope, found, form, telling=telling)
    is_elsewhere = (wanted.starts_at, wanted.provider_id, wanted.location_id) != (
        found.date.starts_at, found.date.provider_id, found.date.location_id,
    )  # fmt: skip
    deed = "same" if not is_changed else "changed" if is_elsewhere else "capacity"
    return redirect(url_for(".dates_one", occurrence=occurrence, done=deed), 303)


def dates_cancel(occurrence: str) -> ResponseReturnValue:
    scope, form = managing(), CallOffForm()
    if request.method == "POST":
        form.check_guard()
    found = find(scope, occurrence)
    if request.method == "GET":
        return show_cancel(found, CallOffForm(formdata=None, seen=found.seen))
    try:
        state = cancel_date(scope, found.date.id, reason=form.reason.data or "", seen=form.seen.data or "")
    except Refused as refused:
        found = find(scope, occurrence)
        form.refuse_seen(refused, found.seen)
        return show_cancel(found, form, status=422)
    if state == "released":
        return redirect(url_for(".dates", done=state), 303)
    return redirect(url_for(".dates_one", occurrence=occurrence, done=state), 303)


def wanted_of(form: DateForm) -> WantedDate:
    """`Refused` under the field of what is no number."""
    return WantedDate(
        form.starts.at(desk().tenant.zone),
        id_in(form.provider.data),
        id_in(form.location.data),
        number("capacity", form.capacity.data or ""),
    )


def filled(found: DateDetails) -> DateForm:
    date = found.date
    form = DateForm(
        formdata=None, provider=date.provider_id.hex if date.provider_id else "",
        location=date.location_id.hex if date.location_id else "", capacity=str(date.capacity), seen=date.seen,
    )  # fmt: skip
    form.starts.fill(date.starts_at, desk().tenant.zone)
    return form


def show_change(
    scope: Scope, found: DateDetails, form: DateForm, *, telling: TellsCustomers | None = None, status: int = 200
) -> ResponseReturnValue:
    """`telling`: the change waits for a second press, because others are concerned."""
    date = found.date
    people, places = people_and_places(scope, (date.provider_id, date.provider), (date.location_id, date.location))
    return show(
        "date_change.html", status=status, found=found, date=date, form=form, people=people, places=places,
        telling=telling, named={"provider": dict(people), "location": dict(places)},
    )  # fmt: skip


def show_cancel(found: DateDetails, form: CallOffForm, *, status: int = 200) -> ResponseReturnValue:
    return show("date_cancel.html", status=status, found=found, date=found.date, form=form)

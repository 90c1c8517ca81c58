"""Publishing dates of a class: a form, a preview that names what stands in the way, and one button that publishes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.catalog.actions import ServiceFacts, list_providers, list_services
from bookwidget.console.dates import managing, people_and_places
from bookwidget.console.forms import DatesForm
from bookwidget.console.pages import show
from bookwidget.console.services import number
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid, uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.publishing import DatesPlan, WantedDates, plan_dates, publish_dates
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm

ONCE, UNTIL, TIMES = "once", "until", "times"
REPEATS = (
    (ONCE, _("Once")),
    (UNTIL, _("Every week until a day")),
    (TIMES, _("Every week, a number of times")),
)


def dates_new() -> ResponseReturnValue:
    """GET shows the form, or what it would publish; POST publishes."""
    scope = managing()
    classes = [one for one in list_services(scope) if one.is_class]
    if request.method == "POST":
        PlainForm().check_guard()
        return publish(scope, classes)
    if not classes or "starts" not in request.args:
        return show_form(scope, classes, prefilled(scope, classes))
    form = DatesForm(request.args)
    if "edit" in request.args:
        return show_form(scope, classes, form)
    try:
        wanted = wanted_of(form, classes)
        return show_preview(plan_dates(scope, wanted), form)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_form(scope, classes, form, status=422)


def publish(scope: Scope, classes: list[ServiceFacts]) -> ResponseReturnValue:
    form, sent = DatesForm(request.form), request.form
    form_id = known_uuid(sent.get("form", ""))
    try:
        wanted = wanted_of(form, classes)
        publish_dates(scope, wanted, days_in(sent.getlist("day")), form_id=form_id, seen=sent.get("seen", ""))
    except Refused as refused:
        if refused.field == "days":
            return show_preview(plan_dates(scope, wanted), form, trouble=refused.reason)
        form.refuse(refused.field, refused.reason)
        return show_form(scope, classes, form, status=422)
    return redirect(url_for(".dates", service=wanted.service_id.hex, done="published"), 303)


def days_in(texts: list[str]) -> set[date]:
    """`Missing` for what is no day."""
    try:
        return {date.fromisoformat(text) for text in texts}
    except ValueError as error:
        raise Missing from error


def wanted_of(form: DatesForm, classes: list[ServiceFacts]) -> WantedDates:
    """`Refused` under the field of what is no number or no day, `Missing` for a class that there is not."""
    service = next((one for one in classes if one.id.hex == form.service.data), None)
    if service is None:
        raise Missing
    if not form.validate():
        raise Refused("until", _("This is not a date. Write it like 2026-11-24."))
    repeat = form.repeat.data or ONCE
    if repeat not in dict(REPEATS):
        raise Refused("repeat", _("Choose one of the listed values."))
    if repeat == UNTIL and form.until.data is None:
        raise Refused("until", _("Please fill this in."))
    starts = form.starts.at(desk().tenant.zone)
    return WantedDates(
        service.id,
        starts and local_of(starts),
        provider_id=id_in(form.provider.data),
        location_id=id_in(form.location.data),
        capacity=number("capacity", form.capacity.data) if form.capacity.data else service.capacity,
        times=number("times", form.times.data or "") if repeat == TIMES else 1,
        until=form.until.data if repeat == UNTIL else None,
    )


def local_of(at: datetime) -> datetime:
    """As the business's clocks show it."""
    return at.astimezone(desk().tenant.zone).replace(tzinfo=None)


def id_in(text: str | None) -> UUID | None:
    """None where nothing was chosen; `Missing` for what is no id."""
    id = parse_uuid(text or "")
    if text and id is None:
        raise Missing
    return id


def prefilled(scope: Scope, classes: list[ServiceFacts]) -> DatesForm:
    """For the class that the address names, or the first: as many places as it has, and who usually gives it."""
    form = DatesForm(request.args)
    service = next((one for one in classes if one.id.hex == form.service.data), None)
    form.repeat.data, form.times.data = TIMES, "8"
    if service is not None:
        usual = list_providers(scope, service.id)
        form.provider.data, form.capacity.data = usual[0].id.hex if usual else "", str(service.capacity)
    return form


def show_form(scope: Scope, classes: list[ServiceFacts], form: DatesForm, *, status: int = 200) -> ResponseReturnValue:
    people, places = people_and_places(scope)
    return show(
        "dates_new.html", status=status, form=form, classes=[(one.id.hex, one.name) for one in classes],
        repeats=REPEATS, people=people, places=places,
    )  # fmt: skip


def show_preview(plan: DatesPlan, form: DatesForm, *, trouble: Text | None = None) -> ResponseReturnValue:
    """After trouble what was ticked stays ticked, as far as it can be."""
    ticked: set[Any] = set(request.form.getlist("day"))
    again = bool(trouble)
    chosen = {
        one.day
        for one in plan.dates
        if one.is_possible and (one.day.isoformat() in ticked if again else not one.clashes)
    }
    return show(
        "dates_preview.html", status=422 if again else 200, plan=plan, chosen=chosen, trouble=trouble, form=form,
        guarded=PlainForm(formdata=None), form_id=request.form.get("form") or uuid7().hex,
        kept=[(field.name, field.raw_data[0] if field.raw_data else "") for field in form],
        edit=url_for(".dates_new", **{field.name: field.raw_data[0] for field in form if field.raw_data}),
    )  # fmt: skip

"""People who perform services, and locations where they take place: two pages of one kind."""

from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.catalog.actions import list_services
from bookwidget.catalog.resources import (
    LOCATIONS,
    PROVIDERS,
    KeptResource,
    Sort,
    WantedResource,
    add_resource,
    change_resource,
    list_resources,
    read_resource,
    retire_resource,
)
from bookwidget.console.forms import ResourceForm
from bookwidget.console.pages import show
from bookwidget.console.services import managing
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid, uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.coming import count_coming
from bookwidget.tenancy.scope import Scope
from bookwidget.web.guard import PlainForm


@dataclass(frozen=True)
class Room:
    """What is different about the two pages."""

    name: str
    """Of the endpoint; its templates are called after it."""
    sort: Sort
    news: dict[str, Text]


PEOPLE = Room(
    "providers",
    PROVIDERS,
    {
        "saved": _("The person has been saved. What is booked already stays as it is."),
        "retired": _("The person can no longer be booked. Bookings made so far stay with them."),
        "restored": _("The person can be booked again."),
    },
)
PLACES = Room(
    "locations",
    LOCATIONS,
    {
        "saved": _("The location has been saved. Where it is booked already, it shows the new name and address."),
        "retired": _("The location is no longer offered. Bookings made so far stay there."),
        "restored": _("The location is offered again."),
    },
)


def providers() -> ResponseReturnValue:
    return listed(PEOPLE)


def providers_new() -> ResponseReturnValue:
    return added(PEOPLE)


def providers_edit(provider: str) -> ResponseReturnValue:
    return changed(PEOPLE, provider)


def providers_retire(provider: str) -> ResponseReturnValue:
    return retired(PEOPLE, provider)


def locations() -> ResponseReturnValue:
    return listed(PLACES)


def locations_new() -> ResponseReturnValue:
    return added(PLACES)


def locations_edit(location: str) -> ResponseReturnValue:
    return changed(PLACES, location)


def locations_retire(location: str) -> ResponseReturnValue:
    return retired(PLACES, location)


def listed(room: Room) -> ResponseReturnValue:
    scope = managing()
    found, coming = list_resources(scope, room.sort), count_coming(scope)
    return show(
        f"{room.name}.html", active=[one for one in found if one.is_active],
        retired=[one for one in found if not one.is_active], news=room.news.get(request.args.get("done", "")),
        names={one.id: one.name for one in list_services(scope)}, coming=coming[room is PLACES],
    )  # fmt: skip


def added(room: Room) -> ResponseReturnValue:
    scope, form = managing(), ResourceForm()
    if request.method == "GET":
        form.resource.data = uuid7().hex
        return show_resource(room, scope, form)
    form.check_guard()
    try:
        add_resource(scope, room.sort, wanted_of(form), parse_uuid(form.resource.data or ""))
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_resource(room, scope, form)
    return back(room, "saved")


def changed(room: Room, text: str) -> ResponseReturnValue:
    scope, form = managing(), ResourceForm()
    if request.method == "POST":
        form.check_guard()
    found = read_resource(scope, room.sort, known_uuid(text))
    if request.method == "GET":
        form.name.data, form.address.data = found.wanted.name, found.wanted.address
        form.seen.data = found.seen
        return show_resource(room, scope, form, found)
    try:
        change_resource(scope, room.sort, found.id, wanted_of(form), seen=form.seen.data or "")
    except Refused as refused:
        form.refuse_seen(refused, found.seen)
        return show_resource(room, scope, form, found)
    return back(room, "saved")


def retired(room: Room, text: str) -> ResponseReturnValue:
    """The pressed button says whether it is offered again."""
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(f".{room.name}"), 303)
    PlainForm().check_guard()
    is_offered = "again" in request.form
    retire_resource(scope, room.sort, known_uuid(text), is_offered=is_offered)
    return back(room, "restored" if is_offered else "retired")


def back(room: Room, deed: str) -> ResponseReturnValue:
    return redirect(url_for(f".{room.name}", done=deed), 303)


def wanted_of(form: ResourceForm) -> WantedResource:
    """`Missing` for a service that is no id."""
    services = frozenset(known_uuid(text) for text in request.form.getlist("service"))
    return WantedResource(form.name.data or "", form.address.data or "", services)


def show_resource(
    room: Room, scope: Scope, form: ResourceForm, found: KeptResource | None = None
) -> ResponseReturnValue:
    chosen = request.form.getlist("service")
    if found and request.method == "GET":
        chosen = [id.hex for id in found.wanted.services]
    services = [one for one in list_services(scope) if room is PEOPLE or not one.is_class]
    return show(
        f"{room.name.removesuffix('s')}.html", status=422 if form.errors else 200, form=form, found=found,
        services=services, chosen=chosen,
    )  # fmt: skip

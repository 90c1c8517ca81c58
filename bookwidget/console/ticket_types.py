"""Ticket types of a class: made, changed, put in order, taken off the list and put back."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.catalog.services import KeptService
from bookwidget.catalog.ticket_types import (
    KeptTicketType,
    WantedTicketType,
    add_ticket_type,
    change_ticket_type,
    list_kept_ticket_types,
    place_ticket_type,
    read_ticket_type,
    retire_ticket_type,
)
from bookwidget.console.forms import TicketTypeForm
from bookwidget.console.pages import show
from bookwidget.console.services import find, managing, minor_units, price_text
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid, uuid7
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope
from bookwidget.web.guard import PlainForm

NEWS = {
    "saved": _("The ticket type has been saved. What is booked already keeps its price."),
    "retired": _("The ticket type is no longer offered. Tickets booked so far stay as they are."),
    "restored": _("The ticket type is offered again."),
}


def services_tickets(service: str) -> ResponseReturnValue:
    scope = managing()
    return show_list(scope, class_of(scope, service), news=NEWS.get(request.args.get("done", "")))


def services_tickets_new(service: str) -> ResponseReturnValue:
    scope, form = managing(), TicketTypeForm()
    if request.method == "POST":
        form.check_guard()
    found = class_of(scope, service)
    if request.method == "GET":
        form.kind.data, form.price.data = uuid7().hex, price_text(found.wanted.price)
        return show_form(found, form)
    try:
        add_ticket_type(scope, found.id, wanted_of(form), parse_uuid(form.kind.data or ""))
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_form(found, form)
    return back(found, "saved")


def services_tickets_edit(service: str, kind: str) -> ResponseReturnValue:
    scope, form = managing(), TicketTypeForm()
    if request.method == "POST":
        form.check_guard()
    found = class_of(scope, service)
    one = read_ticket_type(scope, found.id, known_uuid(kind))
    if request.method == "GET":
        form.name.data, form.price.data = one.wanted.name, price_text(one.wanted.price)
        form.is_child.data, form.seen.data = one.wanted.is_child, one.seen
        return show_form(found, form, one)
    try:
        change_ticket_type(scope, found.id, one.id, wanted_of(form), seen=form.seen.data or "")
    except Refused as refused:
        form.refuse_seen(refused, one.seen)
        return show_form(found, form, one)
    return back(found, "saved")


def services_tickets_place(service: str, kind: str) -> ResponseReturnValue:
    """The pressed button names the neighbour and the side: `before.<id>` or `after.<id>`."""
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(".services_tickets", service=service), 303)
    PlainForm().check_guard()
    side, _dot, neighbour = request.form.get("place", "").partition(".")
    if side not in ("before", "after"):
        raise Missing
    found = class_of(scope, service)
    place_ticket_type(scope, found.id, known_uuid(kind), known_uuid(neighbour), is_before=side == "before")
    return back(found, "")


def services_tickets_retire(service: str, kind: str) -> ResponseReturnValue:
    """The pressed button says whether it is offered again."""
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(".services_tickets", service=service), 303)
    PlainForm().check_guard()
    found, is_offered = class_of(scope, service), "again" in request.form
    try:
        retire_ticket_type(scope, found.id, known_uuid(kind), is_offered=is_offered)
    except Refused as refused:
        return show_list(scope, found, trouble=refused.reason)
    return back(found, "restored" if is_offered else "retired")


def back(found: KeptService, deed: str) -> ResponseReturnValue:
    return redirect(url_for(".services_tickets", service=found.id.hex, done=deed or None), 303)


def class_of(scope: Scope, text: str) -> KeptService:
    """`Missing` for an appointment too."""
    found = find(scope, text)
    if found.wanted.kind != "class":
        raise Missing
    return found


def wanted_of(form: TicketTypeForm) -> WantedTicketType:
    """`Refused("price", …)` for what is none."""
    return WantedTicketType(form.name.data or "", minor_units(form.price.data or "0"), bool(form.is_child.data))


def show_list(
    scope: Scope, found: KeptService, *, news: Text | None = None, trouble: Text | None = None
) -> ResponseReturnValue:
    kinds = list_kept_ticket_types(scope, found.id)
    return show(
        "tickets.html", status=422 if trouble else 200, found=found, active=[one for one in kinds if one.is_active],
        retired=[one for one in kinds if not one.is_active], news=news, trouble=trouble,
    )  # fmt: skip


def show_form(found: KeptService, form: TicketTypeForm, one: KeptTicketType | None = None) -> ResponseReturnValue:
    return show(
        "ticket.html", status=422 if form.errors else 200, form=form, found=found, one=one, example=price_text(1250)
    )

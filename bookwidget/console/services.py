"""What is offered: services, made, changed, taken off the list and put back."""

import re
from decimal import Decimal
from uuid import UUID

from babel.numbers import get_currency_precision
from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.catalog.actions import list_everybody
from bookwidget.catalog.services import (
    BOUNDS,
    KeptService,
    WantedService,
    add_service,
    change_service,
    list_kept_services,
    read_kept_service,
    retire_service,
)
from bookwidget.console.forms import ServiceForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid, uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.guard import PlainForm

KINDS = (
    ("appointment", _("Appointment: one customer, a time they choose")),
    ("class", _("Class: many people, dates you publish")),
)
NEWS = {
    "saved": _("The service has been saved. What is booked already stays as it is."),
    "retired": _("The service is no longer offered. Bookings made so far stay as they are."),
    "restored": _("The service is offered again."),
}
PRICE = re.compile(r"(\d{1,9})(?:[.,](\d+))?")
NUMBERS = tuple(name for name in BOUNDS if name != "price")


def managing() -> Scope:
    desk().require(Permission.CATALOG_CHANGE)
    return desk().scope()


def services() -> ResponseReturnValue:
    scope = managing()
    found = list_kept_services(scope)
    names = {one.id: one.name for one in list_everybody(scope)}
    return show(
        "services.html", active=[one for one in found if one.is_active], kinds=dict(KINDS), names=names,
        retired=[one for one in found if not one.is_active], news=NEWS.get(request.args.get("done", "")),
    )  # fmt: skip


def services_new() -> ResponseReturnValue:
    scope, form = managing(), ServiceForm()
    if request.method == "GET":
        fill(form, WantedService("", "appointment", 60))
        form.service.data = uuid7().hex
        return show_service(scope, form)
    form.check_guard()
    try:
        add_service(scope, wanted_of(form), parse_uuid(form.service.data or ""))
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_service(scope, form)
    return back("saved")


def services_edit(service: str) -> ResponseReturnValue:
    scope, form = managing(), ServiceForm()
    if request.method == "POST":
        form.check_guard()
    found = find(scope, service)
    if request.method == "GET":
        fill(form, found.wanted)
        form.seen.data = found.seen
        return show_service(scope, form, found)
    try:
        change_service(scope, found.id, wanted_of(form), seen=form.seen.data or "")
    except Refused as refused:
        form.refuse_seen(refused, found.seen)
        return show_service(scope, form, found)
    return back("saved")


def services_retire(service: str) -> ResponseReturnValue:
    """The pressed button says whether it is offered again."""
    scope = managing()
    if request.method == "GET":
        return redirect(url_for(".services"), 303)
    PlainForm().check_guard()
    is_offered = "again" in request.form
    retire_service(scope, known_uuid(service), is_offered=is_offered)
    return back("restored" if is_offered else "retired")


def back(deed: str) -> ResponseReturnValue:
    return redirect(url_for(".services", done=deed), 303)


def find(scope: Scope, text: str) -> KeptService:
    return read_kept_service(scope, known_uuid(text))


def wanted_of(form: ServiceForm) -> WantedService:
    """`Refused` under the field of what is no number."""
    return WantedService(
        form.name.data or "",
        form.kind.data or "",
        description=form.description.data or "",
        price=minor_units(form.price.data or "0"),
        is_at_customer=bool(form.is_at_customer.data),
        providers=chosen_providers(),
        new_provider=form.new_provider.data or "",
        **{name: number(name, form[name].data or "") for name in NUMBERS},
    )


def chosen_providers() -> frozenset[UUID]:
    """`Missing` for what is no id."""
    return frozenset(known_uuid(text) for text in request.form.getlist("provider"))


def number(name: str, typed: str) -> int:
    text = typed.strip()
    if not text.isdecimal() or len(text) > 9:
        raise Refused(name, _("Write a whole number."))
    return int(text)


def minor_units(typed: str) -> int:
    """Of a price in the business's currency, with a point or a comma before its cents."""
    digits, found = precision(), PRICE.fullmatch(typed.strip())
    if found is None or len(found[2] or "") > digits:
        raise Refused("price", _("Write a price such as %(example)s.", example=price_text(1250)))
    return int(found[1] + (found[2] or "").ljust(digits, "0"))


def precision() -> int:
    """Digits behind the point."""
    return int(get_currency_precision(desk().tenant.currency))


def price_text(minor: int) -> str:
    return str(Decimal(minor).scaleb(-precision()))


def fill(form: ServiceForm, wanted: WantedService) -> None:
    for name, value in wanted.facts.items():
        form[name].data = value if isinstance(value, bool) else price_text(value) if name == "price" else str(value)


def show_service(scope: Scope, form: ServiceForm, found: KeptService | None = None) -> ResponseReturnValue:
    kind = found.wanted.kind if found else form.kind.data
    chosen = request.form.getlist("provider") if request.method == "POST" else []
    if found and request.method == "GET":
        chosen = [id.hex for id in found.wanted.providers]
    return show(
        "service.html", status=422 if form.errors else 200, form=form, found=found, kind=kind, kinds=KINDS,
        everybody=list_everybody(scope), chosen=chosen, example=price_text(1250),
    )  # fmt: skip

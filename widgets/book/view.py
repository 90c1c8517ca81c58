"""Booking: service, time, details, review. Each step is a page of its own, by plain links and forms."""

from collections.abc import Callable
from datetime import date
from functools import partial, wraps
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.settings import SIGN_IN_REQUIRED_TO_BOOK
from bookwidget.bookings.actions import KeptPlace, hold_slot, kept_token, slot_start, slots_to_book
from bookwidget.catalog.actions import ServiceFacts, list_providers, list_services, read_service
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid, uuid7
from bookwidget.web import Widget, address, choose_times, needs_sign_in, noon, place, render, services

from . import again, details, joining
from .forms import TimeForm

CLASS_DAYS, APPOINTMENT_DAYS = 28, 7
"""How many days a page of times covers."""
MAX_KEY = 100
"""Signs of a slot's key in an address."""
View = Callable[..., ResponseReturnValue]


def register(widget: Widget) -> None:
    widget.page("/", offers)
    widget.page("/<service>", times, methods=("GET", "POST"))
    widget.page("/<service>/chosen", needs_sign_in(chosen))
    widget.page("/kept/<kept>", as_the_business_wants(details.kept_place), methods=("GET", "POST"))
    widget.page("/wait/<slot>", as_the_business_wants(joining.wait), methods=("GET", "POST"))
    widget.page("/waiting/<told>", joining.waiting)


def as_the_business_wants(view: View) -> View:
    """For everybody, or for those who are logged in only."""
    guarded = needs_sign_in(view)

    @wraps(view)
    def chosen(**named: Any) -> ResponseReturnValue:
        return (guarded if is_sign_in_required() else view)(**named)

    return chosen


def is_sign_in_required() -> bool:
    return place().tenant.settings[SIGN_IN_REQUIRED_TO_BOOK]


def offers() -> ResponseReturnValue:
    scope, gone = place().scope(), parse_uuid(request.args.get("gone", ""))
    offered = list_services(scope)
    is_gone = gone and all(one.id != gone for one in offered)
    return render("services.html", offered=offered, gone=read_service(scope, gone) if gone and is_gone else None)


def times(service: str) -> ResponseReturnValue:
    service_id = known_uuid(service)
    form = TimeForm()
    if request.method != "POST":
        return show_times(form, service, key=request.args.get("slot", ""))
    form.check_guard()
    key, hold_id = form.slot.data or "", parse_uuid(form.hold.data or "") or uuid7()
    scope = place().scope()
    if is_sign_in_required() and place().signed_in is None:
        return redirect(url_for(".chosen", service=service, slot=key[:MAX_KEY], **asked()), 303)
    try:
        hold_slot(scope, hold_id, service_id, key, again.places(service_id), address=address())
    except Refused as refused:
        form.refuse("slot", refused.reason)
        return show_times(form, service, key=key, status=422)
    token = kept_token(services().tokens, place().tenant.id, KeptPlace(hold_id, service_id, key))
    return redirect(url_for(".kept_place", kept=token, again=request.args.get("again")), 303)


def chosen(service: str) -> ResponseReturnValue:
    """Whoever had to log in for a time comes back to it here. Looking keeps nothing, so one press more takes it."""
    return redirect(url_for(".times", service=service, slot=request.args.get("slot"), **asked()), 303)


def asked() -> dict[str, str]:
    """What of the address goes along from page to page."""
    return {name: value for name in ("provider", "again") if (value := request.args.get(name))}


def show_times(form: TimeForm, service: str, *, key: str, status: int = 200) -> ResponseReturnValue:
    """The week or the dates that the address names; after a time that is gone, those around it."""
    here, scope = place(), place().scope()
    service_id = parse_uuid(service)
    offered = next((one for one in list_services(scope) if one.id == service_id), None)
    if offered is None:
        raise Missing
    start = slot_start(scope, key) if key else None
    day = here.formats.local(start).date() if start else day_in_address("day")
    first = day_in_address("from") or day or here.formats.local(here.now).date()
    providers = () if offered.is_class else list_providers(scope, offered.id)
    provider = next((one.id.hex for one in providers if one.id.hex == request.args.get("provider")), "")
    old = again.wanted(offered.id)
    pages = slots_to_book(scope, offered.id, first, page_days(offered), provider_id=parse_uuid(provider))
    gone = start if form.slot.errors else None
    choice = choose_times(
        pages,
        here.formats,
        here.now,
        by_date=offered.is_class,
        day=day,
        key="" if gone else key,
        gone=gone,
        full=pages.full,
    )
    form.hold.data, form.hold.raw_data = uuid7().hex, None  # a new form, a new place
    return render(
        "choose.html",
        status=status,
        form=form,
        service=offered,
        choice=choice,
        provider=provider,
        providers=providers,
        is_again=old is not None,
        link=partial(url_for, ".times", service=service, provider=provider or None, again=again.key() if old else None),
        noon=lambda day: noon(day, here.formats),
        wait=lambda slot: url_for(".wait", slot=slot.key),
    )


def page_days(service: ServiceFacts) -> int:
    return CLASS_DAYS if service.is_class else APPOINTMENT_DAYS


def day_in_address(name: str) -> date | None:
    """A day of the query; addresses are typed by anybody."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None

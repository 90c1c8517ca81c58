"""Booking for a customer in three steps: who, when, and the rest.

The steps are addresses, so whoever leaves has changed nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.customers import DeskCustomer, find_customers, read_customer
from bookwidget.bookings.actions import (
    AT_CUSTOMER,
    NewTicket,
    book_for,
    checked_where,
    most_places,
    slot_start,
    slots_to_book,
    wherever,
)
from bookwidget.catalog.actions import ServiceFacts, list_providers, list_services, list_ticket_types
from bookwidget.console.bookings import phone_of
from bookwidget.console.changing import done, staff
from bookwidget.console.customers import refuse_details
from bookwidget.console.forms import CustomerSearchForm, DeskBookingForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.ids import parse_uuid, uuid7
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.one_booking.new_time import APPOINTMENT_DAYS, CLASS_DAYS, day_in_address
from bookwidget.web.times import TimeChoice, choose_times, noon

NEW = "new"
"""Stands in the address in place of a customer's id."""
CHOSEN_BEFORE = ("service", "day", "at", "provider")
"""What the calendar's free hours say, kept through the first step."""


@dataclass(frozen=True)
class Choice:
    """What the address says so far."""

    customer: DeskCustomer | None
    """None: a new one."""
    service: ServiceFacts
    slot: str
    places: int

    def page(self, **more: Any) -> str:
        """The address of a step; values of None are left out of it."""
        known = {
            "customer": self.customer.id.hex if self.customer else NEW, "service": self.service.id.hex,
            "places": self.places if self.places > 1 else None,
        }  # fmt: skip
        return url_for("console.bookings_new", **{**known, **more})


def bookings_new() -> ResponseReturnValue:
    """GET shows the step that the address has come to, POST books."""
    scope, form = staff(), DeskBookingForm()
    if request.method == "POST":
        form.check_guard()
    customer, services = request.args.get("customer", ""), list_services(scope)
    if not customer or not services:
        return show_who(scope, has_services=bool(services))
    chosen = choice_of(scope, customer, services)
    if request.method == "GET":
        key = chosen.slot if slot_start(scope, chosen.slot) else ""
        return show_rest(scope, form, chosen) if key else show_when(scope, chosen)
    try:
        made = save(scope, form, chosen)
    except Refused as refused:
        refuse_details(form, refused)
        return show_rest(scope, form, chosen, status=422)
    return done(made, "made")


def choice_of(scope: Scope, customer: str, services: tuple[ServiceFacts, ...]) -> Choice:
    """`Missing` for a customer or a service that there is not."""
    wanted, who = request.args.get("service", ""), parse_uuid(customer)
    service = next((one for one in services if one.id.hex == wanted), None if wanted else services[0])
    if service is None or (who is None and customer != NEW):
        raise Missing
    most = most_places(scope, service)
    places = min(max(1, request.args.get("places", 1, type=int)), most)
    return Choice(read_customer(scope, who) if who else None, service, request.args.get("slot", ""), places)


def save(scope: Scope, form: DeskBookingForm, chosen: Choice) -> str:
    """The code of what was made."""
    where = checked_where(wherever(scope, chosen.service), form.where.data or "", form.visit_address.data or "")
    made = book_for(
        scope, chosen.service.id, form.slot.data or "", [ticket(n) for n in range(chosen.places)],
        customer=chosen.customer.id if chosen.customer else form.typed,
        where=where, note=form.note.data or "", booking_id=parse_uuid(form.booking.data or "") or uuid7(),
    )  # fmt: skip
    return made.code


def ticket(number: int) -> NewTicket:
    """What was typed for this person; `Refused("tickets", …)` for a ticket type that cannot be."""
    sent = request.form
    kind = sent.get(f"kind-{number}", "")
    kind_id: UUID | None = parse_uuid(kind)
    if kind and kind_id is None:
        raise Refused("tickets", _("Choose one of the ticket types."))
    return NewTicket(sent.get(f"name-{number}", ""), bool(sent.get(f"child-{number}")), None, kind_id)


def show_who(scope: Scope, *, has_services: bool) -> ResponseReturnValue:
    form = CustomerSearchForm(request.args)
    found = find_customers(scope, form.q.data or "", request.args.get("page", 1, type=int))
    return show(
        "booking_new_who.html", form=form, found=found, has_services=has_services, new=NEW, phone=phone_of,
        kept={name: request.args[name] for name in CHOSEN_BEFORE if name in request.args},
    )  # fmt: skip


def show_when(scope: Scope, chosen: Choice) -> ResponseReturnValue:
    here, service = desk(), chosen.service
    asked = parse_uuid(request.args.get("provider", ""))
    providers = () if service.is_class else list_providers(scope, service.id)
    provider = next((one.id for one in providers if one.id == asked), None)
    choice = times(scope, service, day=day_in_address("day"), first=day_in_address("from"), provider_id=provider)
    kept = provider.hex if provider else None
    return show(
        "booking_new_when.html", chosen=chosen, services=list_services(scope), choice=choice, providers=providers,
        provider=kept, most=most_places(scope, service), link=partial(chosen.page, provider=kept),
        noon=lambda day: noon(day, here.formats),
    )  # fmt: skip


def times(
    scope: Scope,
    service: ServiceFacts,
    *,
    day: date | None = None,
    first: date | None = None,
    gone: datetime | None = None,
    provider_id: UUID | None = None,
) -> TimeChoice:
    """What is free from the `first` day on, or from today; with `gone`, around that time."""
    local, now, is_class = desk().formats.local, desk().now, service.is_class
    since = local(gone).date() if gone else first or day or local(now).date()
    days = CLASS_DAYS if is_class else APPOINTMENT_DAYS
    pages = slots_to_book(scope, service.id, since, days, provider_id=provider_id)
    wished = (slot for found in pages.days if found.day == day for slot in found.slots if is_wished(slot.starts_at))
    key = next((slot.key for slot in wished), "")
    return choose_times(pages, desk().formats, now, by_date=is_class, day=day, key=key, gone=gone)


def is_wished(at: datetime) -> bool:
    """Whether it is the time that the address names, or later."""
    wished = request.args.get("at", "")
    return bool(wished) and f"{desk().formats.local(at):%H:%M}" >= wished


def show_rest(scope: Scope, form: DeskBookingForm, chosen: Choice, *, status: int = 200) -> ResponseReturnValue:
    service, sent = chosen.service, request.form
    form.slot.data = form.slot.data or chosen.slot
    starts_at = slot_start(scope, form.slot.data or "")
    form.booking.data = form.booking.data or uuid7().hex
    return show(
        "booking_new_rest.html", status=status, form=form, chosen=chosen, kinds=list_ticket_types(scope, service.id),
        starts_at=starts_at, choice=times(scope, service, gone=starts_at) if form.slot.errors else None,
        where=wherever(scope, service), at_customer=AT_CUSTOMER,
        people=[
            (n, sent.get(f"name-{n}", ""), sent.get(f"kind-{n}", ""), bool(sent.get(f"child-{n}")))
            for n in range(chosen.places)
        ],
    )  # fmt: skip

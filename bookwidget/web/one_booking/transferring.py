"""Transferring tickets of a class in three steps, and cancelling one of several.

The steps are addresses: whoever leaves before the last button has changed nothing.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bookwidget.bookings.actions import (
    HeldTicket,
    Transfer,
    TransferOffer,
    cancel_ticket,
    offer_transfer,
    services_to_transfer_to,
    slots_to_transfer_to,
    transfer_tickets,
)
from bookwidget.catalog.actions import list_ticket_types
from bookwidget.kernel.errors import Denied, Missing, Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid
from bookwidget.web.current import request
from bookwidget.web.one_booking.forms import CancelForm, TransferForm
from bookwidget.web.one_booking.new_time import chosen_key, new_time, note_version, version_of
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.one_booking.showing import show
from bookwidget.web.rendering import render
from bookwidget.web.visits import place

KIND = "kind-"
"""Before a ticket's id: the name of the field with its new type; the standard one is an empty text."""


def transfer(opened: Opened, form: TransferForm) -> ResponseReturnValue:
    wanted, scope, code = wanted_of(form), opened.scope, opened.booking.code
    offer = None
    try:
        if request.method == "POST":
            price = -1 if form.price.data is None else int(form.price.data)
            transfer_tickets(scope, code, wanted, moves=version_of(form), price=price)
            return opened.done("transferred")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
    try:
        if request.method == "POST" or "step" in request.args:
            offer = offer_transfer(scope, code, wanted)
    except Refused as refused:
        if not form.errors:
            form.refuse(refused.field, refused.reason)
    if form.tickets.errors:
        return show(opened, trouble=form.tickets.errors[0], status=422)
    return show_event(opened, form, wanted) if offer is None else show_offer(opened, form, wanted, offer)


def show_event(opened: Opened, form: TransferForm, wanted: Transfer) -> ResponseReturnValue:
    """The first step: the class and its dates."""
    scope, code = opened.scope, opened.booking.code
    try:
        services = services_to_transfer_to(scope, code, wanted.tickets)
        asked = parse_uuid(request.values.get("service", "")) or opened.booking.service_id
        service = next((service for service in services if service.id == asked), services[0])
        find = partial(slots_to_transfer_to, scope, code, service.id, tickets=wanted.tickets)
        times = new_time(scope, opened.booking, form, find, place().formats.local(place().now).date())
    except Refused as refused:
        return show(opened, trouble=refused.reason, status=422)
    kinds = {} if form.kinds.errors else kinds_in(wanted)
    kept = {"tickets": form.tickets.data or None, "service": service.id.hex, **kinds}
    return render(
        "one_booking/transfer_event.html",
        status=422 if form.errors else 200,
        opened=opened,
        services=services,
        service=service,
        kept=kept,
        next_step="review" if kinds else "kinds",
        has_kinds=bool(list_ticket_types(scope, service.id)),
        link=partial(opened.page, "transfer", **kept),
        **times,
    )


def show_offer(opened: Opened, form: TransferForm, wanted: Transfer, offer: TransferOffer) -> ResponseReturnValue:
    """The second step, where there are types to choose from, or the last one."""
    is_review = request.method == "POST" or request.args["step"] == "review" or not offer.kinds
    kept = {"tickets": form.tickets.data or None, "service": offer.service.id.hex, "slot": wanted.slot_key}
    kept |= kinds_in(wanted) if is_review else {}
    note_version(form, offer.booking)
    form.price.data, form.price.raw_data = offer.price.amount, None
    return render(
        "one_booking/transfer_review.html" if is_review else "one_booking/transfer_kinds.html",
        status=422 if form.errors else 200,
        opened=opened,
        booking=offer.booking,
        form=form,
        offer=offer,
        kept=kept,
        prefix=KIND,
        link=partial(opened.page, "transfer", **kept),
    )


def kinds_in(wanted: Transfer) -> dict[str, str]:
    """The chosen types as the form sends them."""
    return {KIND + ticket.hex: kind.hex if kind else "" for ticket, kind in wanted.kinds.items()}


def wanted_of(form: TransferForm) -> Transfer:
    """What the address or the form says; raises `Missing` for what is no id."""
    asked: Mapping[str, Any] = request.form if request.method == "POST" else request.args
    if request.method != "POST":
        form.tickets.data = request.args.get("tickets", "")
    tickets = tuple(known_uuid(text) for text in (form.tickets.data or "").split(",") if text)
    kinds = {known_uuid(name.removeprefix(KIND)): asked[name] for name in asked if name.startswith(KIND)}
    chosen = {ticket: known_uuid(kind) if kind else None for ticket, kind in kinds.items()}
    return Transfer(chosen_key(form), tickets, chosen)


def cancel_one(opened: Opened, form: CancelForm) -> ResponseReturnValue:
    """Asks, then cancels one ticket; with the last one the booking is cancelled."""
    booking, ticket_id = opened.booking, known_uuid((request.view_args or {})["ticket"])
    if request.method == "POST":
        try:
            why, moves = form.reason.data or "", form.moves.data
            left = cancel_ticket(opened.scope, booking.code, ticket_id, reason=why, moves=moves)
            return opened.done("cancelled") if left.status == "cancelled" else opened.stay("ticket")
        except Refused as refused:
            form.refuse(refused.field, refused.reason)
    if booking.may_cancel.reason:
        raise Denied(booking.may_cancel.reason)
    note_version(form, booking)
    return render(
        "one_booking/cancel_ticket.html",
        status=422 if form.errors else 200,
        opened=opened,
        booking=booking,
        form=form,
        ticket=ticket_of(opened, ticket_id),
        fee=booking.may_cancel.fee(ticket_of(opened, ticket_id).price.amount),
    )


def ticket_of(opened: Opened, ticket_id: UUID) -> HeldTicket:
    for ticket in opened.booking.tickets:
        if ticket.id == ticket_id:
            return ticket
    raise Missing

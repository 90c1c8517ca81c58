"""The step of setting up that makes the first service, with opening hours and, for a class, its first dates."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from bookwidget.accounts.onboarding import read_progress
from bookwidget.catalog.services import add_service, list_kept_services
from bookwidget.console.forms import FirstServiceForm
from bookwidget.console.hours import words_of
from bookwidget.console.onboarding import done, setting_up, show_step
from bookwidget.console.services import minor_units, number, price_text
from bookwidget.console.trades import CLASS, EVENING, TRADES, Trade
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import known_uuid, uuid7
from bookwidget.kernel.text import _
from bookwidget.schedule.opening import all_hours, change_hours, own_hours, seen
from bookwidget.schedule.publishing import WantedDates, plan_dates, publish_dates
from bookwidget.tenancy.scope import Scope
from bookwidget.theming.i18n import translate
from bookwidget.web.desk import desk
from bookwidget.web.services import services

WEEKS = 8
"""Dates of a class that are published at once, one a week."""


def start_service() -> ResponseReturnValue:
    scope, form = setting_up(), FirstServiceForm()
    trade = TRADES.get(read_progress(scope).trade, TRADES["other"])
    if request.method == "GET":
        return show_first(scope, propose(form, trade), trade)
    form.check_guard()
    id = known_uuid(form.service.data or "")
    try:
        make_first(scope, form, trade, id)
    except Refused as refused:
        fields = {"new_provider": "who"}
        form.refuse(fields.get(refused.field, refused.field), refused.reason)
        return show_first(scope, form, trade)
    return done("service")


def propose(form: FirstServiceForm, trade: Trade) -> FirstServiceForm:
    """Everything is filled in, so that pressing the button is enough."""
    here = desk()
    name = translate(trade.service, services().catalogs.translations(here.tenant.locale))
    wanted = trade.wanted(name, here.tenant.currency)
    form.name.data, form.minutes.data, form.price.data = name, str(wanted.minutes), price_text(wanted.price)
    form.who.data = here.member.full_name
    now = here.now.astimezone(here.tenant.zone)
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=EVENING, minute=0)
    form.starts.fill(monday, here.tenant.zone)
    form.service.data = uuid7().hex
    return form


def make_first(scope: Scope, form: FirstServiceForm, trade: Trade, id: UUID) -> None:
    """Hours first: should the rest be refused, they are right all the same, and are not written twice."""
    wanted = trade.wanted(form.name.data or "", scope.tenant.currency)
    is_class = trade.kind == CLASS
    zone = scope.tenant.zone
    first = form.starts.at(zone) if is_class else None
    if is_class and first is None:
        raise Refused("starts", _("Write a day and a time, such as 2026-11-24T18:30."))
    if not is_class and not (form.who.data or "").strip():
        raise Refused("who", _("Please fill this in."))
    changed: dict[str, Any] = {
        "minutes": number("minutes", form.minutes.data or ""),
        "price": minor_units(form.price.data or "0"),
        "new_provider": "" if is_class else form.who.data or "",
    }
    known = own_hours(all_hours(scope), None)
    if not known:
        change_hours(scope, None, trade.hours, seen_as=seen(known))
    add_service(scope, replace(wanted, **changed), id)
    if first is not None:
        starts = first.astimezone(zone).replace(tzinfo=None)
        publish(scope, WantedDates(id, starts, capacity=trade.capacity, times=WEEKS), id)


def publish(scope: Scope, wanted: WantedDates, form_id: UUID) -> None:
    """What can be published; a day on which the clocks leave the time out is none."""
    plan = plan_dates(scope, wanted)
    days = [one.day for one in plan.dates if one.is_possible]
    if not days:
        raise Refused("starts", _("Choose a time that is still to come."))
    publish_dates(scope, wanted, days, form_id=form_id, seen=plan.seen)


def show_first(scope: Scope, form: FirstServiceForm, trade: Trade) -> ResponseReturnValue:
    hours = own_hours(all_hours(scope), None) or trade.hours
    return show_step(
        "service", status=422 if form.errors else 200, form=form, is_class=trade.kind == CLASS, weeks=WEEKS,
        capacity=trade.capacity, example=price_text(1250), hours=words_of(hours), there=list_kept_services(scope),
    )  # fmt: skip

"""What would the rules say? A booking is imagined, and settings are tried before they are saved. Only looked at."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from bookwidget.bookings.simulating import (
    DECIDING,
    NOBODY,
    Imagined,
    effect_on_bookings,
    settings_with,
    simulate,
)
from bookwidget.catalog.actions import ServiceFacts, list_services
from bookwidget.console.forms import ImaginedForm
from bookwidget.console.pages import show
from bookwidget.console.rules import PERMISSIONS
from bookwidget.console.setting_fields import fields_of, kind_of, value_in, words_of
from bookwidget.kernel.actors import Actor, Door, customer
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.settings import Setting, Settings
from bookwidget.web.desk import desk

TRIED = "tried"
"""The hidden field that says of which service the settings are that were sent: an empty box sends nothing, and those of
another service are no wish of somebody who has just chosen this one.
"""
ALL = "all"
DIRECTIONS = (("in", _("begins in")), ("ago", _("began … ago")))
STATE_WORDS = (
    ("confirmed", _("Booked")),
    ("pending", _("Waiting for approval")),
    ("hold", _("On hold")),
    ("cancelled", _("Cancelled by the customer just now")),
    ("cancelled-yesterday", _("Cancelled by the customer a day ago")),
    ("cancelled-by-business", _("Called off by the business")),
)
ACTORS = (
    ("customer", _("The customer, logged in")),
    ("guest", _("The customer, by a link in an email")),
    ("staff", _("You or your staff")),
)
BOUNDS = {"days": (0, 3650), "hours": (0, 23), "moves": (0, 100)}
USUAL = {"direction": "in", "days": "3", "hours": "2", "state": "confirmed", "moves": "0", "actor": "customer"}


def settings_simulator() -> ResponseReturnValue:
    here = desk()
    here.require(Permission.SETTINGS_CHANGE)
    scope = here.scope()
    form, services = filled_form(), list_services(scope)
    service = next((one for one in services if one.id.hex == form.service.data), None)
    saved = settings_with(scope, service, {})
    errors: dict[str, Text] = {}
    wanted = tried_values(saved, errors) if are_sent(service) else {}
    imagined = imagine(form, service)
    actors = {"guest": customer(NOBODY, Door.MAIL), "staff": scope.actor}
    actor: Actor = actors.get(form.actor.data or "", customer(NOBODY))
    return show(
        "simulator.html", status=422 if errors or form.errors else 200, form=form, errors=errors, service=service,
        services=[("", _("All services")), *((one.id.hex, one.name) for one in services)],
        directions=DIRECTIONS, states=STATE_WORDS, actors=ACTORS, titles=PERMISSIONS,
        answers=simulate(scope, imagined, actor, service, wanted), starts_at=scope.now + imagined.starts_in,
        effect=effect_on_bookings(scope, service, wanted) if wanted else None, wanted=wanted,
        tried=(TRIED, service.id.hex if service else ALL),
        rows=[(one, kind_of(one), saved[one], sent_of(one, saved, service)) for one in DECIDING],
        words=partial(words_of, here.formats),
    )  # fmt: skip


def filled_form() -> ImaginedForm:
    """What the address says; what it leaves out, or says wrongly, is as usual, and the latter is named."""
    form = ImaginedForm(MultiDict({**USUAL, **{name: value for name, value in request.args.items() if name in USUAL}}))
    form.service.data = request.args.get("service", "")
    for name, pairs in (("direction", DIRECTIONS), ("state", STATE_WORDS), ("actor", ACTORS)):
        if form[name].data not in dict(pairs):
            form[name].data = USUAL[name]
    for name, (low, high) in BOUNDS.items():
        typed = (form[name].data or "").strip()
        if not (typed.isdecimal() and len(typed) < 6 and low <= int(typed) <= high):
            form.refuse(name, _("Choose a number from %(low)s to %(high)s.", low=low, high=high))
    return form


def imagine(form: ImaginedForm, service: ServiceFacts | None) -> Imagined:
    numbers = {name: int(USUAL[name] if form[name].errors else form[name].data or 0) for name in BOUNDS}
    starts_in = timedelta(days=numbers["days"], hours=numbers["hours"])
    return Imagined(
        -starts_in if form.direction.data == "ago" else starts_in,
        service.minutes if service else 60,
        service.kind if service else "class",
        form.state.data or "",
        numbers["moves"],
    )


def tried_values(saved: Settings, errors: dict[str, Text]) -> Mapping[str, Any]:
    """What was sent and is not as it is saved; what cannot be goes to `errors` by name."""
    wanted: dict[str, Any] = {}
    for setting in DECIDING:
        try:
            value = value_in(setting, request.args, of_service=False)
        except Refused as refused:
            errors[setting.name] = refused.reason
            continue
        if value != saved[setting]:
            wanted[setting.name] = value
    return wanted


def are_sent(service: ServiceFacts | None) -> bool:
    return request.args.get(TRIED) == (service.id.hex if service else ALL)


def sent_of(setting: Setting[Any], saved: Settings, service: ServiceFacts | None) -> MultiDict[str, str]:
    """What the setting's fields hold: what was typed, or what is saved."""
    if are_sent(service):
        return request.args
    return MultiDict(fields_of(setting, saved[setting], of_service=False))

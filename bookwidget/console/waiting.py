"""Waiting lists: who waits for which date, a place offered by hand, and taking somebody off."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from bookwidget.accounts.customers import read_customer
from bookwidget.bookings.actions import list_waiting, offer_now, remove_waiting
from bookwidget.catalog.actions import list_services
from bookwidget.console.changing import staff
from bookwidget.console.dates import find
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid
from bookwidget.kernel.text import Text, _
from bookwidget.notices.kinds import CUSTOMER, kind_of
from bookwidget.notices.settings import is_sent
from bookwidget.tenancy.scope import Scope
from bookwidget.web.guard import PlainForm

NEWS = {
    "offered": _("The place is offered. The customer is told by email, and it is kept until the time in the list."),
    "removed": _("This person is not on the waiting list any more."),
}


def waiting() -> ResponseReturnValue:
    return show_lists(staff(), news=NEWS.get(request.args.get("done", "")))


def show_lists(scope: Scope, *, news: Text | None = None, trouble: Text | None = None, status: int = 200) -> Response:
    here = whereabouts()
    page = list_waiting(scope, service_id=parse_uuid(here["service"] or ""), page=here["page"] or 1)
    return show(
        "waiting.html", status=status, page=page, classes=[one for one in list_services(scope) if one.is_class],
        news=news, trouble=trouble, here=here,
    )  # fmt: skip


def whereabouts() -> dict[str, Any]:
    """Which of the lists are looked at; every address of these pages says so, and so one comes back to it."""
    service, page = parse_uuid(request.args.get("service", "")), request.args.get("page", 1, type=int)
    return {"service": service.hex if service else None, "page": page if page > 1 else None}


def back(deed: str) -> ResponseReturnValue:
    return redirect(url_for(".waiting", **whereabouts(), done=deed), 303)


def waiting_offer(occurrence: str, entry: str) -> ResponseReturnValue:
    scope = staff()
    if request.method == "GET":
        return redirect(url_for(".waiting", **whereabouts()), 303)
    PlainForm().check_guard()
    try:
        offer_now(scope, known_uuid(occurrence), known_uuid(entry))
    except Refused as refused:
        return show_lists(scope, trouble=refused.reason, status=422)
    return back("offered")


def waiting_remove(occurrence: str, entry: str) -> ResponseReturnValue:
    """GET asks, POST removes."""
    scope, form = staff(), PlainForm()
    if request.method == "POST":
        form.check_guard()
        remove_waiting(scope, known_uuid(occurrence), known_uuid(entry))
        return back("removed")
    found, id = find(scope, occurrence), known_uuid(entry)
    one = next((one for one in found.waiting if one.id == id), None)
    if one is None:
        return back("removed")
    is_blocked = read_customer(scope, one.customer_id).is_blocked
    is_told = not is_blocked and is_sent(scope.tenant.settings, kind_of("waitlist.removed", CUSTOMER))
    return show("waiting_remove.html", one=one, date=found.date, form=form, here=whereabouts(), is_told=is_told)

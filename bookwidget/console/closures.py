"""Requests to close an account: approved or refused; and closing an account for good."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.closing import (
    ANONYMISE,
    APPROVED,
    ERASE,
    OPEN,
    AskedFor,
    list_closure_requests,
    read_closure_request,
)
from bookwidget.accounts.customers import DeskCustomer
from bookwidget.bookings.closing import confirmation, count_upcoming, decide_closing, forget_customer
from bookwidget.console.changing import staff
from bookwidget.console.customers import back, find
from bookwidget.console.forms import AnswerForm, CloseForm
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.ids import known_uuid
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.policy import not_yours
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk

NEWS = {
    "approved": _("The account is closed. The customer can no longer log in, and is told by email."),
    "refused": _("The request is refused. The customer reads your reason by email."),
}
STATES = {
    "approved": _("Approved"),
    "refused": _("Refused"),
    "withdrawn": _("Taken back by the customer"),
}
LEFT = {
    ANONYMISE: _("Totals stay, without a name"),
    ERASE: _("Nothing stays"),
}


def closures() -> ResponseReturnValue:
    found = list_closure_requests(staff())
    return show(
        "closures.html", waiting=[one for one in found if one.state == OPEN], states=STATES,
        decided=[one for one in found if one.state != OPEN], news=NEWS.get(request.args.get("done", "")),
    )  # fmt: skip


def closures_one(closure: str) -> ResponseReturnValue:
    """The pressed button says whether it is approved."""
    scope, form = staff(), AnswerForm()
    if request.method == "POST":
        form.check_guard()
    found, is_approved = find_request(scope, closure), "approve" in request.form
    if request.method == "GET":
        return show_request(scope, found, form)
    try:
        decide_closing(scope, found.id, is_approved=is_approved, answer=form.answer.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_request(scope, find_request(scope, closure), form)
    return redirect(url_for(".closures", done="approved" if is_approved else "refused"), 303)


def find_request(scope: Scope, text: str) -> AskedFor:
    return read_closure_request(scope, known_uuid(text))


def show_request(scope: Scope, found: AskedFor, form: AnswerForm) -> ResponseReturnValue:
    return show(
        "closure.html", status=422 if form.errors else 200, found=found, form=form, states=STATES,
        upcoming=count_upcoming(scope, found.customer_id), is_open=found.state == OPEN,
        was_approved=found.state == APPROVED,
    )  # fmt: skip


def customers_close(customer: str) -> ResponseReturnValue:
    """Behind the customer's name, typed: there is no way back."""
    scope, form = staff(), CloseForm()
    if request.method == "POST":
        form.check_guard()
    found = find(scope, customer)
    if not desk().may(Permission.CUSTOMERS_ERASE):
        raise Denied(not_yours(Permission.CUSTOMERS_ERASE))
    if request.method == "GET":
        form.how.data = ANONYMISE
        return show_close(scope, found, form)
    try:
        forget_customer(scope, found.id, form.how.data or "", typed=form.typed.data or "")
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        return show_close(scope, found, form)
    return back(customer, "closed")


def show_close(scope: Scope, found: DeskCustomer, form: CloseForm) -> ResponseReturnValue:
    return show(
        "customer_close.html", status=422 if form.errors else 200, customer=found, form=form, ways=list(LEFT.items()),
        typed=confirmation(found), upcoming=count_upcoming(scope, found.id),
    )  # fmt: skip

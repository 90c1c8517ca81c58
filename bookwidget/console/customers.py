"""Customers: found, shown with everything about them, added, changed, invited and blocked."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.customers import (
    CustomerStep,
    DeskCustomer,
    add_customer,
    block_customer,
    change_customer,
    find_customers,
    invite_customer,
    list_customer_steps,
    list_sign_ins_of,
    read_customer,
)
from bookwidget.accounts.guests import guest_problems
from bookwidget.accounts.viewing import begin_view, end_view
from bookwidget.bookings.actions import DeskQuery, find_bookings, list_notes_of
from bookwidget.console.bookings import STATUS_TITLES, phone_of
from bookwidget.console.changing import staff
from bookwidget.console.forms import CustomerForm, CustomerPageForm, CustomerSearchForm
from bookwidget.console.history import KINDS, OF_A_CUSTOMER
from bookwidget.console.pages import show
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.ids import known_uuid, parse_uuid, uuid7
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text, _
from bookwidget.notices.sent import list_messages_to
from bookwidget.tenancy.scope import Scope
from bookwidget.web.desk import desk
from bookwidget.web.entry import front_page
from bookwidget.web.guard import PlainForm
from bookwidget.web.signing import address
from bookwidget.web.viewing import viewing_site

NEWS = {
    "added": _("The customer has been added."),
    "saved": _("The details have been saved. The customer sees them too."),
    "blocked": _("The customer is blocked and logged out."),
    "unblocked": _("The customer is no longer blocked."),
    "closed": _("The account is closed. What is known of the customer is being removed; that takes a moment."),
    "invited": _("The invitation is on its way."),
    "view-ended": _("You have stopped viewing. The customer can read in their profile that you looked."),
}
SHOWN = 8
"""Bookings on a customer's page; the list of bookings has all."""


def customers() -> ResponseReturnValue:
    scope, form = staff(), CustomerSearchForm(request.args)
    found = find_customers(scope, form.q.data or "", request.args.get("page", 1, type=int))
    return show("customers.html", form=form, found=found, phone=phone_of)


def customers_one(customer: str) -> ResponseReturnValue:
    return show_customer(customer)


def show_customer(customer: str, *, trouble: Text | None = None, status: int = 200) -> ResponseReturnValue:
    """The same number of statements whatever there is about the customer."""
    scope = staff()
    found = find(scope, customer)
    bookings = find_bookings(scope, DeskQuery(customer_id=found.id, is_latest_first=True))
    steps = [step for step in list_customer_steps(scope, found.id) if step.kind in OF_A_CUSTOMER]
    return show(
        "customer.html", status=status, customer=found, phone=phone_of(found), bookings=bookings.rows[:SHOWN],
        has_more=bookings.has_more or len(bookings.rows) > SHOWN, titles=STATUS_TITLES,
        notes=list_notes_of(scope, found.id), messages=list_messages_to(scope, found.id),
        sign_ins=list_sign_ins_of(scope, found.id),
        steps=[(step, KINDS[step.kind], who_did(step, found)) for step in steps],
        may_view=desk().may(Permission.CUSTOMER_VIEW_AS), may_erase=desk().may(Permission.CUSTOMERS_ERASE),
        trouble=trouble, news=None if trouble else NEWS.get(request.args.get("done", "")),
    )  # fmt: skip


def who_did(step: CustomerStep, customer: DeskCustomer) -> str:
    return customer.name if step.by == "customer" else step.member


def customers_new() -> ResponseReturnValue:
    scope, form = staff(), CustomerPageForm()
    if request.method == "GET":
        form.customer.data = uuid7().hex
        return show("customer_edit.html", form=form, customer=None)
    form.check_guard()
    try:
        added = add_customer(scope, form.typed, parse_uuid(form.customer.data or "") or uuid7())
    except Refused as refused:
        refuse_details(form, refused)
        return show("customer_edit.html", status=422, form=form, customer=None)
    return back(added.hex, "added")


def customers_edit(customer: str) -> ResponseReturnValue:
    scope, form = staff(), CustomerPageForm()
    if request.method == "POST":
        form.check_guard()
    found = find(scope, customer)
    if request.method == "GET":
        form.given_name.data, form.family_name.data = found.given_name, found.family_name
        form.email.data, form.phone.data, form.version.data = found.email, phone_of(found), found.version
        return show("customer_edit.html", form=form, customer=found)
    try:
        version = -1 if form.version.data is None else int(form.version.data)
        change_customer(scope, found.id, form.typed, version=version)
    except Refused as refused:
        refuse_details(form, refused)
        if refused.field == "version":  # whoever has read that sends it on purpose
            form.version.data, form.version.raw_data = found.version, None
        return show("customer_edit.html", status=422, form=form, customer=found)
    return back(customer, "saved")


def refuse_details(form: CustomerForm, refused: Refused) -> None:
    """Shows all that is wrong with somebody's details, not only what was found first."""
    wrong = guest_problems(staff(), form.typed)
    for one in wrong if any(one.field == refused.field for one in wrong) else [refused]:
        form.refuse("" if one.field == "version" else one.field, one.reason)


def customers_block(customer: str) -> ResponseReturnValue:
    scope = staff()
    if request.method == "GET":
        return redirect(url_for(".customers_one", customer=customer), 303)
    PlainForm().check_guard()
    is_blocked = request.form.get("blocked") == "1"
    block_customer(scope, find(scope, customer).id, is_blocked=is_blocked)
    return back(customer, "blocked" if is_blocked else "unblocked")


def customers_invite(customer: str) -> ResponseReturnValue:
    scope = staff()
    if request.method == "GET":
        return redirect(url_for(".customers_one", customer=customer), 303)
    PlainForm().check_guard()
    try:
        invite_customer(scope, find(scope, customer).id, address=address())
    except Denied as denied:
        return show_customer(customer, trouble=denied.reason, status=403)
    return back(customer, "invited")


def customers_view(customer: str) -> ResponseReturnValue:
    """Into the customer's widgets, to look only."""
    scope = staff()
    if request.method == "GET":
        return redirect(url_for(".customers_one", customer=customer), 303)
    PlainForm().check_guard()
    found = find(scope, customer)
    begin_view(scope, found.id)
    return redirect(front_page(scope.tenant.slug, viewing_site(found.id)), 303)


def customers_view_end(customer: str) -> ResponseReturnValue:
    scope = staff()
    if request.method == "GET":
        return redirect(url_for(".customers_one", customer=customer), 303)
    PlainForm().check_guard()
    end_view(scope, find(scope, customer).id)
    return back(customer, "view-ended")


def back(customer: str, deed: str) -> ResponseReturnValue:
    return redirect(url_for(".customers_one", customer=customer, done=deed), 303)


def find(scope: Scope, text: str) -> DeskCustomer:
    return read_customer(scope, known_uuid(text))

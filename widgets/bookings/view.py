"""A customer's bookings: the list, and one with all that can be done about it."""

from dataclasses import replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from bookwidget.bookings.actions import (
    BookingDetails,
    ListQuery,
    Tab,
    end_links,
    list_bookings,
    read_booking,
    row_actions,
)
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.web import (
    BookingPage,
    Opened,
    PlainForm,
    Widget,
    blank,
    page_url,
    place,
    register_booking_pages,
    render,
    shown_rows,
)

from . import waiting
from .forms import FilterForm
from .showing import Around, by_month, next_booking, tabs_of

Given = MultiDict[str, str]
"""What stands in the address."""


def register(widget: Widget) -> None:
    widget.page("/", listing)
    waiting.register(widget)
    register_booking_pages(widget, "/<code>", open_own, BookingPage("links", links))


def listing() -> ResponseReturnValue:
    here, given = place(), request.args
    scope, form = here.scope(), filter_form(given)
    query = asked_for(form, given)
    try:
        page = list_bookings(scope, query)
    except Refused as refused:
        form.refuse(refused.field, refused.reason)
        query = replace(query, first_day=None, last_day=None)
        page = list_bookings(scope, query)
    kept = {} if form.is_blank else kept_of(form, given)
    shape, first = row_actions(here.tenant.settings), None if kept else next_booking(page)
    around = Around(here.formats, here.now, page_url(".listing"), shape, here.branding.name, first)
    return render(
        "list.html",
        status=422 if form.errors else 200,
        form=form,
        page=page,
        tabs=tabs_of(page, here.formats, around.address, kept),
        months=by_month(shown_rows(page.rows), around),
        kept=kept,
        news=news(given),
        left=waiting.just_left(given),
    )


def filter_form(given: Given) -> FilterForm:
    """With what the address says of it, checked; almost always that is nothing."""
    empty = blank(FilterForm)
    if not given or not any(field.name in given for field in empty):
        return empty
    form = FilterForm(given)
    form.validate()
    return form


def kept_of(form: FilterForm, given: Given) -> dict[str, str]:
    """What was typed, by its name in the address."""
    return {field.name: typed for field in form if (typed := given.get(field.name, "").strip())}


def asked_for(form: FilterForm, given: Given) -> ListQuery:
    """The query in the address. What is not right in it is left out, and said beside its field."""
    if not given:
        return ListQuery()
    asked = given.get("tab", "")
    tab = Tab(asked) if asked in set(Tab) else None
    text = "" if form.q.errors else form.q.data or ""
    page = given.get("page", 1, type=int)
    return ListQuery(tab, text, form.first_day.data, form.last_day.data, page)


def news(given: Given) -> tuple[str, BookingDetails] | None:
    """What has just been done to which booking. It is said only while it is true, whoever wrote the address."""
    if not given:
        return None
    for deed in ("cancelled", "moved", "restored", "postponed", "resumed", "transferred"):
        if code := given.get(deed):
            try:
                booking = read_booking(place().scope(), code)
            except Missing:
                return None
            is_cancelled = booking.status == "cancelled"
            return (deed, booking) if deed == "postponed" or is_cancelled == (deed == "cancelled") else None
    return None


def open_own(code: str) -> Opened:
    """A booking of who is signed in."""
    scope = place().scope()
    booking = read_booking(scope, code)
    return Opened(scope, booking, url_for(".show", code=code), "details.html", lambda deed: after(deed, code))


def links(opened: Opened, form: PlainForm) -> ResponseReturnValue:
    """Ends the links that mails had so far. Not by such a link, so only here."""
    if request.method == "POST":
        end_links(opened.scope, opened.booking.code)
        return opened.stay("ended")
    return redirect(opened.url, 303)


def after(deed: str, code: str) -> str:
    """The list, with a note of the deed."""
    return url_for(".listing", **{deed: code})

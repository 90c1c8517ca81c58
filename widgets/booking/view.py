"""One booking, opened by the link in a mail: to see and change it without an account."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from bookwidget.accounts.guests import offer_password
from bookwidget.bookings.actions import BookingDetails, open_by_link, read_booking_token
from bookwidget.kernel.errors import Denied
from bookwidget.web import (
    BookingPage,
    Ended,
    Opened,
    PlainForm,
    Widget,
    address,
    place,
    register_booking_pages,
    render,
    services,
)

from . import waiting

NEWS = ("made", "moved", "cancelled", "restored", "postponed", "resumed", "transferred", "mailed")


def register(widget: Widget) -> None:
    waiting.register(widget)
    register_booking_pages(widget, "/<token>", open_link, BookingPage("account", account))


def open_link(token: str) -> Opened:
    """As the booking's customer, through the door `mail`."""
    claim = read_booking_token(services().tokens, place().tenant.id, token)
    try:
        scope, booking = open_by_link(place().scope(), claim)
    except Denied as denied:
        raise Ended(render("ended.html", status=410, reason=denied.reason)) from denied
    url = url_for(".show", token=token)
    return Opened(scope, booking, url, "booking.html", lambda deed: f"{url}?{deed}=1", {"news": news_of(booking)})


def news_of(booking: BookingDetails) -> str:
    """What has just been done, if that is true of the booking; the address may be anybody's."""
    is_cancelled = booking.status == "cancelled"
    return next((deed for deed in NEWS if deed in request.args and (deed == "cancelled") == is_cancelled), "")


def account(opened: Opened, form: PlainForm) -> ResponseReturnValue:
    """Sends the mail by which one sets a password; the answer does not say whether there was one."""
    if request.method == "POST":
        offer_password(opened.scope, opened.booking.customer_id, address=address())
        return opened.done("mailed")
    return redirect(opened.url, 303)

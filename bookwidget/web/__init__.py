"""The Flask side. What widgets may use of it is named here."""

from bookwidget.theming.formats import Formats
from bookwidget.web.features import features_on
from bookwidget.web.feed import feed_url
from bookwidget.web.fields import DayField
from bookwidget.web.files import allow_body, file_answer
from bookwidget.web.guard import Form, PlainForm, blank
from bookwidget.web.menu import front_url
from bookwidget.web.one_booking.actions import Kind, kinds_of
from bookwidget.web.one_booking.looks import Looks, looks_of
from bookwidget.web.one_booking.opened import Opened
from bookwidget.web.one_booking.pages import BookingPage, Ended, register_booking_pages
from bookwidget.web.rendering import page_url, render, shown_rows
from bookwidget.web.services import services
from bookwidget.web.signing import address, browser, go_on, needs_sign_in, own_path, signed_in, signed_out
from bookwidget.web.times import choose_times, noon
from bookwidget.web.visits import place
from bookwidget.web.widgets import Widget

__all__ = [
    "BookingPage",
    "DayField",
    "Ended",
    "Form",
    "Formats",
    "Kind",
    "Looks",
    "Opened",
    "PlainForm",
    "Widget",
    "address",
    "allow_body",
    "blank",
    "browser",
    "choose_times",
    "features_on",
    "feed_url",
    "file_answer",
    "front_url",
    "go_on",
    "kinds_of",
    "looks_of",
    "needs_sign_in",
    "noon",
    "own_path",
    "page_url",
    "place",
    "register_booking_pages",
    "render",
    "services",
    "shown_rows",
    "signed_in",
    "signed_out",
]

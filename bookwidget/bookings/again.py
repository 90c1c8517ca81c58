"""Booking the same once more: what the form is filled with. The old booking is only read."""

from bookwidget.bookings import settings as choices
from bookwidget.bookings import store_answers as store
from bookwidget.bookings.asking import answers_of
from bookwidget.bookings.details import Details
from bookwidget.bookings.results import BookingDetails, NewTicket
from bookwidget.bookings.where import AT_CUSTOMER
from bookwidget.catalog.actions import QuestionKind
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.settings import Settings


def details_again(scope: Scope, booking: BookingDetails) -> Details:
    """Who came, the answers but files, the note and the place, of a booking that this customer may read."""
    tickets = scope.session.rows(store.TICKETS_AGAIN, {"booking": booking.id}).all()
    location, address = scope.session.rows(store.WHERE_AGAIN, {"booking": booking.id}).one()
    answers = answers_of(scope, booking)
    return Details(
        tuple(NewTicket(*ticket) for ticket in tickets) or (NewTicket(),),
        booking.note,
        answers={one.question_id: one.value for one in answers if one.kind != QuestionKind.FILE},
        where=AT_CUSTOMER if address else location.hex if location else "",
        visit_address=address,
    )


def page_to_book_again(settings: Settings) -> str:
    """The business's own page, if it wants people to begin there; empty: the filled form."""
    return settings[choices.PUBLIC_PAGE_ADDRESS] if settings[choices.BOOK_AGAIN] == "public_page" else ""


def may_book_again(settings: Settings) -> bool:
    """Whether there is a place to begin: the form, as long as people book online, or the business's own page."""
    return settings[choices.ONLINE] or bool(page_to_book_again(settings))

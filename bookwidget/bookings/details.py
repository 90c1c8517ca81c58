"""What the form of a booking holds, and what can be wrong in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from bookwidget.accounts.guests import Guest, cleaned, guest_problems
from bookwidget.bookings import settings as choices
from bookwidget.bookings.asking import Asked, answer_problems, asked
from bookwidget.bookings.booking import MAX_ATTENDEE, MAX_NOTE, price_of
from bookwidget.bookings.results import NewTicket
from bookwidget.bookings.rules import checked_text
from bookwidget.bookings.series_rules import Rhythm
from bookwidget.bookings.settings_waiting import WAITLIST_ALLOWED
from bookwidget.bookings.where import Where, checked_where, wherever
from bookwidget.catalog.actions import ServiceFacts, read_service
from bookwidget.kernel.errors import Missing, Refused
from bookwidget.kernel.money import Money
from bookwidget.kernel.text import Text, _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.settings import Settings

NOT_ACCEPTED: Text = _("Please tick this box to book.")


@dataclass(frozen=True)
class Documents:
    """What the business wants to be accepted; empty addresses: nothing."""

    terms: str
    privacy: str
    version: str


@dataclass(frozen=True)
class Agreement:
    """What somebody has ticked."""

    terms: bool = False
    privacy: bool = False


@dataclass(frozen=True)
class Details:
    """The form of a booking. `guest` is None for who is signed in."""

    tickets: Sequence[NewTicket] = (NewTicket(),)
    note: str = ""
    guest: Guest | None = None
    agreement: Agreement = Agreement()
    answers: Mapping[UUID, str] = field(default_factory=dict)
    """What was typed for each question, by its id; files are kept with the hold."""
    where: str = ""
    """See `checked_where`."""
    visit_address: str = ""
    repeat: Rhythm | None = None
    seen: str | None = None
    """Names the dates of the series that the review showed; None does not compare."""


@dataclass(frozen=True)
class Checked:
    """A form that was looked at as a whole, so that nobody corrects it piece by piece."""

    price: Money
    wrong: list[Refused]
    asked: tuple[Asked, ...]
    where: Where


def check_details(scope: Scope, hold_id: UUID, service_id: UUID, details: Details) -> Checked:
    """What it costs, and everything that is wrong in the form."""
    service, price, where, wrong = bookable(scope, service_id), 0, Where(), problems(scope, details)
    try:
        check_places(scope, service, len(details.tickets))
        price = price_of(scope, service, details.tickets)
        for ticket in details.tickets:
            checked_text("tickets", ticket.attendee, MAX_ATTENDEE)
    except Refused as refused:
        wrong.append(refused)
    try:
        where = checked_where(wherever(scope, service), details.where, details.visit_address)
    except Refused as refused:
        wrong.append(refused)
    form = asked(scope, service.id, hold_id, details.answers)
    return Checked(Money(price, scope.tenant.currency), [*wrong, *answer_problems(form)], form, where)


def problems(scope: Scope, details: Details) -> list[Refused]:
    """What is wrong with who books, the note and what has to be accepted."""
    documents = documents_of(scope.tenant.settings)
    wrong = guest_problems(scope, details.guest) if details.guest else []
    try:
        checked_text("note", details.note, MAX_NOTE)
    except Refused as refused:
        wrong.append(refused)
    if documents.terms and not details.agreement.terms:
        wrong.append(Refused("terms", NOT_ACCEPTED))
    if documents.privacy and not details.agreement.privacy:
        wrong.append(Refused("privacy", NOT_ACCEPTED))
    return wrong


def checked_details(scope: Scope, details: Details) -> Details:
    """The form as it is stored; `Refused` under its fields. All of it is looked at before anything is taken."""
    for refused in problems(scope, details):
        raise refused
    guest = cleaned(scope, details.guest) if details.guest else None
    return replace(details, guest=guest, note=checked_text("note", details.note, MAX_NOTE))


def checked_asked(scope: Scope, hold_id: UUID, service_id: UUID, details: Details) -> tuple[Asked, ...]:
    """The business's own questions as they are answered; `Refused` under the first that is not."""
    form = asked(scope, service_id, hold_id, details.answers)
    for refused in answer_problems(form):
        raise refused
    return form


def documents_of(settings: Settings) -> Documents:
    """What is to be accepted here."""
    return Documents(
        settings[choices.TERMS_ADDRESS], settings[choices.PRIVACY_ADDRESS], settings[choices.DOCUMENTS_VERSION]
    )


def most_places(scope: Scope, service: ServiceFacts) -> int:
    """In one booking."""
    return scope.tenant.settings.for_service(service.settings)[choices.MAX_PLACES] if service.is_class else 1


def check_places(scope: Scope, service: ServiceFacts, places: int) -> None:
    most = most_places(scope, service)
    if not 1 <= places <= most:
        raise Refused("tickets", _("Choose a number of places from 1 to %(most)s.", most=most))


def bookable(scope: Scope, service_id: UUID) -> ServiceFacts:
    service = read_service(scope, service_id)
    if not service.is_active:
        raise Missing
    return service


def may_be_waited_for(scope: Scope, service: ServiceFacts) -> bool:
    """Whether there are waiting lists for this class."""
    return service.is_class and scope.tenant.settings.for_service(service.settings)[WAITLIST_ALLOWED]

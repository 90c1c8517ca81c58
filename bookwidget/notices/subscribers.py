"""Who is told of what: the messages that follow from events."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bookwidget.accounts.closing import CLOSED
from bookwidget.bookings.actions import CalendarFile, calendar_of_change
from bookwidget.events.dispatch import Effect, subscribes
from bookwidget.events.jobs import Services
from bookwidget.events.store import Happened
from bookwidget.kernel.actors import ActorKind
from bookwidget.notices.kinds import BUSINESS, CUSTOMER, KINDS, MEMBER, SMS, Kind, kind_of
from bookwidget.notices.links import CustomerFacts
from bookwidget.notices.mail import new_message
from bookwidget.notices.models import Message
from bookwidget.notices.post import Post
from bookwidget.notices.series import is_told_by_another
from bookwidget.notices.settings import RECIPIENTS, REPLY_TO, is_sent
from bookwidget.notices.store import customer_of, member_of, own_words
from bookwidget.notices.wording import SEND
from bookwidget.tenancy.scope import Scope

CHANGES = ("made", "cancelled", "moved", "transferred", "restored", "postponed", "resumed")


@subscribes(*(f"booking.{deed}" for deed in CHANGES))
def tell_of_a_change(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """Customer and business, whoever of them did it; the customer only where the business called a whole date off."""
    customer = _customer(scope, event)
    if customer is not None and not is_told_by_another(event):
        yield from _message(scope, event, services[Post], CUSTOMER, customer, calendar=_calendar(scope, event))
        yield from _text(scope, event, services[Post], customer)
        if not event.after.get("whole_date"):
            yield from _message(scope, event, services[Post], BUSINESS, customer)


@subscribes("booking.date_changed")
def tell_of_its_date(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """The customer only: the business changed one date, and would read of it once for each booking."""
    customer = _customer(scope, event)
    if customer is not None:
        yield from _message(scope, event, services[Post], CUSTOMER, customer, calendar=_calendar(scope, event))
        yield from _text(scope, event, services[Post], customer)


@subscribes("series.date_left_out")
def tell_what_is_left_out(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """Both, because one of them has to do something if the date shall take place."""
    customer = _customer(scope, event)
    if customer is not None:
        yield from _message(scope, event, services[Post], CUSTOMER, customer)
        yield from _message(scope, event, services[Post], BUSINESS, customer)


OF_WAITING = ("joined", "offered", "offer_ended", "date_changed", "date_cancelled", "removed")


@subscribes(*(f"waitlist.{deed}" for deed in OF_WAITING))
def tell_who_waits(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """The customer. The business hears of the booking that comes of it."""
    customer = _customer(scope, event)
    if customer is not None and not customer.is_blocked:
        yield from _message(scope, event, services[Post], CUSTOMER, customer)


@subscribes("booking.note_added")
def tell_the_other_side(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """The business of its customer's note, the customer of a note that was written for them."""
    customer = _customer(scope, event)
    if customer is not None and event.after.get("is_shared"):
        recipient = BUSINESS if event.actor_kind == ActorKind.CUSTOMER else CUSTOMER
        yield from _message(scope, event, services[Post], recipient, customer)


@subscribes("booking.ticket_cancelled")
def tell_of_a_ticket(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """Both too, without a calendar file: the booking stays when and where it was."""
    customer = _customer(scope, event)
    if customer is not None:
        yield from _message(scope, event, services[Post], CUSTOMER, customer)
        yield from _message(scope, event, services[Post], BUSINESS, customer)


@subscribes("booking.reminded")
def send_the_reminder(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """Not once it has started: what waited through an outage is no reminder any more."""
    customer = _customer(scope, event)
    if customer is not None and scope.now < datetime.fromisoformat(event.after["starts_at"]):
        until = event.after["starts_at"]
        yield from _message(scope, event, services[Post], CUSTOMER, customer, until=until)
        yield from _text(scope, event, services[Post], customer, until=until)


@subscribes("customer.closing_refused", "customer.closed")
def tell_what_became_of_closing(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """Who asked for it. Who closed the account at once read so there, and has no address here any more."""
    customer = _customer(scope, event)
    if customer is not None and event.after.get("how", CLOSED) == CLOSED:
        yield from _message(scope, event, services[Post], CUSTOMER, customer)


@subscribes("password.reset_requested", "customer.invited")
def send_the_reset_link(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """To the customer, if there is one of that address and nobody has locked them out."""
    customer = _customer(scope, event)
    if customer is not None and not customer.is_blocked:
        yield from _message(scope, event, services[Post], CUSTOMER, customer)


@subscribes("customer.email_asked", "customer.email_changed")
def tell_of_a_new_email(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """The new address, that it be confirmed; then the old one, unless mail to it came back."""
    customer = _customer(scope, event)
    if customer is not None and not customer.is_blocked and not event.before.get("has_bounced"):
        address = event.after.get("email") or event.before["email"]
        yield from _message(scope, event, services[Post], CUSTOMER, replace(customer, email=address))


@subscribes("member.reset_requested", "member.invited", "member.password_changed")
def tell_the_member(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """Who works for the business, or is to: their link, and that their password was changed."""
    member = member_of(scope.session, UUID(hex=event.after["member"]))
    if member is not None:
        yield from _message(scope, event, services[Post], MEMBER, member.as_addressee)


def _customer(scope: Scope, event: Happened) -> CustomerFacts | None:
    return None if event.customer_id is None else customer_of(scope.session, event.customer_id)


def _calendar(scope: Scope, event: Happened) -> CalendarFile | None:
    """What the customer's calendar has to know, to go with the mail."""
    return None if event.booking_id is None else calendar_of_change(scope, event.booking_id, event.kind, event.at)


def is_wanted(scope: Scope, kind: Kind, customer: CustomerFacts) -> bool:
    """Whether the business sends such messages, and, if it is for them, this customer wants them."""
    muted = customer.muted.split() if kind.recipient == CUSTOMER else []
    return is_sent(scope.tenant.settings, kind) and (kind.is_needed or kind.key not in muted)


def _message(
    scope: Scope,
    event: Happened,
    post: Post,
    recipient: str,
    customer: CustomerFacts,
    *,
    calendar: CalendarFile | None = None,
    until: str = "",
) -> Iterator[Effect]:
    """`until`: when it would be too late to send it."""
    kind = kind_of(event.kind, recipient)
    if not is_wanted(scope, kind, customer):
        return
    language = post.composer.language_for(scope.tenant, recipient, customer)
    own = own_words(scope.session, kind, language) if kind.key in KINDS else None
    letter = post.composer.letter(scope.tenant, event, recipient, customer, own)
    to, answer = addresses_of(scope, recipient, customer)
    message = new_message(scope, letter, kind, event.id, to=to, reply_to=answer)
    yield _sending(event, customer, message, until, calendar)


def _text(scope: Scope, event: Happened, post: Post, customer: CustomerFacts, *, until: str = "") -> Iterator[Effect]:
    """To a customer with a phone, if business and customer want it. Of what the customer did there is none."""
    kind = KINDS.get(f"{event.kind}.{CUSTOMER}.{SMS}")
    if kind is None or not customer.phone or not is_wanted(scope, kind, customer):
        return
    if kind.by_business and event.actor_kind != ActorKind.MEMBER:
        return
    own = own_words(scope.session, kind, post.composer.language_for(scope.tenant, CUSTOMER, customer))
    letter = post.composer.text_message(scope.tenant, kind, event, customer, own)
    message = new_message(scope, letter, kind, event.id, to=customer.phone, reply_to="")
    yield _sending(event, customer, message, until)


def _sending(
    event: Happened, customer: CustomerFacts, message: Message, until: str, calendar: CalendarFile | None = None
) -> Effect:
    payload = {
        "message": str(message.id),
        "customer": str(customer.id),
        "booking": event.booking_id and event.booking_id.hex,
        "entry": event.after.get("entry"),
    }
    if until:
        payload["until"] = until
    if calendar is not None:
        payload |= {"calendar": calendar.data.decode(), "method": calendar.method}
    return Effect(SEND, f"{event.id.hex}:{message.recipient}:{message.channel}", payload, rows=(message,))


def addresses_of(scope: Scope, recipient: str, customer: CustomerFacts) -> tuple[str, str]:
    """To whom it goes, and to whom an answer does."""
    settings, business = scope.tenant.settings, scope.tenant.email
    if recipient == BUSINESS:
        return settings[RECIPIENTS] or business, customer.email
    return customer.email, settings[REPLY_TO] or business

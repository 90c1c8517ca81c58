"""Links in mails that open one booking without an account."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from bookwidget.accounts.tokens import Tokens
from bookwidget.bookings import store
from bookwidget.bookings.changing import locked
from bookwidget.bookings.listing import read_booking
from bookwidget.bookings.results import BookingDetails, Change
from bookwidget.events.record import record
from bookwidget.kernel.actors import Door, customer
from bookwidget.kernel.errors import Denied, Missing
from bookwidget.kernel.ids import parse_uuid
from bookwidget.kernel.text import _
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

PURPOSE = "booking"
SAME_CLICK = timedelta(minutes=1)


@dataclass(frozen=True)
class LinkClaim:
    """What a link says: for which booking, and which of its links."""

    booking_id: UUID
    version: int


def booking_token(tokens: Tokens, tenant_id: UUID, booking_id: UUID, version: int) -> str:
    return tokens.sign(PURPOSE, tenant_id, booking_id.hex, str(version))


def read_booking_token(tokens: Tokens, tenant_id: UUID, token: str) -> LinkClaim:
    """Raises `Missing` for a token that is forged or another tenant's."""
    facts = tokens.read(PURPOSE, tenant_id, token)
    booking_id = parse_uuid(facts[0]) if len(facts) == 2 else None
    if booking_id is None:
        raise Missing
    return LinkClaim(booking_id, int(facts[1]))


def open_by_link(scope: Scope, claim: LinkClaim) -> tuple[Scope, BookingDetails]:
    """The booking, and the scope in which its customer acts on it through the mail.

    Raises `Missing` for a link that was ended, `Denied` once the booking is over: then it opens nothing any more.
    """
    row = scope.session.rows(store.LINKED, {"booking": claim.booking_id}).one_or_none()
    if row is None or row.link_version != claim.version:
        raise Missing
    if row.ends_at <= scope.now:
        raise Denied(_("This link stopped working when the booking was over. Log in to see your past bookings."))
    acting = replace(scope, actor=customer(row.customer_id, Door.MAIL))
    return acting, read_booking(acting, row.code)


def end_links(scope: Scope, code: str) -> None:
    """From now on no link that was sent so far opens the booking. `Missing` for strangers.

    Who came by such a link does not end it for others: `Denied`. A second click does nothing.
    Event: `booking.links_ended`.
    """
    if scope.actor.door is Door.MAIL:
        raise Denied(_("Please log in to end the links to this booking."))
    with writing(scope.session):
        booking = locked(scope, code)
        if booking.history and is_same_click(booking.history[-1], scope.now):
            return
        scope.session.rows(store.END_LINKS, {"of": code})
        record(scope, "booking.links_ended", booking_id=booking.id, customer_id=booking.customer_id)


def is_same_click(last: Change, now: datetime) -> bool:
    """Whether nothing has happened to the booking since its links were ended a moment ago."""
    return last.kind == "booking.links_ended" and now - last.at < SAME_CLICK

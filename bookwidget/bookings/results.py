"""What the actions on bookings are asked and what they answer; `bookwidget.bookings.actions` offers all of it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from bookwidget.bookings.policy import Answer
from bookwidget.kernel.money import Money
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import Text
from bookwidget.schedule.rules import Slot

PAGE_SIZE = 20


class Tab(StrEnum):
    """Where a booking stands in the customer's list: always in exactly one."""

    UPCOMING = "upcoming"
    """Not cancelled and not over yet."""
    WAITING = "waiting"
    """Not a booking but a waiting-list entry for something that has not begun."""
    PAST = "past"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    BOOKED = "booked"
    """Nothing more is known, or the business does not track attendance."""
    ATTENDED = "attended"
    ABSENT = "absent"


@dataclass(frozen=True)
class ListQuery:
    """Which bookings to list. Days are of the business's zone, both included, and mean the start."""

    tab: Tab | None = None
    """None, or one that the business does not show: its first."""
    text: str = ""
    """Part of the service's, provider's or location's name, or of the code."""
    first_day: date | None = None
    last_day: date | None = None
    page: int = 1


class Attendee(NamedTuple):
    name: str
    """Empty: the customer."""
    is_child: bool
    age: int | None
    attendance: Attendance = Attendance.BOOKED


@dataclass(frozen=True)
class Offer:
    """A place that somebody on the waiting list can take."""

    until: datetime
    """Then it ends, unless somebody was faster."""
    is_kept: bool
    """For them alone; otherwise who takes it first has it."""


@dataclass(slots=True)
class BookingRow:
    """One line of the list. In the tab Waiting it is a waiting-list entry, whose code is empty.

    Nobody changes one; it is not frozen because that costs a call for each field, and a page has four hundred.
    """

    id: UUID
    code: str
    service: str
    kind: str
    """`class` or `appointment`."""
    provider: str | None
    location: str | None
    starts_at: datetime
    ends_at: datetime
    status: str
    """`pending`, `hold`, `confirmed`, `cancelled`, or `waiting`."""
    tab: Tab
    price: Money
    attendees: tuple[Attendee, ...]
    """Those of the live tickets, in the order of booking; empty in the tab Waiting."""
    is_occurrence_cancelled: bool
    """The business cancelled this date."""
    attendance: Attendance
    """Meaningful in the tab Past: attended if anybody did, absent if nobody did."""
    moves: int
    """How often it was moved; a form sends it back as `move_booking(moves=…)`."""
    policy: Callable[[Permission], Answer] = field(compare=False, repr=False)
    """What the customer may do with it now; asked by the properties below, and no part of what the booking is."""
    alike: Hashable = field(default=None, compare=False, repr=False)
    """Of bookings that have the same, which is not None, the same may be done; see `alike.alike`."""
    series_id: UUID | None = None
    """The series of which it is one date."""
    rating: float | None = None
    """Stars, 0.5 to 5 in half steps; None: not rated."""
    position: int | None = None
    """In the tab Waiting: 1 is next in line."""
    places: int = 1
    """In the tab Waiting: how many are wanted."""
    offer: Offer | None = None
    """In the tab Waiting: what can be taken now."""

    @property
    def may_cancel(self) -> Answer:
        return self.policy(Permission.BOOKING_CANCEL)

    @property
    def may_move(self) -> Answer:
        return self.policy(Permission.BOOKING_MOVE)

    @property
    def may_undo(self) -> Answer:
        """Whether a cancellation can still be taken back."""
        return self.policy(Permission.BOOKING_UNDO)

    @property
    def may_transfer(self) -> Answer:
        """Its tickets, to another class too; only bookings of classes."""
        return self.policy(Permission.BOOKING_TRANSFER)

    @property
    def may_postpone(self) -> Answer:
        return self.policy(Permission.BOOKING_POSTPONE)

    @property
    def may_resume(self) -> Answer:
        """Whether what is cancelled may become active again at a new time."""
        return self.policy(Permission.BOOKING_RESUME)

    @property
    def may_rate(self) -> Answer:
        """Whether its customer may give a rating, or change the one given."""
        return self.policy(Permission.BOOKING_RATE)

    @property
    def may_note(self) -> Answer:
        return self.policy(Permission.BOOKING_NOTE)


@dataclass(frozen=True)
class BookingPage:
    tab: Tab
    counts: dict[Tab, int]
    """Of each tab that the business shows, in its order, with the same filter: where the rest of it all is."""
    rows: tuple[BookingRow, ...]
    page: int
    """The one shown: the nearest to the one asked for."""
    pages: int
    """At least 1."""
    total: int
    """Of this tab."""


@dataclass(frozen=True)
class HeldTicket:
    """A live ticket of a booking; what it costs was agreed when it was booked or transferred."""

    id: UUID
    occurrence_id: UUID
    name: str
    """Of the attendee; empty: the customer."""
    is_child: bool
    kind_id: UUID | None
    kind: str
    """Name of its ticket type; empty: the standard one."""
    price: Money


@dataclass(frozen=True)
class Organiser:
    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Cancellation:
    at: datetime
    by: str
    """`customer`, `member` or `system`."""
    reason: str
    fee: Money
    """Owed for cancelling all of it late."""


@dataclass(frozen=True)
class Override:
    """What staff allowed the customer of one booking, whatever the rules say."""

    permission: Permission
    until: datetime


@dataclass(frozen=True)
class Change:
    """One entry of a booking's history."""

    kind: str
    """`booking.made`, `booking.moved`, `booking.cancelled`, …; `booking.split`: some of its tickets were transferred
    into a booking of their own.
    """
    at: datetime
    by: str
    """The kind of actor."""
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class BookingDetails(BookingRow):
    """All that its customer may know about a booking."""

    customer_id: UUID
    service_id: UUID
    occurrence_id: UUID
    provider_id: UUID | None
    minutes: int
    address: str
    description: str
    organiser: Organiser
    created_at: datetime
    note: str
    rating_comment: str
    tickets: tuple[HeldTicket, ...]
    """In the order of booking, like `attendees`."""
    ticket_fees: Money
    """Owed for tickets that were cancelled late, by themselves."""
    cancellation: Cancellation | None
    cancelled_with: UUID | None
    """Names the cancellation of several dates of a series of which this was one."""
    history: tuple[Change, ...]
    override: Override | None


@dataclass(frozen=True)
class Note:
    """What somebody wrote to a booking."""

    id: UUID
    text: str
    at: datetime
    by: str
    """`customer`, `member` or `system`."""
    author: str
    """Name of the customer or member, for staff; empty where there is none any more, and for customers."""
    is_shared: bool
    """Whether the customer sees it."""


@dataclass(frozen=True)
class Accepted:
    """A document that was accepted when the booking was made."""

    document: str
    """`terms` or `privacy`."""
    address: str
    version: str
    """What the business called it; may be empty."""
    at: datetime


@dataclass(frozen=True)
class Day:
    day: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class MoveChoices:
    """Where a booking may go, day by day; `previous` and `next` are first days of other pages, None at the ends."""

    booking: BookingDetails
    days: tuple[Day, ...]
    first_day: date
    previous: date | None
    next: date | None


@dataclass(frozen=True)
class NewTicket:
    """A place to be booked; an empty attendee is the customer."""

    attendee: str = ""
    is_child: bool = False
    age: int | None = None
    ticket_type_id: UUID | None = None
    is_remembered: bool = False
    """The customer wants this person offered in the next form."""


@dataclass(frozen=True)
class WaitingPlace:
    """An entry of a waiting list."""

    id: UUID
    position: int
    """1 is next in line."""


@dataclass(slots=True, kw_only=True)
class WaitingDetails(BookingRow):
    """All that a customer may know about what they wait for."""

    occurrence_id: UUID
    minutes: int
    address: str
    description: str
    organiser: Organiser
    joined_at: datetime


@dataclass(frozen=True)
class FullDate:
    """A date that can be waited for."""

    id: UUID
    service_id: UUID
    service: str
    starts_at: datetime
    ends_at: datetime
    provider: str | None
    location: str | None
    places_left: int
    waiting: int
    """How many people wait for it."""
    entry_id: UUID | None
    """Of the customer who acts, if they wait for it."""


@dataclass(frozen=True)
class TakenOffer:
    """The places of an offer, kept while the form of the booking is filled in."""

    hold_id: UUID
    service_id: UUID
    slot_key: str


@dataclass(frozen=True)
class LeftList:
    """What a customer no longer waits for."""

    service: str
    starts_at: datetime


@dataclass(frozen=True)
class Explanation:
    """What the policy says about one permission."""

    permission: Permission
    allowed: bool
    rule: str
    reason: Text | None
    until: datetime | None

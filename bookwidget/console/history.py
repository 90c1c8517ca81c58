"""What happened, in words for staff: what, by whom, through which door. Of one booking, one customer, or all."""

from dataclasses import dataclass
from datetime import datetime

from bookwidget.bookings.actions import DeskBooking, LogEntry
from bookwidget.kernel.actors import ActorKind, Door
from bookwidget.kernel.text import Text, _

DOORS = {
    Door.WIDGET: _("in the widget"),
    Door.MAIL: _("by a link in an email"),
    Door.CONSOLE: _("in the console"),
    Door.API: _("through the API"),
    Door.WORKER: _("automatically"),
    Door.COMMAND: _("at the command line"),
}
KINDS = {
    "booking.made": _("Booked"),
    "booking.imported": _("Imported from a file"),
    "booking.cancelled": _("Cancelled"),
    "booking.ticket_cancelled": _("Ticket cancelled"),
    "booking.transferred": _("Transferred"),
    "booking.restored": _("Cancellation undone"),
    "booking.resumed": _("Resumed"),
    "booking.postponed": _("Postponed"),
    "booking.note_added": _("Note added"),
    "booking.rated": _("Rated"),
    "booking.rating_withdrawn": _("Rating withdrawn"),
    "booking.links_ended": _("Links in emails ended"),
    "booking.override_withdrawn": _("Exception withdrawn"),
    "booking.override_given": _("Exception made"),
    "booking.attendance_marked": _("Attendance marked"),
    "booking.moved": _("Moved"),
    "series.date_left_out": _("A date of the series was not free and is left out"),
    "waitlist.joined": _("Joined the waiting list"),
    "waitlist.left": _("Left the waiting list"),
    "waitlist.removed": _("Taken off the waiting list by the business"),
    "waitlist.offered": _("A place was offered to somebody on the waiting list"),
    "waitlist.offer_ended": _("The offer of a place ended"),
    "customer.added": _("Added by staff"),
    "customer.updated": _("Details changed"),
    "customer.closing_asked": _("Asked to close the account"),
    "customer.closing_withdrawn": _("Request to close the account taken back"),
    "customer.closing_refused": _("Closing of the account refused"),
    "customer.closed": _("Account closed"),
    "customer.anonymised": _("Personal details removed"),
    "customer.erased": _("A customer was erased"),
    "customer.blocked": _("Blocked"),
    "customer.unblocked": _("Unblocked"),
    "customer.signed_in": _("Logged in"),
    "customer.viewed": _("Pages viewed as the customer sees them"),
    "customer.view_ended": _("Viewing as the customer ended"),
    "password.reset_requested": _("Link to set a password sent"),
    "customer.invited": _("Invited to the portal"),
    "customer.email_asked": _("Asked for another email"),
    "customer.email_changed": _("Email changed and confirmed"),
    "password.changed": _("Password changed"),
    "companion.saved": _("Somebody to book for saved"),
    "companion.removed": _("Somebody to book for removed"),
    "customer.messages_chosen": _("Messages chosen"),
    "booking.reminded": _("Reminder sent"),
    "customer.bounced": _("Mail came back"),
    "feed.made": _("Calendar address made"),
    "feed.ended": _("Calendar address ended"),
    "member.signed_in": _("Logged in to the console"),
    "member.reset_requested": _("Link for a forgotten console password asked for"),
    "member.password_changed": _("Console password changed"),
    "member.invited": _("Invited to the team"),
    "member.joined": _("Joined the team"),
    "member.role_changed": _("Role changed"),
    "member.ended": _("Access ended"),
    "member.invitation_withdrawn": _("Invitation withdrawn"),
    "service.saved": _("Service saved"),
    "service.retired": _("Service no longer offered"),
    "service.restored": _("Service offered again"),
    "provider.added": _("Provider added"),
    "provider.changed": _("Provider changed"),
    "provider.retired": _("Provider can no longer be booked"),
    "provider.restored": _("Provider can be booked again"),
    "location.added": _("Location added"),
    "location.changed": _("Location changed"),
    "location.retired": _("Location no longer offered"),
    "location.restored": _("Location offered again"),
    "ticket_type.saved": _("Ticket type saved"),
    "ticket_type.placed": _("Ticket type moved to another place"),
    "ticket_type.retired": _("Ticket type no longer offered"),
    "ticket_type.restored": _("Ticket type offered again"),
    "question.saved": _("Question saved"),
    "question.placed": _("Question moved to another place"),
    "question.retired": _("Question no longer asked"),
    "question.restored": _("Question asked again"),
    "hours.changed": _("Hours changed"),
    "time_off.added": _("Time off added"),
    "time_off.removed": _("Time off removed"),
    "dates.published": _("Dates published"),
    "date.changed": _("Date changed"),
    "date.cancelled": _("Date called off"),
    "date.withdrawn": _("Date withdrawn"),
    "booking.date_changed": _("The business changed the date"),
    "waitlist.date_changed": _("The business changed the date that is waited for"),
    "waitlist.date_cancelled": _("The business called off the date that is waited for"),
    "host.added": _("Host name added"),
    "host.verified": _("Host name verified"),
    "host.removed": _("Host name removed"),
    "message.retried": _("Message sent again"),
    "message.changed": _("Message changed"),
    "message.reset": _("Message reset"),
    "business.moved": _("Time zone, currency or language changed"),
    "portal.arranged": _("Menu of the portal changed"),
    "branding.changed": _("Branding changed"),
    "site.added": _("Site allowed"),
    "site.removed": _("Site removed"),
    "site.dismissed": _("Refused site dismissed"),
    "settings.changed": _("Settings changed"),
    "import.started": _("Import from a file started"),
    "import.finished": _("Import from a file finished"),
    "import.undone": _("Import from a file undone"),
    "business.signed_up": _("Business signed up"),
    "business.confirmed": _("Business confirmed its email"),
}
"""Every kind of event; `tests/contract/test_events.py` finds those that code records."""
OF_A_CUSTOMER = (
    "customer.closing_asked", "customer.closing_withdrawn", "customer.closing_refused", "customer.closed",
    "customer.anonymised", "customer.added", "customer.updated", "customer.blocked", "customer.unblocked",
    "customer.signed_in",
    "password.reset_requested", "customer.invited", "customer.email_asked",
    "customer.email_changed", "customer.bounced",
    "customer.messages_chosen", "password.changed", "customer.viewed", "customer.view_ended",
)  # fmt: skip
"""What a customer's own page shows."""
ALLOWED = {
    "booking:cancel": _("Exception: the customer may cancel until %(until)s"),
    "booking:move": _("Exception: the customer may reschedule until %(until)s"),
    "booking:transfer": _("Exception: the customer may transfer tickets until %(until)s"),
    "booking:postpone": _("Exception: the customer may postpone until %(until)s"),
}
MARKED = {
    "attended": _("Marked as attended: %(name)s"),
    "absent": _("Marked as absent: %(name)s"),
    "": _("Attendance mark removed: %(name)s"),
}

TIMED = ("booking.moved", "booking.date_changed", "booking.transferred")


@dataclass(frozen=True)
class Step:
    at: datetime
    words: Text
    who: str
    """Empty: nobody in particular."""
    door: Text | None
    reason: str


def steps_of(found: DeskBooking) -> list[Step]:
    """Oldest first. A kind of event that is new here stands with its own name."""
    return [
        Step(
            entry.at,
            words_of(entry, found.customer.name),
            found.customer.name if entry.by == ActorKind.CUSTOMER else entry.member,
            DOORS.get(Door(entry.door)),
            str(entry.after.get("reason") or ""),
        )
        for entry in found.log
    ]


SHAPING = (
    *TIMED, "booking.postponed", "booking.cancelled", "booking.ticket_cancelled", "booking.restored", "booking.resumed",
    "booking.attendance_marked",
)  # fmt: skip
"""What makes an open page of a booking out of date."""


def steps_since(found: DeskBooking, at: datetime) -> list[Step]:
    """What others may want to know who have had a page of the booking open since then."""
    steps = zip(found.log, steps_of(found), strict=True)
    return [step for entry, step in steps if entry.at >= at and entry.kind in SHAPING]


def words_of(entry: LogEntry, customer: str) -> Text:
    after = entry.after
    if entry.kind in TIMED and (times := times_of(entry)):
        return words_of_times(entry, *times)
    if entry.kind == "booking.override_given" and after.get("permission") in ALLOWED:
        return with_values(ALLOWED[after["permission"]], until=datetime.fromisoformat(after["until"]))
    if entry.kind == "booking.attendance_marked" and after.get("attendance") in MARKED:
        return with_values(MARKED[after["attendance"]], name=after.get("attendee") or customer)
    return KINDS.get(entry.kind) or Text(entry.kind)


def words_of_times(entry: LogEntry, before: datetime, after: datetime) -> Text:
    """Of what was moved, by itself or with its date."""
    if entry.kind == "booking.moved":
        return _("Moved from %(before)s to %(after)s", before=before, after=after)
    if entry.kind == "booking.date_changed" and before == after:
        return _("Its date has another provider or location")
    if entry.kind == "booking.date_changed":
        return _("Its date was moved from %(before)s to %(after)s", before=before, after=after)
    service = str(entry.after.get("service", ""))
    return _("Transferred from %(before)s to %(service)s, %(after)s", before=before, service=service, after=after)


def times_of(entry: LogEntry) -> tuple[datetime, datetime] | None:
    before, after = (facts.get("starts_at") for facts in (entry.before, entry.after))
    if not before or not after:
        return None
    return datetime.fromisoformat(before), datetime.fromisoformat(after)


def with_values(text: Text, **values: object) -> Text:
    return Text(text.msgid, text.plural, values)

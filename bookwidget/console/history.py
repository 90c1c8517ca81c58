"""What happened to a booking, in words for staff: what, by whom, through which door."""

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
}
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

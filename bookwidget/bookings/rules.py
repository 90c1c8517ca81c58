"""What follows from the facts of a booking."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from bookwidget.bookings.results import PAGE_SIZE, Attendance, Attendee, Tab
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import CODE_ALPHABET
from bookwidget.kernel.text import _
from bookwidget.schedule.rules import OccurrenceKey, TimeKey, day_starts_at

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)
"""Beyond any booking; what lies outside counts as these, because instants have an end."""


def is_code(text: str) -> bool:
    """Whether this could be a booking's code; addresses are typed by anybody."""
    return len(text) == 8 and set(text) <= set(CODE_ALPHABET)


UPCOMING, PAST, CANCELLED, BOOKED = Tab.UPCOMING, Tab.PAST, Tab.CANCELLED, Attendance.BOOKED
"""For what is asked for each line of a list: a name of a module is found six times as fast as a member of an Enum."""


def tab_of(status: str, ends_at: datetime, now: datetime) -> Tab:
    """The one tab in which a booking stands."""
    if status == "cancelled":
        return CANCELLED
    return UPCOMING if ends_at > now else PAST


@lru_cache(maxsize=64)
def tabs_of(names: str) -> tuple[Tab, ...]:
    """Those that a business shows, in its order."""
    return tuple(map(Tab, names.split()))


def marked(mark: str) -> Attendance:
    """At something that is over, where attendance is tracked: staff's mark; without one, who was booked attended."""
    return Attendance(mark) if mark else Attendance.ATTENDED


def attendance_of_all(attendees: Iterable[Attendee]) -> Attendance:
    """Attended if anybody did, absent if nobody did."""
    shown = {attendee.attendance for attendee in attendees}
    if Attendance.ATTENDED in shown:
        return Attendance.ATTENDED
    return Attendance.ABSENT if shown == {Attendance.ABSENT} else Attendance.BOOKED


@lru_cache(maxsize=256)
def start_range(first_day: date | None, last_day: date | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From, included, to, excluded, of starts on these local days; `Refused("last_day", …)` if they are swapped."""
    first, last = first_day or FIRST_DAY, last_day or LAST_DAY
    if first > last:
        raise Refused("last_day", _("The last day is before the first."))
    first, last = (min(max(day, FIRST_DAY), LAST_DAY) for day in (first, last))
    return day_starts_at(first, zone), day_starts_at(last + timedelta(days=1), zone)


def page_numbers(total: int, page: int) -> tuple[int, int]:
    """The page to show and the number of pages, at least 1."""
    pages = max(1, -(-total // PAGE_SIZE))
    return min(max(1, page), pages), pages


def checked_text(field: str, text: str, maximum: int) -> str:
    """What somebody wrote, trimmed; `Refused` under the field's name if it is too long or holds control signs."""
    words = text.strip()
    if len(words) > maximum:
        raise Refused(field, _("Please use at most %(maximum)s characters.", maximum=maximum))
    if any((sign < " " and sign not in "\r\n\t") or sign == "\x7f" or "\ud800" <= sign <= "\udfff" for sign in words):
        raise Refused(field, _("This contains characters that cannot be stored."))
    return words


def is_there_already(
    key: OccurrenceKey | TimeKey, occurrence_id: UUID, provider_id: UUID | None, starts_at: datetime
) -> bool:
    """Whether a booking already stands where `key` points."""
    if isinstance(key, OccurrenceKey):
        return key.occurrence_id == occurrence_id
    return key == TimeKey(provider_id, starts_at) if provider_id else False


def half_stars(typed: str) -> int:
    """Half stars, 1 to 10, of a number of stars as forms write it, such as "3.5"; `Refused("stars", …)` otherwise."""
    halves = {f"{number / 2:g}": number for number in range(1, 11)}
    if typed not in halves:
        raise Refused("stars", _("Choose half a star to five stars."))
    return halves[typed]

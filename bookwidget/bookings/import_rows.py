"""Reading a row of a file as a booking: what people and other programs write, in the business's zone and currency."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cached_property, lru_cache, partial
from uuid import UUID

from babel.numbers import get_currency_precision

from bookwidget.accounts.guests import Guest, cleaned
from bookwidget.accounts.import_files import cell
from bookwidget.accounts.models import CustomerImport
from bookwidget.accounts.rules import clean_email
from bookwidget.bookings.booking import MAX_NOTE, MAX_TICKETS
from bookwidget.bookings.rules import checked_text
from bookwidget.catalog.actions import (
    ServiceFacts,
    list_all_locations,
    list_everybody,
    list_providers,
    list_ticket_types,
    read_service,
)
from bookwidget.catalog.services import list_kept_services
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text, _
from bookwidget.schedule.rules import existing_instant
from bookwidget.tenancy.scope import Scope

HEADINGS = {
    "email": ("email", "e-mail", "mail", "customer email", "e-mail-adresse", "البريد الإلكتروني"),
    "given_name": ("given name", "first name", "name", "customer", "vorname", "kunde", "الاسم", "العميل"),
    "family_name": ("family name", "last name", "surname", "nachname", "اسم العائلة"),
    "phone": ("phone", "telephone", "mobile", "telefon", "handy", "الهاتف"),
    "service": ("service", "class", "event", "leistung", "kurs", "angebot", "الخدمة"),
    "starts": ("starts at", "start", "date", "day", "beginn", "datum", "termin", "البداية", "التاريخ"),
    "time": ("time", "start time", "uhrzeit", "zeit", "الوقت"),
    "minutes": ("duration", "minutes", "length", "dauer", "minuten", "المدة"),
    "provider": ("provider", "staff", "teacher", "with", "mitarbeiter", "lehrer", "مقدم الخدمة"),
    "location": ("location", "place", "room", "ort", "raum", "المكان"),
    "ticket": ("ticket", "ticket type", "ticketart", "نوع التذكرة"),
    "places": ("places", "quantity", "tickets", "people", "plätze", "anzahl", "personen", "الأماكن", "العدد"),
    "price": ("price", "amount", "total", "preis", "betrag", "السعر"),
    "status": ("status", "state", "zustand", "الحالة"),
    "code": ("code", "booking code", "reference", "id", "booking id", "buchungscode", "nummer", "رمز الحجز"),
    "note": ("note", "notes", "comment", "notiz", "bemerkung", "ملاحظة"),
}
NEEDED = ("email", "service", "starts")
STATUSES = {
    ("confirmed", ""): ("", "confirmed", "booked", "active", "bestätigt", "gebucht", "مؤكد", "محجوز"),
    ("pending", ""): ("pending", "waiting for approval", "requested", "ausstehend", "angefragt", "بانتظار الموافقة"),
    ("cancelled", ""): ("cancelled", "canceled", "storniert", "abgesagt", "تم الإلغاء", "ملغى"),
    ("confirmed", "attended"): ("attended", "completed", "present", "teilgenommen", "erschienen", "تم الحضور"),
    ("confirmed", "absent"): ("absent", "no-show", "no show", "missed", "nicht erschienen", "غائب"),
}
"""Status and attendance, by what other programs call them."""
WORDS_OF_STATUS = {word: meant for meant, words in STATUSES.items() for word in words}
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T,\s]+(.+))?")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T,\s]+(.+))?")
CLOCK = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*(?:([ap])\.?m\.?|uhr)?\s*(z|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
AMOUNT = re.compile(r"[^\d.,-]*(\d[\d.,\s]*|[.,]\d+)[^\d.,-]*")
LONGEST_WHOLE = 7
"""Digits before the cents."""
LONGEST_MINUTES = 60 * 24 * 7
LONGEST_CODE = 80
MONTH_FIRST = "month"
NO_TIME: Text = _("This is no day and time. Write it like 2026-11-24 18:30.")


@dataclass(frozen=True)
class WantedBooking:
    """What a row says."""

    guest: Guest
    service: ServiceFacts
    """With the row's own duration."""
    starts_at: datetime
    provider_id: UUID | None
    location_id: UUID | None
    ticket_type_id: UUID | None
    prices: tuple[int, ...]
    """Of each place, in minor units."""
    status: str
    mark: str
    note: str
    code: str

    @property
    def is_live(self) -> bool:
        """Whether it takes a place."""
        return self.status != "cancelled"

    @property
    def at(self) -> tuple[UUID, datetime, UUID | None]:
        """Names the date of a class."""
        return self.service.id, self.starts_at, self.provider_id


class Reader:
    """The business's names, read once for many rows. `read` answers with a booking or with why there is none."""

    def __init__(self, scope: Scope, found: CustomerImport) -> None:
        self.scope, self.found = scope, found
        self._service = lru_cache(maxsize=None)(partial(read_service, scope))
        self._kinds = lru_cache(maxsize=None)(partial(list_ticket_types, scope))
        self._performers = lru_cache(maxsize=None)(partial(list_providers, scope))

    @cached_property
    def services(self) -> dict[str, UUID]:
        return {one.wanted.name.casefold(): one.id for one in list_kept_services(self.scope)}

    @cached_property
    def providers(self) -> dict[str, UUID]:
        return {one.name.casefold(): one.id for one in list_everybody(self.scope)}

    @cached_property
    def locations(self) -> dict[str, UUID]:
        return {one.name.casefold(): one.id for one in list_all_locations(self.scope)}

    def read(self, row: list[str]) -> WantedBooking | Text:
        said = {field: cell(row, self.found.mapping.get(field)) for field in HEADINGS}
        try:
            return self.booking(said)
        except Refused as refused:
            return refused.reason

    def booking(self, said: dict[str, str]) -> WantedBooking:
        service_id = self.services.get(said["service"].casefold())
        if service_id is None:
            raise Refused("service", _("There is no service called “%(name)s”.", name=said["service"]))
        service = replaced_minutes(self._service(service_id), said["minutes"])
        starts_at = self.instant(said)
        status, mark = status_of(said["status"])
        if mark and starts_at > self.scope.now:
            raise Refused("status", _("It is still to come, so nobody has attended or missed it yet."))
        kind_id, each = self.ticket(service, said["ticket"])
        return WantedBooking(
            guest=self.guest(said),
            service=service,
            starts_at=starts_at,
            provider_id=self.provider(service, said["provider"]),
            location_id=named(self.locations, said["location"], _("There is no location called “%(name)s”.")),
            ticket_type_id=kind_id,
            prices=self.prices(said["price"], each, places_of(service, said["places"])),
            status=status,
            mark=mark,
            note=checked_text("note", said["note"], MAX_NOTE),
            code=said["code"][:LONGEST_CODE],
        )

    def guest(self, said: dict[str, str]) -> Guest:
        """Who has no name has that of their mailbox."""
        name = said["given_name"] or clean_email(said["email"]).partition("@")[0]
        return cleaned(self.scope, Guest(said["email"], name, said["family_name"], said["phone"]))

    def instant(self, said: dict[str, str]) -> datetime:
        """Of the business's zone, unless an offset is written."""
        is_month_first = self.found.options.get("order") == MONTH_FIRST
        day, rest = day_of(said["starts"], is_month_first=is_month_first)
        clock, offset = clock_of(said["time"] or rest)
        wall = datetime.combine(day, clock)
        if offset:
            return datetime.fromisoformat(f"{wall.isoformat()}{offset}").astimezone(UTC)
        zone, about = self.scope.tenant.zone, {"time": f"{wall:%Y-%m-%d %H:%M}", "zone": self.scope.tenant.timezone}
        found = existing_instant(wall, zone)
        if found is None:
            raise Refused("starts", _("The clocks go forward: %(time)s does not exist in %(zone)s.", **about))
        if wall.replace(tzinfo=zone, fold=1).utcoffset() != wall.replace(tzinfo=zone, fold=0).utcoffset():
            twice = _("The clocks go back: %(time)s comes twice in %(zone)s. Add the offset, such as +01:00.", **about)
            raise Refused("starts", twice)
        return found

    def provider(self, service: ServiceFacts, name: str) -> UUID | None:
        found = named(self.providers, name, _("There is nobody called “%(name)s” on the team."))
        if found is None and not service.is_class:
            performers = self._performers(service.id)
            if len(performers) != 1:
                raise Refused("provider", _("Say who performs it."))
            return performers[0].id
        return found

    def ticket(self, service: ServiceFacts, name: str) -> tuple[UUID | None, int]:
        """The kind and what it costs."""
        if not name:
            return None, service.price
        kind = next((one for one in self._kinds(service.id) if one.name.casefold() == name.casefold()), None)
        if kind is None:
            raise Refused("ticket", _("This service has no ticket type called “%(name)s”.", name=name))
        return kind.id, kind.price

    def prices(self, typed: str, each: int, places: int) -> tuple[int, ...]:
        """What is written is for all places; the first one takes what cannot be shared."""
        if not typed:
            return (each,) * places
        total = minor_units(typed, int(get_currency_precision(self.scope.tenant.currency)))
        share = total // places
        return (total - share * (places - 1), *(share,) * (places - 1))


def named(known: dict[str, UUID], name: str, unknown: Text) -> UUID | None:
    if name and name.casefold() not in known:
        raise Refused("", Text(unknown.msgid, None, {"name": name}))
    return known[name.casefold()] if name else None


def replaced_minutes(service: ServiceFacts, typed: str) -> ServiceFacts:
    """Classes have the duration of their dates."""
    if not typed or service.is_class:
        return service
    hours, colon, minutes = typed.rpartition(":")
    numbers = [part for part in (hours, minutes.split()[0] if minutes.split() else "") if colon or part]
    if not all(number.isdecimal() and len(number) < 6 for number in numbers):
        raise Refused("minutes", _("This is no duration. Write minutes, or hours and minutes such as 1:30."))
    length = int(numbers[-1]) + (60 * int(hours) if colon else 0)
    if not 0 < length <= LONGEST_MINUTES:
        raise Refused("minutes", _("This is no duration. Write minutes, or hours and minutes such as 1:30."))
    return replace(service, minutes=length)


def places_of(service: ServiceFacts, typed: str) -> int:
    most = MAX_TICKETS if service.is_class else 1
    if typed and not (typed.isdecimal() and len(typed) < 4 and 1 <= int(typed) <= most):
        raise Refused("places", _("Choose a number of places from 1 to %(most)s.", most=most))
    return int(typed or 1)


def status_of(typed: str) -> tuple[str, str]:
    found = WORDS_OF_STATUS.get(typed.casefold())
    if found is None:
        raise Refused("status", _("“%(word)s” is no status that is known here.", word=typed))
    return found


def day_of(typed: str, *, is_month_first: bool) -> tuple[date, str]:
    """The day, and what is written behind it."""
    found = YEAR_FIRST.fullmatch(typed)
    other = YEAR_LAST.fullmatch(typed)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3])), found[4] or ""
        if other:
            first, second = int(other[1]), int(other[2])
            day, month = (second, first) if is_month_first else (first, second)
            return date(int(other[3]), month, day), other[4] or ""
    except ValueError:
        pass
    raise Refused("starts", NO_TIME)


def clock_of(typed: str) -> tuple[time, str]:
    """The time of day, and the offset from UTC if one is written."""
    found = CLOCK.fullmatch(typed.strip())
    if found is None:
        raise Refused("starts", NO_TIME)
    hour, minute, half, offset = int(found[1]), int(found[2] or 0), (found[3] or "").lower(), found[4] or ""
    if half and not 1 <= hour <= 12:
        raise Refused("starts", NO_TIME)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute), "+00:00" if offset.lower() == "z" else offset
    except ValueError:
        raise Refused("starts", NO_TIME) from None


def minor_units(typed: str, digits: int) -> int:
    """Of a price with or without its currency; the last point or comma parts the cents, unless three digits follow."""
    found = AMOUNT.fullmatch(typed)
    number = re.sub(r"\s", "", found[1]) if found else ""
    whole, sign, cents = number.rpartition("." if number.rfind(".") > number.rfind(",") else ",")
    if not sign or len(cents) == 3 > digits:
        whole, cents = number, ""
    whole = whole.replace(".", "").replace(",", "") or "0"
    if not number or not whole.isdecimal() or len(cents) > digits or len(whole) > LONGEST_WHOLE:
        raise Refused("price", _("This is no price: “%(typed)s”.", typed=typed))
    return int(whole + cents.ljust(digits, "0"))

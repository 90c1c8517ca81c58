"""Harbour Yoga: a studio with classes, a waiting list, and children who come along."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from bookwidget.bookings.actions import NewTicket, book, cancel_booking, join_waiting_list, move_booking, offer_places
from bookwidget.bookings.models import Ticket
from bookwidget.catalog.actions import QuestionKind, WantedQuestion, add_question
from bookwidget.catalog.models import Location, Provider, Service, ServiceProvider, TicketType
from bookwidget.kernel.ids import uuid7
from bookwidget.ops.demo_content.business import Building, Business, Person
from bookwidget.schedule.actions import OccurrenceKey
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.session import writing

AVA = Person("ava.quinn@example.com", "Ava", "Quinn", "morning-tide-48", "+447700900123", has="Slow Flow")
LEO = Person("leo.brandt@example.com", "Leo", "Brandt", "paper-lantern-31", "+447700900145", has="Yin by Candlelight")
SAM = Person("sam.okafor@example.com", "Sam", "Okafor", "quiet-harbour-72", has="No upcoming bookings")
OTHERS = (
    Person("freya.holt@example.com", "Freya", "Holt"),
    Person("idris.khan@example.com", "Idris", "Khan"),
    Person("marta.silva@example.com", "Marta", "Silva"),
    Person("owen.price@example.com", "Owen", "Price"),
)
FAMILY, BATH = "Family Yoga", "Full Moon Sound Bath"

SERVICES = {
    "Slow Flow": (75, 14, 1400, "An unhurried hour and a quarter: long holds, easy transitions, and time to breathe."),
    "Sunrise Vinyasa": (60, 12, 1300, "A brisk start with sun salutations. Coffee afterwards for those who like."),
    "Yin by Candlelight": (75, 10, 1500, "Long, supported postures on the floor by candlelight. Bring warm socks."),
    FAMILY: (60, 16, 1200, "Animals, balances and giggles for children from four, with a grown-up on the next mat."),
    "Lunch Hour Stretch": (45, 12, 900, "Three quarters of an hour for necks, backs and hips that sit too much."),
    BATH: (90, 8, 2800, "Lie down, and let gongs and singing bowls do the work. Mats and blankets are there."),
}
"""Minutes, places, price in pence, and what it is."""

HALL, LOFT = "Harbour Hall", "The Loft"
TIMETABLE = (
    (0, "07:00", "Sunrise Vinyasa", "Tomas Reyl", HALL),
    (0, "18:30", "Slow Flow", "Mara Oduya", HALL),
    (1, "09:30", "Slow Flow", "Mara Oduya", LOFT),
    (1, "20:00", "Yin by Candlelight", "Ines Falk", LOFT),
    (2, "07:00", "Sunrise Vinyasa", "Tomas Reyl", HALL),
    (2, "18:30", "Slow Flow", "Mara Oduya", HALL),
    (3, "12:15", "Lunch Hour Stretch", "Ines Falk", LOFT),
    (3, "20:00", "Yin by Candlelight", "Ines Falk", LOFT),
    (4, "07:00", "Sunrise Vinyasa", "Tomas Reyl", HALL),
    (4, "17:30", "Slow Flow", "Mara Oduya", LOFT),
    (5, "09:30", FAMILY, "Ines Falk", HALL),
    (5, "11:00", "Slow Flow", "Mara Oduya", HALL),
    (6, "10:00", "Sunrise Vinyasa", "Tomas Reyl", HALL),
)
"""Weekday (0 is Monday), time, class, teacher, room."""

PAST_DAYS, COMING_DAYS = 250, 80
LEOS_PAST = 64


class Diary:
    """The published classes, and short ways to book them."""

    def __init__(self, building: Building, occurrences: list[Occurrence], child: UUID) -> None:
        """`child` is the ticket type of children in Family Yoga."""
        self.building, self.child = building, child
        self.occurrences = sorted(occurrences, key=lambda occurrence: occurrence.starts_at)

    def upcoming(self, service: str, *, after_days: float, count: int = 1) -> list[Occurrence]:
        """The first ones of a class that begin so many days from now or later."""
        since = self.building.now + timedelta(days=after_days)
        return [one for one in self.of(service) if one.starts_at >= since][:count]

    def past(self, service: str, *, count: int) -> list[Occurrence]:
        """The latest ones that are over, the newest first."""
        until = self.building.now - timedelta(hours=3)
        return [one for one in reversed(self.of(service)) if one.starts_at < until][:count]

    def of(self, service: str) -> list[Occurrence]:
        id = self.building.services[service].id
        return [one for one in self.occurrences if one.service_id == id]

    def book(
        self, person: Person, occurrence: Occurrence, *tickets: NewTicket, days_before: float = 6, note: str = ""
    ) -> str:
        """The code. It was booked so long before it starts, but always in the past."""
        booked_at = min(occurrence.starts_at - timedelta(days=days_before), self.building.now - timedelta(minutes=20))
        with self.building.acting(self.building.customer(person), booked_at) as scope:
            key = str(OccurrenceKey(occurrence.id))
            return book(scope, occurrence.service_id, key, tickets or (NewTicket(),), note=note).code

    def cancel(self, person: Person, code: str, at: datetime, reason: str = "") -> None:
        with self.building.acting(self.building.customer(person), at) as scope:
            cancel_booking(scope, code, reason=reason)


def fill(building: Building) -> None:
    child = add_catalog(building)
    add_questions(building)
    diary = Diary(building, add_timetable(building), child)
    fill_classes(diary)
    add_ava(diary)
    add_leo(diary)
    sell_out_the_bath(diary)
    offer_a_place(diary)
    mark_absences(building)


def add_questions(building: Building) -> None:
    """Of all classes."""
    with building.acting(building.owner()) as scope:
        add_question(scope, WantedQuestion(QuestionKind.TEXT, "Any injuries?", "Only your teacher reads this."))
        add_question(scope, WantedQuestion(QuestionKind.YES_NO, "First time with us?", is_required=True))


def add_catalog(building: Building) -> UUID:
    """The ticket type of children."""
    for name, (minutes, capacity, price, description) in SERVICES.items():
        building.services[name] = Service(
            id=uuid7(),
            name=name,
            kind="class",
            minutes=minutes,
            capacity=capacity,
            price=price,
            description=description,
        )
    for name in sorted({row[3] for row in TIMETABLE}):
        building.providers[name] = Provider(id=uuid7(), name=name)
    family, child = building.services[FAMILY].id, uuid7()
    teaches = {(row[2], row[3]) for row in TIMETABLE} | {(BATH, "Ines Falk")}
    building.add(
        *building.services.values(),
        *building.providers.values(),
        *(
            ServiceProvider(service_id=building.services[service].id, provider_id=building.providers[teacher].id)
            for service, teacher in sorted(teaches)
        ),
        TicketType(service_id=family, name="Adult", price=1200),
        TicketType(id=child, service_id=family, name="Child", price=600, is_child=True),
    )
    return child


def add_timetable(building: Building) -> list[Occurrence]:
    rooms = {
        HALL: Location(id=uuid7(), name=HALL, address="3 Net Loft Quay, Whitby YO21 0AA"),
        LOFT: Location(id=uuid7(), name=LOFT, address="3 Net Loft Quay, first floor, Whitby YO21 0AA"),
    }
    building.add(*rooms.values())
    first_weekday = building.at(0, "12:00").astimezone(building.tenant.zone).weekday()
    occurrences = [
        occurrence_of(building, service, teacher, rooms[room], building.at(days, clock))
        for days in range(-PAST_DAYS, COMING_DAYS)
        for weekday, clock, service, teacher, room in TIMETABLE
        if (first_weekday + days) % 7 == weekday
    ]
    saturday = next(days for days in range(8, 16) if (first_weekday + days) % 7 == 5)
    for days in (saturday, saturday + 28):
        occurrences.append(occurrence_of(building, BATH, "Ines Falk", rooms[LOFT], building.at(days, "19:00")))
    building.add(*occurrences)
    return occurrences


def occurrence_of(building: Building, service: str, teacher: str, room: Location, starts_at: datetime) -> Occurrence:
    offered = building.services[service]
    ends_at = starts_at + timedelta(minutes=offered.minutes)
    return Occurrence(
        id=uuid7(),
        service_id=offered.id,
        provider_id=building.providers[teacher].id,
        location_id=room.id,
        starts_at=starts_at,
        ends_at=ends_at,
        busy_from=starts_at,
        busy_to=ends_at,
        capacity=offered.capacity,
        seats_taken=0,
    )


def fill_classes(diary: Diary) -> None:
    """So that the coming classes look visited."""
    chance = random.Random(7)  # noqa: S311 - the same demo every day
    for service in ("Slow Flow", "Sunrise Vinyasa", "Yin by Candlelight", FAMILY):
        for occurrence in diary.upcoming(service, after_days=0.2, count=3):
            for person in OTHERS[: chance.randint(1, 3)]:
                diary.book(person, occurrence, *[NewTicket()] * chance.randint(1, 2))


def add_ava(diary: Diary) -> None:
    """Some of everything: upcoming, with a child, moved, too late to change, waiting, past, cancelled."""
    now = diary.building.now
    tomorrow = now + timedelta(hours=1.5)
    diary.book(AVA, next(one for one in diary.occurrences if one.starts_at > tomorrow), days_before=9)
    slow = diary.upcoming("Slow Flow", after_days=2, count=3)
    diary.book(AVA, slow[0], days_before=12)
    diary.book(AVA, slow[2], NewTicket(), NewTicket("Grace Quinn"), note="Grace is new to yoga.")
    family = diary.upcoming(FAMILY, after_days=1.5, count=2)
    noah = NewTicket("Noah Quinn", is_child=True, age=7, ticket_type_id=diary.child)
    diary.book(AVA, family[0], NewTicket(), noah, days_before=8)
    yin = diary.upcoming("Yin by Candlelight", after_days=3, count=3)
    move(diary, AVA, diary.book(AVA, yin[0], days_before=15), yin[1], now - timedelta(hours=20))
    diary.cancel(
        AVA, diary.book(AVA, family[1], NewTicket(), noah), now - timedelta(hours=5), "We are away that weekend."
    )
    diary.cancel(AVA, diary.book(AVA, yin[2], days_before=20), now - timedelta(days=2))
    for service, count in (("Slow Flow", 5), ("Sunrise Vinyasa", 3), (FAMILY, 2)):
        for occurrence in diary.past(service, count=count):
            diary.book(AVA, occurrence, *((NewTicket(), noah) if service == FAMILY else ()))
    late = diary.past("Lunch Hour Stretch", count=2)
    diary.cancel(AVA, diary.book(AVA, late[1]), late[1].starts_at - timedelta(days=2), "A meeting came up.")


def add_leo(diary: Diary) -> None:
    """A regular of many months, so that the past has pages."""
    evenings = sorted(
        diary.past("Yin by Candlelight", count=LEOS_PAST // 2) + diary.past("Slow Flow", count=LEOS_PAST // 2),
        key=lambda occurrence: occurrence.starts_at,
    )
    for occurrence in evenings:
        diary.book(LEO, occurrence, days_before=2)
    for service in ("Yin by Candlelight", "Sunrise Vinyasa", "Lunch Hour Stretch"):
        diary.book(LEO, diary.upcoming(service, after_days=4)[0], days_before=10)


def sell_out_the_bath(diary: Diary) -> None:
    """Two wait for it; Ava is the second."""
    bath = diary.of(BATH)[0]
    for person in OTHERS:
        diary.book(person, bath, NewTicket(), NewTicket(), days_before=18)
    for hours, person in ((30, LEO), (26, AVA)):
        moment = diary.building.now - timedelta(hours=hours)
        with diary.building.acting(diary.building.customer(person), moment) as scope:
            join_waiting_list(scope, bath.id)


def offer_a_place(diary: Diary) -> None:
    """The next sound bath is full too, but one could not come: Ava can take her place, and Leo is the next."""
    bath, now = diary.of(BATH)[1], diary.building.now
    codes = [diary.book(person, bath, days_before=50) for person in OTHERS for _place in range(2)]
    for hours, person in ((29, AVA), (3, LEO)):
        with diary.building.acting(diary.building.customer(person), now - timedelta(hours=hours)) as scope:
            join_waiting_list(scope, bath.id)
    freed_at = now - timedelta(minutes=25)
    with diary.building.acting(diary.building.owner(), freed_at) as scope:
        cancel_booking(scope, codes[0], reason="She called: she is ill.")
    with diary.building.acting(diary.building.operator(), freed_at) as scope, writing(scope.session):
        offer_places(scope, bath.id)


def move(diary: Diary, person: Person, code: str, target: Occurrence, at: datetime) -> None:
    with diary.building.acting(diary.building.customer(person), at) as scope:
        move_booking(scope, code, str(OccurrenceKey(target.id)), moves=None)


def mark_absences(building: Building) -> None:
    """The teacher ticked the list: of each customer's past tickets a few were missed."""
    with building.database.session(building.tenant.id) as session, writing(session):
        past = [
            ticket
            for ticket in session.query(Ticket).all()
            if session.get_one(Occurrence, (building.tenant.id, ticket.occurrence_id)).ends_at < building.now
        ]
        for number, ticket in enumerate(sorted(past, key=lambda ticket: ticket.id)):
            ticket.attendance = "absent" if number % 9 == 4 else "attended"


HARBOUR_YOGA = Business(
    slug="harbour-yoga",
    name="Harbour Yoga",
    email="hello@harbour-yoga.example.com",
    phone="+441632960144",
    locale="en_GB",
    timezone="Europe/London",
    currency="GBP",
    theme="warm",
    branding={"accent": "#a8492a"},
    settings={
        "bookings.cancel_notice_hours": 12,
        "bookings.move_notice_hours": 12,
        "bookings.attendance_tracked": True,
        "waitlist.offer_minutes": 24 * 60,
    },
    owner=Person("maya.lindqvist@example.com", "Maya", "Lindqvist", "open-window-19"),
    customers=(AVA, LEO, SAM),
    others=OTHERS,
    fill=fill,
    team=(
        ("mara.oduya@harbour-yoga.example.com", "Mara Oduya", "manager"),
        ("desk@harbour-yoga.example.com", "", "staff"),
    ),
)

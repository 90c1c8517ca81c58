"""One business with many customers, each with a full page of bookings to come."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Table, delete, insert, select

from bookwidget.accounts.models import Customer, SignIn
from bookwidget.accounts.signing_in import LIFETIME, Kind, digest_of
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.catalog.models import Location, Provider, Service
from bookwidget.kernel.ids import CODE_ALPHABET
from bookwidget.schedule.models import Occurrence
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Site, Tenant

SLUG = "bench"
SECRET = "secret"
BOOKINGS_EACH = 20
MOST_VISITORS = 50
CAPACITY = 200
BATCH = 10_000

SERVICES = ("Slow Flow", "Massage", "Pilates", "Vinyasa", "Swimming lesson", "Pottery", "Haircut", "Singing")
PROVIDERS = ("Mara Oduya", "Tomas Reyl", "Ines Albu", "Jonas Weber", "Li Na")
LOCATIONS = ("Studio 1", "Studio 2", "Harbour Baths")
STATUSES = ("confirmed",) * 8 + ("pending", "hold")
CHILDREN = ("", "", "", "", "Ella")

FIRST_DAY, DAYS = 40, 90
"""The bookings lie so many days after the seeding, so that kept data still lies ahead a month later."""


def id_of(kind: str, number: int) -> UUID:
    """The same in every run, so that kept data needs no index of its own."""
    return uuid5(UUID(int=0), f"{kind} {number}")


TENANT, SITE = id_of("tenant", 0), id_of("site", 0)


def visitors(bookings: int) -> list[UUID]:
    """Some of the customers, spread over all."""
    customers = bookings // BOOKINGS_EACH
    chosen = min(MOST_VISITORS, customers)
    return [id_of("customer", number * (customers // chosen)) for number in range(chosen)]


def is_there(database: Database) -> bool:
    with database.all_tenants("benchmark data") as connection:
        return connection.execute(select(Tenant.id).where(Tenant.id == TENANT)).scalar() is not None


def seed(database: Database, bookings: int, now: datetime) -> None:
    """Fills an empty, migrated database."""
    customers = bookings // BOOKINGS_EACH
    occurrences = max(bookings // (CAPACITY // 2), BOOKINGS_EACH)
    with database.all_tenants("benchmark data", writing=True) as connection:
        connection.execute(
            insert(Tenant).values(
                id=TENANT, slug=SLUG, name="Haus am Hafen", locale="de_DE", timezone="Europe/Berlin", currency="EUR",
                email="hallo@bench.example", phone="+493012345678", theme="quiet", is_active=True,
                branding={"accent": "#1f6f5c"}, settings={}, created_at=now,
            )
        )  # fmt: skip
        put(connection, Site, [{"id": SITE, "origin": "https://bench.localhost", "created_at": now}])
        put(connection, Provider, ({"id": id_of("provider", n), "name": name} for n, name in enumerate(PROVIDERS)))
        put(connection, Location, ({"id": id_of("location", n), "name": name} for n, name in enumerate(LOCATIONS)))
        put(connection, Service, services())
        put(connection, Customer, (customer(number, now) for number in range(customers)))
        put(connection, Occurrence, (occurrence(number, occurrences, now) for number in range(occurrences)))
        put(connection, Booking, (booking(number, customers, occurrences, now) for number in range(bookings)))
        put(connection, Ticket, tickets(bookings, customers, occurrences))


def sign_in(database: Database, bookings: int, now: datetime) -> list[str]:
    """Fresh sign-ins of the visitors, in place of those of the last run; their secrets as cookies hold them."""
    people = visitors(bookings)
    rows = [
        {
            "id": id_of("sign-in", number), "customer_id": customer_id, "kind": Kind.FRAME,
            "digest": digest_of(SECRET), "created_at": now, "seen_at": now, "expires_at": now + LIFETIME[Kind.FRAME],
        }
        for number, customer_id in enumerate(people)
    ]  # fmt: skip
    with database.all_tenants("benchmark data", writing=True) as connection:
        connection.execute(delete(SignIn))
        put(connection, SignIn, rows)
    return [f"{row['id'].hex}.{SECRET}" for row in rows]


def put(connection: Connection, model: Any, rows: Any) -> None:
    """In batches, so that a million rows never stand in memory."""
    table: Table = model.__table__
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append({"tenant_id": TENANT, **row})
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            batch.clear()
    if batch:
        connection.execute(insert(table), batch)


def services() -> Iterator[dict[str, Any]]:
    for number, name in enumerate(SERVICES):
        yield {
            "id": id_of("service", number), "name": name, "kind": "class", "minutes": 75, "capacity": CAPACITY,
            "price": 1000 + 250 * number,
        }  # fmt: skip


def customer(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": id_of("customer", number), "email": f"person{number}@bench.example", "given_name": "Ada",
        "family_name": f"Byron {number}", "phone": "+4915112345678", "created_at": now,
    }  # fmt: skip


def times(number: int, occurrences: int, now: datetime) -> tuple[datetime, datetime]:
    """Spread over the days, at different times of the day."""
    day = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=FIRST_DAY + number * DAYS // occurrences)
    starts_at = day + timedelta(minutes=15 * (28 + number % 40))
    return starts_at, starts_at + timedelta(minutes=75)


def occurrence(number: int, occurrences: int, now: datetime) -> dict[str, Any]:
    starts_at, ends_at = times(number, occurrences, now)
    return {
        "id": id_of("occurrence", number), "service_id": id_of("service", number % len(SERVICES)),
        "provider_id": id_of("provider", number % len(PROVIDERS)),
        "location_id": id_of("location", number % len(LOCATIONS)), "starts_at": starts_at, "ends_at": ends_at,
        "busy_from": starts_at, "busy_to": ends_at, "capacity": CAPACITY,

        "state": "cancelled" if number % 50 == 49 else "scheduled",
    }  # fmt: skip


def chosen_occurrence(number: int, customers: int, occurrences: int) -> int:
    """Each customer's bookings are spread over the whole time."""
    customer_number, own = number % customers, number // customers
    return (own * occurrences // BOOKINGS_EACH + customer_number) % occurrences


def booking(number: int, customers: int, occurrences: int, now: datetime) -> dict[str, Any]:
    chosen = chosen_occurrence(number, customers, occurrences)
    starts_at, ends_at = times(chosen, occurrences, now)
    return {
        "id": id_of("booking", number), "code": code(number), "customer_id": id_of("customer", number % customers),
        "service_id": id_of("service", chosen % len(SERVICES)), "occurrence_id": id_of("occurrence", chosen),
        "starts_at": starts_at, "ends_at": ends_at, "status": STATUSES[number // customers % len(STATUSES)],
        "price": 1000 + 250 * (chosen % len(SERVICES)), "created_at": now,
    }  # fmt: skip


def code(number: int) -> str:
    signs = []
    for _ in range(8):
        number, digit = divmod(number, len(CODE_ALPHABET))
        signs.append(CODE_ALPHABET[digit])
    return "".join(signs)


def tickets(bookings: int, customers: int, occurrences: int) -> Iterator[dict[str, Any]]:
    """One a booking; some are for a named child."""
    for number in range(bookings):
        child = CHILDREN[number // customers % len(CHILDREN)]
        yield {
            "id": id_of("ticket", number), "booking_id": id_of("booking", number),
            "occurrence_id": id_of("occurrence", chosen_occurrence(number, customers, occurrences)),
            "attendee": child, "is_child": bool(child), "age": 7 if child else None,
        }  # fmt: skip

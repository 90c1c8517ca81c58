"""One business with many customers, each with a full page of bookings to come."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Table,
    Uuid,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
)

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

SERVICES = ("Slow Flow", "Massage", "Pilates", "Vinyasa", "Swimming lesson", "Pottery", "Haircut", "Singing")
PROVIDERS = ("Mara Oduya", "Tomas Reyl", "Ines Albu", "Jonas Weber", "Li Na")
LOCATIONS = ("Studio 1", "Studio 2", "Harbour Baths")
KINDS = "booking customer location occurrence provider service sign-in site tenant ticket".split()

FIRST_DAY, DAYS = 40, 90
"""The bookings lie so many days after the seeding, so that kept data still lies ahead a month later."""


def id_of(kind: str, number: int) -> UUID:
    """The same in every run, so that kept data needs no index of its own."""
    return UUID(int=KINDS.index(kind) << 64 | number)


def id_in_sql(connection: Connection, kind: str, number: Any) -> ColumnElement[Any]:
    """The same, of a number that the database makes."""
    before = f"{KINDS.index(kind):016x}"
    if connection.dialect.name == "sqlite":
        return type_coerce(func.printf(f"{before}%016x", number), Uuid())
    return cast(before + func.lpad(func.to_hex(number), 16, "0"), Uuid())


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
        put(connection, Provider, providers(occurrences))
        put(connection, Location, ({"id": id_of("location", n), "name": name} for n, name in enumerate(LOCATIONS)))
        put(connection, Service, services())
        put(connection, Occurrence, (occurrence(number, occurrences, now) for number in range(occurrences)))
        put_customers(connection, customers, now)
        put_bookings(connection, bookings, customers, occurrences, now)
        put_tickets(connection, bookings, customers)


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
    connection.execute(insert(model.__table__), [{"tenant_id": TENANT, **row} for row in rows])


def put_selected(connection: Connection, model: Any, source: Any, **values: Any) -> None:
    """Rows that the database makes itself: a million in seconds. What is not named gets its default."""
    table: Table = model.__table__
    values = {"tenant_id": literal(TENANT), **values}
    defaults = {one.name: literal(one.default.arg, one.type) for one in table.columns if has_plain_default(one)}
    chosen = {**defaults, **values}
    connection.execute(
        insert(table).from_select(list(chosen), select(*chosen.values()).select_from(source), include_defaults=False)
    )


def has_plain_default(one: Column[Any]) -> bool:
    return one.default is not None and bool(one.default.is_scalar)


def numbers(count: int) -> Any:
    """A source with the column `n`, from 0 on."""
    counted = select(literal(0, Integer).label("n")).cte("numbers", recursive=True)
    return counted.union_all(select(counted.c.n + 1).where(counted.c.n < count - 1))


def provider_count(occurrences: int) -> int:
    """So many that nobody has two occurrences on one day."""
    return max(occurrences // DAYS + 2, len(PROVIDERS))


def providers(occurrences: int) -> Iterator[dict[str, Any]]:
    for number in range(provider_count(occurrences)):
        yield {"id": id_of("provider", number), "name": PROVIDERS[number % len(PROVIDERS)]}


def services() -> Iterator[dict[str, Any]]:
    for number, name in enumerate(SERVICES):
        yield {
            "id": id_of("service", number), "name": name, "kind": "class", "minutes": 75, "capacity": CAPACITY,
            "price": 1000 + 250 * number,
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
        "provider_id": id_of("provider", number % provider_count(occurrences)),
        "location_id": id_of("location", number % len(LOCATIONS)), "starts_at": starts_at, "ends_at": ends_at,
        "busy_from": starts_at, "busy_to": ends_at, "capacity": CAPACITY,

        "state": "cancelled" if number % 50 == 49 else "scheduled",
    }  # fmt: skip


def put_customers(connection: Connection, customers: int, now: datetime) -> None:
    source = numbers(customers)
    number = source.c.n
    put_selected(
        connection, Customer, source, id=id_in_sql(connection, "customer", number),
        email=func.concat("person", number, "@bench.example") if connection.dialect.name == "postgresql"
        else func.printf("person%d@bench.example", number),
        given_name=literal("Ada"), family_name=literal("Byron"), phone=literal("+4915112345678"),
        created_at=literal(now, Customer.created_at.type),
    )  # fmt: skip


def put_bookings(connection: Connection, bookings: int, customers: int, occurrences: int, now: datetime) -> None:
    """Each customer's are spread over the whole time."""
    source = numbers(bookings)
    number, own = source.c.n, source.c.n // customers
    chosen = (own * occurrences // BOOKINGS_EACH + number % customers) % occurrences
    there = Occurrence.__table__
    joined = source.join(there, there.c.id == id_in_sql(connection, "occurrence", chosen))
    put_selected(
        connection, Booking, joined, id=id_in_sql(connection, "booking", number), code=code(number),
        customer_id=id_in_sql(connection, "customer", number % customers), service_id=there.c.service_id,
        occurrence_id=there.c.id, starts_at=there.c.starts_at, ends_at=there.c.ends_at,
        status=case((own % 10 == 8, "pending"), (own % 10 == 9, "hold"), else_="confirmed"),
        price=literal(1400), created_at=literal(now, Booking.created_at.type),
    )  # fmt: skip


def code(number: Any) -> Any:
    """Eight signs of the alphabet, different for each number."""
    base = len(CODE_ALPHABET)
    signs: Any = literal("")
    for place in range(8):
        digit = literal(0) if base**place > 2**31 else number // base**place % base
        signs = signs + func.substr(CODE_ALPHABET, digit + 1, 1)
    return signs


def put_tickets(connection: Connection, bookings: int, customers: int) -> None:
    """One a booking; every fifth is for a named child."""
    made = Booking.__table__
    source = numbers(bookings)
    is_child = source.c.n // customers % 5 == 4
    joined = source.join(made, made.c.id == id_in_sql(connection, "booking", source.c.n))
    put_selected(
        connection, Ticket, joined, id=id_in_sql(connection, "ticket", source.c.n), booking_id=made.c.id,
        occurrence_id=made.c.occurrence_id, attendee=case((is_child, "Ella"), else_=""), is_child=is_child,
        age=case((is_child, 7)),
    )  # fmt: skip

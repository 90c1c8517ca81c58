"""Test data. One function a thing; what a test does not name has a harmless value."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from bookwidget.accounts.models import Customer
from bookwidget.bookings.models import Booking, Ticket
from bookwidget.catalog.models import Location, Provider, Service, ServiceProvider
from bookwidget.kernel.actors import Actor, customer, member
from bookwidget.kernel.ids import booking_code, uuid7
from bookwidget.schedule.models import Occurrence, OpeningHours
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Member, Site, Tenant
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

PASSWORD = "correct horse battery"
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$8K8LSY8nYcx5hBHDF5HRBg"


@dataclass
class World:
    """A tenant with a little of everything; its ids by name."""

    database: Database
    tenant_id: UUID
    slug: str
    now: datetime
    ids: dict[str, UUID] = field(default_factory=dict)

    def scope(self, actor: Actor | None = None, now: datetime | None = None) -> Scope:
        """A scope of this tenant; by default the customer Ada acts in a widget. Close `scope.session` yourself."""
        session = self.database.session(self.tenant_id)
        return Scope(session, facts_of(session), actor or customer(self.ids["ada"]), now or self.now)

    def staff_scope(self, now: datetime | None = None) -> Scope:
        return self.scope(member(self.ids["owner"]), now)

    def add(self, *things: Any) -> Any:
        """Stores entities in one transaction and gives the first one back."""
        with self.database.session(self.tenant_id) as session, writing(session):
            session.add_all(things)
        return things[0]


def make_world(database: Database, *, slug: str, now: datetime, **tenant: Any) -> World:
    world = World(database, uuid7(), slug, now)
    values = {
        "name": slug.title(), "locale": "en_GB", "timezone": "Europe/London", "currency": "GBP",
        "email": f"hello@{slug}.example", "phone": "+441632960144", "theme": "quiet", "is_active": True,
        "branding": {}, "settings": {}, "created_at": now, **tenant,
    }  # fmt: skip
    with database.all_tenants("test data", writing=True) as connection:
        connection.execute(insert(Tenant).values(id=world.tenant_id, slug=slug, **values))
    world.ids = {name: uuid7() for name in ("ada", "ben", "owner", "mara", "tom", "studio", "flow", "massage", "site")}
    ids = world.ids
    world.add(
        Member(id=ids["owner"], email=f"owner@{slug}.example", name="Olga Owner", role="owner",
               password_hash=PASSWORD_HASH, created_at=now),
        Site(id=ids["site"], origin=f"https://{slug}.localhost", created_at=now),
        make_customer(ids["ada"], "ada@example.com", "Ada", "Byron", now),
        make_customer(ids["ben"], "ben@example.com", "Ben", "Okri", now),
        Provider(id=ids["mara"], name="Mara Oduya"),
        Provider(id=ids["tom"], name="Tomas Reyl"),
        Location(id=ids["studio"], name="Studio 1", address="1 Harbour Row"),
        Service(id=ids["flow"], name="Slow Flow", kind="class", minutes=75, capacity=12, price=1400),
        Service(id=ids["massage"], name="Massage", kind="appointment", minutes=60, minutes_after=15, price=6000),
        ServiceProvider(service_id=ids["massage"], provider_id=ids["mara"]),
        ServiceProvider(service_id=ids["massage"], provider_id=ids["tom"]),
        *[OpeningHours(weekday=day, opens=9 * 60, closes=17 * 60) for day in range(5)],
    )  # fmt: skip
    return world


def make_customer(id: UUID, email: str, given_name: str, family_name: str, now: datetime) -> Customer:
    return Customer(id=id, email=email, given_name=given_name, family_name=family_name,
                    password_hash=PASSWORD_HASH, created_at=now)  # fmt: skip


def make_class(world: World, *, days: float = 2, capacity: int = 12, **changes: Any) -> Occurrence:
    """A published occurrence of the class, `days` from now, for Mara in Studio 1."""
    starts_at = changes.pop("starts_at", world.now + timedelta(days=days))
    ends_at = changes.pop("ends_at", starts_at + timedelta(minutes=75))
    values = {
        "service_id": world.ids["flow"], "provider_id": world.ids["mara"], "location_id": world.ids["studio"],
        "starts_at": starts_at, "ends_at": ends_at, "busy_from": starts_at, "busy_to": ends_at, "capacity": capacity,
        **changes,
    }  # fmt: skip
    occurrence: Occurrence = world.add(Occurrence(id=uuid7(), **values))
    return occurrence


def make_booking(world: World, *, customer: str = "ada", tickets: int = 1, **changes: Any) -> Booking:
    """A confirmed booking of a class occurrence (made here unless `occurrence` is given)."""
    occurrence: Occurrence = changes.pop("occurrence", None) or make_class(world, days=changes.pop("days", 2))
    values = {
        "code": booking_code(), "customer_id": world.ids[customer], "service_id": occurrence.service_id,
        "occurrence_id": occurrence.id, "starts_at": occurrence.starts_at, "ends_at": occurrence.ends_at,
        "status": "confirmed", "price": 1400 * tickets, "created_at": world.now - timedelta(days=7), **changes,
    }  # fmt: skip
    booking = Booking(id=uuid7(), **values)
    each, rest = divmod(values["price"], max(1, tickets))
    prices = [each + rest, *[each] * (tickets - 1)][:tickets]
    world.add(
        booking, *[Ticket(booking_id=booking.id, occurrence_id=occurrence.id, price=price) for price in prices]
    )  # fmt: skip
    with world.database.session(world.tenant_id) as session, writing(session):
        stored = session.get_one(Occurrence, (world.tenant_id, occurrence.id))
        stored.seats_taken += tickets if values["status"] != "cancelled" else 0
    return booking


def make_appointment(world: World, *, starts_at: datetime, customer: str = "ada", provider: str = "mara") -> Booking:
    """A confirmed appointment: a private occurrence with its buffers, and a booking on it."""
    occurrence = make_class(
        world, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=60), capacity=1, is_private=True,
        service_id=world.ids["massage"], provider_id=world.ids[provider], location_id=None,
        busy_to=starts_at + timedelta(minutes=75),
    )  # fmt: skip
    return make_booking(world, customer=customer, occurrence=occurrence, price=6000)

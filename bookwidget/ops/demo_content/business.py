"""What a demo business is made of, and the hands that make it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image

from bookwidget.accounts.models import Customer
from bookwidget.accounts.passwords import hashed
from bookwidget.catalog.models import Provider, Service
from bookwidget.kernel.actors import Actor, Door, customer, member, system
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.rules import existing_instant, local_day, wall_time
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.base import Owned
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Member, Site, Tenant
from bookwidget.tenancy.scope import Scope, TenantFacts
from bookwidget.tenancy.session import writing

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Person:
    """Somebody of the demo. Without a password they only fill the classes."""

    email: str
    given_name: str
    family_name: str
    password: str = ""
    phone: str = ""
    has: str = ""
    """What this customer shows, in words that stand on their page."""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Business:
    """What is known of a demo business before it is built."""

    slug: str
    name: str
    email: str
    phone: str
    locale: str
    timezone: str
    currency: str
    theme: str
    branding: Mapping[str, Any]
    settings: Mapping[str, Any]
    owner: Person
    customers: tuple[Person, ...]
    """Those who can log in."""
    others: tuple[Person, ...]
    fill: "Callable[[Building], None]"
    """Services, schedule and bookings."""
    team: tuple[tuple[str, str, str], ...] = ()
    """E-mail, name and role of who else works there; without a name, the e-mail is invited."""


@dataclass
class Building:
    """A business under construction: its tenant is there, and its people are."""

    database: Database
    business: Business
    tenant: TenantFacts
    now: datetime
    people: dict[str, UUID] = field(default_factory=dict)
    """By e-mail."""
    services: dict[str, Service] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)

    def at(self, days: int, clock: str) -> datetime:
        """The instant at which clocks show e.g. "18:30" so many days from today, in the business's zone.

        A time that a clock change leaves out is an hour later.
        """
        hours, minutes = (int(part) for part in clock.split(":"))
        zone = self.tenant.zone
        wall = wall_time(local_day(self.now, zone) + timedelta(days=days), hours * 60 + minutes)
        return existing_instant(wall, zone) or (wall + timedelta(hours=1)).replace(tzinfo=zone).astimezone(UTC)

    def add(self, *rows: Owned) -> None:
        with self.database.session(self.tenant.id) as session, writing(session):
            session.add_all(rows)

    @contextmanager
    def acting(self, actor: Actor, now: datetime | None = None) -> Iterator[Scope]:
        """A scope for the domain's actions, at any time."""
        with self.database.session(self.tenant.id) as session:
            yield Scope(session, self.tenant, actor, now or self.now)

    def customer(self, person: Person) -> Actor:
        return customer(self.people[person.email])

    def owner(self) -> Actor:
        return member(self.people[self.business.owner.email])

    def operator(self) -> Actor:
        return system(Door.COMMAND)


def build(
    database: Database, business: Business, tenant_id: UUID, now: datetime, *, origins: list[str], files: Path
) -> None:
    """Fills the new, empty tenant."""
    with database.session(tenant_id) as session, writing(session):
        tenant = session.get_one(Tenant, tenant_id)
        tenant.branding = {**business.branding, "logo": keep_logo(business, files / tenant_id.hex)}
        tenant.settings = dict(business.settings)
        tenant.created_at = now - timedelta(days=400)
        session.add_all(Site(origin=origin, created_at=now) for origin in origins)
    with database.session(tenant_id) as session:
        facts = facts_of(session)
    building = Building(database, business, facts, now)
    add_people(building)
    business.fill(building)


def keep_logo(business: Business, folder: Path) -> dict[str, Any]:
    """Puts the picture where an upload in the console would, under a name of its content."""
    content = (HERE / f"{business.slug}.png").read_bytes()
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.png"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    with Image.open(folder / name) as picture:
        return {"file": name, "width": picture.width, "height": picture.height}


def add_people(building: Building) -> None:
    business, now = building.business, building.now
    everybody = (*business.customers, *business.others)
    building.people = {person.email: uuid7() for person in (business.owner, *everybody)}
    building.add(
        Member(
            id=building.people[business.owner.email],
            email=business.owner.email,
            name=business.owner.name,
            role="owner",
            password_hash=hashed(business.owner.password),
            created_at=now - timedelta(days=400),
        ),
        *(
            Member(
                email=email,
                name=name or email.partition("@")[0].title(),
                role=role,
                created_at=now - timedelta(days=200),
                signed_in_at=now - timedelta(days=1, hours=3) if name else None,
                invited_at=None if name else now - timedelta(days=2),
            )
            for email, name, role in business.team
        ),
        *(
            Customer(
                id=building.people[person.email],
                email=person.email,
                given_name=person.given_name,
                family_name=person.family_name,
                phone=person.phone,
                password_hash=hashed(person.password) if person.password else "",
                email_proven_at=now - timedelta(days=300) if person.password else None,
                created_at=now - timedelta(days=300),
            )
            for person in everybody
        ),
    )

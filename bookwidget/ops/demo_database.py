"""The demo's database: the example businesses as of today, made anew when they are of another day."""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from bookwidget.config import Config
from bookwidget.events.models import Job
from bookwidget.kernel.errors import Refused
from bookwidget.migrations import migrate
from bookwidget.ops import demo_content
from bookwidget.ops.demo_content import BUSINESSES, Business
from bookwidget.ops.demo_content.business import build
from bookwidget.ops.errors import DemoError
from bookwidget.tenancy.base import Base
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Site
from bookwidget.tenancy.platform import create_tenant, list_tenants
from bookwidget.tenancy.wall import tenant_key

MAILS_OF = timedelta(days=2)


@dataclass
class Made:
    """What stands in the database, kept beside it so that the next start knows. Only these tenants are ever erased."""

    day: str = ""
    """ISO date of the content; empty while it is being made."""
    sites_port: int = 0
    content: str = ""
    """Digest of the modules that describe it."""
    tenants: list[str] = field(default_factory=list)
    """Their ids, in hex."""

    @classmethod
    def read(cls, path: Path) -> "Made":
        return cls(**json.loads(path.read_text("utf-8"))) if path.is_file() else cls()

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


def prepare(config: Config, sites_port: int, now: datetime) -> str:
    """Brings the database to today's demo; what was done, in a sentence for the person who waits."""
    migrate(config.database_url)
    path = config.instance / "demo-content.json"
    made, wanted = Made.read(path), Made(now.date().isoformat(), sites_port, content_digest())
    database = Database(config.database_url)
    try:
        if (made.day, made.content) == (wanted.day, wanted.content) and stands(database, made):
            move_sites(database, made, sites_port)
            made.sites_port = sites_port
            made.write(path)
            return "The demo of today stands; what was changed in it is still there."
        erase(database, [UUID(hex=tenant) for tenant in made.tenants])
        for left in (config.instance / "mailbox", *(config.files / tenant for tenant in made.tenants)):
            shutil.rmtree(left, ignore_errors=True)
        unfinished = Made()
        for business in BUSINESSES:
            tenant_id = new_tenant(database, business, now)
            unfinished.tenants.append(tenant_id.hex)
            unfinished.write(path)
            origins = origins_of(business, sites_port)
            build(database, business, tenant_id, now, origins=origins, files=config.files)
        end_old_jobs(database, unfinished.tenants, now)
        wanted.tenants = unfinished.tenants
        wanted.write(path)
    finally:
        database.dispose()
    if made.day and made.day != wanted.day:
        return f"The demo was of {made.day}: it was made anew for {wanted.day}."
    return f"The demo was made for {wanted.day}."


def stands(database: Database, made: Made) -> bool:
    """Whether the database still holds it: the file may be older than the database."""
    known = {tenant.id.hex for tenant in list_tenants(database)}
    return bool(made.tenants) and known.issuperset(made.tenants)


def new_tenant(database: Database, business: Business, now: datetime) -> UUID:
    try:
        return create_tenant(
            database,
            slug=business.slug,
            name=business.name,
            email=business.email,
            locale=business.locale,
            timezone=business.timezone,
            currency=business.currency,
            phone=business.phone,
            theme=business.theme,
            now=now,
        )
    except Refused:
        raise DemoError(
            f"the database holds a business {business.slug} that this demo did not make;"
            " name another database by DATABASE_URL, or another folder by INSTANCE"
        ) from None


def erase(database: Database, tenants: list[UUID]) -> None:
    """All rows of these tenants. The wall stops nobody here, so the ids come from our own notes only."""
    with database.all_tenants("the demo is made anew", writing=True) as connection:
        for table in reversed(Base.metadata.sorted_tables):
            key = tenant_key(table)
            if key is not None:
                connection.execute(table.delete().where(table.c[key].in_(tenants)))


def move_sites(database: Database, made: Made, sites_port: int) -> None:
    """The businesses' sites stand at another port than last time."""
    sites = Base.metadata.tables[Site.__tablename__]
    with database.all_tenants("the demo's sites move", writing=True) as connection:
        for tenant, business in zip(made.tenants, BUSINESSES, strict=True):
            mine = sites.c.tenant_id == UUID(hex=tenant)
            before, after = origins_of(business, made.sites_port), origins_of(business, sites_port)
            for old, new in zip(before, after, strict=True) if before != after else ():
                connection.execute(sites.update().where(mine, sites.c.origin == old).values(origin=new))


def end_old_jobs(database: Database, tenants: list[str], now: datetime) -> None:
    """Nobody is told today of what happened long ago; the last days' mails fill the mailbox."""
    jobs = Base.metadata.tables[Job.__tablename__]
    old = jobs.c.due_at < now - MAILS_OF
    with database.all_tenants("the demo's history needs no mails", writing=True) as connection:
        for tenant in tenants:
            mine = jobs.c.tenant_id == UUID(hex=tenant)
            connection.execute(jobs.update().where(mine, old).values(state="done", ended_at=now))


def origins_of(business: Business, sites_port: int) -> list[str]:
    """Both addresses under which the business's own site is reached."""
    return [f"http://{business.slug}.localhost:{sites_port}", f"http://127.0.0.1:{sites_port}"]


def content_digest() -> str:
    """Changes with the modules that describe the content."""
    modules = sorted(Path(demo_content.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()[:16]

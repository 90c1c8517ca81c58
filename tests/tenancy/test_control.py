"""Control: what comes of the same attacks with the compiler's wall taken down.

On SQLite, and on PostgreSQL without row-level security, they must get through, or they would prove nothing. On
PostgreSQL as it is, row-level security must still hold.
"""

import pytest

from bookwidget.tenancy.database import Database
from bookwidget.tenancy.wall import TenantCompiler, TenantPreparer
from tests.tenancy.attack import damage, leaks
from tests.tenancy.reads import READS
from tests.tenancy.victims import plant
from tests.tenancy.writes import WRITES

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

NEVER = {
    "forged parameter",  # the engine's event fills the tenant, wall or no wall
    "compiled elsewhere",  # SQLAlchemy 2.1 executes no compiled object
    "table as a function",  # no such function
    "delete a tenant", "delete tenants",  # the tenant's rows hold it
    *(f"upsert moves{by}, {kind}" for by in ("", " by column") for kind in ("sqlite", "postgresql")),  # nobody stamps
}  # fmt: skip
"""What does not get through without the wall either, and why; it stays, because SQLAlchemy may change."""
ONLY_POSTGRESQL = {
    "cte named like a table", "delete using", "deleting cte", "extract", "lateral", "removes an event in a cte",
    "tablesample", "whole row", "writing cte",
}  # fmt: skip
ONLY_SQLITE = {
    "for update", "for update of", "full join", "insert or replace", "upsert of a slug, sqlite", "upsert, sqlite",
}  # fmt: skip


@pytest.fixture
def no_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in (TenantCompiler, TenantPreparer):
        for method in [name for name, value in vars(part).items() if callable(value) and not name.startswith("_")]:
            monkeypatch.delattr(part, method)


def got_through(arena: Database) -> set[str]:
    """The names of the attacks that showed or changed something of A."""
    database = Database(arena.url)  # anew: statements compiled with the wall are remembered, also by the mappers
    plant(database)
    crossed = {name for name, statement in READS.items() if leaks(database, statement, {})}
    for name, (statement, values) in WRITES.items():
        plant(database)
        if damage(database, statement, values):
            crossed.add(name)
    database.dispose()
    return crossed


def test_on_sqlite_the_attacks_get_through(no_wall: None, sqlite_arena: Database) -> None:
    assert (READS | WRITES).keys() - got_through(sqlite_arena) == NEVER | ONLY_POSTGRESQL


@pytest.mark.postgresql
def test_on_postgresql_without_row_level_security_too(no_wall: None, unsecured_arena: Database) -> None:
    assert (READS | WRITES).keys() - got_through(unsecured_arena) == NEVER | ONLY_SQLITE


@pytest.mark.postgresql
def test_row_level_security_alone_stops_them_all(no_wall: None, postgresql_arena: Database) -> None:
    assert got_through(postgresql_arena) == set()

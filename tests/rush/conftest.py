"""An installation that runs: some processes, on each database."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher

from bookwidget.kernel.clock import utc_now
from bookwidget.tenancy.database import Database
from tests import cluster, factories
from tests.factories import PASSWORD, World
from tests.rush.people import Person
from tests.rush.servers import House, serving

numbers = count()


@dataclass
class Town:
    """A running installation; each test has a business of its own in it."""

    house: House
    database: Database

    def business(self, **tenant: Any) -> World:
        return factories.make_world(self.database, slug=f"yoga-{next(numbers)}", now=utc_now(), **tenant)

    def crowd(self, world: World, size: int) -> list[Person]:
        return [Person(self.house.ports, number, f"/w/{world.slug}/0/") for number in range(size)]


@pytest.fixture(scope="package", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """Started once: a start takes longer than a rush."""
    folder = tmp_path_factory.mktemp("town")
    if request.param == "sqlite":
        shutil.copy(sqlite_template, folder / "test.db")
        yield from town_on(f"sqlite:///{folder / 'test.db'}", folder)
    else:
        server: tuple[Path, psycopg.Connection[Any]] = request.getfixturevalue("postgresql")
        with cluster.copy_of(*server) as url:
            yield from town_on(url, folder)


def town_on(url: str, folder: Path) -> Iterator[Town]:
    database, cheap = Database(url), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch, serving(url, folder) as house:
        patch.setattr(factories, "PASSWORD_HASH", cheap.hash(PASSWORD))
        yield Town(house, database)
    database.dispose()

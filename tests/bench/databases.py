"""The databases of a run. They are kept for a month, because a million bookings take minutes to make."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from bookwidget.migrations import migrate
from bookwidget.tenancy.database import Database
from tests import cluster
from tests.bench import data


@dataclass(frozen=True)
class Prepared:
    """A database with so many bookings, and the cookies of people who are signed in to it."""

    kind: str
    bookings: int
    url: str
    keys: list[str]

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.bookings:,} bookings"


def folder_of_month(root: Path) -> Path:
    """Where they are kept; what older months left is removed, because its bookings begin to lie in the past."""
    month = f"{datetime.now(UTC):%Y-%m}"
    root.mkdir(parents=True, exist_ok=True)
    for old in root.iterdir():
        if old.is_dir() and old.name != month:
            shutil.rmtree(old)
    (root / month).mkdir(exist_ok=True)
    return root / month


def prepared(kind: str, url: str, bookings: int) -> Prepared:
    now = datetime.now(UTC)
    migrate(url)
    database = Database(url)
    try:
        if not data.is_there(database):
            data.seed(database, bookings, now)
        return Prepared(kind, bookings, url, data.sign_in(database, bookings, now))
    finally:
        database.dispose()


def in_sqlite(folder: Path, bookings: int) -> Prepared:
    return prepared("SQLite", f"sqlite:///{folder / f'bookings-{bookings}.db'}", bookings)


@contextmanager
def postgresql(folder: Path) -> Iterator[Path]:
    """A server of our own. `cluster.NoServer` if there is none to be had."""
    home = folder / "postgresql"
    home.mkdir(exist_ok=True)
    if (home / "data" / "PG_VERSION").exists():
        cluster.run(home)
    else:
        cluster.make(home)
    try:
        yield home
    finally:
        pid_file = home / "data" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
        cluster.wait_until(lambda: not pid_file.exists(), "PostgreSQL did not stop")


def in_postgresql(home: Path, bookings: int) -> Prepared:
    name = f"bookings_{bookings}"
    with cluster.admin(home) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            identifiers = map(sql.Identifier, (name, cluster.TEMPLATE, cluster.OWNER))
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*identifiers))
    made = prepared("PostgreSQL", cluster.url_of(home, name), bookings)
    with psycopg.connect(host=str(home), dbname=name, user="postgres", autocommit=True) as admin:
        admin.execute("ANALYZE")  # the server of the tests does not do it by itself
    return made

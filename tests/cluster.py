"""A PostgreSQL server of the test run's own: made by the first test that needs it, gone at the end.

One server serves all workers of pytest-xdist: the main process names its folder, the first worker to come
starts it under a lock, the main process stops it.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from bookwidget.migrations import migrate

FOLDER = "TEST_CLUSTER"
OWNER = "bookwidget_owner"
"""Owns the databases and, like a sensible installation's, is no superuser."""
TEMPLATE = "migrated"
SPEED = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
    "max_wal_senders": "0", "autovacuum": "off", "shared_buffers": "32MB", "max_connections": "200",
}  # fmt: skip


TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""
GROWN = f"SELECT * FROM ({TABLES}) AS t (name) WHERE pg_relation_size(name::regclass) > 262144"
"""Tables whose dead rows would slow later tests down."""
SCHEMA = """
SELECT (SELECT hashtext(string_agg(oid || ':' || xmin, ',' ORDER BY oid)) FROM pg_class WHERE oid >= 16384),
       (SELECT hashtext(string_agg(oid || ':' || xmin, ',' ORDER BY oid)) FROM pg_policy),
       (SELECT hashtext(string_agg(oid || ':' || xmin, ',' ORDER BY oid)) FROM pg_constraint WHERE oid >= 16384),
       (SELECT hashtext(string_agg(oid || ':' || xmin, ',' ORDER BY oid)) FROM pg_trigger)
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class NoServer(Exception):
    """Why there is no PostgreSQL here, in plain words."""


def name_folder() -> None:
    """In the main process, before there are workers; they inherit the environment."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="bw-pg-")


def remove() -> None:
    """Stops the server, if a test has started it, and takes its folder away. In the main process, at the end."""
    folder = Path(os.environ.pop(FOLDER))
    pid_file = folder / "data" / "postmaster.pid"
    if pid_file.exists():
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)  # "fast": ends the connections
        wait_until(lambda: not pid_file.exists(), "PostgreSQL did not stop")
    shutil.rmtree(folder, ignore_errors=True)  # the last processes may still take files away


def start() -> Path:
    """The folder of the running server's socket. `NoServer` if there is none to be had."""
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            make(folder)
            (folder / "ready").touch()
    return folder


def make(folder: Path) -> None:
    """An empty server in this folder, running, with the template of all databases."""
    initdb = [
        str(newest_binaries() / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    ]
    done = subprocess.run(initdb, capture_output=True, text=True, check=False, **as_user(folder))
    if done.returncode:
        raise NoServer(f"initdb failed: {done.stderr.strip()}")
    run(folder)
    with admin(folder) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB").format(sql.Identifier(OWNER)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (TEMPLATE, OWNER))))
    migrate(url_of(folder, TEMPLATE))


def run(folder: Path) -> None:
    """Starts the server that was made in this folder."""
    settings = [part for name, value in SPEED.items() for part in ("-c", f"{name}={value}")]
    binary = str(newest_binaries() / "postgres")
    command = [binary, "-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses=", *settings]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **as_user(folder))
    server.returncode = 0  # the main process stops it, by its pid file; nobody waits for this handle
    wait_until(lambda: answers(folder), "PostgreSQL did not start")


def as_user(folder: Path) -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    try:
        shutil.chown(folder, "postgres", "postgres")
    except LookupError:
        raise NoServer("PostgreSQL does not run as root, and there is no user postgres") from None
    return {"cwd": folder, "user": "postgres", "group": "postgres", "extra_groups": []}


def newest_binaries() -> Path:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise NoServer("PostgreSQL is not installed: there is no initdb")
    return max(found, key=lambda path: float(path.parent.name)) if found else Path(str(on_path)).parent


def answers(folder: Path) -> bool:
    try:
        with admin(folder):
            return True
    except psycopg.OperationalError:
        return False


def wait_until(condition: Any, complaint: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise NoServer(complaint)
        time.sleep(0.02)


def admin(folder: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(host=str(folder), dbname="postgres", user="postgres", autocommit=True)


def url_of(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://{OWNER}@/{name}?host={folder}"


@contextmanager
def copy_of(folder: Path, connection: psycopg.Connection[Any], template: str = TEMPLATE) -> Iterator[str]:
    """A database for one test, with all tables unless another template is named; its URL."""
    name = f"t{uuid4().hex}"
    identifiers = map(sql.Identifier, (name, template, OWNER))
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*identifiers))
    try:
        yield url_of(folder, name)
    finally:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Reused:
    """One database for all tests of a worker: far faster than a copy for each. Emptied between them, and thrown away
    where a test has changed more than rows.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._copy: ExitStack | None = None
        self._url = ""
        self._tables: list[str] = []
        self._schema: object = None

    def empty(self) -> str:
        """The URL of a database without rows. Ends whatever connections a test has left."""
        if self._copy is None:
            self._make()
        else:
            self._clean()
        return self._url

    def drop(self) -> None:
        if self._copy is not None:
            self._copy.close()
        self._copy = None

    def _make(self) -> None:
        self._copy = ExitStack()
        server = self._copy.enter_context(admin(self.folder))
        self._url = self._copy.enter_context(copy_of(self.folder, server))
        with self._inside() as connection:
            self._tables = [name for (name,) in connection.execute(TABLES)]
            self._schema = connection.execute(SCHEMA).fetchone()

    def _clean(self) -> None:
        with self._inside() as connection:
            connection.execute(END_OTHERS)
            if connection.execute(SCHEMA).fetchone() == self._schema:
                grown = {name for (name,) in connection.execute(GROWN)}
                emptied = [
                    f"TRUNCATE {name} CASCADE" if name in grown else f"DELETE FROM {name}" for name in self._tables
                ]
                # as a replica does: no foreign key asks for an order
                rows = sql.SQL("SET session_replication_role = replica; " + "; ".join(emptied))
                connection.execute(rows)
                self._schema = connection.execute(SCHEMA).fetchone()
                return
        self.drop()
        self._make()

    def _inside(self) -> psycopg.Connection[Any]:
        name = urlsplit(self._url).path[1:]
        return psycopg.connect(host=str(self.folder), dbname=name, user="postgres", autocommit=True)


def skip_without_server() -> Path:
    try:
        return start()
    except NoServer as reason:
        pytest.skip(str(reason))

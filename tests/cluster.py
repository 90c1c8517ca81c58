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
from contextlib import contextmanager
from pathlib import Path
from typing import Any
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


def skip_without_server() -> Path:
    try:
        return start()
    except NoServer as reason:
        pytest.skip(str(reason))

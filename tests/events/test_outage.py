"""The database goes away under the worker, and comes back."""

import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bookwidget.events.jobs import Services
from bookwidget.events.worker import Pace, Worker
from bookwidget.tenancy.database import Database
from tests.events.work import HandClock, ask, handler, jobs_of
from tests.factories import World, make_world
from tests.fixtures import NOW

KIND = "test.work"
Server = tuple[Path, psycopg.Connection[Any]]


def cut_all_connections(server: Server, url: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    server[1].execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def wait_for_the_end_of_all_jobs(world: World, clock: HandClock) -> bool:
    end = time.monotonic() + 20
    while any(job.state != "done" for job in jobs_of(world, KIND)) and time.monotonic() < end:
        clock.turn(30)  # leases and back-offs end
        time.sleep(0.05)
    return all(job.state == "done" for job in jobs_of(world, KIND))


@pytest.mark.postgresql
def test_the_worker_survives_the_loss_of_its_connections(postgresql: Server, postgresql_url: str) -> None:
    lost, clock, stop = Database(postgresql_url), HandClock(NOW), threading.Event()
    thread = threading.Thread(
        target=Worker(lost, Services(), clock, pace=Pace(idle=0.02)).run, args=(stop,), daemon=True
    )
    with handler(KIND, lambda context, payload: None, attempts=30):
        thread.start()
        for number in range(3):
            cut_all_connections(postgresql, postgresql_url)
            fresh = Database(postgresql_url)
            world = make_world(fresh, slug=f"yoga-{number}", now=NOW)
            ask(world, KIND)
            assert wait_for_the_end_of_all_jobs(world, clock)
            fresh.dispose()
        stop.set()
        thread.join()
    lost.dispose()

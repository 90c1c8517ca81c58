"""The last places of a class, over HTTP: clients in processes of their own, each a queue of guests who want one.

A guest has the page of dates open, presses the one date (which keeps a place), gives a name and an address, reads it
all once more and confirms: the forms that people fill in. Run as a program it is one client.
"""

import json
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from bookwidget.bookings.models import Booking
from bookwidget.catalog.models import Service
from bookwidget.kernel.ids import uuid7
from bookwidget.schedule.models import Occurrence
from bookwidget.schedule.rules import OccurrenceKey
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import writing
from tests.bench import data
from tests.bench.databases import Prepared
from tests.bench.report import Measured
from tests.bench.servers import running
from tests.ports import free_port
from tests.rush.people import Fields, Gone, Person

CLIENTS, GUESTS, PLACES = 8, 6, 20
"""Processes, guests of each, and what there is for all of them."""
MOST_MILLISECONDS = {"PostgreSQL": 500, "SQLite": 2000}
"""In which 99 of 100 requests are answered."""
EXPECTED = {200, 303, 422}
PATIENCE = 300
"""Seconds after which a client counts as stuck."""


@dataclass(frozen=True)
class Class:
    """What everybody wants."""

    service_id: UUID
    occurrence_id: UUID


def race(database: Prepared, folder: Path) -> list[Measured]:
    """One race at `bookwidget serve`; how it ended, and how long answers took."""
    wanted, other, port = make_class(database), make_class(database), free_port()
    environment = {"DATABASE_URL": database.url, "INSTANCE": str(folder), "PORT": str(port)}
    command = [sys.executable, "-m", "bookwidget.ops", "serve"]
    with running(command, port, environment, "/healthz"):
        list(told_by(*guest_with_form(port, CLIENTS * GUESTS, other)))  # a process that has served each page once
        answers = [answer for told in told_by_clients(port, wanted) for answer in told]
    seconds = sorted(took for status, took in answers if status in EXPECTED)
    lost = Counter(status for status, _took in answers if status not in EXPECTED)
    sold, taken = outcome(database, wanted)
    name = f"last places, {CLIENTS} clients, {database.kind}"
    p99 = seconds[int(len(seconds) * 0.99)] * 1000 if seconds else float("inf")
    return [
        Measured(f"{name}: sold of {PLACES}", max(sold, taken), "", PLACES),
        Measured(f"{name}: of {len(answers)} requests not answered", lost.total(), "", 0),
        Measured(f"{name}: median", round(statistics.median(seconds) * 1000) if seconds else 0, "ms"),
        Measured(f"{name}: p99", round(p99, 1), "ms", MOST_MILLISECONDS[database.kind]),
    ]


def make_class(database: Prepared) -> Class:
    """A service of its own for each race, so that pages show nothing of older ones."""
    wanted, starts_at = Class(uuid7(), uuid7()), datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    ends_at = starts_at + timedelta(minutes=75)
    held = Database(database.url)
    try:
        with held.session(data.TENANT) as session, writing(session):
            session.add(
                Service(
                    id=wanted.service_id, name="Last places", kind="class", minutes=75, capacity=PLACES, price=0
                )
            )  # fmt: skip
            session.add(
                Occurrence(
                    id=wanted.occurrence_id, service_id=wanted.service_id, starts_at=starts_at, ends_at=ends_at,
                    busy_from=starts_at, busy_to=ends_at, capacity=PLACES,
                )
            )  # fmt: skip
    finally:
        held.dispose()
    return wanted


def outcome(database: Prepared, wanted: Class) -> tuple[int, int]:
    """The bookings there are now, and the places that count as taken."""
    held = Database(database.url)
    try:
        with held.session(data.TENANT) as session:
            bookings = select(func.count()).select_from(Booking).where(Booking.occurrence_id == wanted.occurrence_id)
            seats = select(Occurrence.seats_taken).where(Occurrence.id == wanted.occurrence_id)
            return session.rows(bookings).scalar_one(), session.rows(seats).scalar_one()
    finally:
        held.dispose()


def told_by_clients(port: int, wanted: Class) -> list[list[tuple[int, float]]]:
    """Status and seconds of each request; 0 is one that was never answered. All begin together."""
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", __name__, str(port), wanted.service_id.hex, wanted.occurrence_id.hex,
             str(number * GUESTS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(CLIENTS)
    ]  # fmt: skip
    try:
        for client in clients:
            assert client.stdout is not None
            assert client.stdout.readline() == "ready\n"
        for client in clients:
            assert client.stdin is not None
            client.stdin.write("go\n")
            client.stdin.flush()
        return [json.loads(client.communicate(timeout=PATIENCE)[0]) for client in clients]
    finally:
        for client in clients:
            client.kill()
            client.wait()


def guest_with_form(port: int, number: int, wanted: Class) -> tuple[Person, str, Fields]:
    """Somebody who has the page with the dates open, and has chosen the only one."""
    guest, page = Person([port], number, f"/w/{data.SLUG}/0/"), f"book/{wanted.service_id.hex}"
    return guest, page, {**guest.form(page), "slot": str(OccurrenceKey(wanted.occurrence_id))}


def told_by(guest: Person, page: str, form: Fields) -> Iterator[tuple[int, float]]:
    """As far as the guest gets: the one whose place is gone is told so, and stops."""
    try:
        kept = guest.ask(page, form)
        yield kept.status, kept.seconds
        if kept.status != 303:
            return
        details = guest.ask(kept.location)
        yield details.status, details.seconds
        name = f"guest{guest.number}"
        review = guest.press(details, "review", given_name=name, family_name="Adams", email=f"{name}@race.example")
        yield review.status, review.seconds
        done = guest.press(review, "confirm")
        yield done.status, done.seconds
    except Gone:
        yield 0, 0.0


def main() -> None:
    """All guests have the page with the dates open before anybody presses."""
    port, service, occurrence, first = sys.argv[1:]
    wanted = Class(UUID(service), UUID(occurrence))
    queue = [guest_with_form(int(port), int(first) + number, wanted) for number in range(GUESTS)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    json.dump([told for guest in queue for told in told_by(*guest)], sys.stdout)


if __name__ == "__main__":
    main()

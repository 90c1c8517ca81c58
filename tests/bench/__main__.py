"""`python -m tests.bench`: measures, shows a table and writes instance/bench.json."""

import argparse
import logging
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bookwidget.logs import configure_logging
from tests.bench.databases import Prepared, folder_of_month, in_postgresql, in_sqlite, postgresql
from tests.bench.load import request, visit
from tests.bench.pages import BOOKINGS, PAGES, Page, statements, weights
from tests.bench.race import race
from tests.bench.report import Measured, Results, Visited, show
from tests.bench.servers import Server, granian, gunicorn, running
from tests.cluster import NoServer
from tests.ports import free_port

INSTANCE = Path("instance")
FEW, MANY = 1_000, 1_000_000
TARGETS = {
    ("bookings", "SQLite"): 0.10,
    ("bookings", "PostgreSQL"): 0.06,
    ("login", "SQLite"): 0.14,
    ("profile", "SQLite"): 0.14,
}
"""Ratios of CPU to a bare page, without compression, with few bookings."""
MOST_BYTES = {"embed.js": 4096, "/static/frame.js": 4096}
MOST_FIRST_VIEW, MOST_REPEAT_VIEW = 20_000, 5_000
MOST_START, MOST_MEMORY = 1.5, 90
MOST_MORE_CPU = 10
"""Per cent, of a million bookings against a thousand."""
PEER, LEAST_TIMES_PEER = 0.0081, 15
"""Ratio of CPU of pretix 2026.8.0's order list: a customer with 20 orders, gunicorn, PostgreSQL and Redis. It is not
measured here; docs/performance.md says how it was: 0.60 to 0.63 % for orders at twenty events, 0.76 to 0.81 % at one.
How many times as much ours is to reach.
"""
BARE, LIKE_PEER = "bare Flask, 8 kB", "bookings, gunicorn"
STARTS = 3
WIDTH = 120
"""Columns of the tables where they go into a file."""


@dataclass(frozen=True)
class Stop:
    """One place that every round comes by."""

    page: str
    where: str
    server: Server
    requests: list[bytes]
    target: float | None = None
    ceiling: "Stop | None" = None
    """The bare page that its cost is compared with; None: the first of all."""


def main() -> None:
    options = parsed()
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    configure_logging(level=logging.ERROR)
    folder = folder_of_month(INSTANCE.resolve() / "bench")
    left_out: list[str] = []
    with ExitStack() as stack:
        console.print("preparing databases")
        sizes = (FEW, MANY) if options.full else (FEW,)
        databases = [in_sqlite(folder, size) for size in sizes]
        try:
            home = stack.enter_context(postgresql(folder))
            databases += [in_postgresql(home, size) for size in sizes]
        except NoServer as reason:
            left_out.append(str(reason))
        stops = make_stops(stack, databases, folder)
        visits = visit_all(stops, options.rounds, options.seconds, console)
        console.print("last places")
        races = [number for one in databases if one.bookings == FEW for number in race(one, folder)]
    numbers = [*growth(visits), *beside_peer(visits), *races, *counted(databases, folder)]
    numbers += [*weighed(databases[0], folder), *service(databases[0], folder)]
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    results = Results(made_at, options.rounds, options.seconds, visits, numbers, left_out)
    results.save(INSTANCE / "bench.json")
    show(results, console)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="CPU of pages as ratios to a bare Flask page.")
    parser.add_argument("--full", action="store_true", help="also with a million bookings; minutes more the first time")
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is visited (%(default)s)")
    parser.add_argument("--seconds", type=float, default=0.7, help="how long each visit lasts (%(default)s)")
    return parser.parse_args()


def make_stops(stack: ExitStack, databases: Iterable[Prepared], folder: Path) -> list[Stop]:
    """All servers up at once; the bare page comes first."""
    port = free_port()
    bare = stack.enter_context(running(granian("tests.bench.bare:app", port), port, {}))
    stops = [Stop(BARE, "", bare, [request("/")])]
    for database in databases:
        port = free_port()
        environment = {"DATABASE_URL": database.url, "INSTANCE": str(folder)}
        server = stack.enter_context(running(granian("bookwidget:create_app", port), port, environment, "/healthz"))
        for page in PAGES if database.bookings == FEW else (BOOKINGS,):
            requests = page.requests(database.keys)
            target = TARGETS.get((page.name, database.kind)) if database.bookings == FEW else None
            stops.append(Stop(page.name, database.name, server, requests, target))
        if database.bookings == FEW:
            stops += [packed(page, database, server) for page in PAGES]
            stops += beside_peers_server(stack, database, folder) if database.kind == "PostgreSQL" else []
    # The two sizes stand side by side, because they are compared.
    return [*stops[:1], *sorted(stops[1:], key=lambda stop: stop.page)]


def beside_peers_server(stack: ExitStack, database: Prepared, folder: Path) -> list[Stop]:
    """The list and a bare page under the server that the peer was measured under, for they cost otherwise there."""
    port = free_port()
    bare = stack.enter_context(running(gunicorn("tests.bench.bare:app", port), port, {}))
    ceiling = Stop(f"{BARE}, gunicorn", "", bare, [request("/")])
    port = free_port()
    environment = {"DATABASE_URL": database.url, "INSTANCE": str(folder)}
    command = gunicorn("bookwidget:create_app()", port)
    server = stack.enter_context(running(command, port, environment, "/healthz"))
    return [ceiling, Stop(LIKE_PEER, database.name, server, BOOKINGS.requests(database.keys), ceiling=ceiling)]


def packed(page: Page, database: Prepared, server: Server) -> Stop:
    return Stop(f"{page.name}, gzip", database.name, server, page.requests(database.keys, packed=True))


def visit_all(stops: list[Stop], rounds: int, seconds: float, console: Console) -> list[Visited]:
    costs: dict[int, list[float]] = defaultdict(list)
    rates: dict[int, list[float]] = defaultdict(list)
    for stop in stops:  # what is made once, is made before
        visit(stop.server.port, stop.requests, seconds / 2)
    with Progress(console=console, transient=True) as progress:
        for round_number in progress.track(range(rounds), description="rounds"):
            for number, stop in list(enumerate(stops))[:: -1 if round_number % 2 else 1]:  # there and back
                before = stop.server.cpu_seconds()
                answered = visit(stop.server.port, stop.requests, seconds)
                costs[number].append((stop.server.cpu_seconds() - before) / answered * 1e6)
                rates[number].append(answered / seconds)
    return [
        Visited(
            stop.page,
            stop.where,
            statistics.median(costs[number]),
            statistics.median(
                base / own for base, own in zip(ceiling_of(stop, stops, costs), costs[number], strict=True)
            ),
            statistics.median(rates[number]),
            stop.target,
            costs[number],
        )
        for number, stop in enumerate(stops)
    ]


def ceiling_of(stop: Stop, stops: list[Stop], costs: dict[int, list[float]]) -> list[float]:
    """What the bare page of the same server cost in each round."""
    if stop.page.startswith(BARE):
        return costs[stops.index(stop)]
    return costs[stops.index(stop.ceiling) if stop.ceiling else 0]


def growth(visits: list[Visited]) -> list[Measured]:
    """How much more the list costs among a million bookings; compared round by round, as machines have moods."""
    costs = {(one.page, one.where): one.by_round for one in visits}
    found = []
    for kind in ("SQLite", "PostgreSQL"):
        few, many = (costs.get(("bookings", f"{kind}, {size:,} bookings")) for size in (FEW, MANY))
        if few and many:
            more = round((statistics.median(b / a for a, b in zip(few, many, strict=True)) - 1) * 100, 1)
            found.append(Measured(f"CPU of bookings, 1,000,000 over 1,000, {kind}", more, "%", MOST_MORE_CPU))
    return found


def beside_peer(visits: list[Visited]) -> list[Measured]:
    """Our list under the peer's kind of server beside its ratio; each to the bare page of its own run."""
    name = f"{LIKE_PEER}, PostgreSQL, beside pretix's {PEER:.2%}"
    ours = [one.ratio for one in visits if one.page == LIKE_PEER]
    return [Measured(name, round(ratio / PEER, 1), "times", least=LEAST_TIMES_PEER) for ratio in ours]


def counted(databases: list[Prepared], folder: Path) -> list[Measured]:
    return [Measured(f"statements, {page}", count, "") for page, count in statements(databases[0], folder).items()]


def weighed(database: Prepared, folder: Path) -> list[Measured]:
    def most(name: str) -> int | None:
        if name.endswith("view"):
            return MOST_FIRST_VIEW if name.endswith("first view") else MOST_REPEAT_VIEW
        return MOST_BYTES.get(name)

    return [Measured(f"gzip, {name}", size, "B", most(name)) for name, size in weights(database, folder).items()]


def service(database: Prepared, folder: Path) -> list[Measured]:
    """`bookwidget serve`: how long until it answers, and its memory after a thousand pages."""
    starts, memory = [], 0.0
    for _start in range(STARTS):
        port = free_port()
        environment = {"DATABASE_URL": database.url, "INSTANCE": str(folder), "PORT": str(port)}
        with running([sys.executable, "-m", "bookwidget.ops", "serve"], port, environment, "/healthz") as server:
            starts.append(server.started_after)
            if len(starts) == STARTS:
                for page in PAGES:
                    visit(port, page.requests(database.keys), 2)
                memory = server.megabytes()
    return [
        Measured("start to first answer", round(statistics.median(starts), 2), "s", MOST_START),
        Measured("memory of the service, warm (PSS)", round(memory), "MB", MOST_MEMORY),
    ]


if __name__ == "__main__":
    main()

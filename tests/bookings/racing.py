"""Many calls of actions at once, in real processes with threads, as several web processes would have them.

A process reads its part, says that it is ready, begins when told, and answers with the outcomes.
"""

import pickle
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import repeat
from threading import Timer
from typing import IO, Any
from uuid import UUID

from bookwidget.bookings import actions, importing
from bookwidget.events.jobs import Services
from bookwidget.events.worker import Worker
from bookwidget.kernel.actors import customer, member
from bookwidget.kernel.errors import DomainError
from bookwidget.tenancy.actions import facts_of
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.scope import Scope

Call = tuple[str, UUID, tuple[object, ...], dict[str, object]]
"""An action's name, who acts, and what it is given."""
OF_STAFF = ("offer_now", "remove_waiting")
"""Actions of members; all others are customers'."""
WORK = "a worker's turn"
"""In place of an action's name: what is due is done."""
WORKS_WITH = (importing,)
"""Importing it registers what the worker can do; `actions` has the rest."""
SECONDS = 60
"""After which a process counts as stuck."""


@dataclass(frozen=True)
class Part:
    """What one process does."""

    url: str
    tenant_id: UUID
    now: datetime
    calls: list[Call]
    threads: int


def outcome(database: Database, part: Part, call: Call) -> str:
    """`done`, or the name of the domain's error; any other error ends the process."""
    name, who, values, named = call
    if name == WORK:
        Worker(database, Services(), lambda: part.now).run_once()
        return "worked"
    with database.session(part.tenant_id) as session:
        actor = member(who) if name in OF_STAFF else customer(who)
        scope = Scope(session, facts_of(session), actor, part.now)
        try:
            getattr(actions, name)(scope, *values, **named)
        except DomainError as error:
            return type(error).__name__
    return "done"


def main() -> None:
    """One process: part after part until nobody speaks to it any more."""
    while True:
        try:
            part: Part = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        database = Database(part.url)
        with database.session(part.tenant_id) as session:
            facts_of(session)  # connects before the start
        tell(sys.stdout.buffer, "ready")
        pickle.load(sys.stdin.buffer)
        with ThreadPoolExecutor(part.threads) as pool:
            outcomes = Counter(pool.map(outcome, repeat(database), repeat(part), part.calls))
        database.dispose()
        tell(sys.stdout.buffer, outcomes)


def tell(pipe: IO[bytes] | None, thing: Any) -> None:
    assert pipe is not None
    pickle.dump(thing, pipe)
    pipe.flush()


def hear(pipe: IO[bytes] | None) -> Any:
    """Fails with EOFError if the process has died."""
    assert pipe is not None
    return pickle.load(pipe)


class Runners:
    """Some processes that wait for their parts."""

    def __init__(self, processes: int = 3) -> None:
        command = [sys.executable, "-c", "from tests.bookings.racing import main; main()"]
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(processes)
        ]

    def race(self, part: Part) -> Counter[str]:
        """The outcomes of all calls, dealt out to the processes, which begin together."""
        stuck = Timer(SECONDS, self.end)
        stuck.start()
        try:
            for n, process in enumerate(self.processes):
                tell(process.stdin, replace(part, calls=part.calls[n :: len(self.processes)]))
            assert [hear(process.stdout) for process in self.processes] == ["ready"] * len(self.processes)
            for process in self.processes:
                tell(process.stdin, "go")
            return sum((hear(process.stdout) for process in self.processes), Counter())
        finally:
            stuck.cancel()

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

"""The worker: claims jobs of all tenants, does them one after another, and survives what they do."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bookwidget.events import store
from bookwidget.events.housekeeping import keep_house
from bookwidget.events.jobs import HANDLERS, GiveUp, JobContext, LeaseLost, Services, TryLater, back_off
from bookwidget.kernel.clock import Clock, utc_now
from bookwidget.logs import log
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import writing


@dataclass(frozen=True)
class Pace:
    """How a worker works; times in seconds."""

    batch: int = 10
    lease: float = 60
    """What a killed worker held is done by another after so long. A living one renews it in time."""
    idle: float = 0.5
    housekeeping: float = 900


class Worker:
    """One thread of work. Any number of workers, in any number of processes, may run on one database."""

    def __init__(
        self, database: Database, services: Services, clock: Clock = utc_now, *, pace: Pace | None = None
    ) -> None:
        self.database, self.services, self.clock = database, services, clock
        self.pace = pace or Pace()
        self._next_housekeeping: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set: ends the job in hand and gives the rest of its batch back."""
        log.info("worker_started", kinds=sorted(HANDLERS))
        while not stop.is_set():
            try:
                self._keep_house()
                worked = self.run_once(stop)
            except Exception as error:  # the database is away (drivers raise their own): wait for it, do not die
                log.error("worker_interrupted", error=where(error))
                stop.wait(self.pace.idle * 10)
                continue
            if not worked:
                stop.wait(self.pace.idle)
        log.info("worker_stopped")

    def run_once(self, stop: threading.Event | None = None) -> int:
        """Claims one batch and does it. The number of jobs tried; 0 when nothing was due."""
        claims = self._claim()
        if not claims:
            return 0
        worked = 0
        with self._heartbeat(claims):
            while claims and not (stop is not None and stop.is_set()):
                self._work(claims[0])
                del claims[0]
                worked += 1
        if claims:
            with self.database.all_tenants("worker gives jobs back", writing=True) as connection:
                store.release(connection, claims, self.clock())
        return worked

    def _claim(self) -> list[store.Claim]:
        """The claim commits before the work starts: whatever happens then, the job comes back by itself."""
        kinds, now = list(HANDLERS), self.clock()
        with self.database.all_tenants("worker looks for jobs") as connection:
            if not store.any_due(connection, kinds, now):
                return []
        with self.database.all_tenants("worker claims jobs", writing=True) as connection:
            return store.claim(connection, kinds, self.pace.batch, now, self._lease_end())

    def _lease_end(self) -> datetime:
        return self.clock() + timedelta(seconds=self.pace.lease)

    @contextmanager
    def _heartbeat(self, claims: list[store.Claim]) -> Iterator[None]:
        """Renews the lease of what is left of the batch, while a job takes long."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(self.pace.lease / 3):
                try:
                    with self.database.all_tenants("worker renews its lease", writing=True) as connection:
                        store.renew(connection, list(claims), self._lease_end())
                except Exception as error:  # the next beat may still be in time
                    log.warning("lease_not_renewed", error=where(error))

        thread = threading.Thread(target=beat, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _work(self, claim: store.Claim) -> None:
        """One attempt. An exception of the handler's goes no further, unless its end cannot be written down."""
        kind, started = HANDLERS[claim.kind], time.monotonic()
        job = {"job_id": str(claim.id), "tenant_id": str(claim.tenant_id), "kind": claim.kind, "attempt": claim.attempt}
        context = JobContext(self.database, claim, self.services, self.clock)
        try:
            if claim.attempt > kind.attempts:  # each attempt killed its worker before it could say so
                raise GiveUp("no attempt came to its end")
            kind.handler(context, claim.payload)
            if not context.is_finished:
                context.finish_alone()
            log.info("job_done", **job, seconds=round(time.monotonic() - started, 3))
        except LeaseLost:
            log.warning("job_lease_lost", **job)
        except GiveUp as failure:
            self._bury(claim, failure.reason)
        except Exception as error:
            reason = error.reason if isinstance(error, TryLater) else where(error)
            if claim.attempt >= kind.attempts:
                self._bury(claim, reason)
            else:
                self._postpone(claim, reason)

    def _bury(self, claim: store.Claim, reason: str) -> None:
        with self.database.session(claim.tenant_id) as session, writing(session):
            store.end(session, claim, "dead", self.clock(), reason)
        log.error("job_dead", job_id=str(claim.id), tenant_id=str(claim.tenant_id), kind=claim.kind, reason=reason)

    def _postpone(self, claim: store.Claim, reason: str) -> None:
        until = self.clock() + back_off(claim.attempt, random.random())  # noqa: S311 - spreads load, guards nothing
        with self.database.session(claim.tenant_id) as session, writing(session):
            store.postpone(session, claim, until, reason)
        log.warning("job_postponed", job_id=str(claim.id), kind=claim.kind, until=until.isoformat(), reason=reason)

    def _keep_house(self) -> None:
        now = self.clock()
        if self._next_housekeeping is None or now >= self._next_housekeeping:
            self._next_housekeeping = now + timedelta(seconds=self.pace.housekeeping)
            keep_house(self.database, now)


def where(error: BaseException) -> str:
    """Class and place of an error. Its message stays out: it may quote what a person typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return type(error).__name__ + place


def stopped_by_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set. Call it in the main thread, before any other thread is started.

    A thread waits for the signals, because `Event.set` in a signal handler can deadlock with `Event.wait`.
    """
    stop = threading.Event()
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def wait() -> None:
        signal.sigwait(signals)
        stop.set()

    threading.Thread(target=wait, name="signals", daemon=True).start()
    return stop

"""The claim, the lease, the back-off, the end."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bookwidget.events import store
from bookwidget.events.housekeeping import keep_house
from bookwidget.events.jobs import GiveUp, JobContext, LeaseLost, Services, TryLater, back_off, handles
from bookwidget.events.models import Event, Job
from bookwidget.events.record import record
from bookwidget.events.worker import Pace, Worker, where
from bookwidget.kernel.clock import utc_now
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import TenantSession, writing
from tests.events.work import HandClock, ask, handler, job, jobs_of, worker
from tests.factories import World
from tests.fixtures import NOW

KIND = "test.work"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


def claimed(database: Database, clock: HandClock, batch: int = 10, lease: float = 60) -> list[store.Claim]:
    with database.all_tenants("test", writing=True) as connection:
        return store.claim(connection, [KIND], batch, clock(), clock() + timedelta(seconds=lease))


def test_a_job_is_done_once(yoga: World, clock: HandClock) -> None:
    seen = []
    with handler(KIND, lambda context, payload: seen.append((context.tenant_id, payload["what"]))):
        ask(yoga, KIND, what="tea")
        assert [worker(yoga.database, clock).run_once() for _ in range(2)] == [1, 0]
    done = job(yoga, KIND)
    assert seen == [(yoga.tenant_id, "tea")]
    assert (done.state, done.attempts, done.lease, done.ended_at, done.last_error) == ("done", 1, None, NOW, "")


def test_a_job_of_the_future_and_one_of_an_unknown_kind_wait(yoga: World, clock: HandClock) -> None:
    with handler(KIND, lambda context, payload: None):
        ask(yoga, "test.of_a_newer_version")
        ask(yoga, KIND)
        clock.turn(-1)
        assert worker(yoga.database, clock).run_once() == 0
        clock.turn(1)
        assert worker(yoga.database, clock).run_once() == 1
    assert job(yoga, "test.of_a_newer_version").attempts == 0


def test_the_claim_commits_before_the_work_starts(yoga: World, clock: HandClock) -> None:
    found = []

    def look(context: JobContext, payload: object) -> None:
        found.append(job(yoga, KIND))

    with handler(KIND, look):
        ask(yoga, KIND)
        worker(yoga.database, clock, lease=30).run_once()
    assert found[0].lease is not None
    assert (found[0].attempts, found[0].due_at) == (1, NOW + timedelta(seconds=30))


def test_two_claims_never_share_a_job(yoga: World, other: World, clock: HandClock) -> None:
    for number in range(7):
        ask(yoga if number % 2 else other, KIND, str(number))
    first, second = claimed(yoga.database, clock, 4), claimed(yoga.database, clock, 4)
    assert (len(first), len(second)) == (4, 3)
    assert not {claim.id for claim in first} & {claim.id for claim in second}
    assert claimed(yoga.database, clock) == []


def test_an_expired_lease_is_redelivered_and_the_late_holder_cannot_end_it(yoga: World, clock: HandClock) -> None:
    ask(yoga, KIND)
    [late] = claimed(yoga.database, clock)
    clock.turn(61)
    [holder] = claimed(yoga.database, clock)
    assert (holder.id, holder.attempt) == (late.id, 2)
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        assert not store.end(session, late, "done", clock())
        assert not store.postpone(session, late, clock(), "")
        assert store.end(session, holder, "done", clock())
        assert not store.end(session, holder, "done", clock())


def test_what_the_late_holder_wrote_is_rolled_back(yoga: World, clock: HandClock) -> None:
    def slow(context: JobContext, payload: object) -> None:
        clock.turn(61)
        claimed(yoga.database, clock)
        with context.scope() as scope, writing(scope.session):
            scope.session.add(Job(kind="test.effect", key="1", due_at=NOW, created_at=NOW))
            context.finish(scope.session)

    with handler(KIND, slow):
        ask(yoga, KIND)
        worker(yoga.database, clock).run_once()
    assert jobs_of(yoga, "test.effect") == []
    assert job(yoga, KIND).state == "waiting"


def test_a_failure_is_tried_again_later_and_dies_after_the_last_attempt(yoga: World, clock: HandClock) -> None:
    def fail(context: JobContext, payload: object) -> None:
        raise ValueError("ada@example.com is not welcome")

    with handler(KIND, fail, attempts=3):
        ask(yoga, KIND)
        for attempt in (1, 2, 3):
            assert worker(yoga.database, clock).run_once() == 1
            assert job(yoga, KIND).attempts == attempt
            assert worker(yoga.database, clock).run_once() == 0, "not before the back-off is over"
            clock.turn(3600)
        assert worker(yoga.database, clock).run_once() == 0
    dead = job(yoga, KIND)
    assert (dead.state, dead.last_error.split(":")[0]) == ("dead", "ValueError at test_jobs.py")
    assert "ada" not in dead.last_error


def test_reasons_that_handlers_give(yoga: World, clock: HandClock) -> None:
    def later(context: JobContext, payload: object) -> None:
        raise TryLater("smtp 451")

    def never(context: JobContext, payload: object) -> None:
        raise GiveUp("smtp 550")

    with handler(KIND, later), handler("test.other", never):
        ask(yoga, KIND)
        ask(yoga, "test.other")
        assert worker(yoga.database, clock).run_once() == 2
    assert (job(yoga, KIND).state, job(yoga, KIND).last_error) == ("waiting", "smtp 451")
    assert (job(yoga, "test.other").state, job(yoga, "test.other").last_error) == ("dead", "smtp 550")


def test_a_job_that_kills_its_worker_each_time_dies_too(yoga: World, clock: HandClock) -> None:
    with handler(KIND, lambda context, payload: pytest.fail("tried once more"), attempts=2):
        ask(yoga, KIND)
        for _ in range(2):
            claimed(yoga.database, clock)
            clock.turn(61)
        worker(yoga.database, clock).run_once()
    assert (job(yoga, KIND).state, job(yoga, KIND).last_error) == ("dead", "no attempt came to its end")


def test_one_failing_job_does_not_stop_the_batch(yoga: World, clock: HandClock) -> None:
    def fail(context: JobContext, payload: object) -> None:
        raise RuntimeError

    with handler("test.broken", fail), handler(KIND, lambda context, payload: None):
        ask(yoga, "test.broken")
        ask(yoga, KIND)
        assert worker(yoga.database, clock).run_once() == 2
    assert job(yoga, KIND).state == "done"


def test_a_lost_lease_leaves_the_job_alone(yoga: World, clock: HandClock) -> None:
    def lose(context: JobContext, payload: object) -> None:
        raise LeaseLost

    with handler(KIND, lose):
        ask(yoga, KIND)
        worker(yoga.database, clock).run_once()
    assert (job(yoga, KIND).state, job(yoga, KIND).last_error) == ("waiting", "")


def test_stopping_ends_the_job_in_hand_and_gives_back_the_rest(yoga: World, clock: HandClock) -> None:
    stop = threading.Event()
    with handler(KIND, lambda context, payload: stop.set()):
        for key in "123":
            ask(yoga, KIND, key)
        Worker(yoga.database, Services(), clock).run(stop)
    states = Counter((found.state, found.attempts, found.lease, found.due_at <= NOW) for found in jobs_of(yoga, KIND))
    assert states[("waiting", 0, None, True)] == 2
    assert sum(count for (state, *_), count in states.items() if state == "done") == 1


def test_the_heartbeat_keeps_a_long_job_and_those_behind_it(yoga: World) -> None:
    """With a running clock: the job lasts two leases, and nobody else gets it or the next one."""
    stolen, ahead = [], NOW - utc_now()

    def clock() -> datetime:
        return utc_now() + ahead

    def long(context: JobContext, payload: object) -> None:
        if not payload:
            return
        for _ in range(6):
            threading.Event().wait(0.2)
            with yoga.database.all_tenants("test", writing=True) as connection:
                stolen.extend(store.claim(connection, [KIND], 10, clock(), clock() + timedelta(seconds=9)))

    with handler(KIND, long):
        ask(yoga, KIND, "1", long=True)
        ask(yoga, KIND, "2")
        assert Worker(yoga.database, Services(), clock, pace=Pace(lease=0.6)).run_once() == 2
    assert stolen == []
    assert {(found.state, found.attempts) for found in jobs_of(yoga, KIND)} == {("done", 1)}


def test_many_workers_do_each_job_once(yoga: World, other: World, clock: HandClock) -> None:
    done: Counter[str] = Counter()
    for number in range(60):
        ask(yoga if number % 2 else other, KIND, str(number), number=number)

    def count(context: JobContext, payload: dict[str, int]) -> None:
        done[str(payload["number"])] += 1

    def work() -> None:
        own = worker(yoga.database, clock, batch=5)
        while own.run_once():
            pass

    with handler(KIND, count):  # type: ignore[arg-type]
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(done.values()) == {1}
    assert len(done) == 60


def test_two_handlers_for_one_kind_are_refused() -> None:
    with handler(KIND, lambda context, payload: None), pytest.raises(ValueError):
        handles(KIND)(lambda context, payload: None)


def test_old_jobs_that_are_done_go_and_others_stay(yoga: World) -> None:
    old, keep = NOW - timedelta(days=31), NOW - timedelta(days=29)
    yoga.add(
        Job(kind=KIND, key="old", state="done", due_at=old, created_at=old),
        Job(kind=KIND, key="young", state="done", due_at=keep, created_at=old),
        Job(kind=KIND, key="dead", state="dead", due_at=old, created_at=old),
        Job(kind=KIND, key="waiting", state="waiting", due_at=old, created_at=old),
    )
    assert keep_house(yoga.database, NOW)["jobs"] == 1
    assert [found.key for found in jobs_of(yoga, KIND)] == ["dead", "waiting", "young"]


def test_the_state_of_the_queue(yoga: World, clock: HandClock) -> None:
    old = NOW - timedelta(hours=1)
    yoga.add(
        Job(kind=KIND, key="1", state="dead", due_at=old, created_at=old),
        Job(kind=KIND, key="2", state="waiting", due_at=old, created_at=old),
        Job(kind=KIND, key="3", state="waiting", due_at=NOW, created_at=old),
    )
    with yoga.database.all_tenants("test") as connection:
        assert store.queue_state(connection) == store.QueueState(2, 1, old)


def test_an_action_that_rolls_back_leaves_neither_event_nor_job(yoga: World) -> None:
    def act(session: TenantSession) -> None:
        with writing(session):
            record(replace(yoga.scope(), session=session), KIND)
            session.flush()
            raise RuntimeError

    with yoga.database.session(yoga.tenant_id) as session:
        with pytest.raises(RuntimeError):
            act(session)
        assert session.scalar(select(func.count()).select_from(Job)) == 0
        assert session.scalar(select(func.count()).select_from(Event)) == 0


@given(st.integers(1, 200), st.floats(0, 1))
def test_back_off_grows_to_its_cap(attempt: int, chance: float) -> None:
    delay = back_off(attempt, chance)
    assert timedelta(seconds=5) <= delay <= timedelta(hours=1)
    assert back_off(attempt, 0) <= back_off(attempt + 1, 0)


def test_the_place_of_an_error_holds_no_message() -> None:
    with pytest.raises(ValueError) as caught:
        int("Ada Byron")
    assert where(caught.value).startswith("ValueError at test_jobs.py:")

"""From events to effects: once each, whoever fails."""

from collections.abc import Iterable

import pytest
from sqlalchemy import update

from bookwidget.catalog.models import Location
from bookwidget.events.dispatch import REDISPATCH, Effect, subscribes
from bookwidget.events.jobs import JobContext, Services
from bookwidget.events.models import Job
from bookwidget.events.record import DISPATCH
from bookwidget.events.store import Happened
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing
from tests.events.work import HandClock, handler, happen, job, jobs_of, subscriber, worker
from tests.factories import World
from tests.fixtures import NOW

KIND, EFFECT = "test.happened", "test.effect"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


def one_effect(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    yield Effect(EFFECT, f"{event.id}:one", {"room": event.before["room"]})


def two_effects(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    yield Effect(EFFECT, f"{event.id}:two", {}, rows=(Location(name=f"of {scope.tenant.slug}"),))
    yield Effect(EFFECT, f"{event.id}:three", {})


def broken(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    yield Effect(EFFECT, f"{event.id}:never", {})
    raise RuntimeError("Ada Byron")


def unstorable(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    yield Effect(EFFECT, f"{event.id}:never", {}, rows=(Location(),))


def put_back(world: World) -> None:
    """As if the dispatch had been asked for again."""
    with world.database.session(world.tenant_id) as session, writing(session):
        session.execute(update(Job).where(Job.kind == DISPATCH).values(state="waiting", due_at=NOW))


def test_effects_of_all_subscribers_once(yoga: World, clock: HandClock) -> None:
    with subscriber(KIND, one_effect, two_effects):
        event = happen(yoga, KIND, before={"room": "blue"})
        assert worker(yoga.database, clock).run_once() == 1
        put_back(yoga)
        assert worker(yoga.database, clock).run_once() == 1
    found = jobs_of(yoga, EFFECT)
    assert [effect.key for effect in found] == [f"{event}:one", f"{event}:three", f"{event}:two"]
    assert found[0].payload == {"room": "blue"}
    with yoga.database.session(yoga.tenant_id) as session:
        assert [row.name for row in session.query(Location).order_by(Location.id)][1:] == ["of yoga"]


@pytest.mark.parametrize("failing", [broken, unstorable])
def test_a_failing_subscriber_stops_nobody_and_is_asked_again(
    yoga: World, clock: HandClock, failing: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subscriber(KIND, failing, one_effect):  # type: ignore[arg-type]
        event = happen(yoga, KIND, before={"room": "blue"})
        assert worker(yoga.database, clock).run_once() == 1
        assert job(yoga, DISPATCH).state == "done"
        assert [effect.key for effect in jobs_of(yoga, EFFECT)] == [f"{event}:one"]
        assert worker(yoga.database, clock).run_once() == 1
        again = job(yoga, REDISPATCH)
    assert (again.state, again.attempts) == ("waiting", 1)
    assert "Ada" not in again.last_error
    assert len(jobs_of(yoga, EFFECT)) == 1


def test_the_mended_subscriber_is_heard(yoga: World, clock: HandClock) -> None:
    answers = iter([RuntimeError(), None])

    def mended(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
        if (failure := next(answers)) is not None:
            raise failure
        yield Effect(EFFECT, f"{event.id}:late", {})

    with subscriber(KIND, mended):
        happen(yoga, KIND)
        run = worker(yoga.database, clock)
        assert [run.run_once(), run.run_once()] == [1, 1]
    assert job(yoga, REDISPATCH).state == "done"
    assert len(jobs_of(yoga, EFFECT)) == 1


def test_an_event_that_nobody_waits_for_is_done(yoga: World, clock: HandClock) -> None:
    happen(yoga, "test.unheard")
    worker(yoga.database, clock).run_once()
    assert job(yoga, DISPATCH).state == "done"


def test_effects_stay_in_their_tenant(yoga: World, other: World, clock: HandClock) -> None:
    seen = []

    def note(context: JobContext, payload: object) -> None:
        with context.scope() as scope:
            seen.append((scope.tenant.slug, scope.actor.kind, scope.now))

    with subscriber(KIND, one_effect), handler(EFFECT, note):
        happen(yoga, KIND, before={"room": "blue"})
        happen(other, KIND, before={"room": "red"})
        run = worker(yoga.database, clock)
        assert [run.run_once(), run.run_once()] == [2, 2]
    assert sorted(seen) == [("other", "system", NOW), ("yoga", "system", NOW)]


def test_two_subscribers_of_one_name_are_refused() -> None:
    def same(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
        return []

    first = same

    def same(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:  # type: ignore[no-redef]
        return []

    with subscriber(KIND, first), pytest.raises(ValueError):
        subscribes(KIND)(same)

"""Dead letters are listed, and tried again."""

from uuid import uuid4

from bookwidget.events.dead import dead_letters, revive
from bookwidget.events.models import Job
from bookwidget.tenancy.database import Database
from tests.factories import World


def test_what_was_given_up_is_listed_and_tried_again(database: Database, yoga: World, other: World) -> None:
    for world, key in ((yoga, "a"), (other, "b"), (yoga, "c")):
        world.add(Job(kind="mail.send", key=key, state="dead", attempts=12, due_at=world.now, created_at=world.now,
                      ended_at=world.now, last_error="no such host"))  # fmt: skip
    yoga.add(Job(kind="mail.send", key="d", state="done", due_at=yoga.now, created_at=yoga.now))
    found = dead_letters(database)
    assert sorted(one.tenant for one in found) == sorted([other.slug, yoga.slug, yoga.slug])
    assert {(one.kind, one.attempts, one.error) for one in found} == {("mail.send", 12, "no such host")}
    assert revive(database, yoga.now, uuid4()) == 0
    assert revive(database, yoga.now, found[0].id) == 1
    assert len(dead_letters(database)) == 2
    assert revive(database, yoga.now) == 2
    assert dead_letters(database) == []
    with database.session(yoga.tenant_id) as session:
        jobs = {job.key: job for job in session.query(Job)}
    assert (jobs["a"].state, jobs["a"].attempts, jobs["d"].state) == ("waiting", 0, "done")

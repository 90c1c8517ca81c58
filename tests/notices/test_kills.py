"""Kill the worker wherever you like: no message is lost, and none is doubled for who knows Message-IDs,
or keys of text messages; reminders among them."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bookwidget.accounts.models import Customer
from bookwidget.events.models import Job
from bookwidget.events.record import record
from bookwidget.kernel.clock import utc_now
from bookwidget.notices.models import Message
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.session import writing
from tests.events.work import happen
from tests.factories import World, make_booking, make_class, make_world
from tests.notices.gateway import Gateway, serving_texts
from tests.notices.mailing import HOST, cancel, move, place
from tests.notices.receiver import Receiver, serving

RESETS = 4
LAST = 2
"""How many workers do what is left."""
ROOT = Path(__file__).parents[2]


@contextmanager
def workers(database: Database, port: int, texts: str, log: Path) -> Iterator[Callable[[], int]]:
    """Each call starts a worker and gives its process id. What still lives at the end is killed."""
    command = [sys.executable, "-m", "tests.notices.zygote", database.url, f"smtp://127.0.0.1:{port}", texts]
    alive: list[int] = []
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        ) as zygote,
    ):
        assert zygote.stdin is not None
        assert zygote.stdout is not None

        def start() -> int:
            print(file=zygote.stdin, flush=True)
            alive.append(int(zygote.stdout.readline()))  # type: ignore[union-attr]
            return alive[-1]

        try:
            yield start
        finally:
            zygote.stdin.close()
            for process in alive[-LAST:]:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)


def fail_after_recording(world: World) -> None:
    """An action that records its event and then fails."""
    scope = world.scope()
    with scope.session, writing(scope.session):
        facts = place(world.now, service="Never")
        record(scope, "booking.cancelled", customer_id=world.ids["ada"], before=facts, after={"reason": ""})
        raise ZeroDivisionError


def book_what_is_due(world: World, number: int) -> None:
    """A booking whose reminder falls due in a moment, while workers are killed."""
    starts_at = utc_now() + timedelta(hours=24, seconds=0.3)
    booking = make_booking(world, occurrence=make_class(world, starts_at=starts_at, provider_id=None))
    scope = world.scope(now=utc_now())
    with scope.session, writing(scope.session):
        facts = place(starts_at, service=f"Made {number}.")
        record(scope, "booking.made", booking_id=booking.id, customer_id=world.ids["ada"], after=facts)


def kill_often(world: World, start: Callable[[], int], receiver: Receiver, kills: int) -> int:
    """Starts and kills workers while things happen. How many died in the middle of a delivery."""
    in_delivery = 0
    for number in range(kills):
        cancel(world, world.now + timedelta(days=2), service=f"Cancelled {number}.")
        if number % 5 == 0:
            move(world, world.now, world.now + timedelta(days=2), service=f"Moved {number}.")
        if number % 4 == 0:
            book_what_is_due(world, number)
        if number < RESETS:
            happen(world, "password.reset_requested")
        with pytest.raises(ZeroDivisionError):
            fail_after_recording(world)
        process = start()
        if number % 2:  # every other one dies at any instant at all, the rest when a delivery has begun
            wait_for(lambda: receiver.delivering > 0, seconds=5)
            time.sleep(random.uniform(0, 0.08))
        else:
            time.sleep(random.uniform(0, 0.2))
        in_delivery += receiver.delivering > 0
        os.kill(process, signal.SIGKILL)
    return in_delivery


def wants_texts(world: World) -> None:
    with world.database.session(world.tenant_id) as session, writing(session):
        session.get_one(Tenant, world.tenant_id).settings = {"messages.texts": "booking.reminded.customer.sms"}
        session.get_one(Customer, (world.tenant_id, world.ids["ada"])).phone = "+441632960001"


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.005)
    return met


def is_all_done(world: World) -> bool:
    with world.database.session(world.tenant_id) as session:
        return not session.scalar(select(func.count()).select_from(Job).where(Job.state != "done"))


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_lose_nothing_and_double_nothing(database: Database, tmp_path: Path, kills: int) -> None:
    world = make_world(database, slug="yoga", now=utc_now())
    wants_texts(world)
    receiver, gateway = Receiver(longest_pause=0.05), Gateway(pause=0.02)
    log, began = tmp_path / "worker.log", time.monotonic()
    with serving(receiver) as port, serving_texts(gateway) as texts, workers(database, port, texts, log) as start:
        start_up = start()  # the first one waits for the imports, so it does not count
        os.kill(start_up, signal.SIGKILL)
        in_delivery = kill_often(world, start, receiver, kills)
        receiver.longest_pause = 0  # the killing is over; what is left may go quickly
        for _ in range(LAST):
            start()
        assert wait_for(lambda: is_all_done(world), seconds=180), log.read_text()[-2000:]

    ids_of: dict[str, set[str]] = defaultdict(set)
    for mail in receiver.mails:
        ids_of[f"{mail['To']} {mail['Subject'].split('.')[0]}"].add(mail["Message-ID"])
    moves, reminders = len(range(0, kills, 5)), len(range(0, kills, 4))
    numbers = Counter({key: len(ids) for key, ids in ids_of.items()})
    assert numbers.pop("ada@example.com Set your password for Yoga") == RESETS
    assert sum(numbers.pop(key) for key in list(numbers) if " Reminder: " in key) == reminders
    assert set(numbers.values()) == {1}, "one Message-ID for each event and recipient"
    assert len(numbers) == 2 * (kills + moves + reminders)
    assert len(gateway.taken) == reminders, "a text for each, under one key however often it was asked for"
    assert not any("Never" in key for key in numbers), "a rolled-back action was told of"

    distinct = {mail["Message-ID"] for mail in receiver.mails}
    with database.session(world.tenant_id) as session:
        messages = list(session.scalars(select(Message)))
    assert {f"<{one.id.hex}@{HOST}>" for one in messages if one.channel == "email"} == distinct
    assert {one.id.hex for one in messages if one.channel == "sms"} == gateway.taken.keys()
    assert all(message.sent_at for message in messages)
    assert in_delivery >= kills // 10, "too few kills hit a delivery to prove anything"
    repeated = len(receiver.mails) - len(distinct)
    report = {
        "events": kills + moves + 2 * reminders + RESETS, "mails": len(distinct), "repeated": repeated, "kills": kills,
        "texts": reminders, "texts_repeated": len(gateway.asked) - reminders,
        "in_delivery": in_delivery, "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    sys.stdout.write(f"{report}\n")  # pytest -rP shows it

"""A worker process ends well when it is asked to."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bookwidget.tenancy.database import Database

PROCESS = """
import sys, time
from bookwidget.events.jobs import Services
from bookwidget.events.worker import Pace, Worker, stopped_by_signals
from bookwidget.tenancy.database import Database

stop = stopped_by_signals()
print("ready", flush=True)
Worker(Database(sys.argv[1]), Services(), pace=Pace(idle=30)).run(stop)
print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_worker_at_once(database: Database, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, database.url],
        cwd=Path(__file__).parents[2], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        out, _errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "ended\n")

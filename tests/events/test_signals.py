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
sys.stderr.write("ready\\n")
Worker(Database(sys.argv[1]), Services(), pace=Pace(idle=30)).run(stop)
sys.stderr.write("ended\\n")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_worker_at_once(database: Database, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, database.url],
        cwd=Path(__file__).parents[2], text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        process.send_signal(number)
        _out, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "ended\n")

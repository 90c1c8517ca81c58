"""What the test runs add up to: CI believes this line."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def write(folder: Path, run: str, **outcomes: str) -> None:
    cases = "".join(f'<testcase classname="t" name="{name}">{inside}</testcase>' for name, inside in outcomes.items())
    (folder / f"{run}.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")


def summary(folder: Path, *options: str) -> tuple[int, list[str]]:
    command = [sys.executable, ROOT / "scripts/summary.py", folder, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def test_what_passed_the_second_time_has_passed_and_is_named(tmp_path: Path) -> None:
    write(tmp_path, "browser", steady="", shaky="<failure/>")
    write(tmp_path, "again", shaky="")
    write(tmp_path, "fast", quick="")
    assert summary(tmp_path) == (0, ["run twice: t.shaky", "3 passed, 0 failed, 0 skipped"])


def test_what_failed_twice_has_failed(tmp_path: Path) -> None:
    write(tmp_path, "browser", steady="", shaky="<failure/>")
    write(tmp_path, "again", shaky="<failure/>")
    assert summary(tmp_path) == (1, ["run twice: t.shaky", "1 passed, 1 failed, 0 skipped"])


@pytest.mark.parametrize(("inside", "options", "status"), [("<error/>", [], 1), ("<skipped/>", ["--no-skips"], 1)])
def test_errors_count_and_skips_where_they_must_not_be(
    tmp_path: Path, inside: str, options: list[str], status: int
) -> None:
    write(tmp_path, "fast", one="", two=inside)
    assert summary(tmp_path, *options)[0] == status


def test_nothing_that_ran_is_no_success(tmp_path: Path) -> None:
    assert summary(tmp_path)[0] == 1

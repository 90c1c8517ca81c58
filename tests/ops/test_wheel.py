"""The wheel holds everything: built from a clean copy, installed in an empty environment, the demo runs from it."""

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START = 120
"""Seconds for the demo to be ready, with other tests beside it."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git would give to somebody: a build folder left behind could hide a missing file."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(out), "."]
    subprocess.run(build, cwd=source, check=True)
    return next(out.glob("bookwidget-*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel, its locked dependencies, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.txt")], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return folder / "bin" / "python"


def test_the_wheel_holds_what_lies_beside_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    for part in ("widgets", "themes"):
        folders = {path.name for path in (ROOT / part).iterdir() if path.is_dir() and path.name != "__pycache__"}
        assert folders == {
            name.split("/")[2] for name in names if name.startswith(f"bookwidget/{part}/") and name.count("/") > 2
        }
    assert "bookwidget/embed.js" in names
    assert not [name for name in names if "/tests/" in name or name.startswith(("tests", "widgets"))]


def test_the_demo_runs_from_it(python: Path, tmp_path: Path) -> None:
    port, instance = free_port(), tmp_path / "demo"
    environment = {"PATH": os.environ["PATH"], "PORT": str(port), "INSTANCE": str(instance)}
    command = [str(python.parent / "bookwidget"), "demo", "--sites-port", str(free_port())]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        until, found = time.monotonic() + START, instance / "demo.json"
        while not found.is_file() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.2)
        assert found.is_file(), (tmp_path / "log").read_text()
        service = json.loads(found.read_text("utf-8"))["service"]
        for path in (
            "/embed.js",
            "/w/harbour-yoga/0/login/",
            "/brand/harbour-yoga.css",
            "/brand/bright-home.css",
            "/console/login",
        ):
            with urlopen(service + path, timeout=10) as answer:
                assert answer.status == 200, path
                assert answer.read(), path
    finally:
        process.terminate()
        process.wait(30)

"""docs/themes.md, docs/widgets.md and docs/hooks.md from top to bottom: each block is written or run, none left out."""

import os
import re
import shutil
import signal
import subprocess
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from bookwidget import find_parts, plugins
from bookwidget.config import Config
from bookwidget.ops.cli import cli
from bookwidget.shipped import Shipped
from tests.browser import chromium
from tests.browser.fixtures import need
from tests.ops.documents import blocks_in, blocks_of, write
from tests.ops.running import PATIENCE, settings
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = re.compile(r"bookwidget (theme|widget) (new|check) [\w/-]+")
SERVERS = re.compile(r"(BOOKWIDGET_\w+_FOLDERS=\$PWD/\w+ )?bookwidget (theme workbench|widget dev|demo)( [\w/-]+)?")
WALKED = re.compile(
    r"python3 -m venv \.venv|\. \.venv/bin/activate|pip (install|wheel) [\w./ -]+|"
    r"pytest -p bookwidget\.testing [\w/-]+|bookwidget theme (shots|compare) [\w/ -]+"
)
"""What takes too long for each run; `test_the_documents_are_walked` does all of it."""
BEFORE = {"pytest": "pip install -q pytest; "}
"""What the document says in its sentence."""
FEWER = " --widget login --width 320 --scheme dark"
"""Pictures; all of them take minutes."""
OURS = "instance", ".*", "*.egg-info", "build", "dist", "__pycache__"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    plugins.install((), Shipped())


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert answer.exit_code == 0, (arguments, answer.output)
    return answer.output


@pytest.mark.parametrize("name", ["themes", "widgets", "hooks"])
def test_each_block_is_a_file_that_is_sound_or_a_command_that_works(here: Path, name: str) -> None:
    for block in blocks_of(name):
        if block.path:
            write(block, here)
        for line in block.commands:
            if AT_ONCE.fullmatch(line):
                run(*line.split()[1:])
            else:
                assert SERVERS.fullmatch(line) or WALKED.fullmatch(line), f"nobody runs {line!r}"
    made = {kind: sorted((here / kind).glob("*")) for kind in ("themes", "widgets", "plugins")}
    (here / "plugins/brought").mkdir(parents=True)
    found = find_parts(
        replace(
            Config.read(), theme_folders=(here / "themes",), widget_folders=(here / "widgets",),
            plugin_folders=(here / "plugins",),
        )
    )  # fmt: skip
    assert {path.name for path in made["themes"]} <= set(found.themes.found)
    assert {path.name for path in made["widgets"]} <= set(found.widgets)
    installed = plugins.install((here / "plugins",), Shipped())
    assert installed.problems == {}
    assert all(installed.manager.has_plugin(path.stem) for path in made["plugins"])
    for folder in (*made["themes"], *made["widgets"]):
        assert run(folder.parent.name.removesuffix("s"), "check", str(folder)) == f"{folder.name}: nothing wrong\n"
    for path in here.glob("pyproject.toml"):
        [package] = tomllib.loads(path.read_text("utf-8"))["tool"]["setuptools"]["package-dir"].values()
        assert (here / package).is_dir()


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1)\n```\n",
        "`themes/x/tokens.css`\n```toml\n```\n",
        "```\n$ bookwidget demo\n```\n",
        "`plugins/x.py`\n\n```python\nx = 1\n```\n",
        "    ```sh\n```sh\nls\n",
    ],
)
def test_a_block_that_nothing_is_done_with_is_a_mistake(text: str) -> None:
    with pytest.raises(AssertionError):
        blocks_in(text)


@pytest.mark.parametrize("line", ["rm -r themes", "bookwidget theme new", "pip install x && curl y", "bookwidget x"])
def test_a_command_that_nobody_runs_is_a_mistake(line: str) -> None:
    assert not any(known.fullmatch(line) for known in (AT_ONCE, SERVERS, WALKED))


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name", ["themes", "widgets"])
def test_the_documents_are_walked(here: Path, name: str) -> None:
    """As written, in an empty environment beside a copy of the repository. Servers are ended once they answer."""
    need(chromium.BINARY)
    shutil.copytree(ROOT, here / "bookwidget", ignore=shutil.ignore_patterns(*OURS))
    folder = here / "mine"
    folder.mkdir()
    for block in blocks_of(name):
        if block.path:
            write(block, folder)
        for line in block.commands:
            if SERVERS.fullmatch(line):
                serve(folder, line)
            else:
                walk(folder, f"{BEFORE.get(line.split()[0], '')}{line}{FEWER if ' shots ' in line else ''}")


def shell(line: str) -> list[str]:
    """In the environment, as soon as there is one."""
    return ["bash", "-c", f"[ ! -d .venv ] || . .venv/bin/activate; {line}"]


def walk(folder: Path, line: str) -> None:
    done = subprocess.run(shell(line), cwd=folder, env=settings(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, (line, done.stdout, done.stderr)


def serve(folder: Path, line: str) -> None:
    port = free_port()
    environment = settings(PORT=str(port), SITES_PORT=str(free_port()))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            shell(f"exec env {line}"), cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        assert answers(f"http://localhost:{port}/", process), (line, (folder / "log").read_text("utf-8"))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(PATIENCE)


def answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url) as answer:
                return bool(answer.status == 200)
        except URLError:
            time.sleep(0.2)
    return False

"""docs/themes.md and docs/widgets.md as a newcomer walks them: commands and files are taken from the documents."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from bookwidget import find_parts
from bookwidget.config import Config, ConfigError
from bookwidget.ops.cli import cli
from bookwidget.ops.invented import Guest, invent
from bookwidget.ops.starting import new_theme, new_widget
from bookwidget.web.discovery import Manifest
from bookwidget.web.rendering import SHARED, Frame

DOCS = Path(__file__).parents[2] / "docs"
WIDGETS, THEMES = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("widgets", "themes"))


def commands(text: str) -> list[list[str]]:
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ").split() for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def column(text: str, section: str) -> set[str]:
    table = text.split(f"\n## {section}\n")[1].split("\n## ", maxsplit=1)[0]
    return {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)", row)}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    return tmp_path


@pytest.mark.parametrize("text", [WIDGETS, THEMES], ids=["widgets", "themes"])
def test_the_commands_of_the_documents_work(here: Path, text: str) -> None:
    found = [words for words in commands(text) if words[0] == "bookwidget"]
    assert len(found) >= 2
    for words in found:
        answer = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
        assert answer.exit_code == 0, (words, answer.output)


def test_the_new_widget_works_in_a_service(here: Path) -> None:
    new_widget("guest-book", here / "widgets", set())
    guest = Guest(invent(Config.load(instance=here / "invented", widget_folders=(here / "widgets",)))).sign_in()
    page = guest.get("guest-book/")
    assert "<h1>Guest book</h1>" in page.text
    assert "guest-book.css?v=" in page.text
    said = guest.post("guest-book/", {"name": "Ada <b>"}).text
    assert "Hello, Ada &lt;b&gt;!" in said
    assert "Guest book</a>" in said, "it stands in the menu"


@pytest.mark.parametrize("name", ["Big", "under_score", "console", "login", "a--b", ""])
def test_a_name_that_cannot_be_is_refused_before_anything_is_written(here: Path, name: str) -> None:
    taken = set(find_parts(Config.load()).widgets)
    with pytest.raises(ConfigError):
        new_widget(name, here / "widgets", taken)
    assert not (here / "widgets").exists()


def test_a_theme_that_is_there_is_not_written_over(here: Path) -> None:
    new_theme("brand", here, set())
    with pytest.raises(ConfigError, match="there is a brand already"):
        new_theme("brand", here, set())
    with pytest.raises(ConfigError, match="there is a warm already"):
        new_theme("warm", here, {"warm"})


def test_the_document_names_each_key_and_each_name_of_templates() -> None:
    keys = {one.name for one in fields(Manifest)} - {"slug", "folder"}
    assert column(WIDGETS, "widget.toml") >= keys
    told = column(WIDGETS, "What a template has")
    missing = ({"frame", "formats", "now", "say"} | set(SHARED) | set(Frame._fields)) - told
    assert not missing, f"docs/widgets.md does not say what {sorted(missing)} is"


@pytest.mark.slow
def test_its_own_tests_pass(here: Path) -> None:
    [words] = [words for words in commands(WIDGETS) if words[0] == "pytest"]
    new_widget("guest-book", here / "widgets", set())
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout


@pytest.mark.slow
def test_a_package_of_it_is_served(here: Path) -> None:
    """Built as the document says, installed beside nothing but the product, and asked for."""
    new_widget("guest-book", here / "widgets", set())
    [project] = re.findall(r"^`pyproject.toml`\n```toml\n(.*?)^```", WIDGETS, re.MULTILINE | re.DOTALL)
    (here / "pyproject.toml").write_text(project, "utf-8")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", "out", "."], check=True)
    [wheel] = (here / "out").glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", "site", str(wheel)], check=True)
    code = (
        "from bookwidget import find_parts; from bookwidget.config import Config; print(*find_parts(Config()).widgets)"
    )
    for path, found in (("", False), (str(here / "site"), True)):
        environment = {**os.environ, "PYTHONPATH": path}
        said = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=here / "out", capture_output=True, text=True, check=True
        )
        assert ("guest-book" in said.stdout.split()) is found

"""docs/themes.md and docs/widgets.md as a newcomer walks them: commands and files are taken from the documents."""

import compileall
import os
import re
import subprocess
import sys
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from bookwidget import find_parts
from bookwidget.config import Config, ConfigError
from bookwidget.ops.cli import cli
from bookwidget.ops.invented import LEFT_TO_RIGHT, Guest, invent, of_demo
from bookwidget.ops.starting import new_theme, new_widget
from bookwidget.web.discovery import Manifest
from bookwidget.web.errors import MISTAKES_SHOWN
from bookwidget.web.rendering import SHARED, Frame

DOCS = Path(__file__).parents[2] / "docs"
WIDGETS, THEMES = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("widgets", "themes"))


def commands(text: str) -> list[list[str]]:
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ").split() for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def put_files(text: str, folder: Path, below: str) -> None:
    """The files below that folder which the document has in full."""
    for name, content in re.findall(rf"^`({below}/[\w./-]+)`\n```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def column(text: str, section: str) -> set[str]:
    table = text.split(f"\n## {section}\n")[1].split("\n## ", maxsplit=1)[0]
    return {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)", row)}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    return tmp_path


def test_the_new_widget_works_in_a_service(here: Path) -> None:
    new_widget("guest-book", here / "widgets", set())
    guest = Guest(invent(Config.load(instance=here / "invented", widget_folders=(here / "widgets",)))).sign_in()
    page = guest.get("guest-book/")
    assert "<h1>Guest book</h1>" in page.text
    assert "guest-book.css?v=" in page.text
    said = guest.post("guest-book/", {"name": "Ada <b>"}).text
    assert "Hello, Ada &lt;b&gt;!" in said
    assert "Guest book</a>" in said, "it stands in the menu"


def test_the_widget_with_data_works_as_it_stands_in_the_document(here: Path) -> None:
    new_widget("next-class", here / "widgets", set())
    put_files(WIDGETS, here, "widgets/next-class")
    checked = CliRunner().invoke(cli, ["widget", "check", "widgets/next-class"])
    assert checked.output == "next-class: nothing wrong\n"
    guest = Guest(invent(Config.load(instance=here / "invented", widget_folders=(here / "widgets",))))
    assert guest.get("next-class/").status_code == 401
    guest.sign_in()
    assert "<h2>Slow Flow</h2>" in guest.get("next-class/").text
    refused = guest.post("next-class/", {"text": " "})
    assert (refused.status_code, "Please write something." in refused.text) == (422, True)
    for _click in range(2):
        assert "Saved." in guest.post("next-class/", {"text": "My knee hurts."}, follows=True).text
    [address] = re.findall(r'href="([^"]+/bookings/[A-Z0-9]{8})"', guest.get("bookings/").text)[:1]
    booking = guest.client.get(address, base_url=guest.here)
    assert booking.text.count("My knee hurts.") == 1, "a second click is the same note"


def test_a_page_that_fails_says_so_to_who_makes_it(here: Path) -> None:
    """And only there: in a service it says that it is not the visitor's fault."""
    new_widget("ping", here / "widgets", set())
    view = here / "widgets/ping/view.py"
    view.write_text(view.read_text("utf-8").replace("    form = HelloForm()", "    form = 1 / 0"), "utf-8")
    guest = Guest(invent(Config.load(instance=here / "invented", widget_folders=(here / "widgets",)))).sign_in()
    for is_shown in (False, True):
        guest.app.config[MISTAKES_SHOWN] = is_shown
        answer = guest.post("ping/", {"name": "Ada"})
        assert answer.status_code == 500
        assert ("form = 1 / 0" in answer.text, "ZeroDivisionError" in answer.text) == (is_shown, is_shown)


def test_the_theme_with_a_template_works_as_it_stands_in_the_document(here: Path) -> None:
    put_files(THEMES, here, "themes/overhang")
    checked = CliRunner().invoke(cli, ["theme", "check", "themes/overhang"])
    assert checked.output == "overhang: nothing wrong\n"
    config = Config.load(instance=here / "invented", theme_folders=(here / "themes",))
    guest = Guest(invent(config, {LEFT_TO_RIGHT: of_demo(LEFT_TO_RIGHT, theme="overhang")})).sign_in()
    page = guest.get("bookings/").text
    assert '<p class="hall">See you on the wall</p>' in page
    [sheet] = re.findall(r'href="(/static/t/overhang/hall.css[^"]*)"', page)
    assert ".hall::before" in guest.client.get(sheet, base_url=guest.here).text


def test_the_actions_that_the_document_names_are_there() -> None:
    table = WIDGETS.split("\n| Module | Some of its actions |\n")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| (.*) \|$", table, re.MULTILINE)
    assert len(rows) == 3
    for module, actions in rows:
        for name in re.findall(r"`(\w+)`", actions):
            assert callable(getattr(import_module(module), name)), (module, name)


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
    for name in ("guest-book", "next-class"):
        new_widget(name, here / "widgets", set())
    put_files(WIDGETS, here, "widgets/next-class")
    both = [*words, "widgets/next-class"]
    done = subprocess.run([sys.executable, "-m", *both], capture_output=True, text=True, check=False)
    assert "5 passed" in done.stdout, done.stdout


@pytest.mark.slow
def test_a_package_of_it_is_served(here: Path) -> None:
    """Built as the document says, installed beside nothing but the product, and asked for."""
    new_widget("guest-book", here / "widgets", set())
    compileall.compile_dir(here / "widgets", quiet=2)
    [project] = re.findall(r"^`pyproject.toml`\n```toml\n(.*?)^```", WIDGETS, re.MULTILINE | re.DOTALL)
    (here / "pyproject.toml").write_text(project, "utf-8")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", "out", "."], check=True)
    [wheel] = (here / "out").glob("*.whl")
    assert not [name for name in ZipFile(wheel).namelist() if "__pycache__" in name]
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

"""Pictures of a theme: what is shot, what two folders have otherwise, and what is said without a browser."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image, ImageDraw

from bookwidget.ops.cli import cli
from tests.browser import chromium
from tests.browser.fixtures import need

SHOTS = ("--widget", "login", "--width", "320", "--scheme", "dark")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    return tmp_path


def bookwidget(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=True)


def draw(folder: Path, name: str, *, dots: int = 0, size: tuple[int, int] = (10, 10)) -> None:
    picture = Image.new("RGB", size, "white")
    for dot in range(dots):
        ImageDraw.Draw(picture).point((dot, 0), "black")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    picture.save(folder / name)


def test_what_has_changed_stands_first(here: Path) -> None:
    for name, dots in (("same", 0), ("little", 1), ("much", 9)):
        draw(here / "old", f"login/{name}.png")
        draw(here / "new", f"login/{name}.png", dots=dots)
    draw(here / "old", "login/gone.png")
    draw(here / "new", "login/added.png")
    draw(here / "old", "login/longer.png", size=(10, 10))
    draw(here / "new", "login/longer.png", size=(10, 20))
    said = bookwidget("theme", "compare", "old", "new").output
    assert [line.split()[:2] for line in said.splitlines()[:-1]] == [
        ["100.0%", "login/added.png"], ["100.0%", "login/gone.png"], ["50.0%", "login/longer.png"],
        ["9.0%", "login/much.png"], ["1.0%", "login/little.png"],
    ]  # fmt: skip
    report = (here / "new/changes.html").read_text()
    assert "5 of 6 pictures have changed" in report
    assert report.index("login/much.png") < report.index("login/little.png") < report.index("1 are the same")
    assert 'src="../old/login/much.png"' in report
    assert report.count("There was none.") == report.count("There is none.") == 1


def test_nothing_has_changed(here: Path) -> None:
    for folder in ("old", "new"):
        draw(here / folder, "login/login.png")
    assert bookwidget("theme", "compare", "old", "new").output.startswith("0 changed")
    assert "Nothing has changed" in (here / "new/changes.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shots", "warm", "out", "--browser", "nothing-here"), "there is no nothing-here: install one"),
        (("compare", "empty", "empty"), "there are no pictures"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(here: Path, arguments: tuple[str, ...], said: str) -> None:
    (here / "empty").mkdir()
    answer = bookwidget("theme", *arguments)
    assert said in str(answer.exception)
    assert not (here / "out").exists()


def shoot(folder: str) -> None:
    need(chromium.BINARY)
    answer = bookwidget("theme", "shots", "warm", folder, *SHOTS)
    assert "16 pictures" in answer.output, answer.output


@pytest.mark.browser
def test_each_state_is_taken_in_both_directions_its_refusals_among_them(here: Path) -> None:
    shoot("one")
    taken = {path.name for path in (here / "one/login").iterdir()}
    pages = ("login", "login-forgot", "login-reset-token")
    states = (*pages, *(f"{page}-refused" for page in pages), "login-forgot-sent", "login-email-token")
    assert taken == {f"{state}-{way}-320-dark.png" for state in states for way in ("ltr", "rtl")}
    with Image.open(here / "one/login/login-refused-ltr-320-dark.png") as picture:
        assert (picture.width, 300 < picture.height < 1200) == (320, True)
    shown = (here / "one/index.html").read_text()
    assert all(f'src="login/{name}"' in shown for name in taken)


@pytest.mark.browser
@pytest.mark.slow
def test_two_runs_give_the_same_pictures(here: Path) -> None:
    shoot("one")
    shoot("two")
    assert bookwidget("theme", "compare", "one", "two").output.startswith("0 changed")

"""The commands: what they print, and one line for each mistake."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bookwidget.logs import configure_logging
from bookwidget.ops import cli
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.platform import find_tenant
from tests.ops.reading import any_code

GROUP = cli.cli
Bookwidget = Callable[..., Result]
NEW = ("tenant", "create", "corner-barber", "--name", "Corner Barber", "--email", "hi@example.com")


@pytest.fixture
def bookwidget(tmp_path: Path) -> Bookwidget:
    """Runs a command in an instance of the test's own; raises what the command raises."""

    configure_logging()

    def call(*arguments: str, instance: Path = tmp_path / "new") -> Result:
        environment = {"INSTANCE": str(instance), "DATABASE_URL": None, "COLUMNS": "160"}
        return CliRunner().invoke(GROUP, arguments, env=environment, catch_exceptions=False)

    return call


def failing(call: Callable[[], object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What `main` says when its command raises what `call` raises."""
    monkeypatch.setattr(cli, "cli", call)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    said: str = capsys.readouterr().err
    assert said.startswith("bookwidget: ")
    assert said.count("\n") == 1
    return said


COMMANDS = (
    (),
    ("serve",),
    ("worker",),
    ("migrate",),
    ("tenant",),
    ("tenant", "create"),
    ("tenant", "list"),
    ("jobs",),
    ("jobs", "dead"),
    ("policy",),
    ("policy", "explain"),
    ("demo",),
    ("theme",),
    ("theme", "check"),
    ("theme", "new"),
    ("theme", "words"),
    ("theme", "workbench"),
    ("widget",),
    ("widget", "check"),
    ("widget", "dev"),
    ("widget", "new"),
    ("widget", "words"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_everywhere(bookwidget: Bookwidget, command: tuple[str, ...]) -> None:
    answer = bookwidget(*command, "--help")
    assert answer.exit_code == 0
    assert answer.output.startswith("Usage:")
    assert "--with-input" not in answer.output


def test_migrate_twice(bookwidget: Bookwidget) -> None:
    assert bookwidget("migrate").output.startswith("Migrated from nothing to ")
    assert bookwidget("migrate").output.startswith("The database is at ")
    state = json.loads(bookwidget("migrate", "--json").output)
    assert state["before"] == state["after"]


def test_create_and_list_businesses(bookwidget: Bookwidget) -> None:
    bookwidget("migrate")
    assert "no business yet" in bookwidget("tenant", "list").output
    made = json.loads(bookwidget(*NEW, "--json").output)
    (listed,) = json.loads(bookwidget("tenant", "list", "--json").output)
    assert (listed["slug"], listed["id"], listed["active"]) == ("corner-barber", made["id"], True)
    assert "Corner Barber" in bookwidget("tenant", "list").output


def test_a_taken_name_is_one_line(
    bookwidget: Bookwidget, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bookwidget("migrate")
    bookwidget(*NEW)
    assert failing(lambda: bookwidget(*NEW), monkeypatch, capsys) == "bookwidget: slug: This name is taken.\n"


@pytest.mark.parametrize(
    ("option", "value"), [("--locale", "xx_nowhere"), ("--timezone", "Mars/Base"), ("--currency", "QQQ")]
)
def test_values_that_nothing_knows_are_refused(bookwidget: Bookwidget, option: str, value: str) -> None:
    bookwidget("migrate")
    answer = bookwidget(*NEW, option, value)
    assert answer.exit_code == 2
    assert value in answer.output


@pytest.mark.parametrize("command", [("tenant", "list"), NEW], ids=["list", "create"])
def test_no_database_is_one_line(
    bookwidget: Bookwidget,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    assert "bookwidget migrate" in failing(lambda: bookwidget(*command), monkeypatch, capsys)


def test_an_unknown_setting_is_one_line(
    bookwidget: Bookwidget, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOOKWIDGET_COLOUR", "red")
    assert "colour: there is no such setting" in failing(lambda: bookwidget("migrate"), monkeypatch, capsys)


def test_an_unreachable_database_is_one_line(
    bookwidget: Bookwidget, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOOKWIDGET_DATABASE_URL", "postgresql+psycopg://nobody:secret@127.0.0.1:1/none")
    said = failing(lambda: bookwidget("migrate"), monkeypatch, capsys)
    assert said.startswith("bookwidget: the database: ")
    assert "secret" not in said


class TestPolicyExplain:
    @pytest.fixture
    def code(self, demo_instance: Path) -> str:
        database = Database(f"sqlite:///{demo_instance / 'bookwidget.db'}")
        tenant = find_tenant(database, "harbour-yoga")
        assert tenant is not None
        with database.session(tenant) as session:
            code = any_code(session)
        database.dispose()
        return code

    def ask(self, bookwidget: Bookwidget, instance: Path, code: str, *more: str) -> Result:
        return bookwidget("policy", "explain", "--tenant", "harbour-yoga", "--booking", code, *more, instance=instance)

    def test_a_customer_in_time(self, bookwidget: Bookwidget, demo_instance: Path, code: str) -> None:
        shown = self.ask(bookwidget, demo_instance, code).output
        assert "cancel_allowed" in shown
        assert "move_allowed" in shown

    def test_a_customer_too_late_and_staff(self, bookwidget: Bookwidget, demo_instance: Path, code: str) -> None:
        def answers(*more: str) -> dict[str, dict[str, object]]:
            answer = json.loads(self.ask(bookwidget, demo_instance, code, *more, "--json").output)
            return {one["permission"]: one for one in answer["answers"]}

        until = str(answers()["booking:cancel"]["until"])
        late = answers("--at", until)["booking:cancel"]
        assert (late["allowed"], late["rule"]) == (False, "cancel_notice")
        assert str(late["reason"]).startswith("Free cancellation ended on 20")
        assert answers("--at", until, "--as", "staff")["booking:cancel"]["rule"] == "staff"

    def test_mistakes_are_one_line(
        self,
        bookwidget: Bookwidget,
        demo_instance: Path,
        code: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def unknown_tenant() -> Result:
            return bookwidget("policy", "explain", "--tenant", "nobody", "--booking", code, instance=demo_instance)

        assert "there is no business 'nobody'" in failing(unknown_tenant, monkeypatch, capsys)
        monkeypatch.undo()
        unknown = failing(lambda: self.ask(bookwidget, demo_instance, "22222222"), monkeypatch, capsys)
        assert unknown == "bookwidget: there is no such booking\n"

    def test_a_mistyped_time(self, bookwidget: Bookwidget, demo_instance: Path, code: str) -> None:
        answer = self.ask(bookwidget, demo_instance, code, "--at", "teatime")
        assert answer.exit_code == 2
        assert "teatime" in answer.output

"""`bookwidget tenant plan`: what a business is entitled to."""

import json
from pathlib import Path

from click.testing import CliRunner

from bookwidget.logs import configure_logging
from bookwidget.ops.cli import cli


def test_s2_the_operator_sets_the_plan(tmp_path: Path) -> None:
    configure_logging()
    environment = {"INSTANCE": str(tmp_path), "DATABASE_URL": None}

    def call(*arguments: str) -> str:
        return CliRunner().invoke(cli, arguments, env=environment).output

    def plan() -> str:
        return str(json.loads(call("tenant", "list", "--json"))[0]["plan"])

    call("migrate")
    call("tenant", "create", "corner-barber", "--name", "Corner Barber", "--email", "hi@example.com")
    assert plan() == "everything"
    assert call("tenant", "plan", "corner-barber", "essential") == "corner-barber has the plan essential.\n"
    assert plan() == "essential"
    assert "is not one of" in call("tenant", "plan", "corner-barber", "golden")
    assert plan() == "essential"

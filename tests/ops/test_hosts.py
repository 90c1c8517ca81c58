"""`bookwidget tenant host`: host names of the businesses' own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bookwidget.config import ConfigError
from bookwidget.kernel.errors import Refused
from bookwidget.logs import configure_logging
from bookwidget.ops.cli import cli


@pytest.fixture
def bookwidget(tmp_path: Path) -> Callable[..., Result]:
    """Runs a command in an instance with one business; raises what the command raises."""
    configure_logging()
    environment = {"INSTANCE": str(tmp_path), "DATABASE_URL": None, "BOOKWIDGET_PUBLIC_URL": "https://widgets.example"}

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, env=environment, catch_exceptions=False)

    call("migrate")
    call("tenant", "create", "corner-barber", "--name", "Corner Barber", "--email", "hi@example.com")
    return call


def test_added_listed_removed(bookwidget: Callable[..., Result]) -> None:
    host = ("tenant", "host")
    assert "no host name" in bookwidget(*host, "list", "corner-barber").output
    assert "leads to corner-barber" in bookwidget(*host, "add", "corner-barber", "Book.barber.example").output
    assert bookwidget(*host, "list", "corner-barber").output == "book.barber.example\n"
    (listed,) = json.loads(bookwidget(*host, "list", "corner-barber", "--json").output)
    assert listed["name"] == "book.barber.example"
    assert "no longer" in bookwidget(*host, "remove", "corner-barber", "book.barber.example").output
    assert json.loads(bookwidget(*host, "list", "corner-barber", "--json").output) == []


def test_mistakes_are_named(bookwidget: Callable[..., Result]) -> None:
    host = ("tenant", "host")
    with pytest.raises(ConfigError, match="no business 'nobody'"):
        bookwidget(*host, "add", "nobody", "book.barber.example")
    with pytest.raises(Refused, match="service itself"):
        bookwidget(*host, "add", "corner-barber", "widgets.example")
    with pytest.raises(ConfigError, match="is no host of corner-barber"):
        bookwidget(*host, "remove", "corner-barber", "book.barber.example")

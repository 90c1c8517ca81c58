"""The tables are what the models say, on both databases, however often and by however many they are made."""

from bookwidget.migrations import check_drift, current, migrate
from bookwidget.tenancy.database import Database


def test_a_migrated_database_has_what_the_models_say(database: Database) -> None:
    assert check_drift(database.url) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    revision = current(database.url)
    migrate(database.url)
    assert revision == current(database.url) is not None

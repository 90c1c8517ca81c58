"""Carries out one attack of tenant B and says what came of it; used with the wall up and with it taken down."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import writing
from bookwidget.tenancy.wall import CrossesTenants, UndeclaredWrite
from tests.tenancy.victims import A, B, is_a_leak, snapshot

# SQLAlchemyError: the statement makes no sense on this database, or the database itself refused it.
# AttributeError, NotImplementedError: what this dialect's compiler does not have.
REFUSALS = (CrossesTenants, UndeclaredWrite, SQLAlchemyError, AttributeError, NotImplementedError)
FORGED = {"tenant": A}


def leaks(database: Database, statement: Any, values: Mapping[str, Any]) -> list[Any]:
    """What B has seen of A, by session, by `rows` and by the session's connection."""
    seen: list[Any] = []
    for way in ("session", "rows", "connection"):
        with database.session(B) as session:
            try:
                if way == "rows":
                    result: Any = session.rows(statement, values)
                else:
                    target: Any = session if way == "session" else session.connection()
                    result = target.execute(statement, values, execution_options=FORGED)
                seen += [value for row in result for value in row]
            except REFUSALS:
                continue
    return [value for value in seen if is_a_leak(value)]


def damage(database: Database, statement: Any, values: Any) -> list[Any]:
    """Rows of A that are not as they were, after B has tried by session and by its connection."""
    before = snapshot(database)
    for through_connection in (False, True):
        with database.session(B) as session:
            try:
                with writing(session):
                    target: Any = session.connection() if through_connection else session
                    target.execute(statement, values, execution_options=FORGED)
            except REFUSALS:
                continue
    after = snapshot(database)
    return [row for row in before if row not in after] + [row for row in after if row not in before]

"""What SQLite is told about the sizes of tables.

Its planner looks at no data. Without numbers it takes every first column of an index to leave ten rows, but ours is
the tenant, which leaves thousands: it then walks all tickets of a business to save itself a sort of two. So a
migration writes the numbers of a busy installation; that they are right for none is no harm, the order of sizes is.
"""

from sqlalchemy import Connection

ALL, OF_TENANT, OF_PAIR = 1_000_000, 10_000, 10
"""Rows of a table, of one tenant, and with two columns of an index given."""


def tell_sizes(connection: Connection) -> None:
    """In place of what `ANALYZE` found, if an operator ran it. Nothing on PostgreSQL, which counts for itself."""
    if connection.dialect.name != "sqlite":
        return
    run = connection.exec_driver_sql
    run("ANALYZE alembic_version")  # makes the table that it keeps its numbers in
    run("DELETE FROM sqlite_stat1")
    indexes = run(
        'SELECT t.name, i.name, i."unique", group_concat(c.name) FROM sqlite_schema AS t,'
        " pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c WHERE t.type = 'table' GROUP BY t.name, i.name"
    ).all()
    for table, index, is_unique, columns in indexes:
        numbers = sizes(columns.split(","), is_unique=bool(is_unique))
        run("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, index, " ".join(map(str, numbers))))
    run("ANALYZE sqlite_schema")  # reads them in; other connections do when they open


def sizes(columns: list[str], *, is_unique: bool) -> list[int]:
    """As SQLite wants it: all rows, then how many are left with one, two, … of the index's columns given."""
    left = [ALL]
    for column in columns:
        left.append(OF_TENANT if column == "tenant_id" else min(OF_PAIR, left[-1]))
    if is_unique:
        left[-1] = 1
    return left

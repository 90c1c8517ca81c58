"""What a migration tells SQLite of the sizes of tables makes it take the right index."""

import sqlite3

import pytest

from bookwidget.migrations.sizes import sizes

PLANS = {
    "SELECT * FROM ticket WHERE tenant_id = 't' AND booking_id = 'b' ORDER BY id": "ix_ticket_booking",
    "SELECT attendee, is_child, age, attendance FROM ticket WHERE tenant_id = 't' AND booking_id = 'b'"
    " AND is_cancelled IS 0 ORDER BY id": "COVERING INDEX ix_ticket_booking",
    "SELECT count(*) FROM waitlist_entry AS w JOIN occurrence AS o ON o.id = w.occurrence_id AND o.tenant_id = 't'"
    " WHERE w.tenant_id = 't' AND w.customer_id = 'c'": "ix_waitlist_entry_customer",
}


@pytest.mark.parametrize(("statement", "index"), PLANS.items())
def test_the_index_that_leaves_few_rows_is_taken(sqlite_url: str, statement: str, index: str) -> None:
    connection = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    connection.close()
    assert index in plan[0]


def test_a_unique_index_leaves_one_row() -> None:
    assert sizes(["tenant_id", "id"], is_unique=True) == [1_000_000, 10_000, 1]
    assert sizes(["tenant_id", "customer_id", "starts_at"], is_unique=False) == [1_000_000, 10_000, 10, 10]

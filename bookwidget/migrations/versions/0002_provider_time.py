"""No two scheduled occurrences of a provider at the same time: PostgreSQL refuses them, whatever the code does."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # on SQLite the query inside the immediate transaction does it
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE occurrence ADD CONSTRAINT ex_occurrence_provider_time EXCLUDE USING gist "
            "(tenant_id WITH =, provider_id WITH =, int8range(busy_from, busy_to) WITH &&) "
            "WHERE (state = 'scheduled' AND provider_id IS NOT NULL)"
        )

"""The list of changes of settings is found without going through all events."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

OF_SETTINGS = sa.text("kind = 'settings.changed'")


def upgrade() -> None:
    op.create_index(
        'ix_event_settings', 'event', ['tenant_id', 'id'], sqlite_where=OF_SETTINGS, postgresql_where=OF_SETTINGS
    )

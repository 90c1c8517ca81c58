"""The history of a whole business is read by time, by person, and without what concerns customers."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

OF_BUSINESS = sa.text('booking_id IS NULL AND customer_id IS NULL')
OF_MEMBERS = sa.text("actor_kind = 'member'")


def upgrade() -> None:
    op.create_index('ix_event_at', 'event', ['tenant_id', 'at', 'id'])
    op.create_index(
        'ix_event_business', 'event', ['tenant_id', 'at', 'id'], sqlite_where=OF_BUSINESS, postgresql_where=OF_BUSINESS
    )
    op.create_index(
        'ix_event_member', 'event', ['tenant_id', 'actor_id', 'at', 'id'], sqlite_where=OF_MEMBERS,
        postgresql_where=OF_MEMBERS,
    )

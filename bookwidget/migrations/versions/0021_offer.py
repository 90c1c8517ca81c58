"""Locations and ticket types that are no longer offered, and the order of ticket types."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('location', 'ticket_type'):
        op.add_column(table, sa.Column('is_active', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('ticket_type', sa.Column('position', sa.Integer(), server_default='0', nullable=False))

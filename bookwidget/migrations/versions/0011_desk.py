"""All bookings of a business by time; what staff allow a customer beyond the rules."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('overridden', sa.String(length=30), server_default='', nullable=False))
        batch_op.add_column(sa.Column('overridden_until', sa.BigInteger(), nullable=True))
        batch_op.create_index('ix_booking_starts', ['tenant_id', 'starts_at'], unique=False)

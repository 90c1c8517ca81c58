"""Bookings from files."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('customer_import', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=10), server_default='customers', nullable=False))
        batch_op.add_column(sa.Column('options', sa.JSON(), server_default='{}', nullable=False))

    with op.batch_alter_table('imported_row', schema=None) as batch_op:
        batch_op.add_column(sa.Column('booking_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('old_code', sa.String(length=80), server_default='', nullable=False))
        batch_op.create_index(
            'uq_imported_row_old_code', ['tenant_id', 'old_code'], unique=True,
            sqlite_where=sa.text("old_code <> ''"), postgresql_where=sa.text("old_code <> ''"),
        )

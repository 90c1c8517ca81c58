"""Offers to those who wait: what a hold is for, how many places somebody wants, and what is offered to them."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.add_column(sa.Column('purpose', sa.String(length=10), server_default='form', nullable=False))
        batch_op.create_check_constraint(op.f('ck_hold_purpose'), "purpose IN ('form', 'undo', 'offer')")
    hold = sa.table('hold', sa.column('purpose', sa.String), sa.column('is_undo', sa.Boolean))
    op.execute(hold.update().where(hold.c.is_undo).values(purpose='undo'))
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.drop_column('is_undo')

    with op.batch_alter_table('waitlist_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('places', sa.Integer(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('offer_hold_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('offered_until', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('is_passed', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(op.f('ck_waitlist_entry_places'), 'places > 0')

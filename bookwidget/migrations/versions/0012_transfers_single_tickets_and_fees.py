"""Transfers, single tickets and fees for cancelling late."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

OF_ITS_BOOKING = 'other.tenant_id = ticket.tenant_id AND other.booking_id = ticket.booking_id AND NOT other.is_cancelled'
PRICE = 'SELECT price FROM booking WHERE booking.tenant_id = ticket.tenant_id AND booking.id = ticket.booking_id'


def upgrade() -> None:
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cancel_fee', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('split_from_id', sa.Uuid(), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_booking_cancel_fee'), 'cancel_fee >= 0')
        batch_op.create_index('ix_booking_split', ['tenant_id', 'split_from_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_booking_tenant_id_split_from_id'), 'booking', ['tenant_id', 'split_from_id'], ['tenant_id', 'id'], initially='DEFERRED', deferrable=True)

    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.add_column(sa.Column('price', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('cancel_fee', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_ticket_price'), 'price >= 0')
        batch_op.create_check_constraint(batch_op.f('ck_ticket_cancel_fee'), 'cancel_fee >= 0')

    # Of bookings made before, an even share; what does not come out even belongs to the first ticket.
    op.execute(
        f'UPDATE ticket SET price = ({PRICE}) / (SELECT count(*) FROM ticket AS other WHERE {OF_ITS_BOOKING}) '
        'WHERE NOT is_cancelled'
    )
    op.execute(
        f'UPDATE ticket SET price = price + ({PRICE}) - (SELECT sum(other.price) FROM ticket AS other WHERE {OF_ITS_BOOKING}) '
        f'WHERE NOT is_cancelled AND NOT EXISTS (SELECT 1 FROM ticket AS other WHERE {OF_ITS_BOOKING} AND other.id < ticket.id)'
    )

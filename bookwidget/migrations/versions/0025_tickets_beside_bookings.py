"""What a list shows of the tickets of a booking stands in the index that finds them."""

from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

SHOWN = ['is_cancelled', 'attendee', 'is_child', 'age', 'attendance']


def upgrade() -> None:
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_booking')
        batch_op.create_index('ix_ticket_booking', ['tenant_id', 'booking_id', 'id', *SHOWN], unique=False)

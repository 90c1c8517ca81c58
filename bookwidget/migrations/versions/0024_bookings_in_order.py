"""A customer's bookings are found in the very order in which a list shows them."""

from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.drop_index('ix_booking_customer')
        batch_op.create_index('ix_booking_customer', ['tenant_id', 'customer_id', 'starts_at', 'id'], unique=False)

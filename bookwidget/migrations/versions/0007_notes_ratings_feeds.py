"""Notes, ratings and calendar feeds."""

import sqlalchemy as sa
from alembic import op
from bookwidget.tenancy.rls import protect

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calendar_feed',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'customer_id'], ['customer.tenant_id', 'customer.id'], name=op.f('fk_calendar_feed_tenant_id_customer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_calendar_feed_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('tenant_id', 'customer_id', name=op.f('uq_calendar_feed_tenant_id_customer_id')),
    sa.UniqueConstraint('tenant_id', 'digest', name=op.f('uq_calendar_feed_tenant_id_digest'))
    )
    op.create_table('job_note',
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('author_kind', sa.String(length=10), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_at', sa.BigInteger(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("author_kind IN ('customer', 'member', 'system')", name=op.f('ck_job_note_author_kind')),
    sa.ForeignKeyConstraint(['tenant_id', 'booking_id'], ['booking.tenant_id', 'booking.id'], name=op.f('fk_job_note_tenant_id_booking_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_job_note_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_job_note'))
    )
    with op.batch_alter_table('job_note', schema=None) as batch_op:
        batch_op.create_index('ix_job_note_booking', ['tenant_id', 'booking_id'], unique=False)

    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rating', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('rating_comment', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('rated_at', sa.BigInteger(), nullable=True))
        batch_op.create_check_constraint('rating', 'rating BETWEEN 1 AND 10')

    protect(op.get_bind(), 'calendar_feed', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')
    protect(op.get_bind(), 'job_note', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')

"""Series: appointments that repeat."""

import sqlalchemy as sa
from alembic import op
from bookwidget.tenancy.rls import protect

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('series',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=True),
    sa.Column('rhythm', sa.String(length=14), nullable=False),
    sa.Column('every', sa.Integer(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=True),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('minute', sa.Integer(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('attendee', sa.String(length=160), nullable=False),
    sa.Column('is_child', sa.Boolean(), nullable=False),
    sa.Column('age', sa.Integer(), nullable=True),
    sa.Column('ends_before', sa.Date(), nullable=True),
    sa.Column('ended_with', sa.Uuid(), nullable=True),
    sa.Column('resumes_on', sa.Date(), nullable=True),
    sa.Column('postponed_with', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("rhythm IN ('weekly', 'month_day', 'month_weekday')", name=op.f('ck_series_rhythm')),
    sa.CheckConstraint('every BETWEEN 1 AND 52', name=op.f('ck_series_every')),
    sa.CheckConstraint('last_day >= first_day', name=op.f('ck_series_days')),
    sa.CheckConstraint('minute BETWEEN 0 AND 1439', name=op.f('ck_series_minute')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_series_price')),
    sa.CheckConstraint('times BETWEEN 1 AND 520', name=op.f('ck_series_times')),
    sa.ForeignKeyConstraint(['tenant_id', 'customer_id'], ['customer.tenant_id', 'customer.id'], name=op.f('fk_series_tenant_id_customer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id', 'location_id'], ['location.tenant_id', 'location.id'], name=op.f('fk_series_tenant_id_location_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id', 'provider_id'], ['provider.tenant_id', 'provider.id'], name=op.f('fk_series_tenant_id_provider_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id', 'service_id'], ['service.tenant_id', 'service.id'], name=op.f('fk_series_tenant_id_service_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_series_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_series'))
    )
    with op.batch_alter_table('series', schema=None) as batch_op:
        batch_op.create_index('ix_series_customer', ['tenant_id', 'customer_id'], unique=False)

    op.create_table('series_date',
    sa.Column('series_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=True),
    sa.Column('left_out', sa.String(length=8), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(booking_id IS NULL) = (left_out <> '')", name=op.f('ck_series_date_outcome')),
    sa.CheckConstraint("left_out IN ('', 'taken', 'closed', 'no_time')", name=op.f('ck_series_date_left_out')),
    sa.ForeignKeyConstraint(['tenant_id', 'booking_id'], ['booking.tenant_id', 'booking.id'], name=op.f('fk_series_date_tenant_id_booking_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id', 'series_id'], ['series.tenant_id', 'series.id'], name=op.f('fk_series_date_tenant_id_series_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_series_date_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_series_date')),
    sa.UniqueConstraint('tenant_id', 'series_id', 'day', name=op.f('uq_series_date_tenant_id_series_id_day'))
    )
    with op.batch_alter_table('series_date', schema=None) as batch_op:
        batch_op.create_index('ix_series_date_booking', ['tenant_id', 'booking_id'], unique=False)

    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cancelled_with', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('series_id', sa.Uuid(), nullable=True))
        batch_op.create_index('ix_booking_series', ['tenant_id', 'series_id', 'starts_at'], unique=False)

    protect(op.get_bind(), 'series', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')
    protect(op.get_bind(), 'series_date', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')

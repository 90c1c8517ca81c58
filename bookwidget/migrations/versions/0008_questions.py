"""Questions of booking forms, people one books for, and where appointments take place."""

import sqlalchemy as sa
from alembic import op
from bookwidget.tenancy.rls import protect

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('companion',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('is_child', sa.Boolean(), nullable=False),
    sa.Column('birth_year', sa.Integer(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'customer_id'], ['customer.tenant_id', 'customer.id'], name=op.f('fk_companion_tenant_id_customer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_companion_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_companion'))
    )
    with op.batch_alter_table('companion', schema=None) as batch_op:
        batch_op.create_index('ix_companion_customer', ['tenant_id', 'customer_id'], unique=False)

    op.create_table('question',
    sa.Column('service_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('help', sa.String(length=300), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind IN ('line', 'text', 'choice', 'yes_no', 'date', 'file')", name=op.f('ck_question_kind')),
    sa.ForeignKeyConstraint(['tenant_id', 'service_id'], ['service.tenant_id', 'service.id'], name=op.f('fk_question_tenant_id_service_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_question_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_question'))
    )
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.create_index('ix_question_service', ['tenant_id', 'service_id'], unique=False)

    op.create_table('service_location',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'location_id'], ['location.tenant_id', 'location.id'], name=op.f('fk_service_location_tenant_id_location_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id', 'service_id'], ['service.tenant_id', 'service.id'], name=op.f('fk_service_location_tenant_id_service_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_service_location_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_service_location')),
    sa.UniqueConstraint('tenant_id', 'service_id', 'location_id', name=op.f('uq_service_location_tenant_id_service_id_location_id'))
    )
    op.create_table('upload',
    sa.Column('hold_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'question_id'], ['question.tenant_id', 'question.id'], name=op.f('fk_upload_tenant_id_question_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_upload_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_upload')),
    sa.UniqueConstraint('tenant_id', 'hold_id', 'question_id', name=op.f('uq_upload_tenant_id_hold_id_question_id'))
    )
    op.create_table('given_answer',
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('upload_id', sa.Uuid(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'booking_id'], ['booking.tenant_id', 'booking.id'], name=op.f('fk_given_answer_tenant_id_booking_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id', 'question_id'], ['question.tenant_id', 'question.id'], name=op.f('fk_given_answer_tenant_id_question_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id', 'upload_id'], ['upload.tenant_id', 'upload.id'], name=op.f('fk_given_answer_tenant_id_upload_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_given_answer_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_given_answer')),
    sa.UniqueConstraint('tenant_id', 'booking_id', 'question_id', name=op.f('uq_given_answer_tenant_id_booking_id_question_id'))
    )
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('visit_address', sa.String(length=300), server_default='', nullable=False))

    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_at_customer', sa.Boolean(), server_default=sa.false(), nullable=False))

    protect(op.get_bind(), 'companion', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')
    protect(op.get_bind(), 'question', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')
    protect(op.get_bind(), 'service_location', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')
    protect(op.get_bind(), 'upload', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')
    protect(op.get_bind(), 'given_answer', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')

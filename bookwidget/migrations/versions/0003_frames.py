"""Hosts of the tenants' own, the site of a sign-in, sign-ins on their way from a window into a frame."""

import sqlalchemy as sa
from alembic import op
from bookwidget.tenancy.rls import protect

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('host',
    sa.Column('name', sa.String(length=253), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('name = lower(name)', name=op.f('ck_host_lower_case')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_host_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_host')),
    sa.UniqueConstraint('name', name=op.f('uq_host_name'))
    )
    op.create_table('hand_over',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('challenge', sa.LargeBinary(length=32), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('typed_digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('typed_expires_at', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'customer_id'], ['customer.tenant_id', 'customer.id'], name=op.f('fk_hand_over_tenant_id_customer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_hand_over_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_hand_over')),
    sa.UniqueConstraint('tenant_id', 'challenge', name=op.f('uq_hand_over_tenant_id_challenge'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.add_column(sa.Column('site', sa.String(length=300), nullable=False, server_default=''))

    protect(op.get_bind(), 'host', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')
    protect(op.get_bind(), 'hand_over', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')

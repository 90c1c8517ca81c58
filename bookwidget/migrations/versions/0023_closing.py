"""Accounts that are closed, and who asks for it."""

import sqlalchemy as sa
from alembic import op
from bookwidget.tenancy.rls import protect

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('closure_request',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.String(length=500), nullable=False),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'approved', 'refused', 'withdrawn')", name=op.f('ck_closure_request_state')),
    sa.ForeignKeyConstraint(['tenant_id', 'customer_id'], ['customer.tenant_id', 'customer.id'], name=op.f('fk_closure_request_tenant_id_customer_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_closure_request_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_closure_request'))
    )
    with op.batch_alter_table('closure_request', schema=None) as batch_op:
        batch_op.create_index('ix_closure_request_customer', ['tenant_id', 'customer_id'], unique=False)

    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closing', sa.String(length=10), server_default='', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_customer_closing'), "closing IN ('', 'closed', 'anonymise', 'erase', 'anonymised')")

    protect(op.get_bind(), 'closure_request', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')

"""How far a business that signed itself up has come with setting up."""

import sqlalchemy as sa
from alembic import op
from bookwidget.tenancy.rls import protect

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('onboarding',
    sa.Column('trade', sa.String(length=20), nullable=False),
    sa.Column('done', sa.String(length=200), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_onboarding_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_onboarding'))
    )
    protect(op.get_bind(), 'onboarding', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')

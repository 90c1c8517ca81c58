"""Words of messages, what customers want of them, addresses that refuse mail."""

import sqlalchemy as sa
from alembic import op
from bookwidget.tenancy.rls import protect

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('message_template',
    sa.Column('event', sa.String(length=60), nullable=False),
    sa.Column('recipient', sa.String(length=10), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('tenant_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_message_template_tenant_id')),
    sa.PrimaryKeyConstraint('tenant_id', 'id', name=op.f('pk_message_template')),
    sa.UniqueConstraint('tenant_id', 'event', 'recipient', 'channel', 'language', name=op.f('uq_message_template_tenant_id_event_recipient_channel_language'))
    )
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('muted', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('bounced_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('bounced_why', sa.String(length=20), server_default='', nullable=False))

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('trouble', sa.String(length=120), server_default='', nullable=False))
        batch_op.drop_constraint(batch_op.f('ck_message_channel'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_message_channel'), "channel IN ('email', 'sms')")
        batch_op.create_index('ix_message_trouble', ['tenant_id', 'template'], unique=False, sqlite_where=sa.text("trouble <> ''"), postgresql_where=sa.text("trouble <> ''"))

    protect(op.get_bind(), 'message_template', 'tenant_id', 'SELECT, INSERT, UPDATE, DELETE')

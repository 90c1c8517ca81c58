"""Members are invited, leave, and were there last."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('invited_at', 'ended_at', 'signed_in_at'):
        op.add_column('member', sa.Column(name, sa.BigInteger(), nullable=True))

"""The portal's menu and the plan of a business."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tenant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('portal', sa.JSON(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('plan', sa.String(length=40), server_default='', nullable=False))

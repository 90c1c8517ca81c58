"""Host names that owners add are verified before they serve; those that there are serve as before."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('checked_at', 'verified_at'):
        op.add_column('host', sa.Column(name, sa.BigInteger(), nullable=True))
    op.execute(sa.text('UPDATE host SET verified_at = created_at'))

"""Long lists are read in portions

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lists", sa.Column("read_entries", sa.LargeBinary(), nullable=True))
    for table in ("lists", "polls"):
        column = sa.Column("left_over", sa.Integer(), nullable=False, server_default="0")
        op.add_column(table, column)


def downgrade() -> None:
    for table, names in (("polls", ["left_over"]), ("lists", ["left_over", "read_entries"])):
        with op.batch_alter_table(table) as batch_op:
            for name in names:
                batch_op.drop_column(name)
